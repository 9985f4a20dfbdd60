"""Draws start where the runtime's do: at the noise of that time, within t_max, and short of alpha = 0."""

import pytest
import torch

from itoaudio.runtime.voice_format import Graphs
from itoaudio.sde import PARAMETRISATIONS, SDES, Denoiser
from itoaudio.train.sampling import draw, first_time

EXACT = Graphs(condition="", score="", condition_reach_frames=0, score_reach_frames=0)


def first_asked(family, *, temperature=1.0, parametrisation="v", **options):
    """(noise, state and noise level that the network is asked at first, the draw)."""
    sde, seen = SDES[family](), []

    def network(state, level):
        seen.append((state, level))
        return torch.zeros_like(state)

    torch.manual_seed(0)
    noise = temperature * torch.randn(2, 3, 50)
    drawn = draw(Denoiser(sde, network, PARAMETRISATIONS[parametrisation]), noise, steps=2, **options)
    return noise, *seen[0], drawn


@pytest.mark.parametrize("family", SDES)
def test_a_network_that_is_not_refined_starts_at_the_level_of_exact_graphs(family):
    sde = SDES[family]()
    level = min(EXACT.level_start, float(sde.noise_level(sde.t_max)))
    assert sde.noise_level(first_time(sde)) == pytest.approx(level, abs=1e-12)


@pytest.mark.parametrize("family", ["vp_cosine", "straight"])
@pytest.mark.parametrize("parametrisation", ["eps", "score", "scaled_score"])
def test_a_prediction_of_noise_says_something_of_the_data_there(family, parametrisation):
    start = first_time(SDES[family]())
    *_, drawn = first_asked(family, parametrisation=parametrisation, t_start=start)
    assert drawn.isfinite().all()


@pytest.mark.parametrize("family", ["vp_cosine", "ve", "brownian_bridge"])
@pytest.mark.parametrize("t_start", [0.5, 0.999, 1.0])
def test_the_first_state_is_noise_of_the_scale_at_t_start_or_t_max(family, t_start):
    sde = SDES[family]()
    t = min(t_start, sde.t_max)
    noise, state, level, _ = first_asked(family, t_start=t_start)
    assert level == pytest.approx(float(sde.noise_level(t)))
    size = (sde.alpha(t) ** 2 + sde.sigma(t) ** 2) ** 0.5
    torch.testing.assert_close(state, noise * float(sde.sigma(t) / size))


def test_pure_noise_stays_what_it_is():
    noise, state, *_ = first_asked("vp_cosine", temperature=0.3, t_start=1.0)
    assert torch.equal(state, noise)
