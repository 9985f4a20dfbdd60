"""What is kept of a stage that was stopped."""

import pytest

from itoaudio.data.config import CorpusConfig
from itoaudio.making import stages
from itoaudio.making.settings import Making
from itoaudio.making.stages import Work, make
from itoaudio.train.config import OptimiserConfig
from itoaudio.train.vocoder import VocoderRun

RUN = VocoderRun(
    name="vocoder",
    corpus=CorpusConfig(name="me", recipe="jsonl", folder="c"),
    optimiser=OptimiserConfig(steps=4),
)


def test_the_time_of_a_stage_is_that_of_all_its_starts(tmp_path, monkeypatch):
    """The model card says how long a voice was trained, however often that was stopped."""
    clock = [0.0]
    ends = iter([KeyboardInterrupt, SystemExit(143), None])

    def train(*_, **__):
        clock[0] += 100.0
        if (end := next(ends)) is not None:
            raise end

    done = dict.fromkeys(["check", "prepare", "measure"], 1.0)
    making = Making(name="me", corpus="/c", consent="Yes.", speaker="I", done=done)
    monkeypatch.setattr(stages.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(stages, "train", train)
    monkeypatch.setattr(stages, "runs_of", lambda *_: {"vocoder": RUN})
    monkeypatch.setattr(stages, "_export", lambda making, _: making)
    monkeypatch.setattr(stages, "_listen", lambda making, _: making)
    work = Work(tmp_path, tmp_path / "voice", lambda _: None, accelerator="cpu")
    for stopped in (KeyboardInterrupt, SystemExit):
        with pytest.raises(stopped):
            make(making, work)
        making = Making.load(tmp_path)
        assert "vocoder" not in making.done
    make(making, work)
    assert Making.load(tmp_path).done["vocoder"] == 300.0
