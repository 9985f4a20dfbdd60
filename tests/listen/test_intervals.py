"""Means over raters and items: closed forms where they exist, coverage where they do not."""

import numpy as np
import pytest
from scipy import stats

from itoaudio.listen.intervals import Components, components, mean_interval, raters_needed


def crossed(rng, raters, items, *, rater=0.0, item=0.0, rest=0.0, share=1.0):
    """Values and labels of a crossed design, of whose cells a share was answered."""
    values = (
        3.0
        + rater * rng.standard_normal((raters, 1))
        + item * rng.standard_normal((1, items))
        + rest * rng.standard_normal((raters, items))
    )
    who, what = np.nonzero(rng.random((raters, items)) < share)
    return values[who, what], who, what


def test_components_of_a_full_design_are_those_of_the_analysis_of_variance():
    values, who, what = crossed(np.random.default_rng(0), 12, 9, rater=1.0, item=0.8, rest=0.6)
    table = values.reshape(12, 9)
    rows, columns = table.mean(1, keepdims=True), table.mean(0, keepdims=True)
    rest = np.square(table - rows - columns + table.mean()).sum() / (11 * 8)
    rater = (9 * np.square(rows - table.mean()).sum() / 11 - rest) / 9
    item = (12 * np.square(columns - table.mean()).sum() / 8 - rest) / 12
    found = components(values, who, what)
    assert [found.rater, found.item, found.rest] == pytest.approx([rater, item, rest])


def test_components_of_an_incomplete_design_are_right_on_average():
    rng = np.random.default_rng(1)
    found = [components(*crossed(rng, 24, 20, rater=0.5, item=0.4, rest=0.8, share=0.25)) for _ in range(200)]
    means = np.mean([(one.rater, one.item, one.rest) for one in found], axis=0)
    assert means == pytest.approx([0.25, 0.16, 0.64], rel=0.12)


def test_where_each_rater_answered_once_the_interval_is_students():
    values = np.random.default_rng(2).standard_normal(15)
    found = mean_interval(values, np.arange(15), np.arange(15))
    low, high = stats.t.interval(0.95, 14, values.mean(), stats.sem(values))
    assert found.mean == pytest.approx(values.mean())
    assert found.standard_error == pytest.approx(stats.sem(values))
    assert found.high - found.low == pytest.approx(high - low, rel=0.02)


def test_the_interval_holds_the_truth_95_times_in_100_where_the_naive_one_does_not():
    rng = np.random.default_rng(3)
    held = naive = 0
    for _ in range(200):
        values, who, what = crossed(rng, 16, 12, rater=0.6, item=0.4, rest=0.7, share=0.5)
        found = mean_interval(values, who, what)
        held += found.low <= 3.0 <= found.high
        naive += abs(values.mean() - 3.0) <= 1.96 * stats.sem(values)
    assert 0.91 <= held / 200 <= 0.985
    assert naive / 200 < 0.75


def test_equal_answers_leave_no_width_and_one_answer_no_interval():
    found = mean_interval(np.full(6, 4.0), np.arange(6) % 3, np.arange(6) % 2)
    assert (found.mean, found.low, found.high) == (4.0, 4.0, 4.0)
    alone = mean_interval(np.array([4.0]), np.array([1]), np.array([1]))
    assert alone.mean == 4.0
    assert np.isnan([alone.low, alone.high]).all()


def test_raters_needed_is_the_smallest_number_that_gives_the_interval():
    parts = Components(rater=0.3, item=0.01, rest=0.5)
    found = raters_needed(parts, half_width=0.15, items=20, per_rater=5)

    def half(raters):
        variance = 0.3 / raters + 0.01 / 20 + 0.5 / (5 * raters)
        return stats.t.ppf(0.975, raters - 1) * np.sqrt(variance)

    assert half(found) <= 0.15 < half(found - 1)


def test_no_number_of_raters_replaces_sentences():
    parts = Components(rater=0.3, item=0.2, rest=0.5)
    assert raters_needed(parts, half_width=0.1, items=20, per_rater=5) is None
