"""When each word of a spoken sentence is heard."""

from typing import Any

from itoaudio.runtime import Spoken, Voice


def timed_words(spoken: Spoken, voice: Voice, begun: float) -> list[dict[str, Any]]:
    """`word` as written, its `start` and `end` in seconds; the sentence's sound starts at `begun` seconds."""
    seconds = voice.spec.mel.hop_samples / voice.sample_rate
    ends = spoken.frames.cumsum() * seconds + begun + spoken.sentence.silence_before
    found, place = [], 1  # symbol 0 is the silence before speech
    for word in spoken.sentence.words:
        last = place + len(word.symbols) - 1
        found.append(
            {
                "word": word.written,
                "start": round(float(ends[place - 1]), 4),
                "end": round(float(ends[last]), 4),
            }
        )
        place = last + 2  # a space stands between words
    return found
