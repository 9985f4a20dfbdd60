"""Inpainting, guidance and warm starts, on Gaussians whose conditional distributions are known."""

import numpy as np
import pytest
import torch

from itoaudio.sde import (
    GRIDS,
    PARAMETRISATIONS,
    PREDICTORS,
    VP,
    Denoiser,
    GaussianMixture,
    Inpaint,
    VPCosine,
    guided,
)
from itoaudio.sde import sample as run

LINE = GaussianMixture(np.array([0.5, 0.5]), np.array([[1.0, 1.0], [-1.0, -1.0]]), np.full((2, 2), 0.3))


def draws(seed, shape):
    generator = np.random.default_rng(seed)
    return lambda: generator.standard_normal(shape)


def test_inpainting_keeps_the_known_and_resampling_lets_the_rest_hear_it():
    """x_0 = +-(1, 1) + noise: the known first axis tells the sign of the second."""
    sde, count = VPCosine(), 400
    denoiser = Denoiser(sde, LINE.network, PARAMETRISATIONS["v"])
    known, mask = np.tile([[1.0, 0.0]], (count, 1)), np.array([[1.0, 0.0]])
    agree = []
    for resample in (1, 5):
        noise = draws(resample, (count, 2))
        grid, corrector = (
            GRIDS["uniform"](sde, 30, t_end=0.0),
            Inpaint(known=known, mask=mask, resample=resample),
        )
        ancestral = PREDICTORS["ancestral"]
        end = run(denoiser, noise(), grid=grid, predictor=ancestral, noise=noise, corrector=corrector)
        np.testing.assert_array_equal(end[:, 0], 1.0)
        agree.append(np.mean(end[:, 1] > 0))
    assert agree[1] > 0.97
    assert agree[1] >= agree[0]


@pytest.mark.parametrize("library", [np.asarray, torch.as_tensor])
def test_refuses_masks_and_scores_that_do_not_fit(library):
    x, bad = library(np.ones((3, 2))), library(np.ones((2, 2)))
    denoiser = Denoiser(VP(), LINE.network, PARAMETRISATIONS["v"])
    options = {"grid": np.array([0.9, 0.5]), "predictor": PREDICTORS["ddim"], "noise": lambda: x}
    for name in ("known", "mask"):
        corrector = Inpaint(**{"known": x, "mask": x, name: bad})
        with pytest.raises(
            ValueError, match=rf"{name} of shape \(2, 2\) does not broadcast to shape \(3, 2\)"
        ):
            run(denoiser, x, corrector=corrector, **options)
    with pytest.raises(ValueError, match="resample = 0"):
        Inpaint(known=x, mask=x, resample=0)
    steered = Denoiser(VP(), guided(lambda u, level: u, lambda u, level: bad, 2.0), PARAMETRISATIONS["v"])
    with pytest.raises(ValueError, match=r"unconditional of shape \(2, 2\) does not fit \(3, 2\)"):
        run(steered, x, **options)


@pytest.mark.parametrize("name", ["eps", "v", "score"])
def test_guidance_guides_the_score_in_every_parametrisation(name):
    sde, parametrisation = VP(), PARAMETRISATIONS[name]
    x, t, scale = draws(0, (4, 2))(), 0.4, 2.5
    one = GaussianMixture(np.ones(1), np.ones((1, 2)), np.full((1, 2), 0.3))

    def network(data):
        exact = Denoiser(sde, data.network, PARAMETRISATIONS["v"])(x, t)
        return lambda u, level: parametrisation.target(sde, t, exact.denoised, exact.eps)

    scores = [Denoiser(sde, network(data), parametrisation)(x, t).score for data in (one, LINE)]
    steered = Denoiser(sde, guided(network(one), network(LINE), scale), parametrisation)(x, t).score
    np.testing.assert_allclose(steered, scores[1] + scale * (scores[0] - scores[1]), rtol=1e-6)


def test_a_warm_start_keeps_the_draft():
    """From a draft at t < t_max the sign survives; from t_max it is drawn anew."""
    sde, count = VPCosine(), 400
    denoiser = Denoiser(sde, LINE.network, PARAMETRISATIONS["v"])
    noise, kept = draws(0, (count, 2)), []
    for t_start in (0.3, 1.0):
        grid = GRIDS["uniform"](sde, 20, t_start=t_start, t_end=0.0)
        x = sde.perturb(np.ones((count, 2)), grid[0], noise())
        end = run(denoiser, x, grid=grid, predictor=PREDICTORS["dpm_solver_pp_2m"], noise=noise)
        kept.append(np.mean(end.mean(1) > 0))
    assert kept[0] > 0.97
    assert abs(kept[1] - 0.5) < 0.1
