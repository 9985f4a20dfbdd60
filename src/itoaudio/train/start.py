"""From a config file to a finished run: what `ito train vocoder|acoustic|waveform` calls."""

from importlib import import_module
from pathlib import Path

import torch

from itoaudio.data.prepare import prepare

from .checkpoint import load_weights
from .config import load_run
from .run import fit

RECIPES = {
    "vocoder": ".vocoder",
    "refine-vocoder": ".refine",
    "acoustic": ".acoustic",
    "refine-acoustic": ".acoustic_refine",
    "waveform": ".waveform",
}
"""What can be trained -> the module of this package that offers `RUN`, `module(run)` and `loaders(run,
cache)`."""


def train(kind: str, config: Path, *, runs: Path, cache: Path, threads: int = 0) -> Path:
    """Prepare the corpus if need be, train, and answer the run folder. ValueError names what is wrong in
    the config."""
    recipe = import_module(RECIPES[kind], __package__)
    run = load_run(config, recipe.RUN)
    torch.manual_seed(run.loop.seed)
    prepare(run.corpus, cache)
    module = recipe.module(run, cache)
    if run.start is not None:
        load_weights(module.networks, Path(run.start))
    return fit(module, run, recipe.loaders(run, cache), runs=runs, threads=threads)
