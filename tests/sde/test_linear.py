"""Every family's kernel solves its own moment equations, survives its ends, and refuses bad input."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from itoaudio.sde import EDM, PARAMETRISATIONS, SDES, VE, VP, Straight, SubVP, VPCosine

INSIDE = np.array([1e-5, 1e-3, 0.05, 0.3, 0.7, 0.95])
FAMILIES = sorted(SDES)


def test_moments_solve_the_moment_equations(sde):
    for t in INSIDE[2:] * sde.t_max:
        alpha = np.exp(quad(lambda u: float(sde.f(u)), 0, t, epsabs=1e-12)[0])
        variance = quad(lambda u: float(sde.g(u) / sde.alpha(u)) ** 2, 0, t, epsabs=1e-12, epsrel=1e-12)[0]
        np.testing.assert_allclose(sde.alpha(t), alpha, rtol=1e-9)
        np.testing.assert_allclose(sde.sigma(t), alpha * np.sqrt(variance), rtol=1e-8)


def test_rates_are_the_derivatives_of_the_moments(sde):
    t = torch.tensor(INSIDE * sde.t_max, requires_grad=True)
    alpha_rate, sigma_rate = sde.at(t, torch.zeros(len(t), dtype=torch.float64)).rates
    for moment, rate in ((sde.alpha, alpha_rate), (sde.sigma, sigma_rate)):
        (gradient,) = torch.autograd.grad(moment(t).sum(), t, allow_unused=True)
        np.testing.assert_allclose(rate.detach(), gradient.detach(), rtol=1e-9, atol=1e-12)


def test_float32_keeps_its_digits_near_zero(sde):
    t = np.geomspace(1e-7, 1e-2, 50).astype(np.float32)
    for schedule in (sde.f, sde.g, sde.alpha, sde.sigma, sde.half_log_snr, sde.noise_level):
        exact = schedule(t.astype(np.float64))
        np.testing.assert_allclose(schedule(t), exact, rtol=1e-6)
        np.testing.assert_allclose(schedule(torch.from_numpy(t)).numpy(), exact, rtol=1e-6)
    for inverse, value in (
        (sde.t_of_half_log_snr, sde.half_log_snr(t)),
        (sde.t_of_noise_level, sde.noise_level(t)),
    ):
        assert value.dtype == np.float32
        np.testing.assert_allclose(inverse(value), inverse(value.astype(np.float64)), rtol=1e-6)


@pytest.mark.parametrize("library", [np.asarray, torch.as_tensor])
def test_float32_states_keep_their_digits_near_zero(sde, library):
    """What multiplies a float32 state, a time per item: the kernel, the rates, and every way to read a
    network."""
    t = np.geomspace(1e-7, 1e-2, 50).astype(np.float32)
    x0, noise = np.random.default_rng(0).standard_normal((2, 50, 3)).astype(np.float32)
    exact = sde.at(t.astype(np.float64), x0.astype(np.float64))
    now = sde.at(library(t), library(x0))
    for name in ("alpha", "sigma", "f", "g2", "size", "half_log_snr", "level"):
        np.testing.assert_allclose(getattr(now, name), getattr(exact, name), rtol=1e-6)
    for rate, exact_rate in zip(now.rates, exact.rates, strict=True):
        np.testing.assert_allclose(rate, exact_rate, rtol=1e-6)
    x = sde.perturb(library(x0), library(t), library(noise))
    np.testing.assert_allclose(x, exact.alpha * x0 + exact.sigma * noise, atol=1e-6)
    v = PARAMETRISATIONS["v"]
    output = v.target(sde, library(t), library(x0), library(noise))
    prediction = v.prediction(sde, x, library(t), output)
    np.testing.assert_allclose(prediction.denoised, x0, atol=1e-6)


def test_torch_equals_numpy(sde):
    t = INSIDE * sde.t_max
    for schedule in (sde.f, sde.g, sde.alpha, sde.sigma, sde.half_log_snr, sde.noise_level):
        np.testing.assert_allclose(schedule(torch.from_numpy(t)).numpy(), schedule(t), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("scalar", [0, 0.5, np.float32(0.5), np.float64(0.5), np.int64(0), np.array(0.5)])
def test_scalars_of_any_type_keep_a_float32_state(sde, scalar):
    x = np.ones((2, 3), dtype=np.float32)
    mean, std = sde.kernel(x, scalar)
    assert mean.dtype == np.float32
    assert (std * x).dtype == np.float32
    assert sde.perturb(torch.ones(2, 3), scalar, torch.ones(2, 3)).dtype == torch.float32


def test_ends(sde):
    assert sde.alpha(0.0) == 1
    assert sde.sigma(0.0) == 0
    assert sde.noise_level(0.0) == 0
    assert sde.half_log_snr(0.0) == np.inf
    assert sde.t_of_half_log_snr(np.inf) == 0
    assert sde.t_of_noise_level(0.0) == 0
    np.testing.assert_allclose(sde.t_of_noise_level(sde.noise_level(sde.t_max)), sde.t_max, rtol=1e-9)
    assert np.isfinite(sde.at(sde.t_max, np.ones(1)).rates).all()


def test_cosine_is_exact_noise_at_its_end():
    sde = VPCosine()
    assert (sde.alpha(1.0), sde.sigma(1.0), sde.noise_level(1.0)) == (0, 1, 1)
    assert sde.half_log_snr(1.0) == -np.inf
    assert sde.t_of_noise_level(1.0) == 1
    with pytest.raises(ValueError, match=r"g\^2 diverges at t = 1"):
        _ = sde.at(1.0, np.ones(1)).g2


@settings(deadline=None)  # a busy machine is no counterexample
@given(name=st.sampled_from(FAMILIES), where=st.floats(1e-6, 1.0))
def test_inverses_round_trip(name, where):
    sde = SDES[name]()
    t = where * sde.t_max
    np.testing.assert_allclose(sde.t_of_noise_level(sde.noise_level(t)), t, rtol=1e-7)
    if sde.alpha(t) > 0:
        np.testing.assert_allclose(sde.t_of_half_log_snr(sde.half_log_snr(t)), t, rtol=1e-7)


def test_one_time_per_item_multiplies_any_number_of_axes(sde):
    t = INSIDE[1:4].astype(np.float32)
    for shape in ((3,), (3, 2), (3, 2, 4, 1)):
        x, noise = np.random.default_rng(0).standard_normal((2, *shape)).astype(np.float32)
        each = [sde.perturb(x[i : i + 1], float(t[i]), noise[i : i + 1])[0] for i in range(3)]
        together = sde.perturb(x, t, noise)
        assert together.dtype == np.float32
        np.testing.assert_allclose(together, each, rtol=1e-6, atol=1e-7)
        crossed = sde.perturb(torch.from_numpy(x), torch.from_numpy(t), torch.from_numpy(noise))
        np.testing.assert_allclose(crossed.numpy(), together, rtol=1e-6, atol=1e-7)


def test_gradient_reaches_t(sde):
    t = torch.tensor([0.2, 0.5], requires_grad=True)
    sde.perturb(torch.ones(2, 3), t, torch.ones(2, 3)).sum().backward()
    assert t.grad is not None
    assert torch.isfinite(t.grad).all()


def test_prior_density_integrates_the_prior(sde):
    noise = np.random.default_rng(0).standard_normal((4, 3, 2))
    x, sigma = sde.prior(noise), float(sde.sigma(sde.t_max))
    expected = (-0.5 * noise**2 - np.log(sigma) - 0.5 * np.log(2 * np.pi)).sum((1, 2))
    np.testing.assert_allclose(sde.prior_log_density(x), expected)


@pytest.mark.parametrize("where", [-0.125, 1.125, np.nan])
def test_refuses_times_outside(sde, where):
    t = where * sde.t_max
    for call in (sde.alpha, lambda u: sde.at(u, np.ones(1)), lambda u: sde.sigma(torch.tensor([0.5, u]))):
        with pytest.raises(ValueError, match=f"t = {str(t)[:5]}.* is outside"):
            call(t)


def test_takes_a_float32_end_time_that_rounded_up():
    sde = VPCosine(t_max=0.7)
    t = np.nextafter(np.float32(0.7), np.float32(1))
    assert t > 0.7
    assert sde.alpha(t) == np.float32(sde.alpha(0.7))


def test_refuses_shapes_that_do_not_fit(sde):
    x = np.ones((3, 2))
    with pytest.raises(ValueError, match=r"t of shape \(2,\) does not fit x of shape \(3, 2\)"):
        sde.at(np.array([0.1, 0.2]), x)
    with pytest.raises(ValueError, match=r"noise of shape \(3, 1\) does not fit x0 of shape \(3, 2\)"):
        sde.perturb(x, 0.5, x[:, :1])


def test_refuses_levels_a_family_does_not_reach():
    with pytest.raises(ValueError, match=r"noise level = 1.0 is not reached by VP"):
        VP().t_of_noise_level(1.0)
    with pytest.raises(ValueError, match=r"half log-SNR = -20.0 is not reached by VE"):
        VE().t_of_half_log_snr(np.array([0.0, -20.0]))


@pytest.mark.parametrize(
    ("family", "options"),
    [
        (VE, {"sigma_min": 0.0}),
        (VE, {"sigma_min": 2.0, "sigma_max": 1.0}),
        (VP, {"beta_min": 0.0}),
        (SubVP, {"beta_min": 3.0, "beta_max": 1.0}),
        (VPCosine, {"t_max": 1.5}),
        (Straight, {"t_max": 1.5}),
        (EDM, {"t_max": -2.0}),
    ],
)
def test_refuses_impossible_options(family, options):
    with pytest.raises(ValueError, match=str(next(iter(options.values())))):
        family(**options)
