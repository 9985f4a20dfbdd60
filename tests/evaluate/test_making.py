"""Systems in processes of their own: what they report, and what becomes of their failures."""

import sys
import wave

import numpy as np
import pytest
import soundfile

from itoaudio.audio import files
from itoaudio.evaluate.making import Making, SystemFailed, make
from itoaudio.evaluate.systems import System, system, worker
from itoaudio.evaluate.testlist import Item

SCRIPT = """
import time
import numpy as np

def open_system(threads, broken=False):
    if broken:
        raise ValueError("this one is broken")
    return Beeps(threads)

class Beeps:
    sample_rate = 8000
    def __init__(self, threads):
        print("libraries may print")
        self.facts = {"size": 1.5, "nfe": 10 * threads}
    def read(self, text, seed, emit):
        if "bad" in text:
            raise ValueError("a bad word")
        if "die" in text:
            raise SystemExit(7)
        emit(np.full(800, 0.1 + 0.1 * seed))
        time.sleep(0.02)
        emit(np.full(800, 2.0))
    def copy(self, path, seed, emit):
        raise NotImplementedError("cannot copy")
"""
ITEMS = [Item("one", "a text"), Item("two", "another text"), Item("three", None)]


@pytest.fixture
def beeps(tmp_path):
    script = tmp_path / "beeps.py"
    script.write_text(SCRIPT)

    def make_system(**fields):
        fields = {"label": "beeps", "kind": "test", "spec": "beeps", "tasks": ("read",), **fields}
        return System(target=str(script), python=sys.executable, **fields)

    return make_system


def test_takes_of_every_item_and_seed_with_their_figures(beeps, tmp_path):
    made, lost = make(beeps(seeded=True), "read", ITEMS, Making(folder=tmp_path, seeds=(0, 1), timed=1))
    assert not lost
    assert [(one.item.id, one.seed) for one in made] == [("one", 0), ("one", 1), ("two", 0), ("two", 1)]
    samples, rate = soundfile.read(made[1].path)
    assert (rate, len(samples)) == (8000, 1600)
    np.testing.assert_allclose(samples[[0, -1]], [0.2, 32767 / 32768], atol=1e-4)
    first, last = made[0].measured, made[-1].measured
    assert (first["size"], first["nfe"]) == (1.5, 20)
    assert first["peak_memory"] > 5
    assert first["rtf_2"] > 0.1  # 20 ms of sleep for 200 ms of sound
    assert {"rtf_1", "first_sound_1", "first_sound_2"} <= first.keys()
    assert not {"rtf_1", "first_sound_1"} & last.keys()
    assert first["first_sound_2"] < 20 * 5


def test_a_full_disk_leaves_no_part_of_a_sound(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "the disk is full")

    monkeypatch.setattr(wave.Wave_write, "writeframes", full)
    with pytest.raises(OSError, match="disk is full"):
        worker.write(str(tmp_path / "a.wav"), np.zeros(9), 8000)
    assert list(tmp_path.iterdir()) == []


def test_a_system_without_noise_is_asked_once(beeps, tmp_path):
    made, _ = make(beeps(), "read", ITEMS, Making(folder=tmp_path, seeds=(3, 4), timed=1))
    assert [one.seed for one in made] == [3, 3]


def test_a_lost_item_is_named_and_the_others_go_on(beeps, tmp_path):
    items = [Item("bad", "a bad text"), *ITEMS]
    made, lost = make(beeps(), "read", items, Making(folder=tmp_path, timed=1, threads=1))
    assert [one.item.id for one in made] == ["one", "two"]
    assert "a bad word" in lost["bad"]


def test_a_process_that_dies_loses_the_item_it_was_at(beeps, tmp_path):
    items = [ITEMS[0], Item("deadly", "die"), ITEMS[1]]
    made, lost = make(beeps(), "read", items, Making(folder=tmp_path, timed=1))
    assert [one.item.id for one in made] == ["one", "two"]
    assert "ended with 7" in lost["deadly"]


def test_a_system_that_only_dies_is_not_asked_for_ever(beeps, tmp_path):
    items = [ITEMS[0], *(Item(f"deadly {n}", "die") for n in range(9))]
    made, lost = make(beeps(), "read", items, Making(folder=tmp_path, timed=1))
    assert len(made) == 1
    assert len(lost) == 9


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_speed_is_told_at_one_thread_and_at_two_whatever_made_the_sound(beeps, tmp_path, threads):
    made, _ = make(beeps(), "read", ITEMS, Making(folder=tmp_path, timed=1, threads=threads))
    assert {"rtf_1", "rtf_2", "first_sound_1", "first_sound_2"} <= made[0].measured.keys()


@pytest.mark.parametrize(
    ("fields", "items", "word"),
    [
        ({"arguments": {"broken": True}}, ITEMS, "this one is broken"),
        ({}, [Item("x", "a bad text")], "a bad word"),
        ({}, [Item("x", "die")], "ended with 7"),
        ({}, ITEMS[2:], "no texts"),
    ],
)
def test_a_failure_says_why(beeps, tmp_path, fields, items, word):
    with pytest.raises(SystemFailed, match=word):
        make(beeps(**fields), "read", items, Making(folder=tmp_path))


def test_a_python_that_is_not_there(tmp_path):
    with pytest.raises(SystemFailed, match="make table"):
        make(system("piper", rivals=str(tmp_path / "python")), "read", ITEMS, Making(folder=tmp_path))


def test_a_foreign_command(tmp_path):
    """Copies its text's length into a tone; the words reach it as one argument, without a shell."""
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, numpy, soundfile\n"
        "soundfile.write(sys.argv[2], numpy.full(len(sys.argv[1]) * 100, 0.25), 22050)\n"
    )
    spec = f"command:{sys.executable} {program} {{text}} {{output}}"
    items = [Item("a", 'it\'s $5; quoted "words"')]
    made, _ = make(system(spec), "read", items, Making(folder=tmp_path, threads=1))
    samples, _ = files.read(made[0].path)
    assert len(samples) == 100 * len(items[0].text)
    failing = system(f"command:{sys.executable} -c 'raise SystemExit(3)' {{output}}")
    with pytest.raises(SystemFailed, match="ended with 3"):
        make(failing, "read", items, Making(folder=tmp_path, threads=1))


def test_audio_that_is_there_already(tmp_path):
    files.write_wav(tmp_path / "one.wav", np.zeros(100), 22050)
    made, lost = make(system(f"folder:{tmp_path}"), "read", ITEMS, Making(folder=tmp_path))
    assert [one.path for one in made] == [tmp_path / "one.wav"]
    assert set(lost) == {"two"}


def test_a_voice_of_ours_reads_and_copies(toy_folder, tmp_path, tone):
    recording = tmp_path / "recording.wav"
    files.write_wav(recording, tone(150).samples, 22050)
    items = [Item("a", "Hello.", recording)]
    for task in ("read", "copy"):
        spec = f"voice:{toy_folder},preset=balanced"
        made, _ = make(system(spec), task, items, Making(folder=tmp_path, timed=1, threads=1))
        assert made[0].path.is_file()
        assert made[0].measured["nfe"] > 0
        assert made[0].measured["size"] > 0
    assert len(files.read(made[0].path)[0]) == 22050
