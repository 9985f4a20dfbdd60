"""The whole proof: a real server, real Chromium, raters with known preferences, and a report that finds them.

4 systems x 20 sentences x 24 raters: two sit at the page, one with the mouse and one with keys only; one of
them closes the tab halfway. The others answer through the same API.
"""

import threading
from contextlib import contextmanager

import numpy as np
import pytest
import simulated_raters
import uvicorn
from click.testing import CliRunner
from fastapi.testclient import TestClient

from chromium import chromium
from itoaudio.cli import main
from itoaudio.listen.app import build
from itoaudio.listen.report import make_report

QUALITY = {"best": 4.1, "second": 3.2, "alike": 3.2, "worst": 2.1}
RATERS, CARELESS = 24, 2
PATIENCE_MILLISECONDS = 180_000


@contextmanager
def serving(folder):
    """The address of a real server of this folder."""
    config = uvicorn.Config(build(folder), port=0, log_level="warning")
    with config.bind_socket() as listener:
        listener.listen()
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def browser():
    """Chromium without a window. Loud when it is missing: half of this page's proofs then did not run."""
    playwright = pytest.importorskip("playwright.sync_api", reason="NOT PROVEN: no playwright")
    program = chromium()
    with playwright.sync_playwright() as running:
        found = running.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def open_page(browser):
    """Pages of one visitor each, where an error in a script or a request elsewhere fails the test."""
    contexts, faults = [], []

    def open_one(address, **options):
        context = browser.new_context(**options)
        contexts.append(context)

        def page():
            made = context.new_page()
            made.set_default_timeout(PATIENCE_MILLISECONDS)
            made.on("pageerror", lambda error: faults.append(str(error)))
            made.on("request", lambda r: r.url.startswith((address, "data:")) or faults.append(r.url))
            return made

        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["cmos", "mushra"])
def test_a_rater_in_a_browser(open_page, make_test, kind):
    folder = make_test(kind, items=2, reference=True, attention=1, trials=2)
    ears = simulated_raters.Ears(folder)
    quality = {"good": 4.2, "fair": 3.0, "poor": 1.8, "reference": 5.0, "anchor-3500": 1.0}
    with serving(folder) as address:
        page = open_page(address)()
        rater = simulated_raters.BrowserRater(page, simulated_raters.Rater(ears, quality, 1), address)
        rater.begin("?participant=anna")
        assert len(rater.finish()) == 8
    report = make_report(folder)
    assert report.raters[0].external == "anna"
    assert (report.raters[0].attention_asked, report.raters[0].attention_failed) == (1, 0)
    assert report.raters_counted == 1
    if kind == "mushra":
        assert {row.system: row.mean for row in report.systems}["reference"] == 100


@pytest.mark.slow
def test_headphones_by_ear_in_a_browser(open_page, make_test):
    folder = make_test(items=1, trials=1, headphones="require")
    ears = simulated_raters.Ears(folder)
    with serving(folder) as address:
        page = open_page(address, color_scheme="dark")()
        rater = simulated_raters.BrowserRater(page, simulated_raters.Rater(ears, {}, 1), address)
        rater.begin()
        for _ in range(6):
            assert "tone is the softest" in page.locator("h1").inner_text()
            rater.screen()
        assert "quality of this speech" in page.locator("h1").inner_text()
    assert make_report(folder).raters[0].headphones == "passed"


@pytest.mark.slow
def test_four_systems_twenty_sentences_twenty_four_raters(open_page, make_test, clock):
    folder = make_test(systems=tuple(QUALITY), items=20, attention=2, practice=2)
    ears = simulated_raters.Ears(folder)
    raters = [
        simulated_raters.Rater(ears, QUALITY, seed, careless=seed >= RATERS - CARELESS)
        for seed in range(RATERS)
    ]
    with serving(folder) as address:
        in_browsers(open_page, address, raters[:2])
    with TestClient(build(folder, clock=clock)) as client:
        for rater in raters[2:]:
            assert simulated_raters.rate_over_http(client, rater, wait=clock.wait)[1]["step"] == "done"
    report = make_report(folder)
    assert report.raters_begun == RATERS
    assert [row.rater for row in report.raters if row.excluded] == [23, 24]
    assert report.answers == (RATERS - CARELESS) * 20
    finds_the_truth(report)
    told = CliRunner().invoke(main, ["listen", "report", str(folder)])
    assert told.exit_code == 0
    assert "22 of 24 raters counted, 440 answers, 20 sentences" in told.stdout
    assert "best is better" in told.stdout


def in_browsers(open_page, address, raters):
    """One with the mouse, who closes the tab and comes back; one with nothing but keys."""
    visitor = open_page(address)
    page = visitor()
    first = simulated_raters.BrowserRater(page, raters[0], address)
    first.begin()
    first.finish(screens=5)
    page.close()
    page = visitor()
    again = simulated_raters.BrowserRater(page, raters[0], address)
    again.begin()
    assert page.locator("#count").inner_text() == "6 of 24"
    code = again.finish()
    page.reload()
    page.locator("#code").wait_for()
    assert page.locator("#code").inner_text() == code
    keys = simulated_raters.BrowserRater(open_page(address)(), raters[1], address, keyboard=True)
    keys.begin()
    assert keys.finish() not in (None, code)


def finds_the_truth(report):
    """Order and differences of the known preferences, and none between the two that are alike."""
    truth = true_means(report)
    for row in report.systems:
        assert row.low < truth[row.system] < row.high, row
    better = {frozenset((row.a, row.b)): row.better for row in report.pairs}
    assert better.pop(frozenset(("second", "alike"))) is None
    assert len(better) == 5
    for pair, winner in better.items():
        assert winner == max(pair, key=QUALITY.__getitem__)


def true_means(report):
    """What all people would say to all such sentences: rounded and clipped, so not `QUALITY` itself."""
    rng = np.random.default_rng(0)
    spread = 0.4 * rng.standard_normal(200_000) + 0.7 * rng.standard_normal(200_000)
    spread += 0.3 * np.sin(rng.integers(0, report.items, 200_000))
    return {name: np.clip(np.round(mean + spread), 1, 5).mean() for name, mean in QUALITY.items()}
