"""MODEL_CARD.md: what a person should know of a voice before they use it."""

from collections.abc import Mapping

from itoaudio.export.config import VoiceConfig
from itoaudio.runtime.voice_format import Sampling, VocoderSampling, VoiceSpec

CARD = "MODEL_CARD.md"


def model_card(config: VoiceConfig, spec: VoiceSpec, errors: Mapping[str, float], weights: str) -> str:
    """Markdown. errors: each graph's relative error against torch; weights: how they are stored."""
    rows = "\n".join(f"| `{name}` | {error:.1e} |" for name, error in errors.items())
    ways = "\n".join(_row(spec, name) for name in spec.presets)
    return f"""# {spec.name}

A voice of itoaudio: ItôTTS and ItôWave, two linear SDEs run backwards (arXiv 2105.07583).

- Language: {spec.language}
- Corpus: {spec.corpus}
- Licence: {spec.licence}
{_people(config, spec)}- Sample rate: {spec.sample_rate} Hz, {spec.mel.bands} mel bands
- Acoustic model: {_stage(spec.acoustic.sde.name, spec.acoustic.parametrisation)}
- Vocoder: {_stage(spec.vocoder.sde.name, spec.vocoder.parametrisation)}

{config.description.strip()}

## Use

    ito say "Hello." --voice {spec.name} -o hello.wav

| preset | acoustic model | vocoder |
|---|---|---|
{ways}

## Files

Weights are stored as {weights}. SHA-256 of each file: `voice.json`; check them with `ito voices verify`.

| graph | largest relative error against torch |
|---|---|
{rows}

This is synthetic speech. Say so where people could take it for a person.
"""


def _people(config: VoiceConfig, spec: VoiceSpec) -> str:
    """Lines on the people behind the voice, where something is known of them."""
    speakers = f"- Speakers: {', '.join(spec.speakers)}\n" if spec.speakers else ""
    consent = f"- Consent: {' '.join(config.consent.split())}\n" if config.consent else ""
    return speakers + consent


def _row(spec: VoiceSpec, name: str) -> str:
    mark = " (default)" if name == spec.default_preset else ""
    return f"| {name}{mark} | {_way(spec.presets[name].acoustic)} | {_way(spec.presets[name].vocoder)} |"


def _stage(sde: str, parametrisation: str) -> str:
    return f"SDE `{sde}`, the network predicts `{parametrisation}`"


def _way(way: Sampling) -> str:
    temperature = "" if way.temperature == 1.0 else f", temperature {way.temperature:g}"
    rounds = way.projections if isinstance(way, VocoderSampling) else 0
    projected = f", {rounds} projections onto the mel" if rounds else ""
    return f"{way.steps} x {way.sampler}, {way.variant}{temperature}{projected}"
