"""Simulated paths have the kernel's marginals, and reversal carries a mixture back to itself, for every
family.

Sizes are chosen so that the scheme's own bias cannot fail a test, and a wrong answer cannot pass it: both are
checked.
"""

import numpy as np
import pytest
from scipy.stats import kstest

from itoaudio.sde import PREDICTORS, SDES, BrownianBridge, LinearSDE, simulate, stratified, times, transport
from itoaudio.sde import sample as run

COUNT = 10_000
CRITICAL = 1.95 / np.sqrt(COUNT)
"""Of the Kolmogorov-Smirnov distance, at a false alarm in a thousand."""


def normal_distance(shift, scale):
    """Largest gap between the distribution functions of N(0, 1) and N(shift, scale^2), to first order."""
    return abs(shift) / np.sqrt(2 * np.pi) + abs(scale - 1) * np.exp(-0.5) / np.sqrt(2 * np.pi)


def euler_moments(sde, t, x0):
    """Mean and standard deviation that Euler-Maruyama itself has, by its own recursion."""
    mean, variance = x0, 0.0
    for now, step in zip(t[:-1], np.diff(t), strict=True):
        growth = 1 + float(sde.f(now)) * step
        mean, variance = growth * mean, growth**2 * variance + float(sde.g(now)) ** 2 * step
    return mean, np.sqrt(variance)


SWINGING = (lambda t: -1.5 + np.cos(6 * t), lambda t: 1.2 + np.sin(4 * t))
"""f and g of no family with a name."""
FAMILIES = SDES | {"from_coefficients": lambda: LinearSDE.from_coefficients(*SWINGING)}


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_simulated_paths_have_the_kernels_marginals(name):
    sde, generator, x0 = FAMILIES[name](), np.random.default_rng(0), 0.7
    # g is smooth in t but for EDM and VE it grows by orders of magnitude: steps even in noise level and in t.
    t_end = times(sde, np.array([0.9])).item()
    levels = times(sde, np.linspace(0, 0.9, 300), t_min=0.0)
    grid = np.union1d(levels, np.linspace(0, t_end, 300))
    x = simulate(
        sde, np.full((COUNT, 1), x0), times=grid, noise=lambda: generator.standard_normal((COUNT, 1))
    )[-1]
    mean, std = sde.kernel(np.array([x0]), float(grid[-1]))
    z = (x[:, 0] - mean) / std
    bias = euler_moments(sde, grid, x0)
    assert normal_distance((bias[0] - mean[0]) / std, bias[1] / std) < 0.25 * CRITICAL
    assert kstest(z, "norm").statistic < CRITICAL
    assert kstest(1.15 * z, "norm").statistic > CRITICAL
    assert kstest(z + 0.1, "norm").statistic > CRITICAL


def sliced_wasserstein(x, y, directions):
    gap = np.sort(x @ directions, axis=0) - np.sort(y @ directions, axis=0)
    return np.sqrt((gap**2).mean())


@pytest.fixture
def distance(mixture):
    """Function of 2000 samples: their distance to the mixture, in units of what chance allows (mean + 5
    std)."""
    angles = np.linspace(0, np.pi, 16, endpoint=False)
    directions = np.stack([np.cos(angles), np.sin(angles)])
    truth = [mixture.draw(2000, seed) for seed in range(100, 120)]
    chance = [sliced_wasserstein(x, y, directions) for x, y in zip(truth[::2], truth[1::2], strict=True)]
    bound = np.mean(chance) + 5 * np.std(chance)
    return lambda x: sliced_wasserstein(x, truth[0], directions) / bound


@pytest.mark.parametrize("name", sorted(SDES))
@pytest.mark.parametrize("solver", ["ancestral", "euler_maruyama", "adams_2_corrected"])
def test_reversal_carries_a_mixture_back_to_itself(name, solver, exact, mixture, distance):
    sde, generator = SDES[name](), np.random.default_rng(1)
    draw = lambda: generator.standard_normal((2000, 2))  # noqa: E731
    steps = {"ancestral": 200, "euler_maruyama": 400, "adams_2_corrected": 60}[solver]
    grid = times(sde, 1 - stratified(steps + 1, 0.5))
    x = sde.perturb(mixture.draw(2000, 7), grid[0], draw())
    x = run(exact(sde), x, grid=grid, predictor=PREDICTORS[solver], noise=draw, denoise_last=True)
    assert distance(x) < 1
    assert distance(1.2 * x) > 1
    assert distance(x + 0.15) > 1


def test_adaptive_flow_carries_a_mixture_back_to_itself(sde, exact, mixture, distance):
    generator = np.random.default_rng(1)
    x = sde.perturb(mixture.draw(2000, 7), sde.t_max, generator.standard_normal((2000, 2)))
    end = transport(exact(sde), x, start=sde.t_max, end=0.0, rtol=1e-4, atol=1e-4)
    assert distance(end.x) < 1
    assert end.calls < 400


def test_a_bridge_ends_at_its_condition():
    """With u = x - mu, u_t goes to 0: at t_max only the stated remainder is left."""
    sde, generator = BrownianBridge(scale=0.5), np.random.default_rng(0)
    u = sde.perturb(np.ones((1000, 1)), sde.t_max, generator.standard_normal((1000, 1)))
    assert np.abs(u).max() < 5 * 0.5 * np.sqrt(1 - sde.t_max)


@pytest.mark.parametrize("grid", [[0.5, 0.1], [0.1, 0.1], [[0.1, 0.2]]])
def test_refuses_times_that_do_not_rise(sde, grid):
    with pytest.raises(ValueError, match="times must rise strictly"):
        simulate(sde, np.ones((1, 1)), times=np.array(grid), noise=lambda: np.zeros((1, 1)))


@pytest.mark.parametrize("rows", [2, 3])
def test_refuses_noise_that_does_not_fit(sde, rows):
    with pytest.raises(
        ValueError, match=rf"noise\(\) of shape \({rows}, 1\) does not fit x of shape \(1, 1\)"
    ):
        simulate(sde, np.ones((1, 1)), times=np.array([0.1, 0.2]), noise=lambda: np.zeros((rows, 1)))
