"""voice.json of trained networks."""

from collections.abc import Mapping

from itoaudio.export.checkpoint import Trained, TrainedAcoustic, TrainedVocoder
from itoaudio.export.config import SAMPLER, VoiceConfig, presets
from itoaudio.runtime.voice_format import (
    FORMAT_VERSION,
    Acoustic,
    FewGraphs,
    Graphs,
    SdeSpec,
    Statistics,
    Vocoder,
    VoiceSpec,
)

TEXT, PITCH = "acoustic_text.onnx", "vocoder_pitch.onnx"


def voice_spec(
    config: VoiceConfig,
    speech: TrainedAcoustic,
    few_speech: TrainedAcoustic | None,
    sound: TrainedVocoder,
    few_sound: TrainedVocoder | None,
    *,
    reaches: Mapping[str, int],
    files: Mapping[str, str],
) -> VoiceSpec:
    """reaches: frames by graph file; files: name -> SHA-256."""
    acoustic = _acoustic(speech, few_speech, reaches)
    vocoder = _vocoder(sound, few_sound, reaches)
    ways = config.presets or presets(acoustic, vocoder)
    fallback = "fast" if "fast" in ways else next(iter(ways))
    mel = speech.run.corpus.mel
    return VoiceSpec(
        format_version=FORMAT_VERSION,
        name=config.name,
        language=config.language,
        licence=config.licence,
        corpus=config.corpus,
        sample_rate=mel.sample_rate,
        mel=mel,
        mel_digest=mel.digest,
        symbols=speech.run.symbols,
        speakers=speech.run.speakers,
        acoustic=acoustic,
        vocoder=vocoder,
        presets=ways,
        default_preset=config.default_preset or fallback,
        gain_db=config.gain_db,
        files=dict(files),
    )


def _acoustic(exact: TrainedAcoustic, few: TrainedAcoustic | None, reaches: Mapping[str, int]) -> Acoustic:
    networks = exact.networks
    pitch, energy = networks.pitch_statistics.tolist(), networks.energy_statistics.tolist()
    return Acoustic(
        sde=_sde(exact),
        parametrisation=exact.run.sde.parametrisation,
        text=TEXT,
        exact=_exact("acoustic", reaches),
        few=_few("acoustic", few, reaches),
        mel_mean=tuple(networks.offset.flatten().tolist()),
        mel_std=tuple(networks.scale.flatten().tolist()),
        pitch=Statistics(mean=pitch[0], std=pitch[1]),
        energy=Statistics(mean=energy[0], std=energy[1]),
    )


def _vocoder(exact: TrainedVocoder, few: TrainedVocoder | None, reaches: Mapping[str, int]) -> Vocoder:
    return Vocoder(
        sde=_sde(exact),
        parametrisation=exact.run.sde.parametrisation,
        pitch=PITCH,
        pitch_reach_frames=reaches[PITCH],
        pulse_window_samples=exact.run.network.spectrum_samples,
        exact=_exact("vocoder", reaches),
        few=_few("vocoder", few, reaches),
    )


def _sde(trained: Trained) -> SdeSpec:
    return SdeSpec(name=trained.run.sde.family, parameters=trained.run.sde.parameters)


def _exact(stage: str, reaches: Mapping[str, int]) -> Graphs:
    condition, score = f"{stage}_condition_exact.onnx", f"{stage}_score_exact.onnx"
    return Graphs(
        condition=condition,
        score=score,
        condition_reach_frames=reaches[condition],
        score_reach_frames=reaches[score],
    )


def _few(stage: str, trained: Trained | None, reaches: Mapping[str, int]) -> FewGraphs | None:
    """The sampler that `train.vocoder_refine` and `train.acoustic_refine` unroll."""
    if trained is None:
        return None
    refine, sde = trained.run.refine, trained.run.sde.build()
    assert refine is not None
    condition, score = f"{stage}_condition_few.onnx", f"{stage}_score_few.onnx"
    return FewGraphs(
        condition=condition,
        score=score,
        condition_reach_frames=reaches[condition],
        score_reach_frames=reaches[score],
        level_start=float(sde.noise_level(min(refine.t_start, sde.t_max))),
        level_end=float(sde.noise_level(refine.t_end)),
        steps=tuple(dict.fromkeys(refine.steps)),
        sampler=SAMPLER,
        grid="uniform",
        projections=refine.projections,
        temperature=refine.temperature,
    )
