"""A run in one strict YAML: corpus, model, SDE, data, optimiser. Saved beside every checkpoint it made."""

from inspect import signature
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from itoaudio.data.config import CorpusConfig
from itoaudio.sde import PARAMETRISATIONS, SDES, WEIGHTINGS, LinearSDE
from itoaudio.strict import ConfigError, convert
from itoaudio.whole import write_whole


def need(holds: bool, key: str, value: object, wanted: str) -> None:
    """ValueError that names a key, its value and what is `wanted`, unless it holds."""
    if not holds:
        raise ValueError(f"{key} must be {wanted}, got {value}")


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
        of_family = signature(SDES[self.family]).parameters
        for name in self.parameters:
            need(name in of_family, f"parameters of {self.family}", name, f"of {', '.join(of_family)}")
        self.build()

    def build(self) -> LinearSDE:
        """The SDE itself. ValueError for values that the family does not allow."""
        return SDES[self.family](**self.parameters)


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

    def __post_init__(self) -> None:
        # 0 is that of a stage which is left out; `resume.check` refuses to train it.
        need(self.steps >= 0, "steps", self.steps, "1 or more")
        need(self.rate > 0, "rate", self.rate, "above 0")
        need(self.warm_up_steps >= 0, "warm_up_steps", self.warm_up_steps, "0 or more")
        need(0 <= self.final_rate_share <= 1, "final_rate_share", self.final_rate_share, "from 0 to 1")
        need(all(0 <= beta < 1 for beta in self.betas), "betas", self.betas, "from 0 to below 1")
        need(self.weight_decay >= 0, "weight_decay", self.weight_decay, "0 or more")
        need(self.clip_norm > 0, "clip_norm", self.clip_norm, "above 0 (a large one clips nothing)")
        need(0 <= self.average_decay < 1, "average_decay", self.average_decay, "from 0 to below 1")


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

    def __post_init__(self) -> None:
        for key in ("validate_every_steps", "log_every_steps"):
            need(getattr(self, key) >= 1, key, getattr(self, key), "1 or more")
        for key in ("seed", "validation_batches", "checkpoint_every_minutes", "workers"):
            need(getattr(self, key) >= 0, key, getattr(self, key), "0 or more")


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

    def __post_init__(self) -> None:
        need(self.frames >= 1, "frames", self.frames, "1 or more")
        need(self.batch >= 1, "batch", self.batch, "1 or more")


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

    def __post_init__(self) -> None:
        need(self.rate > 0, "rate", self.rate, "above 0")
        need(self.width >= 1, "width", self.width, "1 or more")
        for key in ("weight", "feature_weight", "ramp_steps"):
            need(getattr(self, key) >= 0, key, getattr(self, key), "0 or more")


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

    def __post_init__(self) -> None:
        need(len(self.steps) > 0, "steps", list(self.steps), "one number or more, as [2]")
        need(all(count >= 1 for count in self.steps), "steps", list(self.steps), "1 or more each")
        need(self.t_end > 0, "t_end", self.t_end, "above 0")
        need(self.t_end < self.t_start, "t_end", self.t_end, f"below t_start, which is {self.t_start}")
        for key in ("projections", "temperature", "repulsion"):
            need(getattr(self, key) >= 0, key, getattr(self, key), "0 or more")


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
    """The section `refine` of `run`. ValueError without it, without weights to refine, for a t_start that the
    SDE does not reach, and for discriminators that would have to be sharded."""
    if section is None or run.start is None:
        raise ValueError(f"run {run.name}: a refinement needs `start: FOLDER` and a section `refine`")
    t_max = run.sde.build().t_max
    need(section.t_start <= t_max, "refine.t_start", section.t_start, f"at most {t_max}, where the SDE ends")
    if section.adversarial is not None and run.distributed.strategy == "fsdp":
        raise ValueError(
            f"run {run.name}: `distributed: {{strategy: fsdp}}` does not shard the discriminators of "
            "`refine: {adversarial: ...}`: use `strategy: ddp`"
        )
    return section


def save_yaml(run: Run, path: Path) -> None:
    """Write all fields of a run, defaults too, so that the file alone repeats it."""
    write_whole(path, yaml.safe_dump(msgspec.to_builtins(run), sort_keys=False, allow_unicode=True))


def load_run(path: Path, kind: type[Run]) -> Run:
    """A run from YAML; an unknown key is an error that names the nearest known one."""
    return convert(read_yaml(path), kind, source=str(path))
