"""What `Voice.stream` answers, and the last steps of a sentence's sound: gain, ramps, limiter, silences."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from itoaudio.audio.limiter import Limiter
from itoaudio.runtime.sound import Audio
from itoaudio.text import Sentence

FADE_SECONDS = 0.005


@dataclass(frozen=True, eq=False)
class Spoken:
    """A stretch of sound, and what of the text begins with it.

    A sentence comes with its first stretch, which opens with the silence before it; the last one closes with
    the silence after. Of a longer silence each whole second is a stretch of its own. In the stretches that
    go on, `sentence` has no words and `frames` is empty.

    frames (S,): length in mel frames of each symbol of `framed(sentence.phonemes)`.
    """

    sentence: Sentence
    audio: Audio
    frames: np.ndarray


def finished(
    pieces: Iterator[np.ndarray],
    *,
    length: int,
    sample_rate: int,
    gain_db: float,
    before: float,
    after: float,
) -> Iterator[np.ndarray]:
    """The raw sound of a sentence, `length` samples in `pieces`, as it is heard, with silences in seconds.

    Ramps at both ends, so that a join with silence makes no click. The limiter begins anew with each
    sentence: what is said before it changes nothing. Marks of silence add up without end, so that is made
    second by second.
    """
    gain = np.float32(10 ** (gain_db / 20))
    fade = min(round(FADE_SECONDS * sample_rate), length // 2)
    limiter = Limiter(sample_rate)
    seconds, waiting = _silence(before, sample_rate)
    yield from seconds
    place = 0
    for piece in pieces:
        told = [waiting, limiter.add(piece * gain * _ramps(place, len(piece), length, fade))]
        place += len(piece)
        if place == length:
            seconds, rest = _silence(after, sample_rate)
            told += [limiter.end(), rest]
        waiting = np.concatenate(told)
        if len(waiting):
            yield waiting
            waiting = waiting[:0]
    yield from seconds


def _silence(seconds: float, sample_rate: int) -> tuple[Iterator[np.ndarray], np.ndarray]:
    """Its whole seconds, made one by one, and the rest of it."""
    whole, rest = divmod(round(seconds * sample_rate), sample_rate)
    return (np.zeros(sample_rate, np.float32) for _ in range(whole)), np.zeros(rest, np.float32)


def _ramps(place: int, count: int, length: int, fade: int) -> np.ndarray:
    """Up over the first, down over the last `fade` of `length` samples: `count` of them from `place` on."""
    ramps = np.ones(count, dtype=np.float32)
    rising, falling = max(fade - place, 0), max(place + count - (length - fade), 0)
    if rising:
        ramps[:rising] *= np.arange(place, place + len(ramps[:rising]), dtype=np.float32) / fade
    if falling:
        left = np.arange(length - place - count, length, dtype=np.float32)[: min(falling, count)]
        ramps[-len(left) :] *= left[::-1] / fade
    return ramps
