"""Spans -> runs: stretches of text spoken in one manner, with a stand-in for each word whose sound is given.

A stand-in is a made-up word of letters, which every later step carries along unchanged until the written word
takes its place again. So the word keeps its neighbours, its commas and its "'s".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from itoaudio.text import lexicon as lexicons
from itoaudio.text.spans import Prosody, Silence, Sound, Span, Text

_STAND_IN = re.compile(r"Zqj[a-z]+zqj")
_GENITIVE = re.compile(rf"({_STAND_IN.pattern})['’]s\b")
_BEFORE = re.compile(r"[^\W_]['’&]?\Z")  # a letter or digit that touches a stand-in, also as in O'Neil, Q&A
_AFTER = re.compile(r"['’&]?[^\W_]")  # and as in we'll


@dataclass(slots=True)
class Run:
    """`text` with stand-ins, their `sounds` (IPA) and `written` words; `silence` seconds follow it."""

    prosody: Prosody
    text: str = ""
    sounds: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    silence: float | None = None

    def give(self, written: str, phonemes: str) -> str:
        """A stand-in for a written word that sounds as `phonemes`."""
        count, letters = len(self.sounds), ""
        while not letters or count:
            count, digit = divmod(count, 26)
            letters += chr(ord("a") + digit)
        stand_in = f"Zqj{letters}zqj"
        self.sounds[stand_in], self.written[stand_in] = phonemes, written
        return stand_in

    def with_genitive(self, match: re.Match[str]) -> str:
        """The matched stand-in, its word now with "'s", which sounds by the phoneme before it."""
        stand_in = match[1]
        if stand_in not in self.sounds:
            return match[0]
        last = self.sounds[stand_in][-1]
        self.sounds[stand_in] += "ᵻz" if last in "szʃʒʧʤ" else "s" if last in "ptkfθ" else "z"
        self.written[stand_in] += "'s"
        return stand_in

    def parted(self, match: re.Match[str]) -> str:
        """The matched stand-in, apart from what touches it: joined they were another word, read aloud."""
        stand_in, text, start = match[0], match.string, match.start()
        if stand_in not in self.sounds:
            return stand_in
        before, after = _BEFORE.search(text[max(start - 2, 0) : start]), _AFTER.match(text, match.end())
        return f"{' ' if before else ''}{stand_in}{' ' if after else ''}"

    def restore(self, text: str) -> str:
        """`text` with the written words instead of their stand-ins."""
        return _STAND_IN.sub(lambda match: self.written.get(match[0], match[0]), text)


def runs(spans: Iterable[Span], lexicon: Mapping[str, str]) -> list[Run]:
    """The runs of marked-up text: a new one begins after each silence and at each change of prosody."""
    found = [Run(Prosody())]
    for span in spans:
        run = found[-1]
        if isinstance(span, Text):
            run.text += _looked_up(span.text, run, lexicon) if lexicon else span.text
        elif isinstance(span, Sound):
            run.text += run.give(span.text, span.phonemes)
        elif isinstance(span, Silence):
            run.silence = span.seconds
            found.append(Run(run.prosody))
        else:
            found.append(Run(span))
    for run in found:
        run.text = _STAND_IN.sub(run.parted, _GENITIVE.sub(run.with_genitive, run.text))
    return found


def _looked_up(text: str, run: Run, lexicon: Mapping[str, str]) -> str:
    def stand_in(match: re.Match[str]) -> str:
        entry = lexicons.find(lexicon, match[0])
        return f"{entry[0]}{run.give(entry[1], entry[2])}{entry[3]}" if entry else match[0]

    return re.sub(r"\S+", stand_in, text)
