"""The loss is least at the exact score, whatever the weighting."""

import numpy as np
import pytest
import torch

from itoaudio.sde import PARAMETRISATIONS, WEIGHTINGS, Denoiser, denoising_error


@pytest.mark.parametrize("name", sorted(WEIGHTINGS))
def test_exact_score_is_the_minimum(sde, mixture, name):
    generator, count = np.random.default_rng(0), 20_000
    x0, noise = mixture.draw(count, 0), generator.standard_normal((count, 2))
    t = generator.uniform(0.05, 0.95, count)

    def loss(gain):
        denoiser = Denoiser(sde, lambda u, level: gain * mixture.network(u, level), PARAMETRISATIONS["v"])
        return denoising_error(denoiser, x0, t, noise, weighting=WEIGHTINGS[name]).mean()

    assert loss(1.0) < min(loss(0.7), loss(1.3))


def test_error_is_elementwise_and_carries_gradient(sde):
    weight = torch.tensor(0.5, requires_grad=True)
    denoiser = Denoiser(sde, lambda u, level: weight * u, PARAMETRISATIONS["v"])
    for weighting in WEIGHTINGS.values():
        x, t = torch.ones(3, 2, 4), torch.tensor([0.1, 0.5, 0.9])
        error = denoising_error(denoiser, x, t, x, weighting=weighting)
        assert error.shape == (3, 2, 4)
        assert error.dtype == torch.float32
        error.mean().backward()
    assert torch.isfinite(weight.grad)
