"""From folders to a test: what is checked, what is copied, what is left alone."""

import hashlib
import re
import shutil

import numpy as np
import pytest
import simulated_raters

from itoaudio.audio.files import read, write_wav
from itoaudio.listen import spec
from itoaudio.listen.create import create
from itoaudio.listen.folders import FolderError
from itoaudio.listen.level import active_level


@pytest.fixture
def folders(tmp_path):
    return simulated_raters.write_folders(tmp_path / "wavs", ("ours", "theirs"), 3, seconds=0.4)


def files_of(root):
    return {path: hashlib.sha256(path.read_bytes()).digest() for path in root.rglob("*") if path.is_file()}


def test_sources_are_never_touched_and_copies_tell_nothing(folders, tmp_path):
    before = files_of(tmp_path / "wavs")
    test, notes = create(tmp_path / "test", kind="mos", systems=folders)
    assert notes == []
    assert files_of(tmp_path / "wavs") == before
    names = [path.name for path in (tmp_path / "test" / "sounds").iterdir()]
    assert len(names) == 2 * 3 + 5
    assert all(re.fullmatch(r"[0-9a-f]{16}\.wav", name) for name in names)
    assert spec.load(tmp_path / "test") == test


def test_all_copies_have_one_level_and_one_rate(folders, tmp_path):
    path = folders["ours"] / "sentence00.wav"
    audio, rate = read(path)
    write_wav(path, 0.1 * audio, rate)
    for source in folders["theirs"].iterdir():
        write_wav(source, read(source, sample_rate=24000)[0], 24000)
    test, notes = create(tmp_path / "test", kind="mos", systems=folders, level_dbov=-30.0)
    assert any("ours 16000 Hz, theirs 24000 Hz" in note for note in notes)
    assert any("mean speech levels differ" in note for note in notes)
    for stimulus in test.stimuli:
        audio, rate = read(tmp_path / "test" / "sounds" / stimulus.file)
        assert rate == test.sample_rate == 24000
        if not stimulus.beeps:
            assert active_level(audio, rate) == pytest.approx(-30, abs=0.2)


def test_levels_are_kept_when_asked(folders, tmp_path):
    test, _ = create(tmp_path / "test", kind="mos", systems=folders, level_dbov=None)
    stimulus = test.stimuli[0]
    copy, _ = read(tmp_path / "test" / "sounds" / stimulus.file)
    assert copy == pytest.approx(read(folders[stimulus.system] / f"{stimulus.item}.wav")[0], abs=1e-4)


def test_peaks_put_all_sounds_lower_instead_of_clipping_one(folders, tmp_path):
    path = folders["ours"] / "sentence00.wav"
    audio, rate = read(path)
    audio[1000] = 0.99
    write_wav(path, audio, rate)
    test, notes = create(tmp_path / "test", kind="mos", systems=folders, level_dbov=-12.0)
    assert any("would clip" in note for note in notes)
    assert test.level_dbov < -12
    for stimulus in test.stimuli:
        audio, _ = read(tmp_path / "test" / "sounds" / stimulus.file)
        assert np.abs(audio).max() < 0.999


def test_mushra_gets_anchors_of_its_recordings(folders, tmp_path):
    systems = {"ours": folders["ours"]}
    test, _ = create(tmp_path / "test", kind="mushra", systems=systems, reference=folders["theirs"])
    assert [(s.name, s.role) for s in test.systems] == [
        ("ours", "system"),
        ("reference", "reference"),
        ("anchor-3500", "anchor"),
    ]
    of = {(s.item, s.system): s.file for s in test.stimuli if not s.beeps}
    whole, low = (
        np.abs(np.fft.rfft(read(tmp_path / "test" / "sounds" / of["sentence00", name])[0]))
        for name in ("reference", "anchor-3500")
    )
    cut = int(4000 * len(whole) / 8000)
    assert np.square(low[cut:]).sum() < 1e-3 * np.square(whole[cut:]).sum()


def spoil_missing(folders):
    (folders["theirs"] / "sentence01.wav").unlink()


def spoil_silent(folders):
    write_wav(folders["ours"] / "sentence01.wav", np.zeros(4000, np.float32), 16000)


def spoil_text(folders):
    (folders["ours"] / "sentence02.wav").write_text("no sound")


def spoil_names(folders):
    for path in folders["ours"].iterdir():
        path.rename(path.with_name(f"ours-{path.name}"))


def spoil_empty(folders):
    shutil.rmtree(folders["ours"])
    folders["ours"].mkdir()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (spoil_missing, "theirs lacks 1, first sentence01.wav"),
        (spoil_silent, "sentence01.wav: is silent"),
        (spoil_text, "sentence02.wav: not an audio file"),
        (spoil_names, "no wav file of the same name"),
        (spoil_empty, "holds no .wav file"),
    ],
)
def test_what_cannot_be_compared_is_refused_and_nothing_is_left(folders, tmp_path, spoil, message):
    spoil(folders)
    with pytest.raises(ValueError, match=message):
        create(tmp_path / "test", kind="mos", systems=folders)
    assert [path.name for path in tmp_path.iterdir()] == ["wavs"]


def test_common_leaves_out_what_some_folder_lacks(folders, tmp_path):
    spoil_missing(folders)
    test, _ = create(tmp_path / "test", kind="mos", systems=folders, common=True)
    assert test.items == ["sentence00", "sentence02"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "mushra"}, "--reference"),
        ({"kind": "quiz"}, "'quiz' is not known"),
        ({"kind": "mos", "anchors_hz": [3500]}, "--reference"),
        ({"kind": "mos", "trials": 7}, "from 1 to 6"),
        ({"kind": "ab", "baseline": "nobody"}, "'nobody'"),
    ],
)
def test_settings_that_make_no_test(folders, tmp_path, options, message):
    with pytest.raises(FolderError, match=message):
        create(tmp_path / "test", systems=folders, **options)
    assert not (tmp_path / "test").exists()


def test_a_test_is_never_written_over(folders, tmp_path):
    create(tmp_path / "test", kind="mos", systems=folders)
    with pytest.raises(FolderError, match="exists already"):
        create(tmp_path / "test", kind="mos", systems=folders)


@pytest.mark.parametrize("name", ["reference", "anchor-x", "a b", ""])
def test_names_that_would_confuse(folders, tmp_path, name):
    with pytest.raises(FolderError):
        create(tmp_path / "test", kind="mos", systems={name: folders["ours"], "theirs": folders["theirs"]})


def test_what_looks_wrong_is_noted(folders, tmp_path):
    shutil.rmtree(folders["theirs"])
    shutil.copytree(folders["ours"], folders["theirs"])
    path = folders["ours"] / "sentence02.wav"
    audio, rate = read(path)
    write_wav(path, np.tile(audio, 2), rate)
    write_wav(folders["ours"] / "sentence00.wav", np.clip(50 * audio, -1, 1), rate)
    _, notes = create(tmp_path / "test", kind="mos", systems=folders)
    assert any(note.startswith("ours: 1 of 3 files are clipped") for note in notes)
    assert any(note.startswith("sentence02: 0.8 s by ours, 0.4 s by theirs") for note in notes)
    shutil.copy(folders["ours"] / "sentence00.wav", folders["theirs"])
    shutil.copy(path, folders["theirs"])
    _, notes = create(tmp_path / "other", kind="mos", systems=folders)
    assert "theirs and ours hold the very same files" in notes


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [('"trials"', '"trails"', "did you mean `trials`"), ('"Excellent",', "", "4 labels")],
)
def test_a_description_edited_wrongly_is_refused(folders, tmp_path, old, new, message):
    create(tmp_path / "test", kind="mos", systems=folders)
    path = tmp_path / "test" / "test.json"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(ValueError, match=message):
        spec.load(tmp_path / "test")
