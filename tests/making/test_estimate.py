"""What is timed is what will be trained."""

import pytest

from itoaudio.data.config import CorpusConfig
from itoaudio.making import estimate
from itoaudio.train.config import AdversarialConfig, OptimiserConfig, RefineConfig
from itoaudio.train.vocoder import VocoderRun


class Asked(Exception):
    pass


def test_discriminators_are_timed_as_in_most_steps(monkeypatch, tmp_path):
    asked = []

    def told(kind, run, cache):
        asked.append((kind, run.refine.adversarial))
        raise Asked

    monkeypatch.setattr(estimate, "module_of", told)
    run = VocoderRun(
        name="toy",
        start="nowhere",
        corpus=CorpusConfig(name="toy", recipe="ljspeech", folder="nowhere"),
        refine=RefineConfig(adversarial=AdversarialConfig(start_step=120, ramp_steps=80)),
        optimiser=OptimiserConfig(steps=400),
    )
    with pytest.raises(Asked):
        estimate.seconds_a_step("vocoder_few", run, tmp_path, seconds=1.0)
    ((kind, heard),) = asked
    assert kind == "refine-vocoder"
    assert 0 - heard.start_step >= heard.ramp_steps, "heard in full from step 0 on"
