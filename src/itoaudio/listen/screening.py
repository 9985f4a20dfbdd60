"""Which raters count: attention checks, headphones, BS.1534-3's post-screening, agreement with the others.

Agreement is shown and excludes nobody unless asked: where systems are alike, honest raters do not agree, and
to drop those who differ would make a difference out of nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from itoaudio.listen.observations import ROWS, Observations
from itoaudio.listen.spec import Test
from itoaudio.listen.store import Store

REFERENCE_LEAST, MID_ANCHOR_MOST, SHARE_MOST = 90.0, 90.0, 0.15  # BS.1534-3, 4.1.2
_MID_ANCHOR = "anchor-7000"


class Screening(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a rater may do and still count."""

    attention_failures: int = 0  # ITU-T P.808: one wrong answer and all of the rater's are dropped
    min_correlation: float | None = None
    partial: bool = False  # count those who did not finish


class RaterRow(msgspec.Struct, kw_only=True):
    """One rater in the report. Shares are of screens, NaN correlation is None."""

    rater: int
    external: str | None
    code: str | None
    finished: bool
    minutes: float | None
    answers: int
    headphones: str | None
    attention_asked: int
    attention_failed: int
    correlation: float | None
    reference_misses: float | None = None
    mid_anchor_misses: float | None = None
    same_answer_throughout: bool = False
    excluded: list[str] = msgspec.field(default_factory=list)


def screen(test: Test, store: Store, seen: Observations, rules: Screening) -> list[RaterRow]:
    """Every rater who began, with the reasons why they are excluded."""
    failures = _attention(test, store)
    rows = []
    for rater in store.all("SELECT * FROM rater ORDER BY id"):
        number = int(rater["id"])
        own = seen.where(seen.rater == number)
        asked, failed = failures.get(number, (0, 0))
        took = None if rater["finished"] is None else (rater["finished"] - rater["consented"]) / 60
        row = RaterRow(
            rater=number,
            external=rater["external"],
            code=rater["code"],
            finished=rater["finished"] is not None,
            minutes=took,
            answers=len(own.value),
            headphones=rater["headphones"],
            attention_asked=asked,
            attention_failed=failed,
            correlation=correlation(seen, number),
            same_answer_throughout=len(own.value) > 2 and len(np.unique(own.value)) == 1,
        )
        if test.rules.has_sliders:
            row.reference_misses = _share(own, _places(test, "reference"), lambda v: v < REFERENCE_LEAST)
            row.mid_anchor_misses = _share(own, _places(test, _MID_ANCHOR), lambda v: v > MID_ANCHOR_MOST)
        row.excluded = _reasons(test, row, rules)
        rows.append(row)
    return rows


def correlation(seen: Observations, rater: int) -> float | None:
    """Pearson's r of a rater's answers with the mean of the others' to the same sounds.

    None with fewer than three such sounds, or when either side does not vary.
    """
    own, others = seen.where(seen.rater == rater), seen.where(seen.rater != rater)
    sums: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    for item, arm, value in zip(others.item.tolist(), others.arm.tolist(), others.value.tolist()):
        sums[item, arm].append(value)
    both = [
        (value, float(np.mean(sums[item, arm])))
        for item, arm, value in zip(own.item.tolist(), own.arm.tolist(), own.value.tolist())
        if (item, arm) in sums
    ]
    if len(both) < 3:
        return None
    left, right = np.array(both).T
    if left.std() == 0 or right.std() == 0:
        return None
    return float(np.corrcoef(left, right)[0, 1])


def _attention(test: Test, store: Store) -> dict[int, tuple[int, int]]:
    """Attention checks asked and failed, by rater."""
    answers: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    expected: dict[tuple[int, int], int] = {}
    for row in store.all(ROWS):
        if row["phase"] == "attention":
            answers[row["rater"], row["number"]].append(float(row["value"]))
            expected[row["rater"], row["number"]] = int(row["expected"])
    found: dict[int, tuple[int, int]] = {}
    for key, values in answers.items():
        asked, failed = found.get(key[0], (0, 0))
        found[key[0]] = asked + 1, failed + (not test.rules.attentive(values, expected[key]))
    return found


def _places(test: Test, name: str) -> list[int]:
    return [place for place, system in enumerate(test.systems) if system.name == name]


def _share(own: Observations, arms: Sequence[int], wrong: Callable[[np.ndarray], np.ndarray]) -> float | None:
    values = own.value[np.isin(own.arm, arms)]
    return float(wrong(values).mean()) if len(values) else None


def _reasons(test: Test, row: RaterRow, rules: Screening) -> list[str]:
    reasons = []
    if not row.finished and not rules.partial:
        reasons.append("did not finish")
    if row.headphones == "failed" and test.headphones == "require":
        reasons.append("failed the headphone check")
    if row.attention_failed > rules.attention_failures:
        reasons.append(f"failed {row.attention_failed} of {row.attention_asked} attention checks")
    if row.reference_misses is not None and row.reference_misses > SHARE_MOST:
        reasons.append(f"hidden reference below {REFERENCE_LEAST:g} on {row.reference_misses:.0%} of screens")
    if row.mid_anchor_misses is not None and row.mid_anchor_misses > SHARE_MOST:
        reasons.append(f"7 kHz anchor above {MID_ANCHOR_MOST:g} on {row.mid_anchor_misses:.0%} of screens")
    if rules.min_correlation is not None and (row.correlation or 0.0) < rules.min_correlation:
        reasons.append(f"correlation with the others below {rules.min_correlation:g}")
    return reasons
