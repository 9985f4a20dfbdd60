"""From answers to figures: known opinions come back, bad raters go, and all formats say the same."""

import csv
import io
import json

import numpy as np
import pytest
import simulated_raters
from fastapi.testclient import TestClient

from itoaudio.listen import spec
from itoaudio.listen.app import build
from itoaudio.listen.html import as_html
from itoaudio.listen.observations import observations, open_store
from itoaudio.listen.report import as_json, make_report
from itoaudio.listen.screening import Screening
from itoaudio.listen.text import answers_csv, as_text, raters_csv
from itoaudio.strict import ConfigError

QUALITY = {"good": 4.2, "fair": 3.0, "poor": 1.8, "reference": 5.0, "anchor-3500": 1.0}


@pytest.fixture
def ask(make_test, clock):
    """A test folder after so many raters, some of whom answer at random or stop halfway."""

    def run(kind, raters, *, careless=0, gone=0, noise=0.7, **options):
        folder = make_test(kind, attention=3, **options)
        ears = simulated_raters.Ears(folder)
        with TestClient(build(folder, clock=clock)) as client:
            for number in range(raters + careless + gone):
                rater = simulated_raters.Rater(
                    ears, QUALITY, number, noise=noise, careless=raters <= number < raters + careless
                )
                stop = 3 if number >= raters + careless else None
                simulated_raters.rate_over_http(client, rater, wait=clock.wait, stop_after=stop)
        return folder

    return run


def test_a_test_that_nobody_took_is_only_read(make_test):
    folder = make_test("mos")
    assert make_report(folder).raters_begun == 0
    assert not (folder / spec.ANSWERS).exists()


def test_a_damaged_file_of_answers_is_named(make_test):
    folder = make_test("mos")
    (folder / spec.ANSWERS).write_bytes(b"not a database, but long enough to be looked at" * 9)
    with pytest.raises(ConfigError, match=r"answers\.sqlite: answers cannot be kept there"):
        make_report(folder)


def test_mos_finds_the_order_and_drops_who_did_not_listen(ask):
    report = make_report(ask("mos", 6, careless=2, gone=1, items=6))
    means = {row.system: row.mean for row in report.systems}
    assert means["good"] > means["fair"] > means["poor"]
    assert (report.raters_begun, report.raters_counted, report.answers) == (9, 6, 36)
    reasons = [row.excluded for row in report.raters]
    assert reasons[:6] == [[]] * 6
    assert all("attention checks" in row[0] for row in reasons[6:8])
    assert reasons[8] == ["did not finish"]
    assert all(row.low < row.mean < row.high for row in report.systems)


def test_a_forgiving_report_counts_all(ask):
    folder = ask("mos", 2, careless=1, gone=1, items=3)
    rules = Screening(attention_failures=3, partial=True)
    assert make_report(folder, screening=rules).raters_counted == 4


def test_agreement_drops_nobody_unless_asked(ask):
    folder = ask("mos", 6, items=6)
    plain = make_report(folder)
    assert plain.raters_counted == 6
    least = sorted(row.correlation for row in plain.raters)[2]
    strict = make_report(folder, screening=Screening(min_correlation=least))
    assert strict.raters_counted == 4


@pytest.mark.parametrize("kind", ["ab", "cmos"])
def test_pairs_are_read_the_right_way_round(ask, kind):
    folder = ask(kind, 6, items=6, noise=0.3)
    report = make_report(folder)
    middle = 0.5 if kind == "ab" else 0
    assert all(row.mean > middle for row in report.pairs)  # good over fair and poor, fair over poor
    assert all(row.wins > row.losses for row in report.pairs)
    scale = [row.mean for row in report.systems]
    assert scale == sorted(scale, reverse=True)
    assert sum(scale) == pytest.approx(0, abs=1e-9)


def test_mushra_drops_who_does_not_find_the_hidden_reference(ask, clock):
    folder = ask("mushra", 4, items=6, reference=True)
    ears = simulated_raters.Ears(folder)
    deaf = simulated_raters.Rater(ears, QUALITY, 9)
    deaf.slide = lambda stimulus: 0 if stimulus.beeps else 80
    with TestClient(build(folder, clock=clock)) as client:
        simulated_raters.rate_over_http(client, deaf, wait=clock.wait)
    report = make_report(folder)
    assert report.raters_counted == 4
    assert report.raters[4].excluded == ["hidden reference below 90 on 100% of screens"]
    assert report.raters[4].same_answer_throughout
    means = {row.system: row.mean for row in report.systems}
    assert means["reference"] == 100
    assert means["good"] > means["fair"] > means["poor"] > means["anchor-3500"]


def test_practice_and_attention_checks_are_no_answers(ask):
    folder = ask("mos", 2, items=3, practice=2)
    seen = observations(spec.load(folder), open_store(folder))
    assert len(seen.value) == 2 * 3


def test_all_forms_say_the_same(ask):
    folder = ask("mos", 4, items=3)
    report = make_report(folder)
    raw = json.loads(as_json(report))
    assert raw["systems"][0]["mean"] == report.systems[0].mean
    shown = f"{report.systems[0].mean:.2f} [{report.systems[0].low:.2f}, {report.systems[0].high:.2f}]"
    assert shown in as_text(report)
    assert shown in as_html(report)
    rows = list(csv.DictReader(io.StringIO(answers_csv(folder))))
    counted = [float(r["value"]) for r in rows if r["phase"] == "test" and r["system_1"] == "good"]
    assert np.mean(counted) == pytest.approx(report.systems[0].mean)
    codes = [row["code"] for row in csv.DictReader(io.StringIO(raters_csv(report)))]
    assert len(set(codes)) == 4


def test_the_page_of_a_report_needs_nothing_and_trusts_no_title(ask):
    folder = ask("ab", 2, items=2, title="<script>alert(1)</script>")
    page = as_html(make_report(folder))
    assert "<script" not in page
    assert "://" not in page
    assert page.count("<svg") == 2


@pytest.mark.parametrize("kind", ["mos", "ab", "mushra"])
@pytest.mark.parametrize("raters", [0, 1])
def test_few_or_no_answers_make_a_report_without_figures(ask, kind, raters):
    report = make_report(ask(kind, raters, items=2, reference=kind == "mushra"))
    assert report.raters_counted == raters
    assert "raters counted" in as_text(report)
    assert as_html(report)
    assert as_json(report)
    assert not any(row.better for row in report.pairs)
