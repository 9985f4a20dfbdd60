"""Paired tests against scipy and closed forms; Holm's correction; Bradley and Terry's scale."""

import numpy as np
import pytest
from scipy import optimize, stats

from itoaudio.listen import bradley_terry
from itoaudio.listen.comparisons import binomial, compare, holm, signed_rank


def test_min_f_is_clarks():
    rng = np.random.default_rng(0)
    by_rater, by_item = 0.3 + 0.5 * rng.standard_normal(20), 0.3 + 0.4 * rng.standard_normal(12)
    by_item += by_rater.mean() - by_item.mean()
    f1, f2 = (stats.ttest_1samp(part, 0).statistic ** 2 for part in (by_rater, by_item))
    degrees = (f1 + f2) ** 2 / (f1**2 / 11 + f2**2 / 19)
    found = compare(by_rater, by_item)
    assert found.p_min_f == pytest.approx(stats.f.sf(f1 * f2 / (f1 + f2), 1, degrees))
    assert found.p_free == stats.wilcoxon(by_rater).pvalue
    assert found.p == max(found.p_min_f, found.p_free)
    assert (found.low > 0) == (found.p_min_f < 0.05)


def test_with_items_that_do_not_differ_it_is_the_paired_t_test_of_raters():
    by_rater = 0.4 + np.random.default_rng(1).standard_normal(30)
    found = compare(by_rater, np.full(10, by_rater.mean()))
    assert found.p_min_f == pytest.approx(stats.ttest_1samp(by_rater, 0).pvalue)


def test_no_difference_is_found_less_than_5_times_in_100():
    rng = np.random.default_rng(2)
    found = [compare(rng.standard_normal(16), rng.standard_normal(12)).p < 0.05 for _ in range(150)]
    assert np.mean(found) < 0.06


def test_raters_and_items_that_point_apart_prove_nothing():
    assert compare(np.array([1.0, 2.0, 3.0]), np.array([-1.0, -2.0, -3.0])).p_min_f == 1.0


@pytest.mark.parametrize(("value", "expected"), [(0.0, 1.0), (1.0, 0.0)])
def test_answers_without_any_spread_leave_the_word_to_the_other_test(value, expected):
    found = compare(np.full(8, value), np.full(5, value))
    assert found.p_min_f == expected
    assert found.p == (1.0 if value == 0 else pytest.approx(2 / 2**8))


def test_one_rater_proves_nothing():
    assert compare(np.array([2.0]), np.array([2.0, 2.1])).p == 1.0


def test_signed_rank_without_differences():
    assert signed_rank(np.zeros(5)) == 1.0


def test_binomial_is_exact_and_leaves_ties_out():
    assert binomial(9, 1) == pytest.approx(2 * 11 / 2**10)
    assert binomial(0, 0) == 1.0


def test_holm():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_two_systems_stand_apart_by_the_log_odds():
    strength = bradley_terry.fit(np.array([[0, 30], [10, 0]]))
    assert strength[0] - strength[1] == pytest.approx(np.log(30.5 / 10.5))


def test_the_scale_is_of_greatest_likelihood():
    rng = np.random.default_rng(3)
    wins = rng.integers(1, 20, (4, 4)) * (1 - np.eye(4, dtype=int))

    def minus_log_likelihood(free):
        s = np.append(free, 0.0)
        return ((wins + 0.5 * (1 - np.eye(4))) * np.log1p(np.exp(s[None, :] - s[:, None]))).sum()

    best = np.append(optimize.minimize(minus_log_likelihood, np.zeros(3), tol=1e-10).x, 0.0)
    assert bradley_terry.fit(wins) == pytest.approx(best - best.mean(), abs=1e-4)


def test_who_always_wins_has_a_finite_place_and_an_interval():
    by_rater = np.tile(np.array([[0, 5], [0, 0]]), (6, 1, 1))
    strength, low, high = bradley_terry.intervals(by_rater, draws=50)
    assert np.isfinite(strength).all()
    assert (low <= strength + 1e-9).all()
    assert (strength <= high + 1e-9).all()
    assert strength[0] > strength[1]
