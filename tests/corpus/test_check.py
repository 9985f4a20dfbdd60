"""Each kind of finding has a small corpus that is wrong in this way, and only in this way."""

import hashlib
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from itoaudio.cli import main
from itoaudio.corpus.check import as_json, check, deviations, write_clean
from itoaudio.corpus.finding import KINDS
from itoaudio.corpus.report import page
from itoaudio.data.config import CorpusConfig
from itoaudio.data.manifest import read_manifest
from itoaudio.data.prepare import prepare

from .conftest import RATE, TEXTS, speechlike

GOOD = len("The clothes dried on a thin wooden rack.") / 15
CORPORA = Path(__file__).parents[3] / "shared" / "corpora"


def found(folder, **more):
    return [(finding.kind, Path(finding.place).name) for finding in check(folder, workers=1, **more).findings]


def stereo(sound, *, right):
    return np.stack([sound, right], axis=1)


def test_a_good_corpus_has_no_findings(folder):
    assert found(folder) == []


SOUNDS = {
    "too_short": lambda: (speechlike(0.25, seed=1), {"text": "No."}),
    "too_long": lambda: (speechlike(21.0, seed=7), {"text": " ".join(TEXTS) + " " + " ".join(TEXTS[:3])}),
    "clipped": lambda: (np.clip(12 * speechlike(GOOD, seed=7), -0.8, 0.8), {}),
    "silent": lambda: (1e-4 * speechlike(GOOD, seed=7), {}),
    "noisy": lambda: (speechlike(GOOD, seed=7, noise=0.03), {}),
    "odd_rate": lambda: (speechlike(3 * GOOD, seed=7), {}),
    "unknown_symbol": lambda: (speechlike(GOOD, seed=7), {"text": "Привет и до свидания, моя дорогая."}),
    "unknown_word": lambda: (speechlike(GOOD, seed=7), {"text": "The zorblaxian dried on a thin rack."}),
    "low_sample_rate": lambda: (speechlike(GOOD, seed=7, rate=8000), {"rate": 8000}),
    "stereo": lambda: (stereo(speechlike(GOOD, seed=7), right=speechlike(GOOD, seed=7)), {}),
    "out_of_phase": lambda: (stereo(speechlike(GOOD, seed=7), right=-0.9 * speechlike(GOOD, seed=7)), {}),
    "duplicate_text": lambda: (speechlike(len(TEXTS[2]) / 15, seed=7), {"text": TEXTS[2].upper()}),
    "duplicate_audio": lambda: (0.5 * speechlike(len(TEXTS[2]) / 15, seed=2), {"text": TEXTS[2]}),
    "narrow_band": lambda: (narrow(speechlike(GOOD, seed=7)), {}),
    "unreadable": lambda: (np.full(RATE, np.nan, np.float32), {"subtype": "FLOAT"}),
}
BESIDE = {
    "low_sample_rate": {"other_sample_rate"},
    "out_of_phase": {"stereo"},
    "duplicate_audio": {"duplicate_text"},
    "unknown_word": set(),
}


def narrow(sound):
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(len(sound), 1 / RATE) > 3400] = 0
    return np.fft.irfft(spectrum, len(sound)).astype(np.float32)


@pytest.mark.parametrize("kind", SOUNDS)
def test_each_fault_is_found_at_its_place_and_no_other(kind, folder, add):
    sound, more = SOUNDS[kind]()
    add("wrong", sound, **more)
    assert set(found(folder)) == {(kind, "wrong")} | {(other, "wrong") for other in BESIDE.get(kind, ())}


def test_another_rate_than_most_is_only_noted(folder, add):
    add("wrong", speechlike(GOOD, seed=7, rate=44100), rate=44100)
    assert found(folder) == [("other_sample_rate", "wrong")]


def test_text_without_audio_and_audio_without_text(folder):
    (folder / "wavs" / "3.wav").rename(folder / "wavs" / "other.wav")
    with (folder / "metadata.csv").open("a") as table:
        table.write("lonely\nempty||\n")
    soundfile.write(folder / "wavs" / "empty.wav", speechlike(GOOD, seed=8), RATE)
    assert set(found(folder)) == {
        ("text_without_audio", "3"),
        ("audio_without_text", "other.wav"),
        ("bad_line", "metadata.csv:7"),
        ("empty_text", "empty"),
    }


def test_every_kind_is_proven():
    others = {"other_sample_rate", "text_without_audio", "audio_without_text", "bad_line", "empty_text"}
    assert set(SOUNDS) | others | {"text_misfit"} == set(KINDS)


@pytest.mark.parametrize("drives", ["one drive", "two drives"])
def test_the_cleaned_manifest_is_what_prepare_takes(folder, add, tmp_path, monkeypatch, drives):
    def no_way(*_):
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    if drives == "two drives":
        monkeypatch.setattr(os.path, "relpath", no_way)
    add("silent", np.zeros(RATE, np.float32))
    add("odd", speechlike(GOOD, seed=7), text="The zorblaxian dried on a thin rack.")
    before = digests(folder)
    checked = check(folder, workers=1)
    write_clean(checked, tmp_path / "out" / "clean.jsonl")
    assert digests(folder) == before, "the source is never touched"
    config = CorpusConfig(name="clean", recipe="auto", folder=str(tmp_path / "out" / "clean.jsonl"))
    items = read_manifest(prepare(config, tmp_path / "cache", workers=1) / "manifest.jsonl")
    assert [item.id for item in items] == [*"012345", "odd"]


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_page_is_whole_by_itself(folder, add):
    add("silent", np.zeros(RATE, np.float32), text="Nothing & <nobody> here.")
    text = page(check(folder, workers=1))
    assert text.count("<svg") >= 5
    assert "prefers-color-scheme: dark" in text
    assert not re.search(r"(src|href)=|<script|@import|url\(", text)
    assert "Nothing &amp; &lt;nobody&gt; here." in text
    assert "Silent (1)" in text


def test_json_and_lines_from_the_shell(folder, add, tmp_path):
    add("silent", np.zeros(int(GOOD * RATE), np.float32))

    def run(*more):
        arguments = ["corpus", "check", str(folder), "--workers", "1", "--no-align", *more]
        return CliRunner().invoke(main, arguments)

    said = json.loads(
        run("--json", "--report", str(tmp_path / "r.html"), "--manifest", str(tmp_path / "m.jsonl")).stdout
    )
    assert said["recordings"] == 7
    assert said["kept"] == 6
    assert said["counts"] == {"silent": 1}
    assert (tmp_path / "r.html").is_file()
    assert len((tmp_path / "m.jsonl").read_text().splitlines()) == 6
    assert run().stdout.startswith("silent\tsilent\t")
    refused = run("--report", str(folder / "r.html"))
    assert refused.exit_code == 2
    assert "never changed" in refused.stderr


def test_nothing_left_to_keep_is_an_error(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"no sound")
    (tmp_path / "a.txt").write_text("Hello.")
    with pytest.raises(ValueError, match="no recording is left"):
        write_clean(check(tmp_path, workers=1), tmp_path / "out.jsonl")


def test_deviations_are_robust_and_have_a_least_spread():
    far = deviations({"a": 1.0, "b": 1.1, "c": 0.9, "d": 50.0}, least=0.1)
    assert far["d"] > 100
    assert abs(far["a"]) < 1
    assert deviations({"a": 1.0, "b": 1.0}, least=0.1) == {"a": 0.0, "b": 0.0}
    assert deviations({}, least=1.0) == {}


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the given corpora are not beside this repository")
def test_a_copy_at_another_rate_is_known_again(tmp_path):
    """The same takes as 48 kHz stereo and as 22 kHz FLAC: copies; other takes of the same sentence: not."""
    names = ["arctic_a0001_1592748574", "arctic_a0001_1592748585"]
    for name in names:
        sound, rate = soundfile.read(CORPORA / "kathleen-original-sample" / "data" / f"{name}.wav")
        soundfile.write(tmp_path / f"{name}.wav", sound, rate)
        sound, rate = soundfile.read(CORPORA / "kathleen-22k" / "wavs" / f"{name}.flac")
        soundfile.write(tmp_path / f"{name}-copy.flac", sound, rate)
        for stem in (name, f"{name}-copy"):
            (tmp_path / f"{stem}.txt").write_text("Author of the danger trail, Philip Steels, etc.")
    copies = [
        (f.place, f.detail.split()[-1])
        for f in check(tmp_path, workers=1).findings
        if f.kind == "duplicate_audio"
    ]
    assert sorted({frozenset(pair) for pair in copies}) == sorted(
        {frozenset((n, f"{n}-copy")) for n in names}
    )


@pytest.mark.slow
@pytest.mark.skipif(not CORPORA.is_dir(), reason="the given corpora are not beside this repository")
def test_a_text_that_does_not_fit_is_found_by_the_embedded_voice(tmp_path):
    """Sixteen true recordings; three get another's text, a text too long, and one with words left out."""
    from itoaudio.runtime.voice_folder import find

    rows = (CORPORA / "kathleen-22k" / "metadata.csv").read_text().splitlines()[::97][:16]
    texts = {row.split("|")[0]: row.split("|")[1] for row in rows}
    names = list(texts)
    texts[names[3]], texts[names[7]] = texts[names[7]], texts[names[3]]
    texts[names[11]] = f"{texts[names[0]]} {texts[names[1]]} {texts[names[11]]}"
    for name, text in texts.items():
        (tmp_path / f"{name}.flac").symlink_to(CORPORA / "kathleen-22k" / "wavs" / f"{name}.flac")
        (tmp_path / f"{name}.txt").write_text(text)
    checked = check(tmp_path, voice=find("kathleen"), workers=1)
    misfits = {finding.place for finding in checked.findings if finding.kind in ("text_misfit", "odd_rate")}
    assert misfits == {names[3], names[7], names[11]}
    assert as_json(checked)["kept"] == 13


@pytest.mark.slow
def test_a_pause_without_any_noise_is_a_pause(tmp_path):
    """As a noise gate leaves it, or a synthesiser: it is silence and says nothing against the text."""
    from itoaudio import load
    from itoaudio.runtime.voice_folder import find

    voice, rows = load("kathleen", threads=1), []
    texts = ("The rain has stopped", "Tea is ready", "Nobody was there", "She read the book", "It was late")
    for index, text in enumerate(f"{first}, {then.lower()}." for first in texts[:4] for then in texts[2:]):
        (tmp_path / f"{index}.txt").write_text(text)
        spoken = text if index % 4 else text.replace(", ", ", [pause:0.8s] ")
        voice.say(spoken, seed=index).write(tmp_path / f"{index}.wav")
        rows.append(text)
    (tmp_path / "5.txt").write_text(rows[10])
    checked = check(tmp_path, voice=find("kathleen"), workers=1)
    assert {f.place for f in checked.findings if f.kind == "text_misfit"} == {"5"}
