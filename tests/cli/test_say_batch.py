"""`ito say --batch`: a list of texts to a folder, and what is there already is kept."""

import pytest
from click.testing import CliRunner

from itoaudio.cli import main


def run(*arguments, **more):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], **more)


def test_batch_speaks_what_is_missing(toy_folder, tmp_path):
    (tmp_path / "list.csv").write_text("a|Hello.|\nb|Two|Two, as it is read.\nbad|…|\n")
    command = ["say", "--batch", tmp_path / "list.csv", "-d", tmp_path / "out", "--format", "flac"]
    command += ["--timestamps", ".srt", "--voice", toy_folder]
    done = run(*command)
    assert done.exit_code == 1
    assert "bad: nothing to say" in done.stderr
    assert "2 spoken" in done.stderr
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["a.flac", "a.srt", "b.flac", "b.srt"]
    (tmp_path / "out" / "a.flac").unlink()
    kept = (tmp_path / "out" / "b.flac").stat().st_mtime_ns
    assert "1 spoken" in run(*command).stderr
    assert (tmp_path / "out" / "b.flac").stat().st_mtime_ns == kept


def test_a_line_of_a_batch_ends_at_its_line_end(toy_folder, tmp_path):
    (tmp_path / "lines.txt").write_text("One.\u2028Two.\r\nThree.", encoding="utf-8", newline="")
    done = run("say", "--batch", tmp_path / "lines.txt", "-d", tmp_path / "out", "--voice", toy_folder)
    assert done.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0001.wav", "0002.wav"]


@pytest.mark.parametrize("lost", ["0001.srt", "0001.wav"])
def test_batch_speaks_again_what_lacks_a_file(toy_folder, tmp_path, lost):
    (tmp_path / "lines.txt").write_text("Hello.\nTwo.\n")
    command = ["say", "--batch", tmp_path / "lines.txt", "-d", tmp_path / "out", "--voice", toy_folder]
    assert "2 spoken" in run(*command).stderr
    assert "2 spoken" in run(*command, "--timestamps", ".srt").stderr
    (tmp_path / "out" / lost).unlink()
    assert "1 spoken (0.5 s), 1 there already" in run(*command, "--timestamps", ".srt").stderr
    assert (tmp_path / "out" / lost).is_file()


def test_a_sound_appears_after_its_timestamps(toy_folder, tmp_path, monkeypatch):
    """What a kill between the two leaves is spoken again, as the sound is missing."""

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("itoaudio.cli.outlets.Timestamps.write", killed)
    (tmp_path / "lines.txt").write_text("Hello.\n")
    command = ["say", "--batch", tmp_path / "lines.txt", "-d", tmp_path / "out", "--voice", toy_folder]
    assert run(*command, "--timestamps", ".srt").exit_code == 130
    assert list((tmp_path / "out").iterdir()) == []


def test_batch_of_lines_is_numbered(toy_folder, tmp_path):
    (tmp_path / "lines.txt").write_text("Hello.\n\nTwo.\n")
    done = run("say", "--batch", tmp_path / "lines.txt", "-d", tmp_path / "out", "--voice", toy_folder)
    assert done.exit_code == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0001.wav", "0003.wav"]


@pytest.mark.parametrize(
    ("line", "message"),
    [("../x|Hello.", "is not NAME|TEXT"), ("Hello.", "is not NAME|TEXT"), ("a|A\na|B", "two")],
)
def test_a_bad_list_is_refused_whole(toy_folder, tmp_path, line, message):
    (tmp_path / "list.csv").write_text(line)
    done = run("say", "--batch", tmp_path / "list.csv", "-d", tmp_path / "out", "--voice", toy_folder)
    assert done.exit_code == 1
    assert message in done.stderr
    assert not (tmp_path / "out").exists()
