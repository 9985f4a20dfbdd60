"""A mean and a noise shape are a change of coordinates."""

import numpy as np
import pytest
import torch

from itoaudio.audio.mdct import imdct, mdct
from itoaudio.sde import VP, Coordinates, VPCosine, simulate


def test_round_trip_and_volume():
    generator = np.random.default_rng(0)
    mean, scale = generator.standard_normal((2, 3)), np.exp(generator.standard_normal(3))
    x = generator.standard_normal((2, 3))
    coordinates = Coordinates(mean=mean, scale=scale)
    np.testing.assert_allclose(coordinates.colour(coordinates.whiten(x)), x)
    np.testing.assert_allclose(coordinates.log_det(x), np.log(scale).sum())
    crossed = Coordinates(mean=torch.from_numpy(mean), scale=torch.from_numpy(scale))
    np.testing.assert_allclose(crossed.whiten(torch.from_numpy(x)).numpy(), coordinates.whiten(x))


def test_density_of_coloured_noise():
    """log p(x) = log p(u) - log_det(u): a Gaussian of any mean and scale."""
    mean, scale = np.array([2.0, -1.0, 0.5]), np.array([0.5, 3.0, 1.2])
    coordinates = Coordinates(mean=mean, scale=scale)
    x = np.random.default_rng(0).standard_normal((5, 3))
    u = coordinates.whiten(x)
    exact = (-0.5 * ((x - mean) / scale) ** 2 - np.log(scale) - 0.5 * np.log(2 * np.pi)).sum(1)
    standard = VPCosine().prior_log_density(u)  # its prior is N(0, 1)
    np.testing.assert_allclose(standard - coordinates.log_det(u), exact)


@pytest.mark.parametrize("library", [np.asarray, torch.as_tensor])
def test_refuses_what_does_not_broadcast(library):
    x, bad = library(np.ones((3, 2))), library(np.ones(5))
    for call in (Coordinates(mean=bad).whiten, Coordinates(mean=bad).colour):
        with pytest.raises(ValueError, match=r"mean of shape \(5,\) does not broadcast to shape \(3, 2\)"):
            call(x)
    coordinates = Coordinates(scale=bad)
    for call in (coordinates.whiten, coordinates.colour, coordinates.log_det):
        with pytest.raises(ValueError, match=r"scale of shape \(5,\) does not broadcast to shape \(3, 2\)"):
            call(x)
    for value in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match=f"scale must be positive, got {value}"):
            Coordinates(scale=library(np.array([1.0, value])))


def test_default_is_the_identity():
    x = np.ones((2, 3))
    np.testing.assert_array_equal(Coordinates().whiten(x), x)
    np.testing.assert_array_equal(Coordinates().log_det(x), 0)
    np.testing.assert_array_equal(Coordinates().log_det(torch.ones(2, 3)).numpy(), 0)


def test_shapes_noise_in_the_mdct():
    """L diagonal in the MDCT: white noise comes out with the spectrum `scale`, and back."""
    scale = np.linspace(1.0, 3.0, 8)[:, None]
    coordinates = Coordinates(scale=scale, analyse=lambda x: mdct(x, 8), synthesise=imdct)
    u = np.random.default_rng(0).standard_normal((2, 8, 2000))
    x = coordinates.colour(u)
    assert x.shape == (2, 16_000)
    np.testing.assert_allclose(coordinates.whiten(x), u, atol=1e-4)
    np.testing.assert_allclose(mdct(x, 8).std(axis=(0, 2)), scale[:, 0], rtol=0.1)
    np.testing.assert_allclose(coordinates.log_det(u), 2000 * np.log(scale).sum())


def test_is_the_sde_with_mean_and_noise_shape():
    """dX = f (X - mu) dt + g L dW step by step in x is du = f u dt + g dW in u, path by path."""
    sde, coordinates = VP(), Coordinates(mean=np.array([2.0, -1.0]), scale=np.array([0.5, 3.0]))
    x0, times = np.ones((3, 2)), np.linspace(0.0, 0.5, 20)
    increments = np.random.default_rng(0).standard_normal((19, 3, 2))
    noise = iter(increments)
    in_u = coordinates.colour(
        simulate(sde, coordinates.whiten(x0), times=times, noise=lambda: next(noise))[-1]
    )
    x = x0
    for t, s, z in zip(times[:-1], times[1:], increments, strict=True):
        x = (
            x
            + sde.f(t) * (x - coordinates.mean) * (s - t)
            + sde.g(t) * np.sqrt(s - t) * coordinates.scale * z
        )
    np.testing.assert_allclose(in_u, x, rtol=1e-12)
