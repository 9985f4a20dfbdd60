import subprocess
import sys

import numpy as np

from itoaudio.audio.mel import MelSpec
from itoaudio.data.features import Features, lock_phase, make_features

SPEC = MelSpec()


def voice(seconds: float, f0: float, phase: float = 0.0) -> np.ndarray:
    """Harmonics of f0 falling as 1/k, the fundamental at `phase`."""
    t = np.arange(int(seconds * 22050)) / 22050
    return sum(0.1 / k * np.cos(2 * np.pi * k * f0 * t + k * phase) for k in range(1, 20)).astype(np.float32)


def test_pitch_of_a_known_voice():
    features = make_features(voice(1.0, 180.0), SPEC)
    middle = slice(10, -10)
    assert np.abs(np.exp(features.log_f0[middle]) - 180).max() < 2
    assert features.voicing[middle].min() > 0.99
    assert features.log_mel.shape == (80, features.frames)


def test_the_pitch_tracker_is_loaded_without_a_word():
    """It has one for users about setuptools, which they cannot mend."""
    code = "from itoaudio.data.world import world; import itoaudio.data.features; assert world().dio"
    done = subprocess.run([sys.executable, "-W", "always", "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_silence_is_unvoiced_with_a_finite_pitch():
    features = make_features(np.zeros(22050, np.float32), SPEC)
    assert not features.voicing.any()
    assert np.isfinite(features.log_f0).all()
    assert not features.pulse.any()


def test_the_pulse_follows_the_recordings_own_phase():
    for phase in (0.0, 1.0, 2.5):
        sound = voice(1.0, 150.0, phase)
        carrier = 2 * np.pi * 150.0 * np.arange(len(sound)) / 22050
        error = np.angle(np.exp(1j * (lock_phase(sound, carrier + 0.7, sample_rate=22050) - carrier - phase)))
        assert np.abs(error[2000:-2000]).max() < 0.05


def test_round_trip(tmp_path):
    features = make_features(voice(0.5, 200.0), SPEC)
    features.save(tmp_path / "x.npz")
    back = Features.load(tmp_path / "x.npz")
    np.testing.assert_allclose(back.audio, features.audio, atol=2e-4)
    np.testing.assert_array_equal(back.log_mel, features.log_mel)
