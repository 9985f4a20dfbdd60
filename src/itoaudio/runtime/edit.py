"""Words of a recording said anew: align, draw the mel of what changed around what stays, vocode, splice.

What lies farther than MARGIN_SECONDS from a change is the recording, sample for sample, at any sample rate.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import numpy as np

from itoaudio.audio import files
from itoaudio.audio.mel import log_mel
from itoaudio.runtime.align import Spoken, align
from itoaudio.runtime.edit_level import floors
from itoaudio.runtime.edit_scene import MARGIN_SECONDS, Scene
from itoaudio.runtime.edit_splice import Span, splice
from itoaudio.runtime.edit_text import changes, tokens
from itoaudio.runtime.errors import check_text, no_use_for, shown
from itoaudio.runtime.intonation import Intonation, question_rise
from itoaudio.runtime.options import Options
from itoaudio.runtime.plan import Plan
from itoaudio.runtime.sessions import Graph
from itoaudio.runtime.sound import Audio, check_finite
from itoaudio.runtime.voice import Voice
from itoaudio.text import PAD, Sentence
from itoaudio.text.framing import framed

SHIFT_SECONDS = 0.0067  # half a period of a voice at 75 Hz
LEVEL_SECONDS = 0.25
LONGEST_SECONDS = 300.0
MISFIT = 1.7
"""`Aligned.distance` that is told. Of kathleen to her own text it is 0.3 to 0.7 as `say` speaks it (36 takes
of 12 texts of 1 to 17 words) and 0.7 to 1.4 as she recorded it (39 of 40 clips; a rushed one has 2.1), to
another text 1.9 to 8 either way."""
STEPS, SAMPLER = 24, "ancestral"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Edited:
    """`audio`, as long as its words ask; `spans` say which samples are new and what they replace."""

    audio: Audio
    spans: list[Span]


def read_mono(source: BinaryIO) -> Audio:
    """A recording whose samples can be kept; ValueError for several channels, or none that can be read."""
    import soundfile

    samples, rate = files.read(source)
    source.seek(0)
    if (channels := soundfile.info(source).channels) > 1:
        raise ValueError(
            f"{source.name} has {channels} channels: edit keeps samples as they are, so give one"
        )
    return Audio(samples, rate)


def edit(voice: Voice, audio: Audio, text: str, new_text: str, **options: Any) -> Edited:
    """Say `new_text` in `audio`, a recording of `voice` that says `text`: only words that differ are drawn.

    Options as of `Voice.say`; speed, pitch, energy and volume are those of new words. ValueError when nothing
    changes, when the sound cannot hold the text, and for what `Voice.say` refuses.
    """
    if not isinstance(audio, Audio):
        raise ValueError(f"audio = {shown(audio)}: give an Audio, such as Audio.read('take.wav')")
    check_finite(audio.samples)
    check_text("text", text)
    check_text("new_text", new_text)
    chosen = Options.of(options)
    no_use_for(chosen, ("takes", "pause"), "an edit draws once, and keeps the recording's pauses")
    speaker = voice.speaker(chosen.speaker)
    plans = _plans(voice, chosen)
    old, new = (voice._front_end.read(part, markup=chosen.markup) for part in (text, new_text))
    found = changes(tokens(old), tokens(new))
    if not found:
        raise ValueError("both texts are spoken alike: there is nothing to edit")
    mel = _mel(voice, audio)
    graph, condition, _ = voice._acoustic.graphs(plans[0])
    old_ids, new_ids = ([voice._symbols.encode(framed(s.phonemes)) for s in part] for part in (old, new))
    least = sum(map(len, old_ids)) * voice.spec.mel.hop_samples / voice.sample_rate
    if audio.duration_seconds < least:
        raise ValueError(
            f"{audio.duration_seconds:.2f} s of sound are too short for {text[:40]!r}, which takes at least"
            f" {least:.2f} s: is this the text of the recording?"
        )
    before, after = _spoken(old_ids, speaker, graph), _spoken(new_ids, speaker, graph)
    heard = align(mel, before, condition, voice.spec.acoustic)
    if heard.distance > MISFIT:
        logger.warning(
            "the sound is far from %r (%.1f): is this its text and voice?", text[:40], heard.distance
        )
    silent = np.concatenate(old_ids) == voice._symbols.encode(PAD)[0]
    scene = Scene(
        voice, chosen, plans, heard, (before, after), found, _intonation(voice, new), floors(heard, silent)
    )
    pieces = scene.pieces(audio.sample_rate)
    margin, shift, context = (
        round(seconds * audio.sample_rate) for seconds in (MARGIN_SECONDS, SHIFT_SECONDS, LEVEL_SECONDS)
    )
    samples, spans = splice(audio.samples, pieces, margin=margin, shift=shift, context=context)
    return Edited(Audio(samples, audio.sample_rate), spans)


def _plans(voice: Voice, options: Options) -> tuple[Plan, Plan]:
    """Inpainting asks for the exact score, and for a sampler that listens to its noise."""
    first, second = options.of_stage(0), options.of_stage(1)
    usual = {"variant": "exact", "steps": STEPS, "sampler": SAMPLER, "grid": "uniform"}
    ways: Any = {name: (first.get(name, value), second.get(name)) for name, value in usual.items()}
    return voice.plans(replace(options, **ways))


def _mel(voice: Voice, audio: Audio) -> np.ndarray:
    if not 0 < audio.duration_seconds <= LONGEST_SECONDS:
        raise ValueError(f"{audio.duration_seconds:.1f} s of sound: edit takes up to {LONGEST_SECONDS:.0f} s")
    samples, spec = files.resample(audio.samples, audio.sample_rate, voice.sample_rate), voice.spec.mel
    whole = max(-(-len(samples) // spec.hop_samples), spec.padding // spec.hop_samples + 1) * spec.hop_samples
    return log_mel(np.pad(samples, (0, whole - len(samples))), spec)


def _spoken(ids: Sequence[Sequence[int]], speaker: int, graph: Graph) -> Spoken:
    """What the text graph says of sentences, each by itself as in `say`, one after the other."""
    who = np.array([speaker])
    found = [graph({"ids": np.array([row], dtype=np.int64), "speaker": who}) for row in ids]
    return {name: np.concatenate([part[name] for part in found], axis=-1) for name in found[0]}


def _intonation(voice: Voice, sentences: Sequence[Sentence]) -> Intonation:
    """The rises of all questions among `sentences`, for the frames (S,) of all their symbols."""
    rate = voice.spec.mel.sample_rate / voice.spec.mel.hop_samples
    texts = [framed(sentence.phonemes) for sentence in sentences]
    ends = np.cumsum([len(text) for text in texts])[:-1]

    def semitones(frames: np.ndarray) -> np.ndarray:
        parts = zip(sentences, texts, np.split(frames, ends), strict=True)
        return np.concatenate(
            [
                question_rise(text, part, frame_rate=rate) if sentence.rises else np.zeros(len(part))
                for sentence, text, part in parts
            ]
        )

    return semitones
