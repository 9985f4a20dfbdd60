"""Likelihoods of data whose density is known, and codes that decode to what was encoded."""

import numpy as np
import pytest
import torch

from itoaudio.sde import (
    PARAMETRISATIONS,
    VP,
    Denoiser,
    VPCosine,
    integrate,
    log_likelihood,
    transport,
)


def signs(seed, shape):
    return np.random.default_rng(seed).choice([-1.0, 1.0], size=shape)


def test_dormand_prince_keeps_its_tolerance_and_counts_its_calls():
    for rtol, bound in ((1e-4, 1e-3), (1e-9, 1e-8)):
        solution = integrate(lambda y, a: y * np.cos(a), np.ones((2, 1)), 0.0, 6.0, rtol=rtol, atol=rtol)
        np.testing.assert_allclose(solution.x, np.exp(np.sin(6.0)), rtol=bound)
        assert solution.calls == 1 + 6 * (solution.accepted + solution.rejected)


def test_dormand_prince_is_of_fifth_order():
    """Any tolerance passes here, so the same three steps, of 5, 25 and 70 %, cross every interval."""
    lengths, errors = np.array([0.4, 0.2, 0.1]), []
    for length in lengths:
        end = 0.5 + length
        solution = integrate(lambda y, a: y * np.cos(a), np.ones((1, 1)), 0.5, end, rtol=1e9, atol=1e9)
        assert (solution.accepted, solution.rejected) == (3, 0)
        errors.append(abs(solution.x.item() - np.exp(np.sin(end) - np.sin(0.5))))
    local = np.polyfit(np.log(lengths), np.log(errors), 1)[0]
    assert abs(local - 6) < 0.25, errors  # of one interval: one more than of the sum of many


def test_dormand_prince_refuses_what_it_cannot_solve():
    kink = lambda y, a: 1 / abs(a - 0.3) ** 1.5 + 0 * y  # noqa: E731
    with pytest.raises(ValueError, match=r"rtol = 1e-05 needs steps below .* at 0\.\d+ after \d+ calls"):
        integrate(kink, np.ones((1, 1)), 0.0, 1.0, rtol=1e-5, atol=1e-5)
    with pytest.raises(ValueError, match="rtol, atol > 0, got 0"):
        integrate(lambda y, a: y, np.ones((1, 1)), 0.0, 1.0, rtol=0.0, atol=1e-5)


@pytest.mark.parametrize("library", [np.asarray, torch.as_tensor])
@pytest.mark.parametrize(("bound", "where"), [(2.0, "1.0000, call 1"), (0.5, r"0\.5\d+, call \d+")])
def test_names_the_level_where_the_network_fails(library, bound, where):
    broken = Denoiser(
        VPCosine(), lambda u, level: u * (np.nan if level < bound else 1.0), PARAMETRISATIONS["v"]
    )
    x = library(np.ones((2, 2)))
    with pytest.raises(ValueError, match=f"rate is nan at {where}: check the network"):
        transport(broken, x, start=1.0, end=0.0)
    with pytest.raises(ValueError, match=r"rate is nan at 0\.0000, call 1: check the network"):
        log_likelihood(broken, x)


def test_gradient_passes_the_adaptive_flow(sde):
    weight = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
    denoiser = Denoiser(sde, lambda u, level: weight * u, PARAMETRISATIONS["v"])
    end = transport(denoiser, torch.ones(2, 3, dtype=torch.float64), start=0.8, end=0.1)
    first, last = sde.at(0.8, end.x), sde.at(0.1, end.x)
    # y = x/size obeys dy/da = weight y in the angle a = (pi/2) level
    turn = 0.5 * np.pi * (last.level - first.level)
    expected = np.exp(0.1 * turn) / first.size * last.size
    np.testing.assert_allclose(end.x.detach(), expected, rtol=1e-4)
    (gradient,) = torch.autograd.grad(end.x.sum(), weight)
    np.testing.assert_allclose(gradient, 6 * turn * expected, rtol=1e-3)


@pytest.mark.parametrize("where", [0.1, 0.5])
def test_density_of_a_noisy_state(sde, exact, mixture, where):
    t = where * sde.t_max
    x = sde.perturb(mixture.draw(6, 0), t, np.random.default_rng(1).standard_normal((6, 2)))
    result = log_likelihood(exact(sde), x, t=t, rtol=1e-7, atol=1e-7)
    end = sde.at(sde.t_max, x)
    prior = sde.prior_log_density(result.code) - mixture.log_density(result.code, end)
    np.testing.assert_allclose(result.nats, mixture.log_density(x, sde.at(t, x)) + prior, atol=2e-5)


@pytest.mark.parametrize("library", [np.asarray, torch.as_tensor])
def test_exact_divergence_gives_the_density_of_a_mixture(sde, exact, mixture, library):
    x = library(mixture.draw(8, 0))
    result = log_likelihood(exact(sde), x, rtol=1e-7, atol=1e-7)
    truth = mixture.log_density(x, sde.at(0.0, x))
    # The prior replaces the true end marginal: its own error, known exactly here, is what may remain.
    end = sde.at(sde.t_max, x)
    truth = truth + sde.prior_log_density(result.code) - mixture.log_density(result.code, end)
    np.testing.assert_allclose(result.nats, truth, atol=2e-5)
    np.testing.assert_allclose(result.bits_per_dimension, -np.asarray(result.nats) / np.log(2) / 2)
    assert not np.asarray(result.standard_error).any()


@pytest.mark.parametrize("library", [np.asarray, torch.as_tensor])
def test_hutchinson_is_within_its_standard_error(exact, mixture, library):
    x = library(mixture.draw(100, 0))
    probes = library(signs(1, (8, 100, 2)))
    result = log_likelihood(exact(VPCosine()), x, probes=probes)
    truth = mixture.log_density(x, VPCosine().at(0.0, x))
    z = np.asarray((result.nats - truth) / result.standard_error)
    # Student's t with 7 degrees of freedom: standard deviation 1.18; 100 of them.
    assert np.abs(z.mean()) < 4 * 1.2 / np.sqrt(100)
    assert 0.8 < z.std() < 1.8


def test_encodes_to_the_prior_and_back(sde, exact, mixture):
    x = mixture.draw(200, 0)
    code = transport(exact(sde), x, start=0.0, end=sde.t_max, rtol=1e-8, atol=1e-8)
    back = transport(exact(sde), code.x, start=sde.t_max, end=0.0, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(back.x, x, atol=1e-5)
    end = sde.at(sde.t_max, x)
    assert np.abs(code.x.var() / (end.alpha**2 * x.var() + end.sigma**2) - 1) < 0.2


def test_any_number_of_axes(exact):
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    unit = Denoiser(VP(), lambda u, level: 0 * u, PARAMETRISATIONS["v"])  # data of unit variance: v = 0
    expected = (-0.5 * x**2 - 0.5 * np.log(2 * np.pi)).sum((1, 2))
    np.testing.assert_allclose(
        log_likelihood(unit, x, probes=signs(0, (2, 2, 3, 4))).nats, expected, atol=1e-3
    )


def test_refuses_probes_that_give_no_error():
    unit = Denoiser(VP(), lambda u, level: 0 * u, PARAMETRISATIONS["v"])
    with pytest.raises(ValueError, match=r"probes of shape \(1, 2, 3\)"):
        log_likelihood(unit, np.ones((2, 3)), probes=np.ones((1, 2, 3)))
