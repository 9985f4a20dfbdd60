"""Raters whose preferences are known, who hear only what the test serves: over HTTP, or in a real browser.

They recognise a sound by its bytes, as a listener would by ear; no name of a system ever reaches them.
"""

import hashlib
import io
import time

import numpy as np
import soundfile

from itoaudio.audio.files import write_wav
from itoaudio.listen import spec
from itoaudio.listen.session import HEADPHONE_ATTEMPTS

RATE = 16000


def write_folders(root, systems, items, *, seconds=0.08, seed=0):
    """Folders of equally named tiny wav files, each different, with overtones up to 8 kHz."""
    rng = np.random.default_rng(seed)
    folders = {}
    for system in systems:
        folders[system] = root / system
        folders[system].mkdir(parents=True)
        for item in range(items):
            time_seconds = np.arange(int(seconds * RATE)) / RATE
            voice = sum(np.sin(2 * np.pi * 150 * k * time_seconds) / k for k in range(1, 50))
            noise = rng.standard_normal(len(time_seconds))
            sound = (0.05 * voice + 0.01 * noise).astype(np.float32)
            write_wav(folders[system] / f"sentence{item:02d}.wav", sound, RATE)
    return folders


class Ears:
    """Which stimulus a sound is."""

    def __init__(self, folder):
        self.test = spec.load(folder)
        self.known = {
            hashlib.sha256((folder / spec.SOUNDS / stimulus.file).read_bytes()).digest(): stimulus
            for stimulus in self.test.stimuli
        }

    def hear(self, wav):
        return self.known[hashlib.sha256(wav).digest()]


def softest(wavs):
    """Place of the tone that is softest through headphones: in the ear, not in the air."""
    return int(np.argmin([np.abs(soundfile.read(io.BytesIO(wav))[0][:, 0]).max() for wav in wavs]))


def softest_in_the_air(wavs):
    """Place of the tone that is softest through loudspeakers, where both channels add."""
    return int(np.argmin([np.abs(soundfile.read(io.BytesIO(wav))[0].sum(axis=1)).max() for wav in wavs]))


class Rater:
    """Rates by `quality` (system -> how good, in points of the scale), with own leniency and noise."""

    def __init__(self, ears, quality, seed, *, careless=False, noise=0.7):
        self.ears, self.quality, self.careless, self.noise = ears, quality, careless, noise
        self.rng = np.random.default_rng(seed)
        self.leniency = 0.4 * self.rng.standard_normal()

    def answer(self, wavs):
        """Values for a screen whose sounds are `wavs` in order."""
        return getattr(self, self.ears.test.kind)([self.ears.hear(wav) for wav in wavs])

    def feel(self, stimulus, noise=None):
        sentence = int(stimulus.item[-2:])
        about = self.quality[stimulus.system] + 0.3 * np.sin(sentence) + self.leniency
        return about + (self.noise if noise is None else noise) * self.rng.standard_normal()

    def mos(self, heard):
        if self.careless:
            return [float(self.rng.integers(1, 6))]
        if heard[0].beeps:
            return [heard[0].beeps]
        return [float(np.clip(np.round(self.feel(heard[0])), 1, 5))]

    def cmos(self, heard):
        if self.careless:
            return [float(self.rng.integers(-3, 4))]
        if any(stimulus.beeps for stimulus in heard):
            return [3 if heard[1].beeps else -3]
        return [float(np.clip(np.round(self.feel(heard[1]) - self.feel(heard[0])), -3, 3))]

    def ab(self, heard):
        if self.careless:
            return [float(self.rng.integers(2))]
        if any(stimulus.beeps for stimulus in heard):
            return [int(heard[1].beeps > 0)]
        return [int(self.feel(heard[1]) > self.feel(heard[0]))]

    def mushra(self, heard):
        if self.careless:
            return [float(value) for value in self.rng.integers(0, 101, len(heard))]
        return [float(self.slide(stimulus)) for stimulus in heard]

    def slide(self, stimulus):
        if stimulus.beeps:
            return 0
        if stimulus.system == "reference":
            return 100
        return int(np.clip(round(20 * self.feel(stimulus)), 0, 89))


def rate_over_http(client, rater, *, wait, external=None, stop_after=None, token=None):
    """The whole way through the API, or until `stop_after` screens; the token and the last step."""
    if token is None:
        asked = client.post("/api/raters", json={"consent": True, "external": external})
        token = asked.json()["token"]
    step = client.get(f"/api/raters/{token}").json()
    screens = 0
    while step["step"] in ("headphones", "screen") and screens != stop_after:
        if step["step"] == "headphones":
            step = _tone_over_http(client, token, step)
            continue
        base = f"/sound/{token}/{step['number']}"
        wavs = [client.get(f"{base}/{place}").content for place in range(step["sounds"])]
        heard = [*wavs, client.get(f"{base}/reference").content] if step["reference"] else wavs
        wait(sum(rater.ears.hear(wav).seconds for wav in heard))
        body = {"number": step["number"], "values": rater.answer(wavs), "plays": [1] * len(wavs)}
        answered = client.post(f"/api/raters/{token}/answers", json=body)
        assert answered.status_code == 200, answered.text
        step = answered.json()
        screens += 1
    return token, step


def _tone_over_http(client, token, step, choose=softest):
    attempt, trial = step["attempt"], step["trial"]
    assert attempt < HEADPHONE_ATTEMPTS
    wavs = [client.get(f"/tone/{token}/{attempt}/{trial}/{place}").content for place in range(3)]
    body = {"attempt": attempt, "trial": trial, "choice": choose(wavs)}
    return client.post(f"/api/raters/{token}/tones", json=body).json()


class BrowserRater:
    """A rater at a real page: clicks Play, waits for the end, answers with mouse or keys."""

    def __init__(self, page, rater, address, *, keyboard=False):
        self.page, self.rater, self.address, self.keyboard = page, rater, address, keyboard
        self.wavs = {}
        page.on("response", self._keep)

    def _keep(self, response):
        path = response.url.removeprefix(self.address)
        if path.startswith(("/sound/", "/tone/")) and response.status == 200:
            self.wavs[path] = response

    def heard(self):
        """Bytes of this screen's sounds, in order, the reference last."""
        paths = [path for path in self.wavs if not path.endswith("volume")]
        screen = paths[-1].rsplit("/", 1)[0]
        return [self.wavs[path].body() for path in sorted(paths) if path.rsplit("/", 1)[0] == screen]

    def begin(self, query=""):
        """Open the page, agree, and come to the first screen; or come back to where it was."""
        self.page.goto(f"{self.address}/{query}")
        self.page.wait_for_selector("h1")
        if self.page.locator("#consent").count():
            self.page.locator("#consent").check()
            self.page.get_by_role("button", name="Begin").click()
        go_on = self.page.get_by_role("button", name="Go on")
        go_on.or_(self.page.locator("#code")).first.wait_for()
        if go_on.count():
            go_on.click()
            self.settle()

    def settle(self):
        """Wait until the next page stands."""
        self.page.locator("form, #code").first.wait_for()

    def at_end(self):
        return self.page.locator("#code").count() > 0

    def screen(self):
        """Answer what stands on the page."""
        page = self.page
        before = page.locator("h1").element_handle()
        sliders = page.locator("input[type=range]")
        for button in page.locator("main form button[type=button]").all():
            self._play(button)
        wavs = self.heard()
        if sliders.count():
            self._slide(sliders, self.rater.answer(wavs[:-1]))
        elif "tone is the softest" in page.locator("h1").inner_text():
            page.locator(f"input[value='{softest(wavs)}']").check()
        else:
            self._choose(self.rater.answer(wavs)[0])
        if self.keyboard:
            page.keyboard.press("Enter")
        else:
            page.get_by_role("button", name="Next").click()
        page.wait_for_function("old => !old.isConnected", arg=before)
        self.settle()

    def _play(self, button):
        assert self.page.get_by_role("button", name="Next").is_disabled()
        if self.keyboard:
            self.page.keyboard.press(button.get_attribute("aria-keyshortcuts"))
        else:
            button.click()
        self.page.wait_for_function("b => b.classList.contains('done')", arg=button.element_handle())

    def _choose(self, value):
        radio = self.page.locator(f"input[type=radio][value='{value:g}']")
        if self.keyboard:
            self.page.keyboard.press(radio.locator("xpath=../kbd").inner_text())
        else:
            radio.check()

    def _slide(self, sliders, values):
        for place, value in enumerate(values):
            slider = sliders.nth(place)
            slider.focus()
            slider.press("Home")
            if value == 100:
                slider.press("End")
            else:
                slider.fill(str(int(value)))

    def finish(self, screens=10_000):
        """Answer up to so many screens; the completion code at the end, if it is reached."""
        for _ in range(screens):
            if self.at_end():
                return self.page.locator("#code").inner_text()
            self.screen()
        return None


class Clock:
    """A clock that waits at once."""

    def __init__(self):
        self.now = time.time()

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds
