"""The samplers of diffusers, k-diffusion and azula behind one signature, for `benchmarks/samplers.py`.

Each is (sigmas, x, denoise, draw) -> state at sigmas[-1]: sigmas falls in EDM's clock (x = x_0 + sigma eps),
denoise(x, sigma) is E[x_0 | x], draw() standard normal noise. Their versions stand in
`samplers_rivals.txt`; torch is ours. What their imports want but these samplers never use (torchvision,
torchsde, ...) is stubbed.
"""

import functools
import importlib.machinery
import importlib.util
import sys
import types
from unittest.mock import MagicMock

import torch


def _stub(*names):
    for name in names:
        if importlib.util.find_spec(name.partition(".")[0]) is None or "torchvision" in name:
            module = MagicMock(__path__=[], __spec__=importlib.machinery.ModuleSpec(name, None))
            sys.modules[name] = module


def k_diffusion():
    _stub("torchdiffeq", "torchsde", "torchvision", "torchvision.transforms", "PIL", "tqdm", "tqdm.auto")
    package = types.ModuleType("k_diffusion")  # its __init__ imports training code and data sets
    package.__path__ = importlib.util.find_spec("k_diffusion").submodule_search_locations
    sys.modules["k_diffusion"] = package
    from k_diffusion import sampling

    def wrap(function, stochastic=False, **options):
        def run(sigmas, x, denoise, draw):
            if stochastic:
                options["noise_sampler"] = lambda start, end: draw()
            return function(
                lambda x, s: denoise(x, s[0]), x, torch.as_tensor(sigmas), disable=True, **options
            )

        return run

    s = sampling
    return {
        ("flow", 1, "k-diffusion euler"): wrap(s.sample_euler),
        ("flow", 2, "k-diffusion heun"): wrap(s.sample_heun),
        ("flow", 2, "k-diffusion dpm_2"): wrap(s.sample_dpm_2),
        ("flow", 2, "k-diffusion lms 2"): wrap(s.sample_lms, order=2),
        ("flow", 2, "k-diffusion dpmpp_2m"): wrap(s.sample_dpmpp_2m),
        ("flow", 3, "k-diffusion lms 3"): wrap(s.sample_lms, order=3),
        ("flow", 3, "k-diffusion dpmpp_3m_sde eta=0"): wrap(s.sample_dpmpp_3m_sde, stochastic=True, eta=0.0),
        ("sde", 1, "k-diffusion euler_ancestral"): wrap(s.sample_euler_ancestral, stochastic=True),
        ("sde", 2, "k-diffusion dpmpp_2m_sde"): wrap(s.sample_dpmpp_2m_sde, stochastic=True),
        ("sde", 2, "k-diffusion dpmpp_2m_sde heun"): wrap(
            s.sample_dpmpp_2m_sde, stochastic=True, solver_type="heun"
        ),
        ("sde", 2, "k-diffusion dpmpp_sde"): wrap(s.sample_dpmpp_sde, stochastic=True),
        ("sde", 2, "k-diffusion dpmpp_2s_ancestral"): wrap(s.sample_dpmpp_2s_ancestral, stochastic=True),
        ("sde", 3, "k-diffusion dpmpp_3m_sde"): wrap(s.sample_dpmpp_3m_sde, stochastic=True),
    }


def azula():
    from azula import denoise as azula_denoise
    from azula import sample
    from azula.noise import Schedule

    class EDMSchedule(Schedule):
        def __call__(self, t):
            return torch.ones_like(t), t

    class Exact(azula_denoise.Denoiser):
        def __init__(self, denoise):
            super().__init__()
            self.schedule, self.denoise = EDMSchedule(), denoise

        def forward(self, x_t, t):
            return azula_denoise.DiracPosterior(mean=self.denoise(x_t, t))

    def wrap(sampler, **options):
        gridded = type("Gridded", (sampler,), {"timesteps": property(lambda self: self.grid)})

        def run(sigmas, x, denoise, draw):
            solver = gridded(Exact(denoise), silent=True, **options)
            solver.grid = torch.as_tensor(sigmas)
            return solver(x)

        return run

    table = {
        ("flow", 1, "azula Euler"): wrap(sample.EulerSampler),
        ("flow", 2, "azula Heun"): wrap(sample.HeunSampler),
        ("sde", 1, "azula DDPM"): wrap(sample.DDPMSampler),
        ("sde", 1, "azula Ito"): wrap(sample.ItoSampler),
    }
    for name in ("zAB", "vAB", "zEAB", "xEAB", "REAB"):
        for order in (2, 3):
            table["flow", order, f"azula {name} {order}"] = wrap(
                getattr(sample, f"{name}Sampler"), order=order
            )
    return table


def diffusers():
    import diffusers
    from diffusers import (
        DEISMultistepScheduler,
        DPMSolverMultistepScheduler,
        EulerDiscreteScheduler,
        UniPCMultistepScheduler,
    )

    diffusers.logging.set_verbosity_error()

    def wrap(scheduler, *, preserving=True, eps=False, **options):
        def run(sigmas, x, denoise, draw):
            solver = scheduler(**options)
            solver.set_timesteps(len(sigmas) - 1)
            sigmas = torch.as_tensor(sigmas)
            solver.sigmas, solver.timesteps = sigmas, torch.arange(len(sigmas) - 1, dtype=torch.float64)
            solver.set_begin_index(0)
            scale = 1 / (1 + sigmas**2) ** 0.5 if preserving else torch.ones_like(sigmas)
            x = x * scale[0]
            for i, t in enumerate(solver.timesteps):
                clean = denoise(x / scale[i], sigmas[i])
                output = (x / scale[i] - clean) / sigmas[i] if eps else clean
                extra = (
                    {"variance_noise": draw()} if options.get("algorithm_type") == "sde-dpmsolver++" else {}
                )
                x = solver.step(output, t, x, return_dict=False, **extra)[0]
            return x / scale[-1]

        return run

    multistep = {"prediction_type": "sample", "lower_order_final": False}
    table = {("flow", 1, "diffusers Euler"): wrap(EulerDiscreteScheduler, preserving=False, eps=True)}
    for order in (2, 3):
        options = multistep | {"solver_order": order}
        dpm = options | {"final_sigmas_type": "sigma_min"}
        table["flow", order, f"diffusers DPM++ {order}M"] = wrap(DPMSolverMultistepScheduler, **dpm)
        for kind in ("bh1", "bh2"):
            # UniPC-p has order p + 1 (its predictor p, its corrector one more)
            table["flow", order + 1, f"diffusers UniPC {order} {kind}"] = wrap(
                UniPCMultistepScheduler, solver_type=kind, **dpm
            )
        table["flow", order, f"diffusers DEIS {order}"] = wrap(DEISMultistepScheduler, **options)
    sde = multistep | {
        "solver_order": 2,
        "algorithm_type": "sde-dpmsolver++",
        "final_sigmas_type": "sigma_min",
    }
    table["sde", 2, "diffusers SDE-DPM++ 2M"] = wrap(DPMSolverMultistepScheduler, **sde)
    return table


@functools.cache
def all_rivals():
    """{(kind, order, name): run}; kind is "flow" (deterministic) or "sde"."""
    return k_diffusion() | azula() | diffusers()
