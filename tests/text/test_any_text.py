"""Whatever somebody pastes becomes ids or a named error, and soon.

The clock is the processor's, as the machine may be busy with something else.
"""

import time
from contextlib import suppress
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from itoaudio.runtime import Voice
from itoaudio.text import ENGLISH_SYMBOLS, English, TextError

LONGEST = 10_000
LIMIT_SECONDS = 2.0
english = English()
english.read("Load the data before the clock starts. Zorbulate.")

wild = st.text(max_size=400)
plausible = st.text(
    alphabet="aAbzIVX019.,:;/-–—+%$€£°√≤@#&*_~`'\"()[]<>{}|\\^= \n\t’“”…é½²Ж好😀\u200d\ue000\u2028",
    max_size=400,
)
pieces = st.lists(
    st.sampled_from(
        ["Dr. ", "$5", "12:30", "[a](/ə/)", "[pause:1s]", "<break/>", "1/2", "XIV ", "a@b.com ", "Zqjazqj "]
    ),
    max_size=30,
).map("".join)
repeated = st.tuples(st.one_of(wild, plausible, pieces), st.integers(1, LONGEST)).map(
    lambda pair: (pair[0] * pair[1])[:LONGEST]
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(wild, plausible, pieces, repeated))
@example("9" * LONGEST)
@example("a" * LONGEST)
@example("a " * (LONGEST // 2))
@example("1 " * (LONGEST // 2))
@example("a.b@" * (LONGEST // 4))
@example("*" * LONGEST)
@example("_a" * (LONGEST // 2))
@example("[" * LONGEST)
@example("<speak>" + "<p>" * 1000)
@example("£" * LONGEST)
@example("’’a\u0301" * 2000)
@example("@" * LONGEST)
@example("+" * LONGEST)
@example("%" * LONGEST)
@example("&" * LONGEST)
@example("/" * LONGEST)
@example("." * LONGEST)
@example("…" * LONGEST)
@example("@." * (LONGEST // 2))
@example("%&+@/#,-=$" * (LONGEST // 10))
@example("≤1" * (LONGEST // 2))
@example("<!---->" * (LONGEST // 7))
@example("<break " * (LONGEST // 7))
@example("<break " + "a" * LONGEST)
@example("<speak" + " " * LONGEST)
def test_any_text_becomes_ids_or_a_named_error(text):
    start = time.process_time()
    with suppress(TextError):
        for sentence in english.read(text):
            assert ENGLISH_SYMBOLS.encode(sentence.phonemes)
    assert time.process_time() - start < LIMIT_SECONDS


@cache
def voice_in(folder):
    return Voice.load(folder, threads=1)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(wild, plausible, pieces).map(lambda text: text[:200]))
@example("a")
@example("?!1")
@example("No.")
@example("x" * 200)
@example("7" * 200)
@example("[pause:1s]a[pause:1s]")
def test_any_short_text_is_spoken_or_a_named_error(toy_folder, text):
    with suppress(TextError):
        audio = voice_in(toy_folder).say(text, preset="fast")
        assert len(audio.samples) > 0
        assert np.isfinite(audio.samples).all()


@pytest.mark.parametrize(
    "text", ["9" * 50, "x" * 300, "1,000,000,000,000,000,000,000", "$" + "1" * 40 + ".99"]
)
def test_extremes_are_spoken(text):
    assert english.read(text)
