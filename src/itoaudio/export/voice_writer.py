"""Run folders -> a voice folder: graphs, parity, voice.json and model card, written aside and renamed."""

import logging
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec
import onnx

from itoaudio.export import parity
from itoaudio.export.card import CARD, model_card
from itoaudio.export.checkpoint import Trained, TrainedAcoustic, TrainedVocoder, check_refined
from itoaudio.export.config import VoiceConfig
from itoaudio.export.description import TEXT, voice_spec
from itoaudio.export.graphs import GraphSource, reach_frames, to_onnx
from itoaudio.export.lean import lean
from itoaudio.export.weights import PRECISIONS
from itoaudio.runtime.voice_folder import VoiceFolder
from itoaudio.runtime.voice_format import FILE_NAME, encode

logger = logging.getLogger(__name__)

SHARED = ("text", "pitch")
"""Graphs that both variants use: those of the refined run, which leaves text alone and learns more pitch."""


def export_voice(
    config: VoiceConfig,
    folder: Path,
    *,
    acoustic: Path,
    vocoder: Path,
    acoustic_few: Path | None = None,
    vocoder_few: Path | None = None,
    weights: str = "float16",
) -> VoiceFolder:
    """Write the voice of two or four run folders into `folder`, in place of what is there.

    weights: float32, float16 or int8. `ParityError` when a graph does not answer as its network; nothing is
    written then.
    """
    if weights not in PRECISIONS:
        raise ValueError(f"weights = {weights!r}: use one of {', '.join(PRECISIONS)}")
    if folder.exists() and not (folder / FILE_NAME).is_file():
        raise ValueError(f"{folder} exists and is no voice folder: give another place")
    speech, sound = TrainedAcoustic.load(acoustic), TrainedVocoder.load(vocoder)
    few_speech = TrainedAcoustic.load(acoustic_few) if acoustic_few else None
    few_sound = TrainedVocoder.load(vocoder_few) if vocoder_few else None
    for exact, few in ((speech, few_speech), (sound, few_sound)):
        if few is not None:
            check_refined(exact, few)
    for trained in (speech, few_speech):
        if trained is not None:
            trained.widen_pitch(config.pitch_range, around_hz=config.pitch_centre_hz)
    if speech.run.corpus.mel != sound.run.corpus.mel:
        raise ValueError(f"runs {speech.run.name!r} and {sound.run.name!r} speak of different mels")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as aside:
        made = Path(aside) / "voice"
        made.mkdir()
        reaches: dict[str, int] = {}
        errors: dict[str, float] = {}
        for stage, exact, few in (("acoustic", speech, few_speech), ("vocoder", sound, few_sound)):
            sources = _sources(stage, exact, few)
            reaches |= {name: reach_frames(source) for name, source in sources.items() if name != TEXT}
            errors |= _write_graphs(made, sources, weights)
        spec = voice_spec(config, speech, few_speech, sound, few_sound, reaches=reaches, files=_digests(made))
        (made / CARD).write_text(model_card(config, spec, errors, weights), encoding="utf-8")
        (made / FILE_NAME).write_bytes(encode(msgspec.structs.replace(spec, files=_digests(made))))
        VoiceFolder.open(made).verify()
        _swap(folder, made, Path(aside) / "old")
    return VoiceFolder.open(folder)


def _swap(folder: Path, made: Path, old: Path) -> None:
    """Put `made` in the place of `folder`, if there is one, which goes to `old`; all or nothing."""
    try:
        if folder.exists():
            folder.rename(old)
        made.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise


def _sources(stage: str, exact: Trained, few: Trained | None) -> dict[str, GraphSource]:
    """The networks of one stage by the files that they become."""
    named = {}
    for variant, trained in (("exact", exact), ("few", few)):
        for kind, source in trained.sources().items() if trained else ():
            named[f"{stage}_{kind}.onnx" if kind in SHARED else f"{stage}_{kind}_{variant}.onnx"] = source
    return named


def _write_graphs(folder: Path, sources: Mapping[str, GraphSource], weights: str) -> dict[str, float]:
    """Write and check graphs: file -> its error against torch."""
    errors = {}
    for name, source in sources.items():
        logger.info("exporting %s", name)
        onnx.save(PRECISIONS[weights](lean(to_onnx(source))), folder / name)
        errors[name] = parity.check(source, folder / name, weights=weights)
    return errors


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}
