"""From answers to figures: the report as one struct, whose text, JSON, CSV and HTML say the same."""

from itertools import combinations
from pathlib import Path

import msgspec
import numpy as np

from itoaudio.listen import bradley_terry, spec
from itoaudio.listen.comparisons import Difference, binomial, compare, holm
from itoaudio.listen.intervals import Components, mean_interval, raters_needed
from itoaudio.listen.observations import Observations, observations, open_store
from itoaudio.listen.screening import RaterRow, Screening, screen
from itoaudio.listen.spec import Test

SIGNIFICANT = 0.05


class SystemRow(msgspec.Struct, kw_only=True):
    """One system (MOS, MUSHRA) or one place on the scale of Bradley and Terry (CMOS, AB; in log odds)."""

    system: str
    role: str
    answers: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    median: float | None = None
    quartiles: tuple[float, float] | None = None
    raters_needed: int | None = None  # for `Report.half_width`; None: no number of raters is enough
    variance_rater: float | None = None
    variance_item: float | None = None
    variance_rest: float | None = None


class PairRow(msgspec.Struct, kw_only=True):
    """Two systems. MOS, MUSHRA: difference of means. CMOS: how much a is better. AB: share that prefers a."""

    a: str
    b: str
    answers: int
    mean: float
    low: float | None
    high: float | None
    p_min_f: float
    p_free: float
    p_holm: float = 1.0
    better: str | None = None  # where p_holm < 0.05
    wins: int | None = None
    ties: int | None = None
    losses: int | None = None
    raters_needed: int | None = None


class Report(msgspec.Struct, kw_only=True):
    """All that one may say from the answers."""

    title: str
    kind: str
    items: int
    raters_begun: int
    raters_counted: int
    answers: int
    half_width: float
    screening: Screening
    systems: list[SystemRow]
    pairs: list[PairRow]
    raters: list[RaterRow]


def make_report(
    folder: Path, *, screening: Screening | None = None, half_width: float | None = None
) -> Report:
    """The report of the test in `folder`; without answers its figures are None. ValueError without a test."""
    test = spec.load(folder)
    store = open_store(folder)
    rules = screening or Screening()
    seen = observations(test, store)
    raters = screen(test, store, seen, rules)
    counted = [row.rater for row in raters if not row.excluded and row.answers]
    kept = seen.where(np.isin(seen.rater, counted))
    width = test.rules.half_width if half_width is None else half_width
    if test.rules.is_pair:
        pairs, systems = _pairs(test, kept, width), _scale(test, kept)
    else:
        systems, pairs = _systems(test, kept, width), _differences(test, kept)
    _judge(test, pairs)
    return Report(
        title=test.title,
        kind=test.kind,
        items=len(test.items),
        raters_begun=len(raters),
        raters_counted=len(counted),
        answers=len(kept.value),
        half_width=width,
        screening=rules,
        systems=systems,
        pairs=pairs,
        raters=raters,
    )


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _needed(test: Test, parts: Components, kept: Observations, answers: int, width: float) -> int | None:
    each = answers / max(1, len(np.unique(kept.rater)))
    return raters_needed(parts, half_width=width, items=len(test.items), per_rater=each)


def _systems(test: Test, kept: Observations, width: float) -> list[SystemRow]:
    """Means with intervals, in the order of the test."""
    rows = []
    for place, system in enumerate(test.systems):
        own = kept.of(place)
        row = SystemRow(system=system.name, role=system.role, answers=len(own.value))
        rows.append(row)
        if row.answers == 0:
            continue
        found = mean_interval(own.value, own.rater, own.item)
        row.mean, row.low, row.high = found.mean, _number(found.low), _number(found.high)
        low, median, high = np.quantile(own.value, [0.25, 0.5, 0.75])
        row.median, row.quartiles = float(median), (float(low), float(high))
        parts = found.components
        row.variance_rater, row.variance_item, row.variance_rest = parts.rater, parts.item, parts.rest
        if row.answers > 1:
            row.raters_needed = _needed(test, parts, kept, row.answers, width)
    return rows


def _differences(test: Test, kept: Observations) -> list[PairRow]:
    """All pairs of systems: those who rated both, and sentences rated in both."""
    rows = []
    for a, b in combinations(range(len(test.systems)), 2):
        one, other = kept.of(a), kept.of(b)
        by_rater = _means_differ(one.rater, one.value, other.rater, other.value)
        by_item = _means_differ(one.item, one.value, other.item, other.value)
        if len(by_rater) and len(by_item):
            found = compare(by_rater, by_item)
            rows.append(
                _row(test.systems[a].name, test.systems[b].name, len(one.value) + len(other.value), found)
            )
    return rows


def _means_differ(
    group: np.ndarray, value: np.ndarray, other_group: np.ndarray, other_value: np.ndarray
) -> np.ndarray:
    """Differences of means in each group that is on both sides."""
    shared = np.intersect1d(group, other_group)
    return np.array([value[group == g].mean() - other_value[other_group == g].mean() for g in shared])


def _pairs(test: Test, kept: Observations, width: float) -> list[PairRow]:
    """All pairs that were compared directly."""
    rows = []
    for place, (a, b) in enumerate(test.pairs):
        own = kept.of(place)
        if len(own.value) == 0:
            continue
        value = own.value - test.rules.middle
        wins, losses = int((value > 0).sum()), int((value < 0).sum())
        free = binomial(wins, losses) if test.rules.is_forced else None
        found = compare(_group_means(own.rater, value), _group_means(own.item, value), p_free=free)
        row = _row(a, b, len(value), found)
        estimate = mean_interval(own.value, own.rater, own.item)
        row.mean, row.low, row.high = estimate.mean, _number(estimate.low), _number(estimate.high)
        row.wins, row.losses, row.ties = wins, losses, len(value) - wins - losses
        row.raters_needed = _needed(test, estimate.components, kept, len(value), width)
        rows.append(row)
    return rows


def _group_means(group: np.ndarray, value: np.ndarray) -> np.ndarray:
    return np.array([value[group == one].mean() for one in np.unique(group)])


def _row(a: str, b: str, answers: int, found: Difference) -> PairRow:
    return PairRow(
        a=a,
        b=b,
        answers=answers,
        mean=found.mean,
        low=_number(found.low),
        high=_number(found.high),
        p_min_f=found.p_min_f,
        p_free=found.p_free,
    )


def _judge(test: Test, rows: list[PairRow]) -> None:
    """Holm's correction over all pairs, and which of two is better."""
    middle = test.rules.middle
    for row, p in zip(rows, holm([max(row.p_min_f, row.p_free) for row in rows])):
        row.p_holm = p
        if p < SIGNIFICANT:
            row.better = row.a if row.mean > middle else row.b


def _scale(test: Test, kept: Observations) -> list[SystemRow]:
    """Bradley and Terry's scale; a tie is half an answer for both."""
    raters = np.unique(kept.rater)
    count = len(test.systems)
    wins = np.zeros((len(raters), count, count))
    at = {system.name: place for place, system in enumerate(test.systems)}
    first = np.array([at[a] for a, _ in test.pairs])
    second = np.array([at[b] for _, b in test.pairs])
    share = (np.sign(kept.value - test.rules.middle) + 1) / 2
    who = np.searchsorted(raters, kept.rater)
    np.add.at(wins, (who, first[kept.arm], second[kept.arm]), share)
    np.add.at(wins, (who, second[kept.arm], first[kept.arm]), 1 - share)
    answers = [int(wins[:, place].sum() + wins[:, :, place].sum()) for place in range(count)]
    strength = bradley_terry.intervals(wins) if len(raters) else (np.full(count, np.nan),) * 3
    return [
        SystemRow(
            system=system.name,
            role=system.role,
            answers=answers[place],
            mean=_number(strength[0][place]),
            low=_number(strength[1][place]),
            high=_number(strength[2][place]),
        )
        for place, system in enumerate(test.systems)
    ]


def as_json(report: Report) -> str:
    """The report as JSON, indented."""
    return msgspec.json.format(msgspec.json.encode(report), indent=1).decode()
