"""Problems with exact answers, shared by the proofs of `sde`."""

import numpy as np
import pytest

from itoaudio.sde import PARAMETRISATIONS, SDES, Denoiser, GaussianMixture


@pytest.fixture(params=sorted(SDES))
def sde(request):
    """Every family, with its default options."""
    return SDES[request.param]()


@pytest.fixture(params=sorted(PARAMETRISATIONS))
def parametrisation(request):
    return PARAMETRISATIONS[request.param]


@pytest.fixture
def mixture():
    """Two unequal, overlapping modes of about unit variance in the plane."""
    return GaussianMixture(
        weights=np.array([0.7, 0.3]),
        means=np.array([[-0.6, 0.5], [1.2, -0.9]]),
        scales=np.array([[0.5, 0.7], [0.4, 0.3]]),
    )


@pytest.fixture
def exact(mixture):
    """sde -> Denoiser with the exact score of `mixture`."""
    return lambda sde: Denoiser(sde, mixture.network, PARAMETRISATIONS["v"])
