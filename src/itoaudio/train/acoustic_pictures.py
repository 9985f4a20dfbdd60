"""Pictures of the acoustic model's work for the training log."""

from matplotlib.figure import Figure
from torch import Tensor


def picture(phonemes: str, durations: Tensor, guessed: Tensor, log_mel: Tensor, drawn: Tensor) -> Figure:
    """Recording above, a draw from its text below, each with the borders of its symbols.

    durations, guessed (S,): frames by alignment and by prediction; log_mel, drawn (M, F) natural log.
    """
    figure = Figure(figsize=(12, 6), layout="constrained")
    above, below = figure.subplots(2, 1)
    low, high = float(log_mel.min()), float(log_mel.max())
    for axes, mel, lengths, title in (
        (above, log_mel, durations, "recording, aligned"),
        (below, drawn, guessed, "drawn from the text"),
    ):
        axes.imshow(
            mel.float().cpu().numpy(), origin="lower", aspect="auto", vmin=low, vmax=high, cmap="magma"
        )
        ends = lengths.cumsum(0)
        centres = (ends - 0.5 * lengths).tolist()
        axes.vlines((ends - 0.5).tolist(), 0, len(mel) - 1, colors="white", linewidth=0.3)
        axes.set_xticks(centres, list(phonemes), fontsize=7)
        axes.set_title(title, fontsize=8)
    return figure
