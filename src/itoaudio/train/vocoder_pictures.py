"""Pictures of the vocoder's work for the training log."""

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

WINDOW, HOP = 512, 64
FLOOR_DB = -70.0


def picture(recording: Tensor, drawn: Tensor, sample_rate: int) -> Figure:
    """Spectrograms of two sounds (N,) on one scale, dB below the recording's loudest bin."""
    figure = Figure(figsize=(10, 6), layout="constrained")
    loudness = [_decibels(sound) for sound in (recording, drawn)]
    loudest = float(loudness[0].max())
    extent = (0.0, len(recording) / sample_rate, 0.0, sample_rate / 2000)
    for axes, values, title in zip(figure.subplots(2, 1), loudness, ("recording", "drawn")):
        axes.imshow(
            values - loudest,
            origin="lower",
            aspect="auto",
            vmin=FLOOR_DB,
            vmax=0,
            cmap="magma",
            extent=extent,
        )
        axes.set_title(title, fontsize=8)
        axes.set_ylabel("kHz")
    axes.set_xlabel("seconds")
    return figure


def _decibels(sound: Tensor) -> np.ndarray:
    spectrum = torch.stft(
        sound.float().cpu(), WINDOW, HOP, window=torch.hann_window(WINDOW), return_complex=True
    )
    return 20 * np.log10(spectrum.abs().numpy() + 1e-7)
