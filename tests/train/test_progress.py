import time
from io import StringIO
from types import SimpleNamespace

import torch

from itoaudio.audio.mel import MelSpec
from itoaudio.train.progress import ProgressLine, audio_seconds, span


def test_seconds_of_a_batch_of_either_model():
    spec = MelSpec()
    assert audio_seconds({"audio": torch.zeros(4, 22050)}, spec) == 4.0
    acoustic = SimpleNamespace(frames=torch.tensor([100, 200]))
    assert audio_seconds(acoustic, spec) == 300 * 256 / 22050


def test_spans_are_readable():
    assert [span(s) for s in (45, 600, 12000)] == ["45 s", "10 min", "3 h 20 min"]


def test_the_line_says_step_losses_speed_and_time_left():
    stream = StringIO()
    progress = ProgressLine("vocoder", MelSpec(), stream=stream)
    metrics = {"train/loss": torch.tensor(0.5), "validation/loss": torch.tensor(0.75)}
    trainer = SimpleNamespace(global_step=10, max_steps=40, world_size=1, progress_bar_metrics=metrics)
    progress._began, progress._audio = time.monotonic() - 10, 100.0
    said = "vocoder: step 10 of 40, loss 0.500, validation/loss 0.750, 10 s of audio a second, 30 s left"
    assert progress.line(trainer) == said
    progress._show(trainer)
    assert stream.getvalue() == f"{said}\n"
