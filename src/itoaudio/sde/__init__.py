"""Linear SDEs, their kernels, reversal and samplers. Knows nothing of sound; numpy only, torch flows through.

Reading order: linear (the SDE and its kernel), families and paths, parametrisation (what a network says),
predictors and multistep (steps back in time), sampler (the loop).
"""

from .coordinates import Coordinates
from .correctors import AnnealedLangevin, Corrector
from .families import VE, VP, SubVP, VPCosine
from .flow import Solution, integrate, transport
from .grids import GRIDS
from .instant import Instant, transition
from .likelihood import Likelihood, log_likelihood
from .linear import LinearSDE
from .mixture import GaussianMixture
from .multistep import ERSDE, Adams, DPMSolverPlusPlus, DPMSolverPlusPlus2M, Multistep
from .noise import FrameNoise
from .objective import WEIGHTINGS, denoising_error
from .parametrisation import PARAMETRISATIONS, Denoiser, Parametrisation, Prediction
from .paths import EDM, OUVE, BrownianBridge, Straight
from .predictors import DDIM, EulerMaruyama, HeunFlow, Predictor, ReverseDiffusion
from .sampler import sample
from .simulate import simulate

SDES: dict[str, type[LinearSDE]] = {
    "ve": VE,
    "vp": VP,
    "sub_vp": SubVP,
    "vp_cosine": VPCosine,
    "straight": Straight,
    "edm": EDM,
    "ouve": OUVE,
    "brownian_bridge": BrownianBridge,
}
"""By the name that configs and voice.json use."""

PREDICTORS: dict[str, Predictor] = {
    "euler_maruyama": EulerMaruyama(),
    "euler_flow": EulerMaruyama(stochasticity=0.0),
    "reverse_diffusion": ReverseDiffusion(),
    "ancestral": DDIM(eta=1.0),
    "ddim": DDIM(),
    "euler_level": Adams(order=1, along=VPCosine()),
    "heun_flow": HeunFlow(),
    "heun_edm": HeunFlow(along=EDM()),
    "dpm_solver_pp_2m": DPMSolverPlusPlus2M(),
    "dpm_solver_pp_2m_sde": DPMSolverPlusPlus2M(stochasticity=1.0),
    "dpm_solver_pp_3m": DPMSolverPlusPlus(order=3),
    "unipc": DPMSolverPlusPlus(corrected=True),
    "unipc_3": DPMSolverPlusPlus(order=3, corrected=True),
    "seeds_2": DPMSolverPlusPlus(stochasticity=1.0),
    "er_sde_2": ERSDE(),
    "adams_2": Adams(),
    "adams_3": Adams(order=3),
    "adams_2_corrected": Adams(corrected=True),
    "adams_3_corrected": Adams(order=3, corrected=True),
}
"""By the name that configs, voice.json and `ito --sampler` use."""

__all__ = [
    "DDIM",
    "EDM",
    "ERSDE",
    "GRIDS",
    "OUVE",
    "PARAMETRISATIONS",
    "PREDICTORS",
    "SDES",
    "VE",
    "VP",
    "WEIGHTINGS",
    "Adams",
    "AnnealedLangevin",
    "BrownianBridge",
    "Coordinates",
    "Corrector",
    "DPMSolverPlusPlus",
    "DPMSolverPlusPlus2M",
    "Denoiser",
    "EulerMaruyama",
    "FrameNoise",
    "GaussianMixture",
    "HeunFlow",
    "Instant",
    "Likelihood",
    "LinearSDE",
    "Multistep",
    "Parametrisation",
    "Prediction",
    "Predictor",
    "ReverseDiffusion",
    "Solution",
    "Straight",
    "SubVP",
    "VPCosine",
    "denoising_error",
    "integrate",
    "log_likelihood",
    "sample",
    "simulate",
    "transition",
    "transport",
]
