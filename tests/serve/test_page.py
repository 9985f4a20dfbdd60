"""The page in a real Chromium: what a visitor does, what they see, with both themes and without a mouse.

With ITOAUDIO_SCREENSHOTS=FOLDER the screenshots are kept; ITOAUDIO_SCREENSHOT_VOICE takes another voice.
"""

import os
import re
from pathlib import Path

import pytest
import soundfile

from chromium import chromium
from ito_server import PATIENCE_SECONDS, Server

pytestmark = pytest.mark.slow

TEXT = "One two three. Four five six seven eight nine ten."
PATIENCE = 1000 * PATIENCE_SECONDS


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    program = chromium()
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(toy_folder):
    server = Server(os.environ.get("ITOAUDIO_SCREENSHOT_VOICE", toy_folder))
    yield server
    assert server.end() == 0


@pytest.fixture
def page(browser, server, request):
    """A fresh visit; at its end nothing may have gone wrong, nor have been asked of anybody else."""
    context = browser.new_context(
        viewport={"width": 1000, "height": 900}, color_scheme=getattr(request, "param", "light")
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    wrong, asked = [], []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if is_bad(message) else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.url)
    page.locator("#voice option").first.wait_for(state="attached")
    yield page
    context.close()
    assert wrong == []
    assert [url for url in asked if not url.startswith((server.url, "blob:", "data:"))] == []


NOTE_LIT = """() => {
  window.lit = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (target.classList.contains("lit") && window.lit.at(-1) !== target.textContent) {
        window.lit.push(target.textContent);
      }
    }
  }).observe(document.getElementById("words"), { subtree: true, attributeFilter: ["class"] });
}"""


def is_bad(message):
    """Chromium also notes every answer of 400, which the page shows in its own words."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


def status(page, name, pattern):
    from playwright.sync_api import expect

    expect(page.locator(f"#{name}-status")).to_contain_text(re.compile(pattern), timeout=PATIENCE)


def kept(page, name):
    if folder := os.environ.get("ITOAUDIO_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_type_listen_and_see_the_words_light_up(page):
    page.fill("#text", TEXT)
    page.fill("#steps", "3")
    page.evaluate(NOTE_LIT)
    page.click("#say")
    status(page, "speak", r"[\d.]+ s of speech in")
    words = page.locator("#words span").all_inner_texts()
    assert words == TEXT.split()
    page.locator("#play", has_text="Play").wait_for()
    lit = page.evaluate("window.lit")
    assert len(lit) > 3
    assert lit == [word for word in words if word in lit], "lit in their order, each once"
    page.locator("#words span", has_text="eight").click()
    page.locator("#play", has_text="Play").wait_for()
    assert "eight" in page.evaluate("window.lit.slice(-3)")
    page.locator("#words span").first.click()
    page.click("#stop")
    assert page.locator("#play").inner_text() == "Play"


def test_an_ended_sound_plays_again(page):
    page.fill("#text", "Hi.")
    page.click("#say")
    status(page, "speak", "s of speech")
    page.locator("#play", has_text="Play").wait_for()
    page.click("#play")
    page.locator("#play", has_text="Pause").wait_for()
    page.locator("#play", has_text="Play").wait_for()


def test_speed_and_seed_reach_the_voice(page):
    def said(**fields):
        for name, value in fields.items():
            page.locator(f"#{name}").fill(str(value))
        with page.expect_request("**/v1/audio/speech") as asked:
            page.click("#say")
        status(page, "speak", "s of speech")
        return asked.value.post_data_json, page.locator("#clock").inner_text()

    body, slow = said(text="How long is this?", speed=0.5, seed=7, steps=2)
    assert (body["speed"], body["seed"], body["steps"]) == (0.5, 7, 2)
    _, quick = said(speed=2)
    assert float(slow.split()[2]) > 3 * float(quick.split()[2])
    page.click("#take")
    assert page.input_value("#seed") != "7"


@pytest.mark.parametrize("name", ["wav", "mp3", "flac"])
def test_download(page, tmp_path, name):
    page.fill("#text", "Keep this.")
    page.select_option("#format", name)
    with page.expect_download() as download:
        page.click("#download")
    assert download.value.suggested_filename == f"speech.{name}"
    download.value.save_as(tmp_path / f"speech.{name}")
    assert soundfile.info(tmp_path / f"speech.{name}").duration > 0.3


def test_a_mistake_is_told_where_the_eyes_are(page):
    page.fill("#text", "…")
    page.click("#say")
    status(page, "speak", "nothing to say")
    assert "bad" in page.locator("#speak-status").get_attribute("class")
    page.fill("#sentence", "One. Two.")
    page.click("#draw")
    status(page, "noise", "2 sentences")


@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
def test_noise_becomes_speech_under_two_samplers(page, request):
    page.fill("#text", "Noise goes in, speech comes out. Every word is a path from one to the other.")
    page.click("#say")
    status(page, "speak", "s of speech")
    page.fill("#steps-a", "5")
    page.fill("#steps-b", "8")
    page.click("#draw")
    status(page, "noise", "Both drawn")
    seen = set()
    for time in ("0", "0.5", "1"):
        page.locator("#time").fill(time)
        seen.add(tuple(pixels(page, f"picture-{side}") for side in "ab"))
        assert "noise" in page.locator("#told-a").inner_text()
    assert len(seen) == 3, "the pictures change with time"
    assert page.locator("#told-a").inner_text().startswith("step 5 of 5")
    assert page.locator("#told-b").inner_text().startswith("step 8 of 8")
    page.click("#hear-a")
    page.click("#hear-b")
    page.click("#run")
    page.locator("#told-b", has_text="step 8 of 8").wait_for()
    page.locator("#time").fill("0.6")
    page.locator("#words span").nth(3).click()
    kept(page, f"page-{request.node.callspec.params['page']}")


def pixels(page, name):
    return page.evaluate(f"document.getElementById('{name}').toDataURL()")


def test_without_a_mouse(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.focus("#text")
    page.keyboard.press("Control+A")
    page.keyboard.type("By keys alone.")
    page.keyboard.press("Control+Enter")
    status(page, "speak", "s of speech")
    page.focus("#position")
    page.keyboard.press("Home")
    assert page.locator("#clock").inner_text().startswith("0.")
    reached = set()
    page.focus("#text")
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id"))
    assert {"voice", "preset", "speed", "steps", "seed", "say", "download", "sentence", "stage"} <= reached
    assert {"sampler-a", "steps-b", "draw"} <= reached


def test_every_field_has_a_name(page):
    nameless = page.evaluate(
        "[...document.querySelectorAll('input, select, textarea, button')]"
        ".filter((e) => !e.labels?.length && !e.ariaLabel && !e.textContent.trim()).map((e) => e.id)"
    )
    assert nameless == []


CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = (colour) => {
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const part = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
  };
  const style = getComputedStyle(document.documentElement);
  const ratio = (a, b) => {
    const [low, high] = [a, b].map((name) => light(style.getPropertyValue(name))).sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  return {
    ink: ratio("--ink", "--panel"), quiet: ratio("--quiet", "--ground"), quiet2: ratio("--quiet", "--panel"),
    button: ratio("--on-accent", "--accent"), lit: ratio("--on-lit", "--lit"), bad: ratio("--bad", "--panel"),
    link: ratio("--accent", "--ground"),
    line: ratio("--line", "--panel") * 1.5, wave: ratio("--wave", "--panel") * 1.5,
  };
}"""


@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
def test_contrast_is_that_of_wcag_aa(page):
    """4.5 for text; lines and shapes need 3, so theirs is measured times 1.5."""
    assert {name: ratio for name, ratio in page.evaluate(CONTRAST).items() if ratio < 4.5} == {}


def test_a_small_screen_needs_no_scrolling_sideways(page):
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
