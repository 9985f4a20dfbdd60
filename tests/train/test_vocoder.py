"""The few-step sampler of the frame-domain vocoder is refined from its score model."""

import numpy as np
import pytest
from safetensors.numpy import load_file

from .tones import VOCODER


@pytest.mark.slow
def test_refinement_starts_from_the_score_model_and_moves_it(train):
    score = train("vocoder", "score", **VOCODER)
    assert score["code"] == 0, score["stderr"]
    refine = {"start": str(score["folder"]), "refine": {"steps": [2, 1]}}
    few = train("refine-vocoder", "few", **VOCODER, **refine)
    assert few["code"] == 0, few["stderr"]
    before, after = (load_file(run["folder"] / "weights.safetensors") for run in (score, few))
    moved = {name for name in before if not np.array_equal(before[name], after[name])}
    assert "score.leave.weight" in moved
    assert "condition.envelope.bias" not in moved, "the coordinates of the SDE stay"
    assert few["stdout"].strip() == str(few["folder"])
