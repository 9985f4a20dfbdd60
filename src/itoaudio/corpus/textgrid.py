"""`ito corpus align`: where the words and phones of each recording lie, as Praat's TextGrids."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from itoaudio.audio import files
from itoaudio.corpus.examine import Aligner, phones_in_words
from itoaudio.data.parallel import each
from itoaudio.data.recipes import read_corpus
from itoaudio.data.source import Source
from itoaudio.text import PUNCTUATION, English
from itoaudio.whole import write_whole

Interval = tuple[float, float, str]
"""Start and end in seconds, and the label; "" is silence."""


def align_corpus(
    folder: Path, output: Path, *, voice: Path, recipe: str = "auto", workers: int = 2
) -> dict[str, str]:
    """Write `output/ID.TextGrid` for each recording; answers those that could not be aligned, and why."""
    listing = read_corpus(folder, recipe)
    output.mkdir(parents=True, exist_ok=True)
    answers = each(
        partial(_one, output=output, voice=voice),
        listing.sources,
        workers=workers,
        title="align",
        lost=lambda source: "reading it killed the process",
    )
    return {source.id: reason for source, reason in zip(listing.sources, answers) if reason}


def tiers(source: Source, aligner: Aligner, phonemes: str) -> tuple[float, list[Interval], list[Interval]]:
    """(length in seconds, words, phones) of a recording. ValueError when it is too short for its text."""
    aligned, start = aligner.align(source.audio, phonemes)
    spellings = iter(_spoken(source.text))
    seconds = files.duration(source.audio)
    edges = np.minimum(
        start + np.concatenate([[0], np.cumsum(aligned.durations)]) / aligner.frame_rate, seconds
    )
    words: list[Interval] = []
    phones: list[Interval] = []
    place = 0
    for word in phones_in_words(phonemes, aligned.durations.tolist()):
        begin, label = place, ""
        silent = not word[0][0].isalpha() and word[0][0] not in "ˈˌ"
        prefix = ""
        for symbol, _ in word:
            edge = (float(edges[place]), float(edges[place + 1]))
            if symbol in "ˈˌ":  # a stress mark's frames are its vowel's
                prefix, held = symbol, edge[0]
            elif symbol == "ː" and phones:
                phones[-1] = (phones[-1][0], edge[1], phones[-1][2] + symbol)
            else:
                phones.append((held if prefix else edge[0], edge[1], "" if silent else prefix + symbol))
                prefix = ""
            place += 1
        if not silent:
            label = next(spellings, "".join(symbol for symbol, _ in word))
        words.append((float(edges[begin]), float(edges[place]), label))
    return seconds, _filled(words, seconds), _filled(phones, seconds)


def textgrid(seconds: float, named: dict[str, Sequence[Interval]]) -> str:
    """Praat's long text format; each tier's intervals follow one another from 0 to `seconds`."""
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', ""]
    lines += ["xmin = 0", f"xmax = {seconds:.6f}", "tiers? <exists>", f"size = {len(named)}", "item []:"]
    for number, (name, intervals) in enumerate(named.items(), 1):
        lines += [f"    item [{number}]:", '        class = "IntervalTier"', f'        name = "{name}"']
        lines += ["        xmin = 0", f"        xmax = {seconds:.6f}"]
        lines += [f"        intervals: size = {len(intervals)}"]
        for place, (start, end, label) in enumerate(intervals, 1):
            quoted = label.replace('"', '""')
            lines += [f"        intervals [{place}]:", f"            xmin = {start:.6f}"]
            lines += [f"            xmax = {end:.6f}", f'            text = "{quoted}"']
    return "\n".join(lines) + "\n"


def _one(source: Source, output: Path, voice: Path) -> str:
    try:
        seconds, words, phones = tiers(source, Aligner.of(voice), English().phonemes(source.text))
    except ValueError as error:
        return str(error)
    content = textgrid(seconds, {"words": words, "phones": phones})
    write_whole(output / f"{source.id}.TextGrid", content)
    return ""


def _spoken(text: str) -> list[str]:
    """Words as they are spoken, in the order of their phonemes: as many as `phonemes` has words."""
    words = []
    for sentence in English().read(text):
        for word in sentence.words:
            sounds = len(word.phonemes.split())
            parts = [part.strip(PUNCTUATION) for part in word.spoken.split()]
            words += parts if len(parts) == sounds else [word.spoken.strip(PUNCTUATION), *[""] * (sounds - 1)]
    return words


def _filled(intervals: list[Interval], seconds: float) -> list[Interval]:
    """Without gaps and empty intervals, silences joined: what Praat asks of a tier."""
    full: list[Interval] = []
    place = 0.0
    for start, end, label in [*intervals, (seconds, seconds, "")]:
        for piece in ((place, start, ""), (start, end, label)):
            if piece[1] - piece[0] < 1e-6:
                continue
            if full and not piece[2] and not full[-1][2]:
                full[-1] = (full[-1][0], piece[1], "")
            else:
                full.append(piece)
        place = max(place, end)
    return full
