"""When each word and each phoneme is heard, counted in samples of the joined sound.

Both are laid out as tiers without a hole from 0 to the end: where nothing is said, an interval without text.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from itoaudio.runtime.spoken import Spoken

_PHONEME = re.compile(r"[ˈˌ]*(?:eɪ|aɪ|oʊ|aʊ|ɔɪ|əʊ|.)ː?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Interval:
    """`text` from sample `start` to sample `end`; a pause has none."""

    text: str
    start: int
    end: int


@dataclass
class Timeline:
    """Fills while a text is spoken: `add` each stretch of `Voice.stream` in turn.

    words, phonemes: intervals of all that is said, in order. sentences: for each the number of its last word.
    length: samples so far.
    """

    sample_rate: int
    hop_samples: int
    words: list[Interval] = field(default_factory=list)
    phonemes: list[Interval] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    length: int = 0

    def add(self, spoken: Spoken) -> None:
        """Note what begins with `spoken`."""
        if len(spoken.frames):
            begun = self.length + round(spoken.sentence.silence_before * self.sample_rate)
            self._sentence(spoken, begun)
            self.sentences.append(len(self.words))
        self.length += len(spoken.audio.samples)

    def _sentence(self, spoken: Spoken, begun: int) -> None:
        ends = (begun + spoken.frames.cumsum() * self.hop_samples).tolist()
        place = 1  # symbol 0 is the silence before speech
        for word in spoken.sentence.words:
            start = place + len(word.before)
            stop = start + len(word.phonemes)
            self.words.append(Interval(word.written, ends[start - 1], ends[stop - 1]))
            for found in _PHONEME.finditer(word.phonemes):
                if found[0].strip():
                    first, last = start + found.start(), start + found.end()
                    self.phonemes.append(Interval(found[0], ends[first - 1], ends[last - 1]))
            place += len(word.symbols) + 1  # a space stands between words

    def seconds(self, samples: int) -> float:
        """The time of a sample."""
        return samples / self.sample_rate


def tier(intervals: Iterable[Interval], length: int) -> list[Interval]:
    """`intervals` with the pauses between them, from 0 to `length`."""
    found: list[Interval] = []
    place = 0
    for interval in intervals:
        if interval.start > place:
            found.append(Interval("", place, interval.start))
        found.append(interval)
        place = interval.end
    return [*found, Interval("", place, length)] if place < length else found


def lines(timeline: Timeline, *, longest: int = 84) -> list[Sequence[Interval]]:
    """Words in groups to be shown at once: at most `longest` characters, and never of two sentences."""
    found: list[Sequence[Interval]] = []
    start = 0
    for stop in timeline.sentences:
        while start < stop:
            end, length = start, 0
            while end < stop and (end == start or length + 1 + len(timeline.words[end].text) <= longest):
                length += 1 + len(timeline.words[end].text)
                end += 1
            found.append(timeline.words[start:end])
            start = end
    return found
