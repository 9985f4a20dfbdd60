"""A mean and a noise shape are a change of coordinates."""

import numpy as np
import torch

from itoaudio.sde import Coordinates


def test_round_trip_and_volume():
    generator = np.random.default_rng(0)
    mean, scale = generator.standard_normal((2, 3)), np.exp(generator.standard_normal(3))
    x = generator.standard_normal((2, 3))
    coordinates = Coordinates(mean=mean, scale=scale)
    np.testing.assert_allclose(coordinates.colour(coordinates.whiten(x)), x)
    np.testing.assert_allclose(coordinates.log_det(x), np.log(scale).sum())
    crossed = Coordinates(mean=torch.from_numpy(mean), scale=torch.from_numpy(scale))
    np.testing.assert_allclose(crossed.whiten(torch.from_numpy(x)).numpy(), coordinates.whiten(x))


def test_default_is_the_identity():
    x = np.ones((2, 3))
    np.testing.assert_array_equal(Coordinates().whiten(x), x)
    np.testing.assert_array_equal(Coordinates().log_det(x), 0)
    np.testing.assert_array_equal(Coordinates().log_det(torch.ones(2, 3)), 0)
