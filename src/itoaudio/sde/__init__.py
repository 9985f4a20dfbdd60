"""Linear SDEs, their kernels, reversal and samplers. Knows nothing of sound; numpy only, torch flows through.

Reading order: linear (the SDE and its kernel), families and paths, parametrisation (what a network says),
predictors and multistep (steps back in time), sampler (the loop).
"""

from .coordinates import Coordinates
from .correctors import AnnealedLangevin, Corrector
from .exponential import DEIS, ERSDE, DPMSolverPlusPlus, DPMSolverPlusPlus2M
from .families import VE, VP, SubVP, VPCosine
from .fitted import FittedGrid, fit_grid
from .flow import Solution, integrate, transport
from .grids import GRIDS
from .instant import Instant, transition
from .likelihood import Likelihood, log_likelihood
from .linear import LinearSDE
from .mixture import GaussianMixture
from .multistep import Adams, Multistep
from .noise import FrameNoise
from .objective import WEIGHTINGS, denoising_error, sliced_score_error
from .parametrisation import PARAMETRISATIONS, Denoiser, Parametrisation, Prediction
from .paths import EDM, OUVE, BrownianBridge, Straight
from .predictors import DDIM, EulerMaruyama, ExponentialEuler, HeunFlow, Predictor, ReverseDiffusion
from .sampler import sample
from .simulate import simulate
from .tasks import Inpaint, guided
from .times import TIMES, Importance, LogitNormal, stratified, times

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
    "exponential_euler": ExponentialEuler(),
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
    "dpm_solver_pp_3m_sde": DPMSolverPlusPlus(order=3, stochasticity=1.0),
    "deis_2": DEIS(),
    "deis_3": DEIS(order=3),
    "seeds_2": DPMSolverPlusPlus(stochasticity=1.0),
    "er_sde_2": ERSDE(),
    "er_sde_3": ERSDE(order=3),
    "adams_2": Adams(),
    "adams_3": Adams(order=3),
    "adams_2_corrected": Adams(corrected=True),
    "adams_3_corrected": Adams(order=3, corrected=True),
}
"""By the name that configs, voice.json and `ito --sampler` use."""

__all__ = [
    "DDIM",
    "DEIS",
    "EDM",
    "ERSDE",
    "GRIDS",
    "OUVE",
    "PARAMETRISATIONS",
    "PREDICTORS",
    "SDES",
    "TIMES",
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
    "ExponentialEuler",
    "FittedGrid",
    "FrameNoise",
    "GaussianMixture",
    "HeunFlow",
    "Importance",
    "Inpaint",
    "Instant",
    "Likelihood",
    "LinearSDE",
    "LogitNormal",
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
    "fit_grid",
    "guided",
    "integrate",
    "log_likelihood",
    "sample",
    "simulate",
    "sliced_score_error",
    "stratified",
    "times",
    "transition",
    "transport",
]
