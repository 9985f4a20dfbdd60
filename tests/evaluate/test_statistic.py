"""Intervals and tests, against scipy's and by hand."""

import numpy as np
import pytest
from scipy import stats

from itoaudio.evaluate.statistic import cell, holm, interval, paired_p


def test_the_interval_is_scipys_percentile_bootstrap():
    values = np.random.default_rng(0).gamma(2.0, size=40)
    theirs = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=5000, rng=1
    ).confidence_interval
    ours = interval(values, np.ones(40))
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.03)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(200):
        low, high = interval(rng.standard_normal(50), np.ones(50))
        held += low <= 0 <= high
    assert 0.90 <= held / 200 <= 0.985


def test_a_rate_is_errors_of_the_list_over_its_words():
    """Word error rates 1/2 of 2 words and 0 of 8 words: 1 error in 10 words."""
    figure = cell(np.array([[0.5], [0.0]]), np.array([2.0, 8.0]))
    assert figure.mean == pytest.approx(0.1)


def test_seeds_of_an_item_are_one_item():
    """Copies of a seed add no certainty; the spread from seed to seed is told apart."""
    items = np.random.default_rng(0).standard_normal((30, 1))
    once, thrice = (cell(np.repeat(items, n, axis=1), np.ones(30)) for n in (1, 3))
    assert (once.low, once.high, once.n) == (thrice.low, thrice.high, thrice.n)
    assert once.seed_std is None
    assert thrice.seed_std == pytest.approx(0)
    assert cell(np.array([[1.0, 3.0], [2.0, 4.0]]), np.ones(2)).seed_std == pytest.approx(np.sqrt(2))


def test_what_is_missing_is_left_out_and_never_a_zero():
    nan = np.nan
    figure = cell(np.array([[4.0, nan], [nan, nan], [2.0, 2.0]]), np.ones(3))
    assert (figure.mean, figure.n) == (3.0, 2)
    assert cell(np.full((3, 2), nan), np.ones(3)) is None


@pytest.mark.parametrize("n", [9, 25])
def test_the_paired_test_is_scipys_permutation_test(n):
    rng = np.random.default_rng(2)
    one = rng.standard_normal(n)
    other = one + 0.5 * rng.standard_normal(n) + 0.25
    theirs = stats.permutation_test(
        (one, other), lambda a, b: np.mean(a - b), permutation_type="samples", n_resamples=10000, rng=3
    ).pvalue
    assert paired_p(one, other, np.ones(n)) == pytest.approx(theirs, abs=0.0 if n == 9 else 0.015)


def test_equal_systems_do_not_differ():
    values = np.arange(6.0)
    assert paired_p(values, values, np.ones(6)) == 1.0
    assert paired_p(values[:0], values[:0], values[:0]) == 1.0


def test_the_smallest_p_of_a_few_items_is_two_in_all_signs():
    assert paired_p(np.full(8, 2.0), np.ones(8), np.ones(8)) == pytest.approx(2 / 2**8)


def test_items_count_in_the_test_as_in_the_mean():
    """One long sentence against many short ones: the mean over all words decides, not that over sentences."""
    difference, words = np.array([-0.1] + [0.25] * 8), np.array([300.0] + [2.0] * 8)
    assert np.average(difference, weights=words) < 0 < difference.mean()
    assert paired_p(difference, np.zeros(9), words) == pytest.approx(
        paired_p(words * difference, np.zeros(9), np.ones(9))
    )
    assert paired_p(difference, np.zeros(9), words) != pytest.approx(
        paired_p(difference, np.zeros(9), np.ones(9)), abs=0.01
    )


def test_holm_by_hand():
    """0.01 * 4; 0.015 * 3; 0.03 * 2; 0.9: never below one before it."""
    assert holm([0.03, 0.01, 0.9, 0.015]) == pytest.approx([0.06, 0.04, 0.9, 0.045])
    assert holm([0.02, 0.02]) == pytest.approx([0.04, 0.04])
    assert holm([]) == []
    assert holm([0.7, 0.6]) == [1.0, 1.0]
