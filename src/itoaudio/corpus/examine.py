"""One recording examined: its sound measured, its text read, and both laid beside each other by a voice."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np

from itoaudio.audio import files
from itoaudio.audio.mel import log_mel
from itoaudio.audio.trim import trim
from itoaudio.corpus.measure import Measures, measure
from itoaudio.data.source import Source
from itoaudio.runtime.align import Aligned, align
from itoaudio.runtime.envelope import envelope_error
from itoaudio.runtime.sessions import ACOUSTIC_CONDITION, TEXT, GraphSet
from itoaudio.runtime.voice_folder import VoiceFolder
from itoaudio.text import ENGLISH_SYMBOLS, PUNCTUATION, English, SymbolTable
from itoaudio.text.framing import framed
from itoaudio.text.phonemes import in_lexicon
from itoaudio.text.symbols import CONSONANTS, VOWELS

MARGIN_SECONDS = 0.15
STRETCH_FRAMES = 40  # about half a second: two words that are not in the text fill it


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """How far the sound's envelope is from what a voice expects of the text, as mean squares: over the clip,
    and over the half second that fits least, which begins at `worst_seconds`."""

    distance: float
    worst: float
    worst_seconds: float


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one recording; what could not be found out is None, and `errors` say why."""

    measures: Measures | None = None
    phonemes: str | None = None
    unknown_words: tuple[str, ...] = ()
    fit: Fit | None = None
    audio_error: str = ""
    text_error: str = ""

    @property
    def phones(self) -> int:
        """Number of vowels and consonants of the text."""
        return sum(symbol in VOWELS or symbol in CONSONANTS for symbol in self.phonemes or "")


def examine(source: Source, voice: Path | None) -> Examined:
    """All that one recording and its text say. Answers errors, raises none of the recording's."""
    try:
        found, audio_error = measure(source.audio), ""
    except ValueError as error:
        found, audio_error = None, str(error)
    try:
        phonemes, text_error = _english().phonemes(source.text), ""
        ENGLISH_SYMBOLS.encode(phonemes)
    except ValueError as error:
        phonemes, text_error = None, str(error)
    fit = None
    if voice is not None and found is not None and phonemes is not None and found.seconds < 60:
        fit = fit_of(source.audio, phonemes, voice)
    words = () if phonemes is None else unknown_words(source.text)
    return Examined(
        measures=found,
        phonemes=phonemes,
        unknown_words=words,
        fit=fit,
        audio_error=audio_error,
        text_error=text_error,
    )


def unknown_words(text: str) -> tuple[str, ...]:
    """Words of `text`, as they are spoken, whose sound only a net can guess."""
    spoken = (word.spoken for sentence in _english().read(text) for word in sentence.words)
    words = [part for words in spoken for part in re.split(r"[\s\-—]+", words)]
    words = [word.strip(PUNCTUATION) for word in words if word.strip(PUNCTUATION)]
    return tuple(dict.fromkeys(word for word in words if not in_lexicon(word)))


def fit_of(path: Path, phonemes: str, voice: Path) -> Fit | None:
    """The fit of a recording under a text, by envelopes; None when there are fewer frames than symbols."""
    try:
        aligned = Aligner.of(voice).align(path, phonemes)[0]
    except ValueError:
        return None
    scale = np.array(Aligner.of(voice).folder.spec.acoustic.mel_std)
    error = envelope_error(aligned.log_mel, aligned.means, aligned.durations, scale)
    width = min(STRETCH_FRAMES, len(error))
    stretches = np.convolve(error, np.ones(width) / width, mode="valid")
    worst, frame_rate = int(stretches.argmax()), Aligner.of(voice).frame_rate
    return Fit(
        distance=round(float(error.mean()), 4),
        worst=round(float(stretches[worst]), 4),
        worst_seconds=round(worst / frame_rate, 2),
    )


@dataclass(frozen=True)
class Aligner:
    """A voice that lays recordings beside their texts."""

    folder: VoiceFolder
    graphs: GraphSet

    @classmethod
    @lru_cache(maxsize=2)
    def of(cls, path: Path) -> "Aligner":
        """The voice in this folder; each process opens it once."""
        folder = VoiceFolder.open(path)
        return cls(folder, GraphSet(folder.checked, threads=1))

    @property
    def frame_rate(self) -> float:
        """Frames a second."""
        mel = self.folder.spec.mel
        return mel.sample_rate / mel.hop_samples

    def align(self, path: Path, phonemes: str) -> tuple[Aligned, float]:
        """The trimmed recording under `framed(phonemes)`, and the seconds before its first frame."""
        spec = self.folder.spec
        audio, rate = files.read(path, sample_rate=spec.sample_rate)
        speech = trim(audio, sample_rate=rate, margin_seconds=MARGIN_SECONDS)
        start = _offset(audio, speech)
        ids = np.array([SymbolTable(tuple(spec.symbols)).encode(framed(phonemes))])
        spoken = self.graphs(spec.acoustic.text, TEXT)({"ids": ids, "speaker": np.zeros(1, np.int64)})
        condition = self.graphs(spec.acoustic.exact.condition, ACOUSTIC_CONDITION)
        found = align(log_mel(speech, spec.mel), spoken, condition, spec.acoustic)
        return found, start / rate


def phones_in_words(phonemes: str, durations: Sequence[int]) -> list[list[tuple[str, int]]]:
    """Symbols of `framed(phonemes)` with their frames, in words; marks and edges are words of silence."""
    words: list[list[tuple[str, int]]] = [[]]
    for symbol, frames in zip(framed(phonemes), durations):
        if symbol in VOWELS or symbol in CONSONANTS or symbol in "ˈˌː":
            words[-1].append((symbol, int(frames)))
        else:
            words += [[(symbol, int(frames))], []]
    return [word for word in words if word]


def _offset(audio: np.ndarray, part: np.ndarray) -> int:
    """Where the view `part` of `audio` begins, in samples."""
    if len(part) == len(audio):
        return 0
    return (part.__array_interface__["data"][0] - audio.__array_interface__["data"][0]) // audio.itemsize


@lru_cache
def _english() -> English:
    return English()
