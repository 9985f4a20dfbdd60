"""What a voice is beyond its networks: one small YAML for `ito export --voice`."""

import msgspec

from itoaudio.runtime.voice_format import Acoustic, FewGraphs, Preset, Sampling, Vocoder, VocoderSampling

SAMPLER = "dpm_solver_pp_2m"
EXACT_STEPS = 16
PROJECTIONS = {"fast": 6, "balanced": 16, "best": 32, "exact": 4}
"""Rounds onto the mel: each costs a thousandth of real time, and the first four are most of the gain. `exact`
has no more, so that the score model is heard more than the projections."""
TEMPERATURE = 0.3  # of the acoustic model; docs/results.md, "What held the acoustic model back", has others


class VoiceConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names and notes for voice.json and the model card. description: markdown for the card; consent: who
    agreed, to what and when; gain_db: the one fixed gain; presets: in place of those that follow from the
    graphs; pitch_range: factor on how far each symbol's predicted pitch is from `pitch_centre_hz`, as a
    predictor of means is flatter than speech.
    """

    name: str
    language: str = "en-US"
    licence: str = "unknown"
    corpus: str = "unknown"
    description: str = ""
    consent: str = ""
    gain_db: float = 0.0
    pitch_range: float = 1.0
    pitch_centre_hz: float = 160.0
    presets: dict[str, Preset] | None = None
    default_preset: str = ""


def presets(acoustic: Acoustic, vocoder: Vocoder) -> dict[str, Preset]:
    """fast, balanced and best on few-step graphs where there are any, exact on the score graphs."""
    speech = Sampling(variant="exact", steps=EXACT_STEPS, sampler=SAMPLER, temperature=TEMPERATURE)
    sound = VocoderSampling(
        variant="exact", steps=EXACT_STEPS, sampler=SAMPLER, projections=PROJECTIONS["exact"]
    )
    exact = {"exact": Preset(acoustic=speech, vocoder=sound)}
    if acoustic.few is None and vocoder.few is None:
        return exact
    few = {
        name: Preset(
            acoustic=_few_speech(acoustic.few, pick) if acoustic.few else speech,
            vocoder=_few_sound(vocoder.few, pick, PROJECTIONS[name]) if vocoder.few else sound,
        )
        for pick, name in enumerate(("fast", "balanced", "best"))
    }
    return few | exact


def _few(few: FewGraphs, pick: int) -> Sampling:
    """The least, the first trained for, or the most steps of the few-step graphs."""
    steps = (min(few.steps), few.steps[0], max(few.steps))[pick]
    return Sampling(
        variant="few", steps=steps, sampler=few.sampler, grid=few.grid, temperature=few.temperature
    )


def _few_speech(few: FewGraphs, pick: int) -> Sampling:
    return msgspec.structs.replace(_few(few, pick), temperature=min(TEMPERATURE, few.temperature))


def _few_sound(few: FewGraphs, pick: int, rounds: int) -> VocoderSampling:
    """`rounds` of projection, and never fewer than the graphs were trained with."""
    way = msgspec.structs.asdict(_few(few, pick))
    return VocoderSampling(**way, projections=max(rounds, few.projections))
