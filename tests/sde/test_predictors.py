"""Orders of convergence, by regression, on a Gaussian whose flow and marginals are known in closed form.

The score of a Gaussian is linear, so a whole run is a linear map of (x_0, z_1, ..., z_N): one batch with one
unit impulse an item gives the mean and the variance of the result exactly, and weak orders need no Monte
Carlo.
"""

import numpy as np
import pytest

from itoaudio.sde import (
    DDIM,
    EDM,
    OUVE,
    PARAMETRISATIONS,
    PREDICTORS,
    VE,
    VP,
    BrownianBridge,
    Denoiser,
    DPMSolverPlusPlus,
    DPMSolverPlusPlus2M,
    EulerMaruyama,
    ExponentialEuler,
    GaussianMixture,
    HeunFlow,
    Straight,
    SubVP,
    VPCosine,
    simulate,
)
from itoaudio.sde import sample as run

GAUSSIAN = GaussianMixture(np.ones(1), np.array([[0.4, -0.3]]), np.array([[0.5, 1.3]]))
FLOW_ORDERS = {
    "euler_flow": 1,
    "ddim": 1,
    "euler_level": 1,
    "heun_flow": 2,
    "heun_edm": 2,
    "deis_2": 2,
    "deis_3": 3,
    "dpm_solver_pp_2m": 2,
    "dpm_solver_pp_3m": 3,
    "unipc": 3,
    "unipc_3": 4,
    "adams_2": 2,
    "adams_3": 3,
    "adams_2_corrected": 3,
    "adams_3_corrected": 4,
}
WEAK_ORDERS = {
    "euler_maruyama": 1,
    "reverse_diffusion": 1,
    "exponential_euler": 1,
    "ancestral": 1,
    "dpm_solver_pp_2m_sde": 2,
    "seeds_2": 2,
    "er_sde_2": 2,
}
DIALS = {
    "euler_maruyama, c = 0.5": (EulerMaruyama(stochasticity=0.5), 1),
    "euler_maruyama, c = 1.5": (EulerMaruyama(stochasticity=1.5), 1),
    "exponential_euler, c = 0.5": (ExponentialEuler(stochasticity=0.5), 1),
    "ddim, eta = 0.5": (DDIM(eta=0.5), 1),
    "dpm_solver_pp_2m_sde, c = 0.5": (DPMSolverPlusPlus2M(stochasticity=0.5), 2),
    "seeds_2, c = 0.5": (DPMSolverPlusPlus(stochasticity=0.5), 2),
    "seeds_2, c = 1.5": (DPMSolverPlusPlus(stochasticity=1.5), 2),
}
"""Every dial of stochasticity between its ends: the same marginals, at the same weak order."""
WEAK_ORDERS_AT_LEAST = {"dpm_solver_pp_3m_sde": 2, "er_sde_3": 2}
"""Slopes of 2 to 3.3 at these numbers of steps: no single order is claimed."""
FAMILIES = [
    VE(sigma_max=5.0), VP(), SubVP(), VPCosine(), Straight(), EDM(t_max=5.0), OUVE(), BrownianBridge()
]  # fmt: skip
START, END = 0.8, 0.2


def no_noise():
    raise AssertionError("a deterministic predictor drew noise")


def slope(steps, errors):
    return -np.polyfit(np.log(steps), np.log(errors), 1)[0]


def ramp(steps):
    """Steps that double from 1/N^2 up to 1/N, so that the first, low-order ones do not hide the order of the
    rest."""
    doubling = 2.0 ** np.arange(-np.floor(np.log2(steps)), 0)
    sizes = np.concatenate([doubling, np.ones(steps - 1)])
    return START - (START - END) * np.append(0.0, np.cumsum(sizes)) / sizes.sum()


def flow_of_gaussian(sde, x, t, s):
    """The probability flow keeps (x - alpha m)/sqrt(alpha^2 v + sigma^2) constant."""
    std = [np.sqrt(sde.alpha(u) ** 2 * GAUSSIAN.scales**2 + sde.sigma(u) ** 2) for u in (t, s)]
    return sde.alpha(s) * GAUSSIAN.means + std[1] / std[0] * (x - sde.alpha(t) * GAUSSIAN.means)


def denoiser_of(sde):
    return Denoiser(sde, GAUSSIAN.network, PARAMETRISATIONS["v"])


@pytest.mark.parametrize("family", FAMILIES, ids=lambda s: type(s).__name__)
@pytest.mark.parametrize("name", sorted(FLOW_ORDERS))
def test_order_on_the_flow(name, family):
    x = np.array([[0.3, -1.0], [2.0, 0.1]]) * float(family.sigma(START))
    steps = np.array([24, 48, 96, 192]) * (1 if FLOW_ORDERS[name] < 4 else 2)
    errors = []
    for n in steps:
        end = run(denoiser_of(family), x, grid=ramp(n), predictor=PREDICTORS[name], noise=no_noise)
        errors.append(np.abs(end - flow_of_gaussian(family, x, START, END)).max())
    assert abs(slope(steps, errors) - FLOW_ORDERS[name]) < 0.25, errors


def moments_of_run(denoiser, predictor, grid, mean, variance):
    """Exact mean and variance of the state at grid[-1], from Gaussian coordinates at grid[0]; both (2,)."""
    steps = len(grid) - 1
    x = np.zeros((steps + 2, 2))
    x[1] = 1.0
    impulses = iter(np.eye(steps, steps + 2, 2)[:, :, None] * np.ones(2))
    x = run(denoiser, x, grid=grid, predictor=predictor, noise=lambda: next(impulses))
    gain, response = x[1] - x[0], x[2:] - x[0]
    return x[0] + gain * mean, gain**2 * variance + (response**2).sum(0)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda s: type(s).__name__)
@pytest.mark.parametrize("name", sorted(WEAK_ORDERS | WEAK_ORDERS_AT_LEAST | DIALS))
def test_weak_order_on_the_reverse_sde(name, family):
    (mean, variance), (mean_end, variance_end) = (
        (
            family.alpha(t) * GAUSSIAN.means[0],
            family.alpha(t) ** 2 * GAUSSIAN.scales[0] ** 2 + family.sigma(t) ** 2,
        )
        for t in (START, END)
    )
    predictor, order = DIALS[name] if name in DIALS else (PREDICTORS[name], WEAK_ORDERS.get(name))
    steps = np.array([32, 64, 128, 256])
    errors = []
    for n in steps:
        grid = np.linspace(START, END, n + 1)
        result = moments_of_run(denoiser_of(family), predictor, grid, mean, variance)
        errors.append(np.abs(np.concatenate([result[0] - mean_end, result[1] - variance_end])).max())
    if order:
        assert abs(slope(steps, errors) - order) < 0.2, errors
    else:
        assert slope(steps, errors) > WEAK_ORDERS_AT_LEAST[name] - 0.2, errors


@pytest.mark.parametrize("family", FAMILIES, ids=lambda s: type(s).__name__)
def test_weak_order_forward(family):
    """One unit impulse an item again: the moments of Euler-Maruyama's state, without Monte Carlo."""
    steps, errors = np.array([32, 64, 128, 256]), []
    for n in steps:
        impulses = iter(np.eye(n, n + 1, 1)[:, :, None])
        x = simulate(
            family,
            np.full((n + 1, 1), 0.7),
            times=np.linspace(0.0, START, n + 1),
            noise=lambda: next(impulses),  # noqa: B023
        )[-1]
        variance = ((x[1:] - x[0]) ** 2).sum()
        errors.append(max(abs(x[0, 0] - family.alpha(START) * 0.7), abs(variance - family.sigma(START) ** 2)))
    assert abs(slope(steps, errors) - 1) < 0.2, errors


def test_every_predictor_has_a_proven_order():
    assert set(FLOW_ORDERS) | set(WEAK_ORDERS) | set(WEAK_ORDERS_AT_LEAST) == set(PREDICTORS)


@pytest.mark.parametrize(
    "name", ["ddim", "dpm_solver_pp_2m", "dpm_solver_pp_3m", "unipc", "adams_2", "adams_3"]
)
@pytest.mark.parametrize("family", [VPCosine(), Straight()], ids=lambda s: type(s).__name__)
def test_runs_from_pure_noise_to_the_data(name, family):
    x = np.random.default_rng(0).standard_normal((5, 2))
    grid = np.linspace(1.0, 0.0, 501)
    end = run(denoiser_of(family), x, grid=grid, predictor=PREDICTORS[name], noise=no_noise)
    np.testing.assert_allclose(
        end, flow_of_gaussian(family, x, 1.0, 0.0), atol=8e-3 if name == "ddim" else 3e-4
    )


@pytest.mark.parametrize("name", ["ancestral", "dpm_solver_pp_2m_sde", "seeds_2", "er_sde_2"])
def test_noise_starts_from_pure_noise_and_ends_at_the_data(name):
    grid = np.linspace(1.0, 0.0, 201)
    mean, variance = moments_of_run(denoiser_of(VPCosine()), PREDICTORS[name], grid, np.zeros(2), np.ones(2))
    np.testing.assert_allclose(mean, GAUSSIAN.means[0], atol=0.02)
    np.testing.assert_allclose(variance, GAUSSIAN.scales[0] ** 2, rtol=0.05)


@pytest.mark.parametrize(
    "name", ["ddim", "dpm_solver_pp_2m", "dpm_solver_pp_3m", "unipc", "adams_2", "heun_edm"]
)
def test_the_path_does_not_depend_on_the_family(name):
    """All families share one flow: the same noise levels give the same sample, up to rounding."""
    levels = np.linspace(0.9, 0.1, 9)
    x = np.random.default_rng(0).standard_normal((3, 2))
    ends = []
    for family in (VE(), VP(), VPCosine(), Straight(), EDM()):
        now = [family.at(t, x) for t in family.t_of_noise_level(levels)]
        grid = np.array([t.t for t in now])
        end = run(denoiser_of(family), x * now[0].size, grid=grid, predictor=PREDICTORS[name], noise=no_noise)
        ends.append(end / now[-1].size)
    np.testing.assert_allclose(ends, np.broadcast_to(ends[0], np.shape(ends)), rtol=1e-6, atol=1e-8)


def test_churn_keeps_the_marginal():
    sde, grid = EDM(), np.geomspace(5.0, 0.05, 129)
    variance = GAUSSIAN.scales[0] ** 2 + grid[0] ** 2
    end, spread = moments_of_run(denoiser_of(sde), HeunFlow(churn=0.1), grid, GAUSSIAN.means[0], variance)
    np.testing.assert_allclose(end, GAUSSIAN.means[0], atol=2e-3)
    np.testing.assert_allclose(spread, GAUSSIAN.scales[0] ** 2 + grid[-1] ** 2, rtol=5e-3)


def test_heun_ends_at_the_data_with_an_euler_step():
    x = np.ones((2, 2)) * 5
    end = run(
        denoiser_of(EDM()), x, grid=np.array([5.0, 1.0, 0.2, 0.0]), predictor=HeunFlow(), noise=no_noise
    )
    assert np.isfinite(end).all()
