"""One thread inside the block, and what it was outside of it."""

import numpy as np
from threadpoolctl import threadpool_info

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


def test_a_voice_leaves_blas_as_it_was():
    before = threads()
    for spoken in Voice.load("kathleen").stream("One. Two."):
        assert spoken.audio.samples.any()
        assert threads() == before, "also while a stream waits to be asked again"
