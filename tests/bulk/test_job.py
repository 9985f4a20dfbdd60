"""Bulk synthesis: every line is there once, whatever dies, and the same call goes on where it was."""

import io
import signal

import fsspec
import msgspec
import numpy as np
import pytest
import soundfile
from fsspec.implementations.local import LocalFileSystem

import itoaudio
from itoaudio import bulk
from itoaudio.bulk import cluster, local
from itoaudio.bulk.shards import Entry, Task, offsets, tarred
from itoaudio.bulk.store import Store
from mortal_worker import Maker

TEXTS = ["One.", "Two and two.", "Three.", "Four.", "Five."]


@pytest.fixture
def manifest(tmp_path) -> str:
    path = tmp_path / "lines.txt"
    path.write_text("\n".join(TEXTS), encoding="utf-8")
    return str(path)


def index(output: str) -> list[Entry]:
    rows = (Store(output).read("index.jsonl") or b"").splitlines()
    return [msgspec.json.decode(row, type=Entry) for row in rows]


def sound(output: str, entry: Entry) -> np.ndarray:
    """Read by the index alone, as one would from an object store."""
    shard = Store(output).read(entry.shard)
    samples, _ = soundfile.read(io.BytesIO(shard[entry.offset : entry.offset + entry.bytes]), dtype="int16")
    return samples


def test_shards_hold_what_the_voice_says_and_the_index_finds_it(toy_folder, manifest):
    output = "memory://library/audio"
    done = bulk.speak(
        manifest, output, voice=str(toy_folder), processes=0, shard_lines=2, options={"seed": 3}
    )
    assert (done.lines, done.done, done.kept, done.failed) == (5, 5, 0, {})
    entries = index(output)
    assert [(entry.id, entry.text) for entry in entries] == [
        (f"{number:05d}", text) for number, text in enumerate(TEXTS, 1)
    ]
    said = itoaudio.load(str(toy_folder), threads=1).say(TEXTS[1], seed=3)
    assert (sound(output, entries[1]) == said.int16()).all()
    assert sum(entry.duration_seconds for entry in entries) == pytest.approx(done.audio_seconds)
    (node,) = done.nodes.values()
    assert node.shards == 3
    assert node.real_time_factor == pytest.approx(node.busy_seconds / node.audio_seconds)


def test_the_same_call_goes_on_and_makes_the_same_bytes(toy_folder, manifest, tmp_path):
    def speak(output, **more):
        return bulk.speak(
            manifest, str(tmp_path / output), voice=str(toy_folder), processes=0, shard_lines=2, **more
        )

    speak("whole")
    calls = []

    def stop_after_one(summary):
        calls.append(summary.done)
        if summary.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        speak("broken", report=stop_after_one)
    (tmp_path / "broken" / "shard-000001.tar").write_bytes(b"cut")
    (tmp_path / "broken" / "shard-000002.json").write_bytes(b'{"shard')
    again = speak("broken")
    assert (again.done, again.kept) == (5, 2)
    assert speak("broken").kept == 5
    for file in (tmp_path / "whole").iterdir():
        if file.suffix != ".json":
            assert (tmp_path / "broken" / file.name).read_bytes() == file.read_bytes(), file.name


def test_a_line_without_speech_is_named_and_the_rest_is_spoken(toy_folder, tmp_path):
    (tmp_path / "lines.csv").write_text("a|Yes.\nb|...\nc|No.\n", encoding="utf-8")
    done = bulk.speak(str(tmp_path / "lines.csv"), str(tmp_path / "out"), voice=str(toy_folder), processes=0)
    assert list(done.failed) == ["b"]
    assert [bool(entry.error) for entry in index(str(tmp_path / "out"))] == [False, True, False]


def test_another_job_is_not_mixed_in(toy_folder, manifest, tmp_path):
    where = {"manifest": manifest, "output": str(tmp_path / "out"), "voice": str(toy_folder), "processes": 0}
    bulk.speak(**where)
    with pytest.raises(ValueError, match="another job, which differs in options"):
        bulk.speak(**where, options={"seed": 1})
    lexicon = tmp_path / "lexicon.tsv"
    lexicon.write_text("one\twˈʌn\n", encoding="utf-8")
    with pytest.raises(ValueError, match="another job, which differs in lexicon_sha256"):
        bulk.speak(**where, lexicon=str(lexicon))
    with pytest.raises(ValueError, match=r"steps"):
        bulk.speak(**where | {"output": str(tmp_path / "new")}, options={"stps": 1})
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("wrong", [{"shard_lines": 0}, {"shard_lines": -1}, {"threads": 0}])
def test_counts_below_one_are_refused_before_anything_is_written(toy_folder, manifest, tmp_path, wrong):
    ((name, count),) = wrong.items()
    with pytest.raises(ValueError, match=f"{name} = {count}: give 1 or more"):
        bulk.speak(manifest, str(tmp_path / "out"), voice=str(toy_folder), processes=0, **wrong)
    assert not (tmp_path / "out").exists()


def test_a_speaker_that_the_voice_has_not_is_refused_before_any_worker_starts(duo_folder, manifest, tmp_path):
    with pytest.raises(ValueError, match="unknown speaker 'nobody'"):
        bulk.speak(
            manifest, str(tmp_path / "out"), voice=str(duo_folder), processes=0, options={"speaker": "nobody"}
        )
    assert not (tmp_path / "out").exists()


def test_without_ray_processes_of_this_machine_do_it(toy_folder, manifest, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(cluster, "installed", lambda: False)
    where = {"voice": str(toy_folder), "ray": "auto", "processes": 0}
    assert bulk.speak(manifest, str(tmp_path / "out"), **where).done == len(TEXTS)
    assert "Ray is not installed" in caplog.text


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it leaves its file open
def test_a_shard_is_what_webdataset_reads(toy_folder, manifest, tmp_path):
    webdataset = pytest.importorskip("webdataset")
    bulk.speak(manifest, str(tmp_path / "out"), voice=str(toy_folder), processes=0, shard_lines=5)
    samples = list(webdataset.WebDataset(str(tmp_path / "out" / "shard-000000.tar"), shardshuffle=False))
    assert [sample["__key__"] for sample in samples] == [f"{n:05d}" for n in range(1, 6)]
    assert {"flac", "json"} <= set(samples[0])


def test_a_termination_waits_until_a_file_is_whole(tmp_path, monkeypatch):
    def terminated(*_):
        raise KeyboardInterrupt

    class Slow(LocalFileSystem):
        def pipe_file(self, path, value, **more):
            signal.raise_signal(signal.SIGTERM)
            super().pipe_file(path, value, **more)

    monkeypatch.setattr("itoaudio.bulk.store.url_to_fs", lambda url: (Slow(), url))
    former = signal.signal(signal.SIGTERM, terminated)
    try:
        with pytest.raises(KeyboardInterrupt):
            Store(str(tmp_path)).write("a", b"whole")
        assert signal.getsignal(signal.SIGTERM) is terminated
    finally:
        signal.signal(signal.SIGTERM, former)
    assert (tmp_path / "a").read_bytes() == b"whole"


def test_a_tar_is_a_function_of_its_members():
    data = tarred([("a.flac", b"123"), ("a.json", b"{}")])
    assert data == tarred([("a.flac", b"123"), ("a.json", b"{}")])
    first, size = offsets(data)["a.flac"]
    assert data[first : first + size] == b"123"


def test_processes_that_die_leave_their_work_to_others(tmp_path):
    todo = [Task(number, ()) for number in range(4)]
    assert sorted(local.run(Maker(str(tmp_path)), todo, processes=2)) == [0, 1, 2, 3]


def test_processes_that_only_die_are_an_error(tmp_path):
    with pytest.raises(ValueError, match="died 3 times in a row"):
        list(local.run(Maker(str(tmp_path), deadly=True), [Task(1, ())], processes=1))


@pytest.mark.slow
def test_several_processes_do_what_one_does(toy_folder, manifest, tmp_path):
    where = {"manifest": manifest, "voice": str(toy_folder), "shard_lines": 1}
    bulk.speak(**where, output=str(tmp_path / "one"), processes=0)
    bulk.speak(**where, output=str(tmp_path / "two"), processes=2)
    assert index(str(tmp_path / "one")) == index(str(tmp_path / "two"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The async(ore|hat) module:DeprecationWarning")  # the server's own
def test_a_loopback_file_server_is_read_and_written_by_several_processes(toy_folder, ftp):
    with fsspec.open(f"{ftp}/lines.txt", "wb") as file:
        file.write("\n".join(TEXTS).encode())
    done = bulk.speak(f"{ftp}/lines.txt", f"{ftp}/audio", voice=str(toy_folder), processes=2, shard_lines=2)
    assert (done.done, done.failed) == (5, {})
    assert len(sound(f"{ftp}/audio", index(f"{ftp}/audio")[4])) > 0
    assert (
        bulk.speak(f"{ftp}/lines.txt", f"{ftp}/audio", voice=str(toy_folder), processes=2, shard_lines=2).kept
        == 5
    )
