"""New sound into old: bits outside, levels, phases and lengths."""

import numpy as np
import pytest

from itoaudio.runtime.edit_splice import Piece, Span, splice

WAYS = {"margin": 50, "shift": 10, "context": 200}


def tone(length, phase=0.0, size=0.3):
    return (size * np.sin(2 * np.pi * (np.arange(length) / 20 + phase))).astype(np.float32)


def test_outside_a_piece_nothing_changes():
    old, sound = np.random.default_rng(0).standard_normal(1000).astype(np.float32), np.zeros(400, np.float32)
    pieces = [Piece(200, 300, sound, 100, 250), Piece(600, 600, sound, 100, 180)]
    out, spans = splice(old, pieces, **{**WAYS, "shift": 0})
    assert spans == [Span(150, 350, 150, 400), Span(550, 650, 600, 780)]
    assert len(out) == 1000 + 50 + 80
    assert np.array_equal(out[:150], old[:150])
    assert np.array_equal(out[400:600], old[350:550])
    assert np.array_equal(out[780:], old[650:])
    assert not out[200:350].any()


@pytest.mark.parametrize("phase", [0.0, 0.2, 0.45, 0.5])
def test_voiced_sound_goes_through_in_phase_and_at_one_level(phase):
    old, sound = tone(1000), tone(600, phase, size=0.15)
    out, (span,) = splice(old, [Piece(400, 500, sound, 250, 350)], **WAYS)
    inside = out[span.start : span.stop]
    assert np.abs(np.diff(out)).max() < 1.1 * np.abs(np.diff(old)).max()
    levels = [np.sqrt(np.mean(part**2)) for part in (inside[:50], inside[-50:], old)]
    assert levels[0] == pytest.approx(levels[2], rel=0.1)
    assert levels[1] == pytest.approx(levels[2], rel=0.1)
    assert abs(len(out) - len(old)) <= 2 * WAYS["shift"]


def test_noise_keeps_its_power_through_a_fade():
    generator = np.random.default_rng(0)
    powers = []
    for _ in range(200):
        old, sound = (generator.standard_normal(400).astype(np.float32) for _ in range(2))
        out, (span,) = splice(old, [Piece(200, 200, sound, 200, 200)], margin=50, shift=0, context=1)
        powers.append(out[span.start : span.stop] ** 2)
    assert np.sqrt(np.mean(powers)) == pytest.approx(1.0, abs=0.35)


def test_a_deletion_is_never_shorter_than_its_fades():
    for seed in range(20):
        generator = np.random.default_rng(seed)
        old, sound = (generator.standard_normal(1000).astype(np.float32) for _ in range(2))
        _, (span,) = splice(old, [Piece(400, 600, sound, 300, 300)], **WAYS)
        assert span.stop - span.start >= 2 * WAYS["margin"]


@pytest.mark.parametrize("piece", [(0, 100, 0, 80), (900, 1000, 300, 400), (0, 1000, 0, 400)])
def test_pieces_at_the_ends_of_a_recording(piece):
    old_start, old_stop, start, stop = piece
    out, (span,) = splice(tone(1000), [Piece(old_start, old_stop, tone(400), start, stop)], **WAYS)
    assert (span.old_start, span.old_stop) == (max(old_start - 50, 0), min(old_stop + 50, 1000))
    assert len(out) == 1000 - (span.old_stop - span.old_start) + span.stop - span.start
    assert np.isfinite(out).all()


def test_silence_around_a_piece_leaves_its_level():
    out, _ = splice(np.zeros(1000, np.float32), [Piece(400, 500, tone(400), 150, 250)], **WAYS)
    assert np.abs(out).max() == pytest.approx(0.3, rel=0.01)
