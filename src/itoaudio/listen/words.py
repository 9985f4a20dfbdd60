"""The report in words: what its figures are, said once for text and HTML."""

from typing import Protocol

from itoaudio.listen.kinds import KINDS
from itoaudio.listen.report import PairRow, Report

MEASURE = {
    "mos": "mean opinion score, 1 to 5",
    "cmos": "how much a is better than b, -3 to 3",
    "ab": "share that prefers a",
    "mushra": "mean MUSHRA score, 0 to 100",
}


class Interval(Protocol):
    """A mean and its bounds."""

    @property
    def mean(self) -> float | None: ...

    @property
    def low(self) -> float | None: ...

    @property
    def high(self) -> float | None: ...


def is_paired(report: Report) -> bool:
    """Whether raters compared two sounds."""
    return KINDS[report.kind].is_pair


def number(value: float | None, digits: int = 2) -> str:
    """A figure, or a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def estimate(row: Interval) -> str:
    """3.42 [3.20, 3.64]"""
    return f"{number(row.mean)} [{number(row.low)}, {number(row.high)}]"


def p_value(value: float) -> str:
    """Three digits; what is smaller is only called so."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def needed(raters: int | None, answers: int) -> str:
    """A number of raters, or what to do instead."""
    if answers < 2:
        return "-"
    return "more items" if raters is None else str(raters)


def verdict(row: PairRow) -> str:
    """Which of two is better, if that is shown."""
    return f"{row.better} is better" if row.better else "no difference shown"


def counted(report: Report) -> str:
    """How many raters and answers stand behind the figures."""
    return (
        f"{report.raters_counted} of {report.raters_begun} raters counted, {report.answers} answers, "
        f"{report.items} sentences"
    )


def methods(report: Report) -> list[str]:
    """How the figures came about: one sentence each."""
    told = [
        "Intervals are 95 %, for other raters and sentences: crossed random effects by moments, Student's t.",
        f"Raters needed: until the interval is the mean +- {report.half_width:g}, with these sentences.",
    ]
    free = "the exact binomial test over answers" if report.kind == "ab" else "Wilcoxon's test over raters"
    told.append(
        f"p: the larger of Clark's min F' (over raters and sentences) and {free}, after Holm for "
        f"{len(report.pairs)} pairs; a difference is shown below 0.05."
    )
    if is_paired(report):
        told.append("Scale: Bradley and Terry, in log odds, mean 0; intervals by drawing raters anew.")
    rules = report.screening
    told.append(
        f"Raters are dropped with more than {rules.attention_failures} failed attention checks"
        + ("" if rules.partial else ", when they did not finish")
        + (
            ", by BS.1534-3's rules of the hidden reference and the 7 kHz anchor"
            if report.kind == "mushra"
            else ""
        )
        + (f", with r below {rules.min_correlation:g}" if rules.min_correlation is not None else "")
        + "; r with the others is shown, and drops nobody unless asked."
    )
    return told
