"""A file is the old one or all of the new one, whatever ends the writing."""

import errno
import os
import stat
import threading

import pytest

from itoaudio.whole import whole_file, write_whole


def test_text_and_bytes_are_written_as_they_are(tmp_path):
    write_whole(tmp_path / "text", "Itô\n")
    write_whole(tmp_path / "bytes", b"\xff\n")
    assert (tmp_path / "text").read_text(encoding="utf-8") == "Itô\n"
    assert (tmp_path / "bytes").read_bytes() == b"\xff\n"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_link_stays_a_link(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    write_whole(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "out.wav"
    path.write_bytes(b"old")

    def interrupted():
        with whole_file(path) as file:
            file.write(b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.wav"]


def test_two_threads_that_write_one_path_leave_the_whole_of_one(tmp_path):
    path, half_written = tmp_path / "out.bin", threading.Event()

    def slow():
        with whole_file(path) as file:
            file.write(b"A" * 1000)
            file.flush()
            half_written.set()
            ended.wait(timeout=10)
            file.write(b"A" * 1000)

    ended, thread = threading.Event(), threading.Thread(target=slow)
    thread.start()
    half_written.wait(timeout=10)
    write_whole(path, b"B" * 300)
    assert path.read_bytes() == b"B" * 300
    ended.set()
    thread.join()
    assert path.read_bytes() == b"A" * 2000
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.bin"]


def test_a_name_may_be_as_long_as_the_file_system_allows(tmp_path):
    write_whole(tmp_path / ("n" * 255), "new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["n" * 255]


def test_a_name_that_is_too_long_is_told_before_anything_is_written(tmp_path):
    with pytest.raises(OSError, match="nnn") as told, whole_file(tmp_path / ("n" * 256)):
        pytest.fail("there is something to write to")
    assert told.value.errno == errno.ENAMETOOLONG


def test_a_folder_that_is_not_there_is_told_by_the_name_that_was_asked(tmp_path):
    with pytest.raises(FileNotFoundError) as told:
        write_whole(tmp_path / "none" / "out.wav", "new")
    assert told.value.filename == str(tmp_path / "none" / "out.wav")


@pytest.mark.parametrize("mode", [0o600, 0o664])
def test_a_file_keeps_its_mode_and_is_no_more_open_while_it_is_written(tmp_path, mode):
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(mode)
    with whole_file(path) as file:
        assert stat.S_IMODE(os.fstat(file.fileno()).st_mode) == mode
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_new_file_has_the_mode_that_the_umask_gives(tmp_path):
    former = os.umask(0o027)
    try:
        write_whole(tmp_path / "new", "")
    finally:
        os.umask(former)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    path = tmp_path / "pipe.wav"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with whole_file(path) as file:
        file.write(b"RIFF")
    assert os.read(reader, 4) == b"RIFF"
    assert stat.S_ISFIFO(path.stat().st_mode)
    os.close(reader)
