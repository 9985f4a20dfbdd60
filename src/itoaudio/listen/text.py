"""The report as plain text, and answers and raters as CSV."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from itoaudio.listen import spec, words
from itoaudio.listen.observations import ROWS, open_store
from itoaudio.listen.report import Report
from itoaudio.listen.screening import RaterRow
from itoaudio.listen.store import sounds_of

SYSTEMS = ("system", "role", "answers", "mean [95 %]", "median", "raters needed")
SCALE = ("system", "role", "comparisons", "scale [95 %]")
PAIRS = ("a", "b", "answers", "a - b [95 %]", "p", "verdict")
CHOICES = ("a", "b", "answers", "a:tie:b", "estimate [95 %]", "p", "raters needed", "verdict")
RATERS = ("rater", "answers", "attention", "headphones", "r", "dropped")


def system_rows(report: Report) -> tuple[Sequence[str], list[list[str]]]:
    """Headings and cells of the systems' table."""
    if words.is_paired(report):
        return SCALE, [[r.system, r.role, str(r.answers), words.estimate(r)] for r in report.systems]
    return SYSTEMS, [
        [
            row.system,
            row.role,
            str(row.answers),
            words.estimate(row),
            words.number(row.median, 1),
            words.needed(row.raters_needed, row.answers),
        ]
        for row in report.systems
    ]


def pair_rows(report: Report) -> tuple[Sequence[str], list[list[str]]]:
    """Headings and cells of the pairs' table."""
    if not words.is_paired(report):
        return PAIRS, [
            [r.a, r.b, str(r.answers), words.estimate(r), words.p_value(r.p_holm), words.verdict(r)]
            for r in report.pairs
        ]
    return CHOICES, [
        [
            row.a,
            row.b,
            str(row.answers),
            f"{row.wins}:{row.ties}:{row.losses}",
            words.estimate(row),
            words.p_value(row.p_holm),
            words.needed(row.raters_needed, row.answers),
            words.verdict(row),
        ]
        for row in report.pairs
    ]


def rater_rows(report: Report) -> tuple[Sequence[str], list[list[str]]]:
    """Headings and cells of the raters' table."""
    return RATERS, [
        [
            str(row.rater),
            str(row.answers),
            f"{row.attention_asked - row.attention_failed}/{row.attention_asked}",
            row.headphones or "-",
            words.number(row.correlation),
            _remarks(row),
        ]
        for row in report.raters
    ]


def _remarks(row: RaterRow) -> str:
    if row.excluded:
        return "; ".join(row.excluded)
    return "no (same answer throughout: listen in)" if row.same_answer_throughout else "no"


def as_text(report: Report) -> str:
    """The report for a terminal."""
    parts = [f"{report.title}: {words.MEASURE[report.kind]}", words.counted(report)]
    parts += [_table(*rows(report)) for rows in (system_rows, pair_rows, rater_rows)]
    return "\n\n".join([*parts, "\n".join(words.methods(report))])


def _table(headings: Sequence[str], rows: list[list[str]]) -> str:
    lines = [list(headings), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths)).rstrip() for line in lines)


def answers_csv(folder: Path) -> str:
    """Every answer in a line, practice and attention checks included, with the systems that were heard.

    `value` is what the rater gave; in CMOS and AB it speaks of `system_2` against `system_1`.
    """
    test = spec.load(folder)
    system_of = {stimulus.file: stimulus.system for stimulus in test.stimuli}
    lines: list[Sequence[object]] = [
        [
            "rater",
            "screen",
            "phase",
            "item",
            "system_1",
            "system_2",
            "value",
            "plays",
            "expected",
            "shown",
            "answered",
        ]
    ]
    for row in open_store(folder).all(ROWS):
        names = [system_of[sound] for sound in sounds_of(row)]
        heard = names[:2] if test.rules.is_pair else [names[row["place"]], ""]
        times = [f"{row['shown']:.3f}", f"{row['answered']:.3f}"]
        expected = "" if row["expected"] is None else row["expected"]
        known = [row["rater"], row["number"], row["phase"], row["item"]]
        lines.append([*known, *heard, row["value"], row["plays"], expected, *times])
    return _csv(lines)


def raters_csv(report: Report) -> str:
    """Every rater in a line, with completion code and the reasons for being dropped."""
    names = [name for name in RaterRow.__struct_fields__ if name != "excluded"]
    lines: list[Sequence[object]] = [[*names, "excluded"]]
    for row in report.raters:
        cells = [getattr(row, name) for name in names]
        lines.append(["" if cell is None else cell for cell in cells] + ["; ".join(row.excluded)])
    return _csv(lines)


def _csv(lines: Sequence[Sequence[object]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(lines)
    return buffer.getvalue()
