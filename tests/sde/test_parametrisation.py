"""Any target turns into any other, where both are defined; elsewhere the error names what is missing."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from itoaudio.sde import PARAMETRISATIONS, SDES, Denoiser, VPCosine

STATES = np.random.default_rng(0).standard_normal((2, 4, 3))


@settings(deadline=None)  # a busy machine is no counterexample
@given(
    name=st.sampled_from(sorted(SDES)),
    source=st.sampled_from(sorted(PARAMETRISATIONS)),
    target=st.sampled_from(sorted(PARAMETRISATIONS)),
    where=st.floats(0.01, 0.95),
)
def test_conversions_round_trip(name, source, target, where):
    sde, (x0, noise) = SDES[name](), STATES
    t = where * sde.t_max
    x = sde.perturb(x0, t, noise)
    for value in (source, target):
        output = PARAMETRISATIONS[value].target(sde, t, x0, noise)
        prediction = PARAMETRISATIONS[value].prediction(sde, x, t, output)
        np.testing.assert_allclose(
            prediction.denoised, x0, atol=1e-6 * float(1 + sde.sigma(t) / sde.alpha(t))
        )
        np.testing.assert_allclose(prediction.eps, noise, atol=1e-6 * float(1 + sde.alpha(t) / sde.sigma(t)))
    again = PARAMETRISATIONS[source].target(sde, t, prediction.denoised, prediction.eps)
    scale = float(np.abs(again).max())
    np.testing.assert_allclose(again, PARAMETRISATIONS[source].target(sde, t, x0, noise), atol=1e-5 * scale)


def test_score_and_velocity(sde, parametrisation):
    (x0, noise), t = STATES, 0.4
    x = sde.perturb(x0, t, noise)
    prediction = parametrisation.prediction(sde, x, t, parametrisation.target(sde, t, x0, noise))
    np.testing.assert_allclose(prediction.score, -noise / sde.sigma(t), rtol=1e-7)
    flow = sde.f(t) * x - 0.5 * sde.g(t) ** 2 * prediction.score
    np.testing.assert_allclose(prediction.velocity, flow, rtol=1e-7)


def test_v_is_defined_at_both_ends_and_the_flow_starts_at_pure_noise():
    sde, (x0, noise) = VPCosine(), STATES
    v = PARAMETRISATIONS["v"]
    at_noise = v.prediction(sde, noise, 1.0, v.target(sde, 1.0, x0, noise))
    np.testing.assert_allclose(at_noise.denoised, x0)
    np.testing.assert_allclose(at_noise.velocity, -np.pi / 2 * x0)
    at_data = v.prediction(sde, x0, 0.0, v.target(sde, 0.0, x0, noise))
    np.testing.assert_allclose(at_data.denoised, x0)


def test_refuses_what_the_noise_level_leaves_undefined(sde):
    x = np.ones((2, 3))
    for name in ("eps", "v"):
        prediction = PARAMETRISATIONS[name].prediction(sde, x, 0.0, x)
        with pytest.raises(ValueError, match=r"sigma = 0 at t = 0.0"):
            _ = prediction.eps
        with pytest.raises(ValueError, match=r"sigma = 0 at t = 0.0"):
            _ = prediction.score
    with pytest.raises(ValueError, match=r"sigma = 0 at t = \[0.5 0. \]"):
        _ = PARAMETRISATIONS["eps"].prediction(sde, x, np.array([0.5, 0.0]), x).score
    with pytest.raises(ValueError, match=r"sigma = 0 at t = 0.0"):
        PARAMETRISATIONS["score"].target(sde, 0.0, x, x)
    with pytest.raises(ValueError, match=r"alpha b - sigma a = 0 at t = 1.0"):
        _ = PARAMETRISATIONS["eps"].prediction(VPCosine(), x, 1.0, x).denoised


def test_refuses_a_network_that_changes_the_shape(sde):
    denoiser = Denoiser(sde, lambda x, level: x[:, :1], PARAMETRISATIONS["v"])
    with pytest.raises(ValueError, match=r"output of shape \(2, 1\) does not fit x of shape \(2, 3\)"):
        denoiser(np.ones((2, 3)), 0.5)


def test_network_sees_unit_variance_and_the_shared_clock(sde):
    generator, seen = np.random.default_rng(0), []
    t = np.array([0.3] * 50_000)
    x0, noise = generator.standard_normal((2, 50_000, 1))
    denoiser = Denoiser(sde, lambda x, level: seen.append((x, level)) or x, PARAMETRISATIONS["v"])
    denoiser.output(sde.perturb(x0, t, noise), t)
    (x, level), count = seen[0], len(t)
    assert abs(x.var() - 1) < 4 * np.sqrt(2 / count)
    assert level.shape == t.shape
    np.testing.assert_allclose(level, sde.noise_level(t))


def test_exact_score_is_the_gradient_of_the_log_density(sde, exact, mixture):
    x = torch.from_numpy(mixture.draw(20, 0)).requires_grad_()
    (gradient,) = torch.autograd.grad(mixture.log_density(x, sde.at(0.3, x)).sum(), x)
    np.testing.assert_allclose(exact(sde)(x, 0.3).score.detach(), gradient, rtol=1e-8, atol=1e-9)


def test_gradient_reaches_the_network_and_the_state(sde, parametrisation):
    weight = torch.ones((), requires_grad=True)
    x = torch.ones(2, 3, requires_grad=True)
    prediction = Denoiser(sde, lambda u, level: weight * u, parametrisation)(x, torch.tensor([0.3, 0.6]))
    (prediction.denoised + prediction.score + prediction.velocity).sum().backward()
    assert weight.grad is not None
    assert x.grad is not None
    assert torch.isfinite(weight.grad)
    assert torch.isfinite(x.grad).all()
