"""Training steps of Matcha-TTS's decoder and of DiffWave, for `training.py`; run by the rivals' own Python.

Both are the packages' own code: `CFM.compute_loss` with Adam at the shipped sizes, and
`DiffWaveLearner.train_step` with the shipped parameters. Modules that they import and a step does not use
(loggers, loaders of audio files, hydra's settings) are replaced by empty ones.
"""

import json
import logging
import resource
import statistics
import sys
import time
import types
from types import SimpleNamespace

import torch

HOP, FRAMES, BANDS = 256, 64, 80
WARM_UP = 2


def main() -> None:
    """Arguments: name, crops, steps, threads."""
    name, crops, steps, threads = sys.argv[1], *map(int, sys.argv[2:])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    what, weights, step = {"matcha": matcha, "diffwave": diffwave}[name](crops)
    taken = []
    for _ in range(WARM_UP + steps):
        begun = time.perf_counter(), time.process_time()
        step()
        taken.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
    wall, cpu = (statistics.median(column) for column in zip(*taken[WARM_UP:]))
    found = {
        "what": what,
        "weights": sum(weight.numel() for weight in weights),
        "step_seconds": wall,
        "step_cpu_seconds": cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(found))


def matcha(crops: int):
    """Matcha-TTS's flow matching decoder: its loss for mels given their means, utterances of 128 frames."""
    import matcha

    utilities = empty("matcha.utils", __path__=[f"{matcha.__path__[0]}/utils"])
    empty("matcha.utils.pylogger", get_pylogger=logging.getLogger)
    matcha.utils = utilities
    from matcha.models.components.flow_matching import CFM

    decoder = {
        "channels": (256, 256),
        "dropout": 0.05,
        "attention_head_dim": 64,
        "n_blocks": 1,
        "num_mid_blocks": 2,
        "num_heads": 2,
        "act_fn": "snakebeta",
    }
    model = CFM(
        in_channels=2 * BANDS,
        out_channel=BANDS,
        cfm_params=SimpleNamespace(name="CFM", solver="euler", sigma_min=1e-4),
        decoder_params=decoder,
        n_spks=1,
        spk_emb_dim=64,
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-4)
    rows, frames = crops // 2, 2 * FRAMES
    mel, mean = torch.randn(rows, BANDS, frames), torch.randn(rows, BANDS, frames)
    mask = torch.ones(rows, 1, frames)

    def step() -> None:
        optimiser.zero_grad()
        loss, _ = model.compute_loss(x1=mel, mask=mask, mu=mean, spks=None)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()

    return "Matcha-TTS decoder", list(model.parameters()), step


def diffwave(crops: int):
    """DiffWave's learner on crops of 64 frames."""
    empty("diffwave.dataset", from_path=None, from_gtzan=None)
    empty("torch.utils.tensorboard", SummaryWriter=None)
    from diffwave.learner import DiffWaveLearner
    from diffwave.model import DiffWave
    from diffwave.params import params

    model = DiffWave(params)
    optimiser = torch.optim.Adam(model.parameters(), lr=params.learning_rate)
    learner = DiffWaveLearner("none", model, None, optimiser, params)
    batch = {
        "audio": torch.randn(crops, FRAMES * HOP) * 0.1,
        "spectrogram": torch.rand(crops, BANDS, FRAMES),
    }
    return "DiffWave", list(model.parameters()), lambda: learner.train_step(batch)


def empty(name: str, **members) -> types.ModuleType:
    """A module that holds `members` alone, in the place of one that a step does not need."""
    module = types.ModuleType(name)
    vars(module).update(members)
    sys.modules[name] = module
    return module


if __name__ == "__main__":
    main()
