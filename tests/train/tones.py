"""A corpus of gliding tones, and a run of a tiny network on it for every kind of `ito train`."""

from pathlib import Path

import numpy as np
import yaml

from itoaudio.audio.files import write_wav

RATE, STEPS = 22050, 12
TEXTS = ("One more time.", "Two of them.", "Three in a row.", "Four by four.", "Five alive.", "Six sticks.")
FRAME = {"type": "frame", "width": 16, "condition_blocks": 1, "score_blocks": 1, "pitch_width": 16}
VOCODER = {"network": FRAME, "crops": {"frames": 24, "batch": 4}}
ACOUSTIC = {
    "network": {
        "text": {"width": 16, "blocks": 1, "attentions": 1, "heads": 2, "predictor_width": 8},
        "condition": {"width": 16, "blocks": 1},
        "score": {"width": 16, "blocks": 1, "level_width": 8, "decoders": 1, "head_width": 8},
    },
    "batch": {"size": 4, "crop_frames": 24},
    "schedule": {"decoder_start": 2, "prior_end": 4, "residual_end": 9},
}
WAVEFORM = {
    "sde": {"family": "ve", "parameters": {"sigma_min": 1e-3, "sigma_max": 30.0}},
    "network": {"channels": 8, "layers": 3, "dilation_cycle": 3, "fourier_width": 8, "level_width": 8},
    "crops": {"frames": 8, "batch": 2, "gain": 0.0},
}
ADVERSARIAL = {"steps": [2, 1], "adversarial": {"width": 4, "start_step": 2, "ramp_steps": 4}}


def make_corpus(folder: Path) -> None:
    """Six gliding tones with their texts, in LJSpeech's layout."""
    (folder / "wavs").mkdir()
    t = np.arange(int(1.2 * RATE)) / RATE
    for index, _ in enumerate(TEXTS):
        phase = 2 * np.pi * (120 + 15 * index) * (t + 0.1 * t**2)
        sound = sum(0.1 / k * np.cos(k * phase) for k in range(1, 25)).astype(np.float32)
        write_wav(folder / "wavs" / f"{index}.wav", sound, RATE)
    rows = "".join(f"{index}|{text}|{text}\n" for index, text in enumerate(TEXTS))
    (folder / "metadata.csv").write_text(rows, encoding="utf-8")


def write_config(path: Path, corpus: Path, **more: object) -> None:
    """Write a run named as the file that ends after STEPS, and saves and validates every 3; `more` are
    sections of it."""
    corpus_config = {"name": "tones", "recipe": "ljspeech", "folder": str(corpus)}
    run = {
        "name": path.stem,
        "corpus": {**corpus_config, "validation": 0.3, "test": 0.0},
        "optimiser": {"steps": STEPS, "warm_up_steps": 2, "average_decay": 0.5},
        "loop": {
            "precision": "32-true",
            "validate_every_steps": 3,
            "validation_batches": 2,
            "checkpoint_every_minutes": 1e6,
        },
    }
    path.write_text(yaml.safe_dump(run | more), encoding="utf-8")
