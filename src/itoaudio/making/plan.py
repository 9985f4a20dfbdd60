"""The runs of a voice: one config a stage, as `ito train` would read it."""

from pathlib import Path
from typing import Any

import msgspec

import itoaudio
from itoaudio.data.config import CorpusConfig
from itoaudio.data.manifest import part_of
from itoaudio.data.source import CorpusError, Source
from itoaudio.making.settings import FINE_TUNED, SCRATCH, Making, Steps
from itoaudio.networks.acoustic import AcousticNetworkConfig
from itoaudio.networks.vocoder import FrameVocoderConfig
from itoaudio.train.acoustic import AcousticRun, ScheduleConfig, UtteranceConfig
from itoaudio.train.config import CropConfig, LoopConfig, OptimiserConfig, RefineConfig, Run, load_run
from itoaudio.train.vocoder import VocoderRun

KINDS = {
    "acoustic": "acoustic",
    "vocoder": "vocoder",
    "vocoder_few": "refine-vocoder",
    "acoustic_few": "refine-acoustic",
}
"""Training stages in their order -> what `ito train` calls them."""
END_GAMES = ("vocoder_nearest", "vocoder_adversarial", "vocoder_final", "vocoder_few")
"""Stages of the shipped voice's end game, the last first."""
HELD_OUT = 0.05
LEAST_SENTENCES = 12


def shipped_start() -> Path | None:
    """Weights to fine-tune from: those of this repository, if the package runs from one."""
    folder = Path(itoaudio.__file__).resolve().parents[2] / "checkpoints"
    whole = all((folder / stage / "weights.safetensors").is_file() for stage in ("acoustic", "vocoder"))
    return folder if whole else None


def origin(making: Making) -> str:
    """What a voice learned from, in words for its card."""
    known = _known(making, "acoustic", AcousticRun)
    if known is None:
        return "Trained from nothing but its recordings"
    return f"Fine-tuned from weights that had learned from the corpus `{known.corpus.name}`"


def corpus_of(making: Making, work: Path) -> CorpusConfig:
    """The cleaned corpus of a voice."""
    return CorpusConfig(
        name=making.name,
        recipe="jsonl",
        folder=str(work / "check" / "clean.jsonl"),
        validation=HELD_OUT,
        test=HELD_OUT,
        seed=making.seed,
        loudness_lufs=making.recipe.loudness_lufs,
    )


def split_seed(sources: list[Source]) -> int:
    """The first seed whose split holds out two sentences at least of each kind. CorpusError for too few."""
    texts = {source.text for source in sources}
    if len(texts) < LEAST_SENTENCES:
        raise CorpusError(
            f"{len(texts)} different sentences are good: a voice needs {LEAST_SENTENCES}, some minutes"
        )
    for seed in range(1000):
        parts = [part_of(text, seed=seed, validation=HELD_OUT, test=HELD_OUT) for text in sorted(texts)]
        if (
            min(parts.count("validation"), parts.count("test")) >= 2
            and parts.count("train") >= len(parts) // 2
        ):
            return seed
    raise AssertionError("a thousand seeds never held out two of twelve sentences")


def default_steps(making: Making) -> Steps:
    """Before they are scaled to the time there is."""
    return making.recipe.steps or (FINE_TUNED if making.start else SCRATCH)


def runs_of(making: Making, work: Path) -> dict[str, Run]:
    """Stage -> its run, for those with any steps. ConfigError when the start's configs do not fit."""
    steps = making.steps or default_steps(making)
    made = {
        "acoustic": _acoustic(making, work, steps.acoustic),
        "vocoder": _vocoder(making, work, steps.vocoder),
    }
    made["vocoder_few"] = _refined(made["vocoder"], work, steps.vocoder_few, steps=(2,), making=making)
    made["acoustic_few"] = _refined(made["acoustic"], work, steps.acoustic_few, steps=(4, 2), making=making)
    made["vocoder_few"] = _from_few(made["vocoder_few"], making)
    return {stage: run for stage, run in made.items() if run.optimiser.steps > 0}


def _acoustic(making: Making, work: Path, steps: int) -> AcousticRun:
    recipe, known = making.recipe, _known(making, "acoustic", AcousticRun)
    common: dict[str, Any] = {
        "name": "acoustic",
        "corpus": corpus_of(making, work),
        "speakers": making.speakers,
        "batch": UtteranceConfig(size=recipe.batch, crop_frames=2 * recipe.crop_frames),
        "loop": _loop(making),
    }
    if isinstance(known, AcousticRun):
        assert making.start is not None
        return AcousticRun(
            **common,
            start=str(Path(making.start) / "acoustic"),
            statistics="corpus",
            symbols=known.symbols,
            sde=known.sde,
            network=known.network,
            schedule=ScheduleConfig(decoder_start=0, prior_end=1, residual_end=max(1, steps // 2)),
            optimiser=_optimiser(steps, rate=4e-4),
        )
    third = max(1, steps // 3)
    return AcousticRun(
        **common,
        network=recipe.acoustic or AcousticNetworkConfig(),
        schedule=ScheduleConfig(
            decoder_start=min(300, third), prior_end=min(1000, third), residual_end=2 * third
        ),
        optimiser=_optimiser(steps, rate=1e-3),
    )


def _vocoder(making: Making, work: Path, steps: int) -> VocoderRun:
    recipe, known = making.recipe, _known(making, "vocoder", VocoderRun)
    common: dict[str, Any] = {
        "name": "vocoder",
        "corpus": corpus_of(making, work),
        "crops": CropConfig(frames=recipe.crop_frames, batch=recipe.crops),
        "loop": _loop(making),
    }
    if isinstance(known, VocoderRun):
        assert making.start is not None
        start, network, sde = str(Path(making.start) / "vocoder"), known.network, known.sde
        return VocoderRun(
            **common, start=start, network=network, sde=sde, optimiser=_optimiser(steps, rate=4e-4)
        )
    network = recipe.vocoder or FrameVocoderConfig()
    return VocoderRun(**common, network=network, optimiser=_optimiser(steps, rate=1e-3))


def _refined(exact: Run, work: Path, count: int, *, steps: tuple[int, ...], making: Making) -> Run:
    """The end game of a run: it starts from its weights."""
    changed: dict[str, Any] = {
        "name": f"{exact.name}_few",
        "start": str(work / "runs" / exact.name),
        "refine": RefineConfig(steps=steps),
        "optimiser": OptimiserConfig(
            steps=count,
            rate=2e-4,
            betas=(0.8, 0.99),
            clip_norm=5.0,
            average_decay=_decay(count, 0.995),
            warm_up_steps=max(1, min(200, count // 10)),
        ),
    }
    if isinstance(exact, VocoderRun):
        changed["crops"] = msgspec.structs.replace(exact.crops, batch=making.recipe.refine_crops)
    if isinstance(exact, AcousticRun):
        changed["statistics"] = "start"
    return msgspec.structs.replace(exact, **changed)


def _from_few(run: Run, making: Making) -> Run:
    """The vocoder's end game from where the start's own ended, if it has one for this network: that took
    longer than a new voice has time for, and what it learned of sound is of every speaker's."""
    assert isinstance(run, VocoderRun)
    for stage in END_GAMES:
        if not making.start or not (Path(making.start) / stage / "weights.safetensors").is_file():
            continue
        known = _known(making, stage, VocoderRun)
        assert isinstance(known, VocoderRun)
        if (known.network, known.sde) == (run.network, run.sde):
            start = str(Path(making.start) / stage)
            return msgspec.structs.replace(run, start=start, refine=known.refine)
    return run


def _known(making: Making, stage: str, kind: type[Run]) -> Run | None:
    """The config beside the weights that a voice starts from."""
    return load_run(Path(making.start) / stage / "config.yaml", kind) if making.start else None


def _loop(making: Making) -> LoopConfig:
    recipe = making.recipe
    return LoopConfig(
        precision=making.precision or recipe.precision,
        validate_every_steps=recipe.validate_every_steps,
        validation_batches=4,
        checkpoint_every_minutes=recipe.checkpoint_every_minutes,
    )


def _optimiser(steps: int, *, rate: float) -> OptimiserConfig:
    return OptimiserConfig(
        steps=steps,
        rate=rate,
        warm_up_steps=max(1, min(200, steps // 10)),
        average_decay=_decay(steps, 0.999),
    )


def _decay(steps: int, longest: float) -> float:
    """Of the average of weights: over the last tenth of a run at most, so that short ones have one too."""
    return min(longest, 1 - 1 / max(2.0, steps / 10))
