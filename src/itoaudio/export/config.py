"""What a voice is beyond its networks: one small YAML for `ito export --voice`."""

import msgspec

from itoaudio.runtime.voice_format import Preset, Sampling, Stage

SAMPLER = "dpm_solver_pp_2m"
EXACT_STEPS = 16
EXACT_TEMPERATURE = 0.7  # of the acoustic model; few-step graphs were trained at 1


class VoiceConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names and notes for voice.json and the model card. description: markdown for the card; consent: who
    agreed, to what and when; gain_db: the one fixed gain; presets: in place of those that follow from the
    graphs.
    """

    name: str
    language: str = "en-US"
    licence: str = "unknown"
    corpus: str = "unknown"
    description: str = ""
    consent: str = ""
    gain_db: float = 0.0
    presets: dict[str, Preset] | None = None
    default_preset: str = ""


def presets(acoustic: Stage, vocoder: Stage) -> dict[str, Preset]:
    """fast, balanced and best on few-step graphs where there are any, exact on the score graphs."""
    exact = Preset(acoustic=_exact(EXACT_TEMPERATURE), vocoder=_exact(1.0))
    if acoustic.few is None and vocoder.few is None:
        return {"exact": exact}

    def preset(pick: int) -> Preset:
        return Preset(
            acoustic=_few(acoustic, pick, exact.acoustic), vocoder=_few(vocoder, pick, exact.vocoder)
        )

    return {"fast": preset(0), "balanced": preset(1), "best": preset(2), "exact": exact}


def _few(stage: Stage, pick: int, exact: Sampling) -> Sampling:
    """The least, the first trained for, or the most steps of the few-step graphs."""
    if stage.few is None:
        return exact
    counts = stage.few.steps
    steps = (min(counts), counts[0], max(counts))[pick]
    return Sampling(variant="few", steps=steps, sampler=stage.few.sampler, grid=stage.few.grid)


def _exact(temperature: float) -> Sampling:
    return Sampling(variant="exact", steps=EXACT_STEPS, sampler=SAMPLER, temperature=temperature)
