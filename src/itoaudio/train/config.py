"""A run in one strict YAML: corpus, model, SDE, data, optimiser. Saved beside every checkpoint it made."""

from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from itoaudio.data.config import CorpusConfig
from itoaudio.sde import PARAMETRISATIONS, SDES, WEIGHTINGS, LinearSDE
from itoaudio.strict import ConfigError, convert
from itoaudio.whole import write_whole


class SDEConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A family by name with its parameters, what the network predicts, and the weighting of its error.

    clock: whether training draws t uniformly in the noise level, which is the same for every family, or in
    the family's own time, as the paper and score_sde do.
    """

    family: str = "vp_cosine"
    parameters: dict[str, float] = {}
    parametrisation: str = "v"
    weighting: str = "unit"
    clock: Literal["level", "time"] = "level"

    def __post_init__(self) -> None:
        for name, known in (
            (self.family, SDES),
            (self.parametrisation, PARAMETRISATIONS),
            (self.weighting, WEIGHTINGS),
        ):
            if name not in known:
                raise ValueError(f"{name!r} is unknown: use one of {', '.join(sorted(known))}")

    def build(self) -> LinearSDE:
        """The SDE itself. ValueError for parameters that the family does not have."""
        try:
            return SDES[self.family](**self.parameters)
        except TypeError as error:
            raise ConfigError(f"sde {self.family}: {error}") from None


class OptimiserConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """AdamW; the rate rises over `warm_up_steps`, then falls by a cosine to `final_rate_share` of itself
    at `steps`."""

    steps: int
    rate: float = 1e-3
    warm_up_steps: int = 200
    final_rate_share: float = 0.02
    betas: tuple[float, float] = (0.9, 0.99)
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    average_decay: float = 0.999


Precision = Literal["auto", "bf16-mixed", "32-true"]


class LoopConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The outer loop. precision: Lightning's name, or auto: bf16-mixed on GPUs, on a CPU the faster one as it
    is measured at the start. `benchmarks/training.py` shows both."""

    seed: int = 0
    precision: Precision = "auto"
    validate_every_steps: int = 500
    validation_batches: int = 8
    checkpoint_every_minutes: float = 4.0
    log_every_steps: int = 20
    workers: int = 0  # processes that make batches beside each training process


class DistributedConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the work is divided. Batch sizes are those of the whole step, over all processes.

    strategy: ddp keeps the weights in each process, fsdp a part of them; accumulate: parts of a batch that a
    process works on one after the other; compile: let torch compile the networks, where the device can;
    shards: URL of a folder that `ito prepare --shards` wrote, to stream from in place of the features' cache;
    timeout_seconds: without a word from another process, until it counts as lost.
    """

    strategy: Literal["ddp", "fsdp"] = "ddp"
    accumulate: int = 1
    compile: bool = False
    shards: str | None = None
    timeout_seconds: float = 600.0

    def __post_init__(self) -> None:
        if self.accumulate < 1 or self.timeout_seconds <= 0:
            raise ValueError(f"accumulate and timeout_seconds must be positive, got {self}")


def read_yaml(path: Path) -> Any:
    """Plain values of a YAML file. ConfigError names the file and line of what is wrong."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such config") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not YAML: {error}") from None


class CropConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Crops of the vocoder's batches: see `data.crops.CropSettings`."""

    frames: int = 64
    batch: int = 32
    gain: float = 1.0
    stretch: float = 0.0


class AdversarialConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Discriminators beside the energy distance. They learn at `rate` from the first step on; the sampler
    hears them from `start_step`, fully `ramp_steps` later: `weight` of their score, `feature_weight` of the
    energy distance in their features. width: channels of a band."""

    weight: float = 1.0
    feature_weight: float = 2.0
    rate: float = 2e-4
    start_step: int = 200
    ramp_steps: int = 200
    width: int = 64


class RefineConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The end game: the sampler unrolled over each of `steps`, trained on sample quality.

    locked_pulse: the vocoder's pulses follow the recording's own phase, so that its harmonics stand where the
    recording's are; else F0 is integrated, as at synthesis. projections: rounds of projection onto the mel
    that end the vocoder's sampler, with gradients through them. temperature: of the noise that the sampler
    starts from. repulsion: weight of what keeps two samples apart; 1 makes the energy distance a proper
    scoring rule, 0 asks for what is nearest to all that fits the condition, and needs one sample only.
    """

    steps: tuple[int, ...] = (2,)
    t_start: float = 1.0
    t_end: float = 1e-3
    locked_pulse: bool = True
    projections: int = 0
    temperature: float = 1.0
    repulsion: float = 1.0
    adversarial: AdversarialConfig | None = None


class Run(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every run states, whatever it trains. start: a checkpoint folder with the weights to begin with,
    or none."""

    name: str
    start: str | None = None
    corpus: CorpusConfig
    sde: SDEConfig = SDEConfig()
    optimiser: OptimiserConfig
    loop: LoopConfig = LoopConfig()
    distributed: DistributedConfig = DistributedConfig()


def refinement(run: Run, section: RefineConfig | None) -> RefineConfig:
    """The section `refine` of `run`. ValueError without it, or without weights to refine."""
    if section is None or run.start is None:
        raise ValueError(f"run {run.name}: a refinement needs `start: FOLDER` and a section `refine`")
    return section


def save_yaml(run: Run, path: Path) -> None:
    """Write all fields of a run, defaults too, so that the file alone repeats it."""
    write_whole(path, yaml.safe_dump(msgspec.to_builtins(run), sort_keys=False, allow_unicode=True))


def load_run(path: Path, kind: type[Run]) -> Run:
    """A run from YAML; an unknown key is an error that names the nearest known one."""
    return convert(read_yaml(path), kind, source=str(path))
