"""From a config file to a finished run: what `ito train` calls."""

from importlib import import_module
from pathlib import Path

import torch

from itoaudio.data.prepare import cache_folder, prepare

from .checkpoint import fill, read_weights, weights_of
from .config import RefineConfig, Run, load_run, refinement
from .job import Job
from .module import Module
from .resume import check
from .run import fit

RECIPES = {
    "vocoder": ".vocoder",
    "refine-vocoder": ".vocoder_refine",
    "acoustic": ".acoustic",
    "refine-acoustic": ".acoustic_refine",
    "waveform": ".waveform",
}
"""What can be trained -> the module of this package that offers `RUN`, `module(run, cache)` and
`loaders(run, cache)`."""
ADVERSARIAL = {"refine-vocoder": ".vocoder_adversarial", "refine-acoustic": ".acoustic_adversarial"}
"""What refines -> where a config names discriminators, the module that offers `module` in the recipe's
place."""


def train(
    kind: str, config: Path, *, runs: Path, cache: Path, threads: int = 0, accelerator: str = "auto"
) -> Path:
    """Prepare the corpus if need be, train, and answer the run folder. ValueError names what is wrong in
    the config."""
    recipe = import_module(RECIPES[kind], __package__)
    run = load_run(config, recipe.RUN)
    _check_kind(kind, run)
    check(run, runs / run.name)
    torch.manual_seed(run.loop.seed)
    _prepared(run, cache)
    module = module_of(kind, run, cache)
    if run.start is not None:
        start = Path(run.start)
        fill(module.networks, module.adapted(read_weights(start), start), start)
        module.started(cache)
    return fit(module, run, recipe.loaders(run, cache), runs=runs, threads=threads, accelerator=accelerator)


def module_of(kind: str, run: Run, cache: Path) -> Module:
    """What `run` trains, new: with discriminators, where its config names them."""
    refine = _refine(run)
    adversarial = kind in ADVERSARIAL and refine is not None and refine.adversarial is not None
    made: Module = import_module((ADVERSARIAL if adversarial else RECIPES)[kind], __package__).module(
        run, cache
    )
    return made


def _check_kind(kind: str, run: Run) -> None:
    """What would else fail only once the whole corpus was prepared, or train something else than the config
    says. ValueError."""
    refine = _refine(run)
    if kind in ADVERSARIAL:
        refinement(run, refine)
    elif refine is not None:
        raise ValueError(
            f"run {run.name}: `ito train {kind}` does not refine: take the section `refine` out, or use "
            f"`ito train refine-{kind}`"
        )
    if run.start is not None:
        weights_of(Path(run.start))


def _refine(run: Run) -> RefineConfig | None:
    """The section that only some kinds of runs may have."""
    return getattr(run, "refine", None)


def _prepared(run: Run, cache: Path) -> None:
    """Features in the cache: made by one process of each machine, while the others wait."""
    if run.distributed.shards is not None:
        return
    job = Job.here()
    if job.local_rank == 0:
        prepare(run.corpus, cache)
    else:
        manifest = cache_folder(run.corpus, cache) / "manifest.jsonl"
        job.wait_for(manifest, seconds=run.distributed.timeout_seconds)
