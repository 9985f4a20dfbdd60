"""Grids fall from start to end exactly, equal in the quantity they promise."""

import numpy as np
import pytest

from itoaudio.sde import GRIDS, VP, VPCosine


@pytest.mark.parametrize("name", sorted(GRIDS))
@pytest.mark.parametrize("steps", [1, 2, 7])
def test_falls_between_exact_ends(sde, name, steps):
    grid = GRIDS[name](sde, steps, t_start=0.8, t_end=0.01)
    assert grid.dtype == np.float64
    assert grid.shape == (steps + 1,)
    assert (grid[0], grid[-1]) == (0.8, 0.01)
    assert np.all(np.diff(grid) < 0)


def test_equal_in_what_they_promise(sde):
    span = {"t_start": 0.8, "t_end": 0.01}
    ratio = lambda t: np.exp(-sde.half_log_snr(t))  # noqa: E731
    clocks = {
        "uniform": lambda t: t,
        "log_snr": sde.half_log_snr,
        "geometric": np.log,
        "edm": lambda t: ratio(t) ** (1 / 7),
    }
    assert set(clocks) == set(GRIDS)
    for name, clock in clocks.items():
        pace = np.diff(clock(GRIDS[name](sde, 9, **span)))
        np.testing.assert_allclose(pace, pace[0], rtol=1e-6)


@pytest.mark.parametrize("name", ["log_snr", "edm"])
def test_starts_beside_pure_noise(name):
    sde = VPCosine()
    grid = GRIDS[name](sde, 5)
    np.testing.assert_allclose(sde.half_log_snr(grid[0]), -7)
    assert np.all(np.diff(grid) < 0)


def test_uniform_and_edm_may_end_at_the_data(sde):
    for name in ("uniform", "edm"):
        assert GRIDS[name](sde, 5, t_end=0.0)[-1] == 0
    for name in ("log_snr", "geometric"):
        with pytest.raises(ValueError, match=r"t_end = 0.0"):
            GRIDS[name](sde, 5, t_end=0.0)


def test_refuses_a_negative_rho():
    with pytest.raises(ValueError, match=r"rho = -7.0"):
        GRIDS["edm"](VP(), 3, rho=-7.0)


@pytest.mark.parametrize("name", sorted(GRIDS))
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": 0}, "steps = 0"),
        ({"steps": 3, "t_start": 1.5}, "t_start = 1.5"),
        ({"steps": 3, "t_end": -0.1}, "t_end = -0.1"),
        ({"steps": 3, "t_start": 0.2, "t_end": 0.4}, "t_end = 0.4 and t_start = 0.2"),
    ],
)
def test_refuses_impossible_spans(name, options, message):
    with pytest.raises(ValueError, match=message):
        GRIDS[name](VP(), **options)
