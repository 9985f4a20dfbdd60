"""Playing on miniaudio's null device, which takes sound at the pace of a real one."""

import builtins
import time

import numpy as np
import pytest

from itoaudio.audio.play import CannotPlay, Player

RATE = 22050


@pytest.fixture
def null():
    miniaudio = pytest.importorskip("miniaudio", reason="the extra `play` is not installed")
    return [miniaudio.Backend.NULL]


def test_it_plays_to_the_end_and_at_the_pace_of_sound(null):
    begun = time.perf_counter()
    with Player(RATE, backends=null) as player:
        for _ in range(4):
            player.play(np.zeros(RATE // 20, np.float32))
    assert time.perf_counter() - begun > 0.1


def test_an_error_stops_it_at_once(null):
    begun = time.perf_counter()

    def fail():
        with Player(RATE, backends=null) as player:
            player.play(np.zeros(60 * RATE, np.float32))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert time.perf_counter() - begun < 10


def test_bytes_are_the_samples_then_silence(null):
    player = Player(RATE, backends=null)
    source = player._bytes()
    next(source)
    player.play(np.array([0.5, -0.5, 0.25], np.float32))
    assert np.frombuffer(source.send(2), np.int16).tolist() == [16384, -16384]
    assert np.frombuffer(source.send(3), np.int16).tolist() == [8192, 0, 0]


def test_without_the_package_it_says_what_to_install(monkeypatch):
    found = builtins.__import__

    def missing(name, *rest, **more):
        if name == "miniaudio":
            raise ImportError(name)
        return found(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(CannotPlay, match=r"itoaudio\[play\]"):
        Player(RATE)


def test_no_sound_card_is_one_line(capfd):
    miniaudio = pytest.importorskip("miniaudio", reason="the extra `play` is not installed")
    try:
        miniaudio.PlaybackDevice().close()
        pytest.skip("this machine has a sound card")
    except miniaudio.MiniaudioError:
        capfd.readouterr()
    with pytest.raises(CannotPlay, match="no sound card"):
        Player(RATE)
    assert capfd.readouterr().err == ""
