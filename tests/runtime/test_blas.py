"""One thread inside the block, and what it was outside of it."""

from contextlib import ExitStack

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from itoaudio.runtime import Voice
from itoaudio.runtime.blas import one_blas_thread


def threads() -> list[int]:
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_blas_keeps_to_one_thread_and_is_given_back():
    before = threads()
    with one_blas_thread():
        assert set(threads()) <= {1}
        np.ones((50, 50)) @ np.ones((50, 50))
    assert threads() == before


@pytest.mark.parametrize("nested", [True, False])
def test_blocks_that_overlap_give_back_what_was_before_the_first(nested):
    with threadpool_limits(2, user_api="blas"):
        before = threads()
        first, second = ExitStack(), ExitStack()
        first.enter_context(one_blas_thread())
        second.enter_context(one_blas_thread())
        (second if nested else first).close()
        assert set(threads()) <= {1}, "one of the blocks is open still"
        (first if nested else second).close()
        assert threads() == before


def test_a_voice_leaves_blas_as_it_was():
    before = threads()
    for spoken in Voice.load("kathleen").stream("One. Two."):
        assert spoken.audio.samples.any()
        assert threads() == before, "also while a stream waits to be asked again"
