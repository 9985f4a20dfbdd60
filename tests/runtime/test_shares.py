"""Frames shared among threads: each once, with all around it that its network sees, and the answer is one."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itoaudio.runtime import Voice
from itoaudio.runtime.shares import ALIGNMENT, LEAST_GAIN, shared


@given(st.integers(1, 3000), st.integers(0, 200), st.integers(1, 8))
def test_each_frame_has_one_share_that_sees_all_around_it(frames, reach, threads):
    shares = shared(frames, reach, threads)
    assert 1 <= len(shares) <= threads
    assert [share.start for share in shares] == [0, *(share.stop for share in shares[:-1])]
    assert shares[-1].stop == frames
    for share in shares:
        assert share.first == 0 or share.first <= share.start - reach
        assert share.last == frames or share.last >= share.stop + reach
        assert share.first % ALIGNMENT == share.start % ALIGNMENT == 0
        assert share.stop > share.start


@given(st.integers(1, 3000), st.integers(0, 200), st.integers(2, 8))
def test_sharing_is_worth_it(frames, reach, threads):
    shares = shared(frames, reach, threads)
    if len(shares) > 1:
        assert max(share.last - share.first for share in shares) <= LEAST_GAIN * frames


def test_two_threads_halve_what_is_long():
    first, second = shared(1000, 20, 2)
    assert first.last == pytest.approx(1000 - second.first, abs=2 * ALIGNMENT)
    assert first.last < 540


def test_one_thread_and_a_reach_of_all_share_nothing():
    assert len(shared(1000, 20, 1)) == 1
    assert len(shared(50, 60, 4)) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_has_threads_of_its_own():
    code = """
import os, signal, sys
from itoaudio.runtime.shares import Share, Threads

def start(share):
    return share.start

threads, shares = Threads(2), [Share(0, 0, 8, 8), Share(8, 8, 16, 16)]
assert threads.map(start, shares) == [0, 8]
if (child := os.fork()) == 0:
    signal.alarm(20)  # instead of waiting for ever
    os._exit(threads.map(start, shares) != [0, 8])
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("preset", ["fast", "exact"])
def test_a_voice_says_the_same_with_any_number_of_threads(preset):
    text = "The birch canoe slid on the smooth planks, and nobody knew where it had come from."
    one, two, three = (
        Voice.load("kathleen", threads=count).say(text, preset=preset).samples for count in (1, 2, 3)
    )
    np.testing.assert_allclose(two, one, atol=1e-6)
    np.testing.assert_allclose(three, one, atol=1e-6)
