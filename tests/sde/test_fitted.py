"""A fitted grid holds its own against the fixed ones on the score it was fitted to, and survives a file."""

import numpy as np
import pytest

from itoaudio.sde import (
    GRIDS,
    PARAMETRISATIONS,
    PREDICTORS,
    Denoiser,
    FittedGrid,
    HeunFlow,
    VPCosine,
    fit_grid,
)
from itoaudio.sde import sample as run

BAD_LEVELS = ('["a", "b"]', "[0.1, 0.5]", "[1.5, 0.5]", "[0.5, -0.1]", "null")


@pytest.mark.parametrize(("name", "slack"), [("ddim", 1.05), ("dpm_solver_pp_2m", 1.0)])
def test_is_as_good_as_the_best_fixed_grid_on_fresh_samples(exact, name, slack):
    """Local errors of one sign may cancel or add: their sum bounds the end, so a few per cent are allowed."""
    sde, steps = VPCosine(), 6
    denoiser, predictor = exact(sde), PREDICTORS[name]
    x, fresh = np.random.default_rng(0).standard_normal((2, 64, 2))
    fitted = fit_grid(denoiser, x, steps=steps, predictor=predictor, t_end=0.01, candidates=33)

    def end(grid, solver):
        return run(denoiser, fresh, grid=grid, predictor=solver, noise=None)

    truth = end(np.linspace(1.0, 0.01, 400), HeunFlow(along=VPCosine()))

    def error(grid):
        return np.sqrt(((end(grid, predictor) - truth) ** 2).mean())

    fixed = [GRIDS[kind](sde, steps, t_start=0.9999, t_end=0.01) for kind in ("uniform", "log_snr", "edm")]
    assert error(fitted(sde, steps)) < slack * min(error(grid) for grid in fixed)


def test_stretches_interpolates_and_keeps_its_ends(sde):
    fitted = FittedGrid((0.6, 0.5, 0.3, 0.05))
    np.testing.assert_allclose(sde.noise_level(fitted(sde, 3)), [0.6, 0.5, 0.3, 0.05], rtol=1e-6)
    grid = fitted(sde, 7, t_start=0.8, t_end=0.01)
    assert grid.shape == (8,)
    np.testing.assert_allclose(grid[[0, -1]], [0.8, 0.01], rtol=1e-6)


def test_survives_a_file(tmp_path):
    fitted = FittedGrid((1.0, 0.6, 0.123456789012345, 0.0))
    fitted.save(tmp_path / "grid.json")
    assert FittedGrid.load(tmp_path / "grid.json") == fitted
    for text in ("{}", "[]", "no json", *(f'{{"noise_levels": {levels}}}' for levels in BAD_LEVELS)):
        (tmp_path / "bad.json").write_text(text)
        with pytest.raises(ValueError, match=r"bad.json holds no noise_levels"):
            FittedGrid.load(tmp_path / "bad.json")


def test_refuses_what_cannot_be_fitted(exact):
    x = np.ones((2, 2))
    with pytest.raises(ValueError, match="grid must fall strictly"):
        FittedGrid((0.1, 0.5))
    with pytest.raises(ValueError, match="got 0 and 65"):
        fit_grid(exact(VPCosine()), x, steps=0, predictor=PREDICTORS["ddim"])
    broken = Denoiser(VPCosine(), lambda u, level: np.nan * u, PARAMETRISATIONS["v"])
    with pytest.raises(ValueError, match=r"x is nan off after the step from t = 1.0 to 0.\d+"):
        fit_grid(broken, x, steps=2, predictor=PREDICTORS["ddim"], candidates=5)
    with pytest.raises(ValueError, match="draws noise"):
        fit_grid(exact(VPCosine()), x, steps=2, predictor=PREDICTORS["ancestral"], candidates=5)
