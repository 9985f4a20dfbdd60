"""One live line: step, losses, validation, audio a second, time left. In a log, a line a minute."""

import sys
import time
from typing import Any, TextIO

import lightning
from lightning.pytorch.callbacks import ProgressBar

from itoaudio.audio.mel import MelSpec


class ProgressLine(ProgressBar):
    """Lightning's progress bar in words. spec: of the mels in a batch; stream: where it is written."""

    def __init__(self, name: str, spec: MelSpec, *, stream: TextIO | None = None) -> None:
        super().__init__()
        self.name, self.spec = name, spec
        self.stream = sys.stderr if stream is None else stream
        self.every_seconds = 0.5 if self.stream.isatty() else 60.0
        self._enabled, self._shown, self._width = True, 0.0, 0
        self._began, self._first, self._audio = 0.0, 0, 0.0

    def disable(self) -> None:
        """Say nothing: another process does."""
        self._enabled = False

    def enable(self) -> None:
        """Speak again."""
        self._enabled = True

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        super().on_train_start(trainer, module)
        self._began, self._first, self._audio = time.monotonic(), trainer.global_step, 0.0
        self._shown = self._began

    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, outputs: Any, batch: Any, *_: Any
    ) -> None:
        self._audio += audio_seconds(batch, self.spec) * trainer.world_size
        if self._enabled and time.monotonic() - self._shown >= self.every_seconds:
            self._show(trainer)

    def on_train_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        if self._enabled:
            self._show(trainer)
            self._end()

    def on_exception(self, trainer: lightning.Trainer, module: lightning.LightningModule, error: Any) -> None:
        if self._enabled and self._width:
            self._end()

    def line(self, trainer: lightning.Trainer) -> str:
        """What there is to say now."""
        spent = max(time.monotonic() - self._began, 1e-6)
        done, steps = trainer.global_step - self._first, trainer.max_steps
        parts = [f"{self.name}: step {trainer.global_step} of {steps}"]
        for name, value in trainer.progress_bar_metrics.items():
            parts.append(f"{name.removeprefix('train/')} {float(value):.3f}")
        parts.append(f"{self._audio / spent:.0f} s of audio a second")
        if done > 0:
            parts.append(f"{span((steps - trainer.global_step) * spent / done)} left")
        return ", ".join(parts)

    def _show(self, trainer: lightning.Trainer) -> None:
        self._shown, line = time.monotonic(), self.line(trainer)
        if self.stream.isatty():
            self.stream.write("\r" + line.ljust(self._width))
        else:
            self.stream.write(line + "\n")
        self._width = len(line)
        self.stream.flush()

    def _end(self) -> None:
        if self.stream.isatty():
            self.stream.write("\n")
            self.stream.flush()
        self._width = 0


def audio_seconds(batch: Any, spec: MelSpec) -> float:
    """Seconds of sound that a batch of any of the models holds."""
    if isinstance(batch, dict):
        return float(batch["audio"].numel()) / spec.sample_rate
    return float(batch.frames.sum()) * spec.hop_samples / spec.sample_rate


def span(seconds: float) -> str:
    """45 s, 12 min, 3 h 20 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"
