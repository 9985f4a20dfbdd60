"""A timeline as a file: JSON, SRT, WebVTT or Praat's TextGrid. In each the last end is the sound's."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from itoaudio.runtime.timing import Interval, Timeline, lines, tier


def to_json(timeline: Timeline) -> str:
    """Tiers `words` and `phonemes`, each of {text, start, end} in seconds; a pause has an empty text."""

    def told(intervals: Sequence[Interval]) -> list[dict[str, Any]]:
        return [
            {"text": i.text, "start": timeline.seconds(i.start), "end": timeline.seconds(i.end)}
            for i in tier(intervals, timeline.length)
        ]

    answer = {
        "sample_rate": timeline.sample_rate,
        "samples": timeline.length,
        "duration": timeline.seconds(timeline.length),
        "words": told(timeline.words),
        "phonemes": told(timeline.phonemes),
    }
    return msgspec.json.format(msgspec.json.encode(answer), indent=1).decode() + "\n"


def to_srt(timeline: Timeline) -> str:
    """SubRip: a line of words at a time."""
    cues = [
        f"{number}\n{_clock(start, ',')} --> {_clock(end, ',')}\n{' '.join(word.text for word in words)}\n"
        for number, (words, start, end) in enumerate(_cues(timeline), 1)
    ]
    return "\n".join(cues)


def to_vtt(timeline: Timeline) -> str:
    """WebVTT: as SRT, with the time of each word, so that players can light it up."""
    cues = ["WEBVTT\n"]
    for words, start, end in _cues(timeline):
        timed = [_escaped(words[0].text)]
        timed += [f"<{_clock(timeline.seconds(w.start), '.')}>{_escaped(w.text)}" for w in words[1:]]
        cues.append(f"{_clock(start, '.')} --> {_clock(end, '.')}\n{' '.join(timed)}\n")
    return "\n".join(cues)


def to_textgrid(timeline: Timeline) -> str:
    """Praat's long text format, two tiers of intervals."""
    end = _number(timeline, timeline.length)
    rows = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", f"xmax = {end}"]
    rows += ["tiers? <exists>", "size = 2", "item []:"]
    for number, (name, said) in enumerate((("words", timeline.words), ("phonemes", timeline.phonemes)), 1):
        found = [i for i in tier(said, timeline.length) if i.end > i.start]
        rows += [f"    item [{number}]:", '        class = "IntervalTier"', f'        name = "{name}"']
        rows += ["        xmin = 0", f"        xmax = {end}", f"        intervals: size = {len(found)}"]
        for place, interval in enumerate(found, 1):
            text = interval.text.replace('"', '""')
            rows += [f"        intervals [{place}]:"]
            rows += [f"            xmin = {_number(timeline, interval.start)}"]
            rows += [f"            xmax = {_number(timeline, interval.end)}", f'            text = "{text}"']
    return "\n".join(rows) + "\n"


WRITERS: Mapping[str, Callable[[Timeline], str]] = MappingProxyType(
    {".json": to_json, ".srt": to_srt, ".vtt": to_vtt, ".textgrid": to_textgrid}
)
"""By a file's suffix in small letters."""


def writer_of(suffix: str) -> Callable[[Timeline], str]:
    """What writes files of `suffix`; ValueError for one that names no kind of timestamps."""
    if suffix.lower() not in WRITERS:
        raise ValueError(f"cannot write timestamps as {suffix!r}: give .json, .srt, .vtt or .TextGrid")
    return WRITERS[suffix.lower()]


def _cues(timeline: Timeline) -> list[tuple[Sequence[Interval], float, float]]:
    found = [(w, timeline.seconds(w[0].start), timeline.seconds(w[-1].end)) for w in lines(timeline)]
    if found:
        words, start, _ = found[-1]
        found[-1] = (words, start, timeline.seconds(timeline.length))
    return found


def _clock(seconds: float, mark: str) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3600000:02}:{whole // 60000 % 60:02}:{whole // 1000 % 60:02}{mark}{whole % 1000:03}"


def _number(timeline: Timeline, samples: int) -> str:
    return f"{timeline.seconds(samples):.9f}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
