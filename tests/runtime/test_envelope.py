"""What tells the words of a sound, and not its pitch or its pauses."""

import numpy as np

from itoaudio.runtime.envelope import ENVELOPE_CEPSTRA, cosines, envelope_error

MEANS, DURATIONS, SCALE = np.array([[-6.0] * 80, [0.0] * 80]), np.array([2, 3]), np.full(80, 0.5)
HELD = np.repeat(MEANS, DURATIONS, axis=0).T


def test_the_cosines_are_orthonormal():
    np.testing.assert_allclose(cosines(80) @ cosines(80).T, np.eye(80), atol=1e-12)


def test_harmonics_are_not_heard_and_a_tilt_is():
    for order, heard in ((1, 0.25), (ENVELOPE_CEPSTRA - 1, 0.25), (ENVELOPE_CEPSTRA, 0.0), (60, 0.0)):
        ripple = cosines(80)[order][:, None] * np.sqrt(80) * 0.25 + 0.5 * (HELD == -6.0)
        error = envelope_error(HELD + ripple, MEANS, DURATIONS, SCALE)
        np.testing.assert_allclose(error[2:], heard, atol=1e-12)


def test_a_pause_may_be_quieter_than_any_voice():
    silence = np.where(HELD == -6.0, -11.5, HELD)
    np.testing.assert_allclose(envelope_error(silence, MEANS, DURATIONS, SCALE), 0.0, atol=1e-12)
    assert envelope_error(HELD - 11.5, MEANS, DURATIONS, SCALE)[2:].min() > 100
