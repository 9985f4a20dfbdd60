"""The frame-domain vocoder trains, resumes exactly after a kill, and its few-step sampler is refined."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import yaml
from safetensors.numpy import load_file

from itoaudio.audio.files import write_wav

RATE = 22050
TEXTS = ("One more time.", "Two of them.", "Three in a row.", "Four by four.", "Five alive.", "Six sticks.")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    """Six gliding tones with their texts, in LJSpeech's layout."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "wavs").mkdir()
    t = np.arange(int(1.2 * RATE)) / RATE
    for index, _ in enumerate(TEXTS):
        phase = 2 * np.pi * (120 + 15 * index) * (t + 0.1 * t**2)
        sound = sum(0.1 / k * np.cos(k * phase) for k in range(1, 25)).astype(np.float32)
        write_wav(folder / "wavs" / f"{index}.wav", sound, RATE)
    rows = "".join(f"{index}|{text}|{text}\n" for index, text in enumerate(TEXTS))
    (folder / "metadata.csv").write_text(rows, encoding="utf-8")
    return folder


def config(path: Path, corpus: Path, name: str, **more) -> Path:
    """A run of a tiny network that ends after 12 steps and saves every 3."""
    run = {
        "name": name,
        "corpus": {
            "name": "tones",
            "recipe": "ljspeech",
            "folder": str(corpus),
            "validation": 0.3,
            "test": 0.0,
        },
        "network": {
            "type": "frame",
            "width": 16,
            "condition_blocks": 1,
            "score_blocks": 1,
            "pitch_width": 16,
        },
        "crops": {"frames": 24, "batch": 4},
        "optimiser": {"steps": 12, "warm_up_steps": 2, "average_decay": 0.5},
        "loop": {
            "precision": "32-true",
            "validate_every_steps": 6,
            "validation_batches": 2,
            "checkpoint_every_minutes": 1e-4,
        },
    }
    file = path / f"{name}.yaml"
    file.write_text(yaml.safe_dump(run | more), encoding="utf-8")
    return file


def ito_train(kind: str, file: Path) -> list[str]:
    root = file.parent
    paths = ["--runs", str(root / "runs"), "--cache", str(root / "cache"), "--threads", "1"]
    return [
        sys.executable,
        "-W",
        "ignore",
        "-c",
        "from itoaudio.cli import main; main()",
        "train",
        kind,
        str(file),
        *paths,
    ]


@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_same_weights(tmp_path, corpus):
    whole, broken = (config(tmp_path, corpus, name) for name in ("whole", "broken"))
    subprocess.run(ito_train("vocoder", whole), check=True, capture_output=True)
    process = subprocess.Popen(
        ito_train("vocoder", broken), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    last, deadline = tmp_path / "runs/broken/last.json", time.monotonic() + 120
    while not last.is_file() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    subprocess.run(ito_train("vocoder", broken), check=True, capture_output=True)
    one, other = (load_file(tmp_path / "runs" / name / "weights.safetensors") for name in ("whole", "broken"))
    assert all((one[name] == other[name]).all() for name in one)


@pytest.mark.slow
def test_refinement_starts_from_the_score_model_and_moves_it(tmp_path, corpus):
    subprocess.run(ito_train("vocoder", config(tmp_path, corpus, "score")), check=True, capture_output=True)
    settings = {"start": str(tmp_path / "runs/score"), "refine": {"steps": [2, 1]}}
    few = config(tmp_path, corpus, "few", **settings)
    done = subprocess.run(ito_train("refine-vocoder", few), check=True, capture_output=True, text=True)
    before, after = (load_file(tmp_path / "runs" / n / "weights.safetensors") for n in ("score", "few"))
    moved = {name for name in before if not np.array_equal(before[name], after[name])}
    assert "score.leave.weight" in moved
    assert "condition.envelope.bias" not in moved, "the coordinates of the SDE stay"
    assert done.stdout.strip() == str(tmp_path / "runs/few")
