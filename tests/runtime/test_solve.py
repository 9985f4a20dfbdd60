"""The shipped path runs any SDE, sampler, grid and number of steps on one exact score graph, by names alone.

The toy's data are N(mean, 0.5^2) given the condition, so a sampler that converges must end with that spread.
"""

import json

import numpy as np
import pytest

from itoaudio.runtime.plan import plan
from itoaudio.runtime.sessions import VOCODER_SCORE, Graph
from itoaudio.runtime.solve import solve
from itoaudio.runtime.voice_folder import VoiceFolder
from itoaudio.runtime.voice_format import decode
from itoaudio.sde import GRIDS, PREDICTORS, SDES, FrameNoise
from toy_voice import BINS, CONDITION, DATA_STD, PULSE_WINDOW

FRAMES = 60


@pytest.fixture(scope="module")
def folder(toy_folder):
    return VoiceFolder.open(toy_folder)


def spread(folder, stage, **asked):
    """Standard deviation of draws about the mean of a given condition."""
    score = Graph("vocoder_score_exact.onnx", VOCODER_SCORE, folder.checked)
    bound = {
        "condition": np.zeros((1, CONDITION, FRAMES), np.float32),
        "pulse": np.zeros((1, PULSE_WINDOW + 2, FRAMES), np.float32),
    }
    way = plan(stage, folder.spec.presets["exact"].vocoder, asked)
    return solve(score, bound, plan=way, noise=FrameNoise(1, BINS, FRAMES)).std()


@pytest.mark.parametrize("sampler", PREDICTORS)
@pytest.mark.parametrize("sde", SDES)
def test_any_sde_and_sampler_ends_at_the_datas_spread(folder, sde, sampler):
    # Euler's flow is of first order in t, which hundreds of steps do not hide on curved clocks.
    tolerance = 0.35 if sampler == "euler_flow" else 0.1
    found = spread(folder, folder.spec.vocoder, sde=sde, sampler=sampler, grid="log_snr", steps=80)
    assert found == pytest.approx(DATA_STD, rel=tolerance)


@pytest.mark.parametrize("grid", GRIDS)
def test_any_grid(folder, grid):
    assert spread(folder, folder.spec.vocoder, grid=grid, steps=60) == pytest.approx(DATA_STD, rel=0.03)


def test_the_papers_predictor_and_corrector(folder):
    found = spread(
        folder, folder.spec.vocoder, sde="vp", sampler="reverse_diffusion", steps=100, corrector_snr=0.16
    )
    assert found == pytest.approx(DATA_STD, rel=0.06)


@pytest.mark.parametrize("sde", sorted(SDES))
def test_the_sde_of_voice_json_is_the_one_that_runs(folder, toy_folder, sde):
    raw = json.loads((toy_folder / "voice.json").read_bytes())
    raw["vocoder"]["sde"] = {"name": sde}
    stage = decode(json.dumps(raw).encode()).vocoder
    assert type(plan(stage, folder.spec.presets["exact"].vocoder, {}).sde) is SDES[sde]


def test_temperature_scales_the_noise(folder):
    assert spread(folder, folder.spec.vocoder, temperature=0.0) == pytest.approx(0.0, abs=1e-6)
    assert spread(folder, folder.spec.vocoder, temperature=0.5, steps=60) == pytest.approx(
        0.5 * DATA_STD, rel=0.08
    )
