"""Moments by quadrature are those of the closed forms, whatever f and g."""

import numpy as np
import pytest
import torch

from itoaudio.sde import EDM, OUVE, VE, VP, LinearSDE, SubVP, VPCosine


@pytest.mark.parametrize(
    "family", [VE(), VP(), SubVP(), VPCosine(t_max=0.99), OUVE(), EDM()], ids=lambda s: type(s).__name__
)
def test_quadrature_equals_the_closed_form(family):
    sde = LinearSDE.from_coefficients(family._f, lambda t: family._g2(t) ** 0.5, t_max=family.t_max)
    t = np.concatenate([[1e-6, 1e-3], np.linspace(0.01, 1.0, 57)]) * family.t_max
    for name in ("f", "g", "alpha", "sigma", "half_log_snr", "noise_level"):
        np.testing.assert_allclose(getattr(sde, name)(t), getattr(family, name)(t), rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(sde.t_of_noise_level(family.noise_level(t)), t, rtol=1e-7)
    torch_t = torch.from_numpy(t)
    np.testing.assert_allclose(sde.sigma(torch_t).numpy(), sde.sigma(t), rtol=1e-12)
    np.testing.assert_allclose(sde.sigma(0.5 * family.t_max), family.sigma(0.5 * family.t_max), rtol=1e-8)


def test_takes_constants_and_passes_gradients():
    sde = LinearSDE.from_coefficients(lambda t: -0.5, lambda t: 1.0, t_max=2.0)
    np.testing.assert_allclose(sde.sigma(1.5), np.sqrt(1 - np.exp(-1.5)), rtol=1e-12)
    t = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(sde.sigma(t).sum(), t)
    times = t.detach().numpy()
    np.testing.assert_allclose(gradient.numpy(), np.exp(-times) / (2 * sde.sigma(times)), rtol=1e-9)


def test_gradient_passes_the_inverse():
    sde, exact = LinearSDE.from_coefficients(VP()._f, lambda t: VP()._g2(t) ** 0.5), VP()
    gradients = []
    for family in (sde, exact):
        level = torch.tensor([0.2, 0.6], dtype=torch.float64, requires_grad=True)
        gradients.append(torch.autograd.grad(family.t_of_noise_level(level).sum(), level)[0].numpy())
    np.testing.assert_allclose(gradients[0], gradients[1], rtol=1e-7)
    assert sde.t_of_noise_level(torch.zeros(1, dtype=torch.float64)).item() == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"f": lambda t: -1 / (1 - t), "g": lambda t: 1.0}, r"f = -inf at t = 1.0"),
        ({"f": lambda t: -0.5, "g": lambda t: 1 / t}, r"g = inf at t = 0.0"),
        ({"f": lambda t: -0.5, "g": lambda t: 1.0, "t_max": -1.0}, r"t_max = -1.0"),
    ],
)
def test_refuses_coefficients_that_are_not_finite(options, message):
    with pytest.raises(ValueError, match=message):
        LinearSDE.from_coefficients(**options)


def test_refuses_levels_it_does_not_reach():
    sde = LinearSDE.from_coefficients(lambda t: -0.5, lambda t: 1.0)
    with pytest.raises(ValueError, match=r"noise level = 0.9 is not reached"):
        sde.t_of_noise_level(0.9)
