"""Linear SDEs, their kernels, reversal and samplers. Knows nothing of sound; numpy only, torch flows
through."""

from .coordinates import Coordinates
from .correctors import AnnealedLangevin, Corrector
from .families import VE, VP, SubVP, VPCosine
from .grids import GRIDS
from .instant import Instant
from .linear import LinearSDE
from .mixture import GaussianMixture
from .noise import FrameNoise
from .objective import WEIGHTINGS, denoising_error
from .parametrisation import PARAMETRISATIONS, Denoiser, Parametrisation, Prediction
from .predictors import PREDICTORS, Predictor
from .sampler import sample

SDES: dict[str, type[LinearSDE]] = {"ve": VE, "vp": VP, "sub_vp": SubVP, "vp_cosine": VPCosine}
"""By the name that configs and voice.json use."""

__all__ = [
    "GRIDS",
    "PARAMETRISATIONS",
    "PREDICTORS",
    "SDES",
    "VE",
    "VP",
    "WEIGHTINGS",
    "AnnealedLangevin",
    "Coordinates",
    "Corrector",
    "Denoiser",
    "FrameNoise",
    "GaussianMixture",
    "Instant",
    "LinearSDE",
    "Parametrisation",
    "Prediction",
    "Predictor",
    "SubVP",
    "VPCosine",
    "denoising_error",
    "sample",
]
