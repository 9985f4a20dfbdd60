"""voice.json, format version 1: what a voice is, in strict frozen structs.

How to speak now is not here but in `options`; the presets are named starting points for it.
"""

from pathlib import PurePosixPath
from typing import Literal

import msgspec

from itoaudio.audio.mel import MelSpec
from itoaudio.runtime.errors import DamagedVoice
from itoaudio.strict import ConfigError, convert

FORMAT_VERSION = 1
FILE_NAME = "voice.json"

Variant = Literal["exact", "few"]


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A struct in which an unknown key is an error."""


class SdeSpec(Strict, frozen=True, kw_only=True):
    """A linear SDE by its name in `sde.SDES`."""

    name: str
    parameters: dict[str, float] = {}


class Graphs(Strict, frozen=True, kw_only=True):
    """Files of a condition and a score graph, and how far each looks, in frames on either side.

    Sampling starts and ends at noise levels (`LinearSDE.noise_level`), so they hold under any SDE; where f
    diverges at the start, as vp_cosine's, only samplers in exponential form may start at level 1.
    """

    condition: str
    score: str
    condition_reach_frames: int
    score_reach_frames: int
    level_start: float = 0.999
    level_end: float = 0.001


class FewGraphs(Graphs, frozen=True, kw_only=True):
    """Graphs fine-tuned through one unrolled sampler: good for these steps, sampler and grid only.

    `projections`: rounds of projection onto the mel that they were trained with; more of them do no harm.
    `temperature`: of the noise that they were trained from.
    """

    steps: tuple[int, ...]
    sampler: str
    grid: str | tuple[float, ...]
    projections: int = 0
    temperature: float = 1.0


class Stage(Strict, frozen=True, kw_only=True):
    """What both models have: an SDE, what the network predicts, and graphs."""

    sde: SdeSpec
    parametrisation: str
    exact: Graphs
    few: FewGraphs | None = None


class Statistics(Strict, frozen=True, kw_only=True):
    """Mean and standard deviation over the corpus."""

    mean: float
    std: float


class Acoustic(Stage, frozen=True, kw_only=True):
    """ItôTTS. The log mel is `mel_mean` + `mel_std` times the graphs' normalised mel, (M,) each.

    Statistics of `pitch` are those of log F0 in log Hz, of `energy` of a frame's mean log-mel.
    """

    text: str
    mel_mean: tuple[float, ...]
    mel_std: tuple[float, ...]
    pitch: Statistics
    energy: Statistics


class Vocoder(Stage, frozen=True, kw_only=True):
    """ItôWave. `pitch` is a file; the pulse's spectrum has `pulse_window_samples`/2 + 1 bins."""

    pitch: str
    pitch_reach_frames: int
    pulse_window_samples: int


class Sampling(Strict, frozen=True, kw_only=True):
    """How one stage is sampled. `grid` is a name in `sde.GRIDS` or falling noise levels, steps + 1 of them.

    `temperature` scales the noise; `corrector_snr` > 0 runs annealed Langevin after each step (the paper's
    sampler: reverse_diffusion with 0.16); `denoise_last` ends with one more evaluation.
    """

    variant: Variant
    steps: int
    sampler: str
    grid: str | tuple[float, ...] = "uniform"
    temperature: float = 1.0
    corrector_snr: float = 0.0
    denoise_last: bool = False


class VocoderSampling(Sampling, frozen=True, kw_only=True):
    """`projections`: rounds of projection onto the mel (`audio.projection`) after the draw."""

    projections: int = 0


class Preset(Strict, frozen=True, kw_only=True):
    """A way of sampling both stages."""

    acoustic: Sampling
    vocoder: VocoderSampling


class VoiceSpec(Strict, frozen=True, kw_only=True):
    """The root of voice.json. `files` maps each file of the folder to its SHA-256.

    `speakers` names those of a voice of several, in the order of the text graph's `speaker`.
    """

    format_version: int
    name: str
    language: str
    licence: str
    corpus: str
    sample_rate: int
    mel: MelSpec
    mel_digest: str
    symbols: str
    acoustic: Acoustic
    vocoder: Vocoder
    presets: dict[str, Preset]
    default_preset: str
    gain_db: float
    files: dict[str, str]
    speakers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.default_preset not in self.presets:
            raise ValueError(f"default_preset {self.default_preset!r} is not in presets")
        for name, preset in self.presets.items():
            for stage, way in ((self.acoustic, preset.acoustic), (self.vocoder, preset.vocoder)):
                if way.variant == "few" and stage.few is None:
                    raise ValueError(f"preset {name!r} asks for 'few' graphs, of which there are none")
        if self.mel.digest != self.mel_digest:
            raise ValueError(f"mel_digest {self.mel_digest} is not that of mel ({self.mel.digest})")
        if self.mel.sample_rate != self.sample_rate:
            raise ValueError(f"sample_rate {self.sample_rate} is not the mel's {self.mel.sample_rate}")
        if {len(self.acoustic.mel_mean), len(self.acoustic.mel_std)} != {self.mel.bands}:
            raise ValueError(f"mel_mean and mel_std need {self.mel.bands} values")
        for name in self.files:
            if PurePosixPath(name).name != name or name in ("", "..", FILE_NAME):
                raise ValueError(f"files holds {name!r}: give plain names of files beside {FILE_NAME}")
        missing = sorted(set(self.graph_files()) - set(self.files))
        if missing:
            raise ValueError(f"files gives no SHA-256 for {', '.join(missing)}")

    def graph_files(self) -> list[str]:
        """Every graph the voice names, each once."""
        pairs = [pair for stage in (self.acoustic, self.vocoder) for pair in (stage.exact, stage.few) if pair]
        named = [name for pair in pairs for name in (pair.condition, pair.score)]
        return list(dict.fromkeys([self.acoustic.text, self.vocoder.pitch, *named]))


def decode(data: bytes, *, source: str = FILE_NAME) -> VoiceSpec:
    """The voice that `data` describes, or `DamagedVoice`, which names the key and where it stands."""
    try:
        raw = msgspec.json.decode(data)
        version = raw.get("format_version") if isinstance(raw, dict) else None
        if version != FORMAT_VERSION:
            raise DamagedVoice(
                f"{source}: format_version {version}, this itoaudio reads {FORMAT_VERSION}: update"
            )
        return convert(raw, VoiceSpec, source=source)
    except ConfigError as error:
        raise DamagedVoice(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedVoice(f"{source}: {error}; copy the voice folder again") from None


def encode(spec: VoiceSpec) -> bytes:
    """voice.json as people can read it: `decode` gives back an equal `spec`."""
    return msgspec.json.format(msgspec.json.encode(spec), indent=2) + b"\n"
