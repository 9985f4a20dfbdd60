"""What both adversarial end games share."""

import pytest
import torch

from itoaudio.train.adversarial import feature_distance, hinge


def test_the_hinge_is_two_at_chance_and_zero_when_told_apart():
    nothing, sure = [[torch.zeros(2, 3)]], [[torch.full((2, 3), 1.5)]]
    assert float(hinge(nothing, nothing)) == 2
    assert float(hinge(sure, [[-score for score in opinion] for opinion in sure])) == 0


def test_the_features_distance_is_that_of_an_energy_distance():
    """d(x, x) = 0 and d(x, y) = d(y, x) up to the unit, which is x's own size."""
    x, y = ([[torch.full((1, 2, 3), value), torch.zeros(1)]] for value in (2.0, 3.0))
    assert float(feature_distance(x, x)) == 0
    assert float(feature_distance(x, y)) == pytest.approx(0.5)
    assert float(feature_distance(y, x)) == pytest.approx(1 / 3)
