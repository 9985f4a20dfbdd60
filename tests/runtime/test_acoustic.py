"""The length regulator."""

import numpy as np
import pytest

from itoaudio.runtime.acoustic import regulate


def regulated(lengths, speed=1.0, longest=1e6):
    return regulate(np.log(np.array(lengths)), speed=speed, longest=longest).tolist()


def test_whole_lengths_stay():
    assert regulated([3, 1, 5]) == [3, 1, 5]


def test_rounding_does_not_add_up():
    assert sum(regulated([2.4] * 100)) == 240
    assert sum(regulated([0.3] * 100)) == 30


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0, 4.0])
def test_speed_divides_the_length(speed):
    assert sum(regulated([7.0] * 40, speed=speed)) == pytest.approx(280 / speed, abs=1)


def test_never_nothing_and_never_endless():
    assert regulated([0.01, 0.01]) == [0, 1]
    assert regulated([1e30, 2.0], longest=100) == [100, 2]
