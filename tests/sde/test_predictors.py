"""Orders of convergence on the exact flow of a Gaussian, and steps that must be exact."""

import numpy as np
import pytest

from itoaudio.sde import (
    GRIDS,
    PARAMETRISATIONS,
    PREDICTORS,
    VE,
    VP,
    Denoiser,
    GaussianMixture,
    SubVP,
    VPCosine,
)
from itoaudio.sde import sample as run

GAUSSIAN = GaussianMixture(np.ones(1), np.array([[0.4, -0.3]]), np.array([[0.5, 1.3]]))
ORDERS = {"euler_flow": 1, "dpm_solver_pp_2m": 2, "heun_flow": 2}


def no_noise():
    raise AssertionError("a deterministic predictor drew noise")


def flow_of_gaussian(sde, x, t, s):
    """The probability flow keeps (x - alpha m)/sqrt(alpha^2 v + sigma^2) constant."""
    std = [np.sqrt(sde.alpha(u) ** 2 * GAUSSIAN.scales**2 + sde.sigma(u) ** 2) for u in (t, s)]
    return sde.alpha(s) * GAUSSIAN.means + std[1] / std[0] * (x - sde.alpha(t) * GAUSSIAN.means)


@pytest.mark.parametrize("name", sorted(ORDERS))
@pytest.mark.parametrize(
    "family", [VE(sigma_max=5.0), VP(), SubVP(), VPCosine()], ids=lambda s: type(s).__name__
)
def test_flow_order(name, family):
    t, s = 0.8, 0.2
    x = np.array([[0.3, -1.0], [2.0, 0.1]]) * float(family.sigma(t))
    denoiser = Denoiser(family, GAUSSIAN.network, PARAMETRISATIONS["v"])
    steps, errors = np.array([32, 64, 128, 256]), []
    for n in steps:
        grid = np.linspace(t, s, n + 1)
        end = run(denoiser, x, grid=grid, predictor=PREDICTORS[name], noise=no_noise)
        errors.append(np.abs(end - flow_of_gaussian(family, x, t, s)).max())
    slope = -np.polyfit(np.log(steps), np.log(errors), 1)[0]
    assert abs(slope - ORDERS[name]) < 0.15, errors


def test_dpm_solver_runs_from_pure_noise_to_the_data():
    sde = VPCosine()
    x = np.random.default_rng(0).standard_normal((5, 2))
    denoiser = Denoiser(sde, GAUSSIAN.network, PARAMETRISATIONS["v"])
    grid = np.linspace(1.0, 0.0, 2001)
    end = run(denoiser, x, grid=grid, predictor=PREDICTORS["dpm_solver_pp_2m"], noise=no_noise)
    np.testing.assert_allclose(end, flow_of_gaussian(sde, x, 1.0, 0.0), atol=1e-5)


@pytest.mark.parametrize("name", ["euler_maruyama", "reverse_diffusion"])
def test_reverse_sde_carries_the_prior_to_the_data(sde, name):
    generator, count = np.random.default_rng(0), 4000
    denoiser = Denoiser(sde, GAUSSIAN.network, PARAMETRISATIONS["v"])
    grid = GRIDS["log_snr"](sde, 400, t_start=0.995, t_end=1e-4)
    start = sde.alpha(grid[0]) * GAUSSIAN.draw(count, 1)
    x = start + sde.sigma(grid[0]) * generator.standard_normal((count, 2))
    draw = lambda: generator.standard_normal((count, 2))  # noqa: E731
    x = run(denoiser, x, grid=grid, predictor=PREDICTORS[name], noise=draw)
    error = 4 / np.sqrt(count)
    assert np.all(np.abs((x.mean(0) - GAUSSIAN.means[0]) / GAUSSIAN.scales[0]) < error + 0.01)
    assert np.all(np.abs(x.std(0) / GAUSSIAN.scales[0] - 1) < error + 0.02)
