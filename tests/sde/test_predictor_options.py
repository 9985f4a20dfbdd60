"""A predictor's options: what they promise, and which are refused."""

import numpy as np
import pytest

from itoaudio.sde import (
    DDIM,
    PREDICTORS,
    VP,
    Adams,
    DPMSolverPlusPlus,
    DPMSolverPlusPlus2M,
    EulerMaruyama,
    ExponentialEuler,
    HeunFlow,
    VPCosine,
)
from itoaudio.sde import sample as run


@pytest.mark.parametrize("name", ["dpm_solver_pp_3m", "dpm_solver_pp_3m_sde"])
def test_the_second_step_of_the_third_order_is_the_published_one(name, exact):
    """With two predictions 3M is 2M, as in its authors' code."""
    third = PREDICTORS[name]
    x, grid, draw = np.array([[0.3, -1.0]]), np.array([0.8, 0.5, 0.2]), lambda: np.array([[0.5, 0.1]])
    ends = [
        run(exact(VP()), x, grid=grid, predictor=predictor, noise=draw)
        for predictor in (third, DPMSolverPlusPlus2M(stochasticity=third.stochasticity))
    ]
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-12)


@pytest.mark.parametrize(
    ("predictor", "options", "message"),
    [
        (EulerMaruyama, {"stochasticity": -1.0}, "stochasticity = -1.0"),
        (ExponentialEuler, {"stochasticity": -1.0}, "stochasticity = -1.0"),
        (DPMSolverPlusPlus, {"stochasticity": -1.0}, "stochasticity = -1.0"),
        (DPMSolverPlusPlus2M, {"order": 3}, "order = 3"),
        (DPMSolverPlusPlus2M, {"corrected": True}, "corrected = True"),
        (DDIM, {"eta": -0.1}, "eta = -0.1"),
        (HeunFlow, {"churn": -0.5}, "churn = -0.5"),
    ],
)
def test_refuses_impossible_options(predictor, options, message):
    with pytest.raises(ValueError, match=message):
        predictor(**options)


def test_refuses_more_noise_than_the_state_has(exact):
    x = np.ones((1, 2))
    with pytest.raises(ValueError, match=r"eta = 3.0 asks for more noise than x has at t = 0.5"):
        run(exact(VP()), x, grid=np.array([0.9, 0.5]), predictor=DDIM(eta=3.0), noise=lambda: x)


@pytest.mark.parametrize("multistep", [Adams, DPMSolverPlusPlus])
def test_refuses_an_order_without_a_proof(multistep):
    with pytest.raises(ValueError, match="order = 4"):
        multistep(order=4)


def test_heun_along_a_family_without_pure_noise_refuses_to_start_there(exact):
    x, grid = np.ones((1, 2)), np.array([1.0, 0.5, 0.1])
    with pytest.raises(ValueError, match=r"along EDM.* cannot start at t = 1\.0"):
        run(exact(VPCosine()), x, grid=grid, predictor=PREDICTORS["heun_edm"], noise=lambda: x)
    run(exact(VPCosine()), x, grid=grid, predictor=HeunFlow(), noise=lambda: x)
