"""Measure English text front ends on the frozen tables of tests/text/data and print them side by side.

    python benchmarks/text_front_end.py [--only NAME] [--wrong NAME]

Tables: written -> spoken (one that rules were made for and one held out), homographs in sentences, and words
without the help of a lexicon. Times are the processor's. A candidate that is not installed
is left out: pip install hibari-tts kitten-text-processing gruut.
"""

import argparse
import logging
import re
import time
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path

from text_candidates import Candidate, candidates, lexicon_sample

DATA = Path(__file__).parent.parent / "tests" / "text" / "data"
# What the candidates' notations do not share: stress, and shades of schwa, flap and r-coloured vowels.
_BROAD = {"ɚ": "əɹ", "ɝ": "ɜɹ", "ᵊ": "ə", "ᵻ": "ɪ", "ɾ": "t", "ɐ": "ə", "ɜ": "ə", "ʌ": "ə", "ˌ": "", "ː": ""}


def spoken_cases(table: str) -> list[tuple[str, str, set[str]]]:
    """(category, written, accepted readings)."""
    cases, category = [], ""
    for line in (DATA / table).read_text(encoding="utf-8").splitlines()[2:]:
        if "\t" in line:
            written, readings = line.split("\t")
            cases.append((category, written, {plain(reading) for reading in readings.split(" | ")}))
        else:
            category = line.removeprefix("# ")
    return cases


def plain(text: str) -> str:
    """Letters, digits and apostrophes in lower case: what two readings are compared by."""
    return " ".join(
        re.sub(
            r"[^\w']+", " ", re.sub(r"(?<=[^\W\d])\.(?=[^\W\d]\b)|'(?!\w)|(?<!\w)'", "", text.lower())
        ).split()
    )


def homograph_cases() -> list[tuple[str, str, str, set[str]]]:
    """(sentence, word, phonemes meant, the word's phonemes anywhere in the table)."""
    lines = (DATA / "homographs.tsv").read_text(encoding="utf-8").splitlines()[2:]
    rows = [line.split("\t") for line in lines]
    return [(s, w, p, {other for _, word, other in rows if word.lower() == w.lower()}) for s, w, p in rows]


def broad(phonemes: str, *, stress: bool) -> str:
    for narrow, wide in _BROAD.items():
        phonemes = phonemes.replace(narrow, wide)
    return phonemes if stress else phonemes.replace("ˈ", "")


def distance(a: str, b: str) -> int:
    """Levenshtein distance in symbols."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def normalising(speak: Callable[[str], str], table: str, wrong: list[str]) -> dict[str, tuple[int, int]]:
    score: dict[str, tuple[int, int]] = {}
    for category, written, accepted in spoken_cases(table):
        said = plain(_or_error(speak, written))
        right, total = score.get(category, (0, 0))
        score[category] = (right + (said in accepted), total + 1)
        if said not in accepted:
            wrong.append(f"{category}: {written!r} -> {said!r}, not {min(accepted)!r}")
    return score


def homographs(pronounce: Callable[[str, str], str], wrong: list[str]) -> float:
    """Share of words nearer to the pronunciation meant than to the word's other one."""
    cases = homograph_cases()
    right = 0
    for sentence, word, meant, known in cases:
        said = broad(_or_error(lambda text, word=word: pronounce(text, word), sentence), stress=True)
        gap = {phonemes: distance(said, broad(phonemes, stress=True)) for phonemes in known}
        good = all(gap[meant] < gap[other] for other in known - {meant})
        right += good
        if not good:
            wrong.append(f"homograph: {word!r} in {sentence!r} -> {said}, not {meant}")
    return right / len(cases)


def unknown_words(guess: Callable[[str], str], words: Iterable[tuple[str, str]]) -> tuple[float, float]:
    """(phoneme error rate, word error rate) in the broad notation without stress."""
    errors = length = wrong = count = 0
    for word, reference in words:
        truth, said = broad(reference, stress=False), broad(guess(word), stress=False)
        gap = distance(truth, said)
        errors, length, wrong, count = errors + gap, length + len(truth), wrong + bool(gap), count + 1
    return errors / length, wrong / count


def _or_error(call: Callable[[str], str], text: str) -> str:
    try:
        return call(text)
    except Exception as error:  # a candidate that breaks on a case has got it wrong, and the table goes on
        return f"{type(error).__name__}: {error}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", metavar="NAME", help="measure this candidate alone")
    parser.add_argument("--wrong", metavar="NAME", help="list what this candidate gets wrong")
    options = parser.parse_args()
    logging.disable(logging.ERROR)  # gruut logs a traceback for each currency it lacks
    found = [candidate for candidate in candidates() if find_spec(candidate.package)]
    found = [candidate for candidate in found if options.only in (None, candidate.name)]
    columns = [_measure(candidate, options.wrong == candidate.name) for candidate in found]
    rows = list(dict.fromkeys(row for column in columns for row in column))
    print("| | " + " | ".join(candidate.name for candidate in found) + " |")
    print("|---|" + "---|" * len(found))
    for row in rows:
        print(f"| {row} | " + " | ".join(column.get(row, "-") for column in columns) + " |")


def _measure(candidate: Candidate, show_wrong: bool) -> dict[str, str]:
    wrong: list[str] = []
    column: dict[str, str] = {}
    if candidate.speak:
        candidate.speak("Warm up.")
        start = time.process_time()
        score = normalising(candidate.speak, "spoken.tsv", wrong)
        seconds = time.process_time() - start
        right, total = map(sum, zip(*score.values()))
        column = {name: f"{good}/{of}" for name, (good, of) in score.items()}
        column |= {"all of the spoken table": f"{right}/{total} = {right / total:.1%}"}
        held_out = normalising(candidate.speak, "spoken_heldout.tsv", wrong).values()
        right_unseen, unseen = map(sum, zip(*held_out))
        column |= {"all of the held-out table": f"{right_unseen}/{unseen} = {right_unseen / unseen:.1%}"}
        column |= {"ms per case": f"{1e3 * seconds / total:.1f}"}
    if candidate.pronounce:
        column["homographs"] = f"{homographs(candidate.pronounce, wrong):.1%}"
    if candidate.guess:
        for name, words in lexicon_sample().items():
            phone, word = unknown_words(candidate.guess, words)
            column[f"{name}: phoneme / word error"] = f"{phone:.1%} / {word:.1%}"
    if show_wrong:
        print("\n".join(wrong), end="\n\n")
    return column


if __name__ == "__main__":
    main()
