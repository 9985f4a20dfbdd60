"""`itoaudio.watch`: what the pictures, the film and the page hold, with the toy voice."""

import base64
import io
import json
import re
from itertools import pairwise

import numpy as np
import pytest
import soundfile
from PIL import Image

import itoaudio
from itoaudio.watch import KINDS, check, encode, film
from itoaudio.watch.film import even
from itoaudio.watch.page import page
from itoaudio.watch.spectra import RANGE_DB, outline, scale, spectrum, ticks
from itoaudio.watch.strip import strip

TEXT = "<b> & “quoted”."
STAGES = ["acoustic", "vocoder"]


@pytest.fixture(scope="module")
def voice(toy_folder):
    return itoaudio.load(toy_folder, threads=1)


@pytest.fixture(scope="module", params=STAGES)
def shown(request, voice):
    return film(voice, TEXT, stage=request.param, moments=4, steps=6, markup="text")


def held(html):
    found = re.search(r'<script type="application/json" id="film">(.*?)</script>', html, re.DOTALL)
    return json.loads(found[1])


def test_a_film_holds_noise_speech_and_what_is_even_between(shown):
    assert len(shown.moments) == len(shown.sounds) == 4
    assert shown.moments[0].level > 0.99
    assert shown.moments[-1].level < 0.01
    assert shown.seconds == pytest.approx(len(shown.sounds[-1]) / 22050, abs=0.02)
    assert "6 steps of dpm_solver_pp_2m on vp_cosine, seed 0" in shown.caption


def test_the_last_sound_is_what_the_voice_says(voice):
    for stage in STAGES:
        sound = film(voice, "Hello.", stage=stage, moments=2, steps=None, preset="balanced", seed=2).sounds[
            -1
        ]
        said = voice.say("Hello.", preset="balanced", steps=24, seed=2).samples
        assert len(sound) == len(said)
        if stage == "vocoder":
            np.testing.assert_allclose(sound[200:-200], said[200:-200], atol=2e-3 * abs(said).max())


def test_exact_graphs_and_24_steps_unless_told_otherwise(voice):
    usual = film(voice, "Hello.", sound=False, moments=200)
    assert len(usual.moments) == 25
    assert len(film(voice, "Hello.", sound=False, moments=200, steps=3).moments) == 4
    assert film(voice, "Hello.", sound=False).sounds == []


@pytest.mark.parametrize(
    ("levels", "count", "expected"),
    [([1, 0.9, 0.5, 0.1, 0], 3, [0, 2, 4]), ([1, 0.5, 0], 9, [0, 1, 2]), ([1, 0.3, 0.2, 0.1, 0], 2, [0, 4])],
)
def test_even_moments(levels, count, expected):
    assert even(levels, count) == expected


def test_one_scale_for_all(shown):
    low, high = scale(shown)
    assert high == spectrum(shown, 3).max()
    assert high - low == RANGE_DB
    rows, names = ticks(shown)
    assert rows == sorted(rows)
    assert len(rows) == len(names) > 2
    assert rows[-1] < spectrum(shown, 0).shape[0]


def test_a_tone_stands_at_its_tick(voice):
    shown = film(voice, "Hello.", stage="vocoder", moments=2, steps=2)
    tone = np.sin(2 * np.pi * 4000 * np.arange(22050) / 22050).astype(np.float32)
    moment = type(shown.moments[0])(0.0, 0.0, tone, tone, tone)
    toned = type(shown)("", "vocoder", "", shown.mel, [moment], [tone])
    rows, names = ticks(toned)
    loudest = spectrum(toned, 0).mean(1).argmax()
    assert loudest == pytest.approx(rows[names.index("4")], abs=1)


def test_outline_is_least_and_greatest():
    assert outline(np.array([1.0, -2.0, 3.0, 0.0]), 2).tolist() == [[-2, 0], [1, 3]]
    assert outline(np.array([1.0, 2.0]), 5).shape == (2, 2)


def test_a_strip_has_a_column_a_moment_and_a_row_a_film(shown):
    one = Image.open(io.BytesIO(encode(shown, ".png")))
    two = Image.open(io.BytesIO(strip([shown, shown], moments=2)))
    assert one.format == two.format == "PNG"
    assert one.width > 1.5 * two.width
    with pytest.raises(ValueError, match="no film"):
        strip([])


def test_an_animation_has_a_frame_a_moment_that_differ(shown):
    moving = Image.open(io.BytesIO(encode(shown, ".gif")))
    assert (moving.format, moving.n_frames) == ("GIF", 4)
    frames = []
    for index in range(4):
        moving.seek(index)
        frames.append(np.asarray(moving.convert("RGB"), dtype=float))
    assert all(abs(a - b).mean() > 0.5 for a, b in pairwise(frames))


def test_a_page_holds_everything_and_asks_for_nothing(shown):
    html = page(shown)
    assert not re.search(r"<[^>]*\s(?:src|href)\s*=", html)
    assert not re.search(r"https?://|@import|url\(|fetch\(|XMLHttpRequest", html)
    assert "default-src 'none'" in html
    assert "<b> &" not in html
    told = held(html)
    assert told["text"] == TEXT
    assert len(told["moments"]) == 4
    for moment, sound in zip(told["moments"], shown.sounds, strict=True):
        for view in ("state", "guess", "shaped"):
            image = Image.open(
                io.BytesIO(base64.b64decode(moment[view].removeprefix("data:image/png;base64,")))
            )
            assert image.size == spectrum(shown, 0).shape[::-1]
        data = base64.b64decode(moment["sound"].removeprefix("data:audio/mpeg;base64,"))
        heard, rate = soundfile.read(io.BytesIO(data))
        assert rate == 22050
        assert len(heard) == pytest.approx(len(sound), abs=3000)
    assert told["moments"][-1]["state"] == told["moments"][-1]["guess"] != told["moments"][0]["state"]


def test_a_page_can_be_used_without_eyes_or_mouse(shown):
    html = page(shown)
    assert '<html lang="en">' in html
    assert '<label for="scrub">' in html
    assert "aria-valuetext" in html
    assert 'role="status"' in html
    assert "prefers-color-scheme: dark" in html
    assert ":focus-visible" in html
    assert "<noscript>" in html


def test_a_film_with_sound(shown):
    av = pytest.importorskip("av", reason="PyAV is not installed: no MP4 is checked")
    with av.open(io.BytesIO(encode(shown, ".mp4"))) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert audio.codec_context.sample_rate == 22050
        seconds = sum(len(sound) for sound in shown.sounds) / 22050
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video)]
    assert len(frames) / 20 == pytest.approx(seconds, abs=4 / 20)
    assert abs(frames[0].astype(float) - frames[-1]).mean() > 0.5


def test_what_can_be_written():
    assert [check(f"a{kind.upper()}") for kind in KINDS if kind != ".mp4"] == [".png", ".gif", ".html"]
    with pytest.raises(ValueError, match=r"cannot write '\.svg' files: give one of \.png, \.gif"):
        check("a.svg")


def test_mp4_without_pyav_says_what_to_install(monkeypatch):
    monkeypatch.setattr("itoaudio.watch.animate.find_spec", lambda name: None)
    with pytest.raises(ValueError, match="pip install av"):
        check("a.mp4")


def test_pictures_without_matplotlib_say_what_to_install(monkeypatch):
    monkeypatch.setattr("itoaudio.watch.write.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"itoaudio\[watch\]"):
        check("a.png")


def test_one_moment_is_no_film(voice):
    with pytest.raises(ValueError, match="moments = 1"):
        film(voice, "Hello.", moments=1)
