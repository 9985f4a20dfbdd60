"""Small corpora to break: glides that sound a little like speech, with real texts."""

import numpy as np
import pytest
import soundfile

TEXTS = (
    "The boy was there when the sun rose.",
    "A rod is used to catch pink salmon.",
    "The source of the huge river is the clear spring.",
    "Kick the ball straight and follow through.",
    "Help the woman get back to her feet.",
    "A pot of tea helps to pass the evening.",
)
RATE = 22050


def speechlike(seconds, *, rate=RATE, seed=0, noise=1e-4, level=0.3):
    """Harmonics in syllables of changing pitch and colour, with breath noise above 4 kHz, on a quiet room."""
    generator = np.random.default_rng(seed)
    t = np.arange(int(seconds * rate)) / rate
    phase = 2 * np.pi * np.cumsum(110 + 8 * seed + 20 * np.sin(2 * np.pi * (0.3 + 0.1 * seed) * t)) / rate
    tilt = 1.2 + 0.5 * np.sin(2 * np.pi * (1.1 + 0.3 * seed) * t)
    harmonics = sum(np.cos(k * phase) * k**-tilt for k in range(1, 30) if 150 * k < rate / 2)
    syllables = np.clip(np.sin(2 * np.pi * (2.0 + 0.17 * seed) * t + seed), 0, 1)
    sound = level * syllables * (0.3 * harmonics + 0.02 * generator.standard_normal(len(t)))
    return np.clip(sound + noise * generator.standard_normal(len(t)), -1, 1).astype(np.float32)


@pytest.fixture
def folder(tmp_path):
    """Six good recordings in LJSpeech's layout, of lengths that fit their texts."""
    place = tmp_path / "corpus"
    (place / "wavs").mkdir(parents=True)
    for index, text in enumerate(TEXTS):
        soundfile.write(place / "wavs" / f"{index}.wav", speechlike(len(text) / 15, seed=index), RATE)
    (place / "metadata.csv").write_text(
        "".join(f"{i}|{text}\n" for i, text in enumerate(TEXTS)), encoding="utf-8"
    )
    return place


@pytest.fixture
def add(folder):
    """Adds a recording: add("name", samples, text="...", rate=...)."""

    def one(name, sound, *, text="The clothes dried on a thin wooden rack.", rate=RATE, subtype="PCM_16"):
        soundfile.write(folder / "wavs" / f"{name}.wav", sound, rate, subtype=subtype)
        with (folder / "metadata.csv").open("a", encoding="utf-8") as table:
            table.write(f"{name}|{text}\n")

    return one
