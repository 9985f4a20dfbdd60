"""A mixture refuses what is none; its exact score is proven in `test_parametrisation`."""

import numpy as np
import pytest

from itoaudio.sde import GaussianMixture


@pytest.mark.parametrize(
    ("weights", "means", "scales", "message"),
    [
        ([0.5, 0.5], (3, 2), (3, 2), r"got \(\(2,\), \(3, 2\), \(3, 2\)\)"),
        ([1.0], (1,), (1,), r"got \(\(1,\), \(1,\), \(1,\)\)"),
        ([0.5, 0.6], (2, 1), (2, 1), r"add to 1, got \[0.5 0.6\]"),
        ([1.5, -0.5], (2, 1), (2, 1), r"positive and add to 1, got \[ 1.5 -0.5\]"),
    ],
)
def test_refuses_what_is_no_mixture(weights, means, scales, message):
    with pytest.raises(ValueError, match=message):
        GaussianMixture(np.array(weights), np.ones(means), np.ones(scales))
