"""Is it the same speaker: cosine of two GE2E embeddings (Wan et al. 2018, arXiv 1710.10467).

The weights are those that the package Resemblyzer ships; its network is small enough to stand here, which
spares its dependencies (a voice activity detector that must be compiled).
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from itoaudio.audio.trim import trim
from itoaudio.evaluate.metrics.intrusive import INSTALL_ALONE, RATE
from itoaudio.evaluate.metrics.metric import Unavailable
from itoaudio.evaluate.sound import Sound, Take

WINDOW_FRAMES, STEP_FRAMES = 160, 77
BANDS, WIDTH, LAYERS = 40, 256, 3
LEAST_COVERAGE = 0.75
RMS_DB = -30.0


def similarity(take: Take) -> float:
    """Cosine of the embeddings of the take and of its reference, -1 to 1."""
    return float(embedding(take.sound) @ embedding(take.recording))


def embedding(sound: Sound) -> np.ndarray:
    """Unit vector (256,): the mean over windows of 1.6 s that begin every 0.77 s."""
    network = _network()
    import torch
    from librosa.feature import melspectrogram

    samples = trim(sound.at(RATE), sample_rate=RATE, margin_seconds=0.05)
    rms = np.sqrt((samples.astype(np.float64) ** 2).mean()) + 1e-9
    samples = samples * np.float32(max(1.0, 10 ** (RMS_DB / 20) / rms))
    starts = window_starts(len(samples))
    samples = np.pad(samples, (0, max(0, (starts[-1] + WINDOW_FRAMES) * 160 - len(samples))))
    mel = melspectrogram(y=samples, sr=RATE, n_fft=400, hop_length=160, n_mels=BANDS).T.astype(np.float32)
    windows = np.stack([mel[start : start + WINDOW_FRAMES] for start in starts])
    with torch.no_grad():
        _, (hidden, _) = network["lstm"](torch.from_numpy(windows))
        each = torch.relu(network["linear"](hidden[-1]))  # (windows, 256)
        each = each / each.norm(dim=1, keepdim=True)
    mean = each.mean(dim=0).numpy()
    return np.asarray(mean / np.linalg.norm(mean))


def window_starts(samples: int) -> list[int]:
    """First frames of the windows of a sound of `samples` at 16 kHz; a last one that holds less than 3/4 of
    a window is left out."""
    frames = -(-(samples + 1) // 160)
    starts = list(range(0, max(1, frames - WINDOW_FRAMES + STEP_FRAMES + 1), STEP_FRAMES))
    covered = (samples - starts[-1] * 160) / (WINDOW_FRAMES * 160)
    return starts[:-1] if covered < LEAST_COVERAGE and len(starts) > 1 else starts


@cache
def _network() -> Any:
    found = find_spec("resemblyzer")
    if found is None or not found.submodule_search_locations:
        raise Unavailable(f"the package Resemblyzer is not installed: {INSTALL_ALONE}")
    import torch
    from torch import nn

    weights = torch.load(
        Path(found.submodule_search_locations[0]) / "pretrained.pt", map_location="cpu", weights_only=True
    )["model_state"]
    network = nn.ModuleDict(
        {"lstm": nn.LSTM(BANDS, WIDTH, LAYERS, batch_first=True), "linear": nn.Linear(WIDTH, WIDTH)}
    )
    network.load_state_dict({name: weights[name] for name in network.state_dict()})
    return network.eval()
