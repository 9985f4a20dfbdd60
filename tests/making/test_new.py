"""`ito voice new` from a folder to a voice that speaks: tiny networks, killed midway, and a full disk."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
import yaml

from itoaudio.audio.files import write_wav
from itoaudio.runtime import Voice

RATE = 22050
TEXTS = tuple(
    f"{first} {second}."
    for first in ("The boat", "A dog", "My friend", "The rain")
    for second in ("came late", "was near the house", "went over the hill", "is not alone")
)
SETTINGS = {
    "align": False,
    "steps": {"acoustic": 40, "vocoder": 12, "vocoder_few": 8, "acoustic_few": 8},
    "acoustic": {
        "text": {"width": 16, "blocks": 1, "attentions": 1, "heads": 2, "predictor_width": 8},
        "condition": {"width": 16, "blocks": 1},
        "score": {"width": 16, "blocks": 1, "level_width": 8, "decoders": 1, "head_width": 8},
    },
    "vocoder": {
        "width": 16,
        "condition_blocks": 1,
        "score_blocks": 1,
        "level_width": 8,
        "pitch_width": 8,
        "pitch_blocks": 1,
    },
    "batch": 4,
    "crops": 4,
    "refine_crops": 2,
    "crop_frames": 24,
    "precision": "32-true",
    "validate_every_steps": 20,
    "checkpoint_every_minutes": 1e-4,
    "measure_seconds": 1.0,
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Sixteen gliding tones with texts, as WAV beside text."""
    folder = tmp_path_factory.mktemp("mine")
    generator = np.random.default_rng(0)
    for index, text in enumerate(TEXTS):
        t = np.arange(int((0.3 + len(text) / 16) * RATE)) / RATE
        phase = 2 * np.pi * (110 + 6 * index) * (t + 0.05 * t**2)
        sound = sum(0.1 / k * np.cos(k * phase) for k in range(1, 40)) * np.abs(np.sin(5 * t + index))
        sound += 3e-4 * generator.standard_normal(len(t)) + 0.002 * np.sin(
            5 * t + index
        ) ** 2 * generator.standard_normal(len(t))
        write_wav(folder / f"{index:02}.wav", sound.astype(np.float32), RATE)
        (folder / f"{index:02}.txt").write_text(text)
    return folder


def ito_voice_new(corpus: Path, root: Path, **environment: str) -> dict:
    """Arguments of subprocess.Popen; the voice is installed below `root`."""
    settings = root / "settings.yaml"
    settings.write_text(yaml.safe_dump(SETTINGS))
    code = "from itoaudio.cli import main; main()"
    words = [
        "voice",
        "new",
        str(corpus),
        "--name",
        "mine",
        "--work",
        str(root / "work"),
        "--settings",
        str(settings),
    ]
    words += ["--speaker", "a synthesiser", "--consent", "No person speaks here: these are tones of a test"]
    words += ["--licence", "CC0-1.0", "--start", "none", "--threads", "1", "--workers", "1"]
    return {
        "args": [sys.executable, "-W", "ignore", "-c", code, *words],
        "env": {**os.environ, "XDG_DATA_HOME": str(root / "data"), "OMP_NUM_THREADS": "1", **environment},
        "text": True,
    }


@pytest.mark.slow
def test_a_voice_is_made_though_it_is_killed_in_the_midst(corpus, tmp_path):
    call = ito_voice_new(corpus, tmp_path)
    process = subprocess.Popen(**call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    state, deadline = tmp_path / "work" / "runs" / "acoustic" / "last.json", time.monotonic() + 900
    while not state.is_file() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert state.is_file()
    done = subprocess.run(**call, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert "goes on; done: check, prepare, measure" in done.stderr
    assert "acoustic: 40 steps, from step" in done.stderr
    assert "s of audio a second" in done.stderr
    voice = Path(done.stdout.strip())
    assert voice == tmp_path / "data" / "itoaudio" / "voices" / "mine"
    card = (voice / "MODEL_CARD.md").read_text()
    assert "Consent: No person speaks here: these are tones of a test (stated on " in card
    assert "Trained from nothing but its recordings" in card
    assert np.isfinite(Voice.load(voice, threads=1).say("The boat was not alone.").samples).all()
    page = (tmp_path / "work" / "listening.html").read_text()
    assert page.count("<audio") >= 9
    assert "http" not in page
    again = subprocess.run(**call, capture_output=True)
    assert again.stdout == done.stdout
    assert "acoustic:" not in again.stderr


@pytest.mark.slow
def test_a_full_disk_stops_the_work_and_loses_nothing(corpus, tmp_path):
    """No file may grow beyond some kilobytes: the write of features fails as on a full disk."""

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    call = ito_voice_new(corpus, tmp_path)
    call["args"].append("--estimate")
    done = subprocess.run(**call, capture_output=True, preexec_fn=small_files)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "File too large" in done.stderr
    assert msgspec.json.decode((tmp_path / "work" / "making.json").read_bytes())["done"].keys() == {"check"}
    assert not list((tmp_path / "work" / "cache").rglob("*.part"))
    done = subprocess.run(**call, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert "estimate from 1 measured seconds" in done.stderr
