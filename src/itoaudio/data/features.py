"""Features of one utterance, made once and kept under the corpus config's digest."""

import zipfile
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from itoaudio.audio.mel import MelSpec, log_mel
from itoaudio.whole import whole_file

from .world import world

F0_MIN_HZ, F0_MAX_HZ = 70.0, 500.0
_PITCH_PERIOD_MS = 5.0


@dataclass(frozen=True)
class Features:
    """audio (F hop,) float32; log_mel (M, F) natural log; log_f0 (F,) log Hz, linear through unvoiced parts;
    voicing (F,) in [0, 1]; pulse (F hop,) float32, locked to the phase of the recording's fundamental."""

    audio: np.ndarray
    log_mel: np.ndarray
    log_f0: np.ndarray
    voicing: np.ndarray
    pulse: np.ndarray

    @property
    def frames(self) -> int:
        """Number of mel frames."""
        return self.log_mel.shape[1]

    def save(self, path: Path, *, source: str = "") -> None:
        """Write aside, then rename; audio and pulse in half precision, 11 bits being below the corpus'
        noise. source: what they were made of, for `Stored`."""
        small = {"audio": self.audio.astype(np.float16), "pulse": self.pulse.astype(np.float16)}
        arrays = {field.name: getattr(self, field.name) for field in fields(self)} | small
        with whole_file(path) as file:
            np.savez(file, **arrays, source=np.array(source))

    @classmethod
    def load(cls, path: Path) -> "Features":
        """Read what `save` wrote. Nothing is unpickled."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(**{field.name: arrays[field.name].astype(np.float32) for field in fields(cls)})


@dataclass(frozen=True)
class ModelledFeatures(Features):
    """Features of a recording whose `log_mel` is what an acoustic model made of it."""


@dataclass(frozen=True)
class Stored:
    """What a file of features says of itself without being read whole. source: digest of the recording, ""
    in files older than this."""

    frames: int
    source: str

    @classmethod
    def of(cls, path: Path) -> "Stored | None":
        """None when there is no file, or none that is whole."""
        try:
            # Opened here: numpy leaves a file that is no archive open.
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                if not {field.name for field in fields(Features)} <= set(arrays.files):
                    return None
                source = str(arrays["source"]) if "source" in arrays.files else ""
                return cls(len(arrays["log_f0"]), source)
        except (OSError, ValueError, EOFError, zipfile.BadZipFile, KeyError):
            return None


def make_features(audio: np.ndarray, spec: MelSpec) -> Features:
    """Features of audio (N,) at spec.sample_rate, cut to whole hops."""
    from itoaudio.audio.pulse import harmonics, to_samples

    audio = np.ascontiguousarray(audio[: spec.frames(len(audio)) * spec.hop_samples], dtype=np.float32)
    log_f0, voicing = pitch(audio, spec)
    f0 = np.exp(to_samples(log_f0, spec.hop_samples))
    phase = lock_phase(audio, 2 * np.pi * np.cumsum(f0) / spec.sample_rate, sample_rate=spec.sample_rate)
    pulse = harmonics(phase / (2 * np.pi), f0) * to_samples(voicing, spec.hop_samples).astype(np.float32)
    return Features(audio, log_mel(audio, spec), log_f0, voicing, pulse)


def pitch(audio: np.ndarray, spec: MelSpec) -> tuple[np.ndarray, np.ndarray]:
    """log F0 (F,) and voicing (F,) at frame centres, by DIO and StoneMask (Morise et al. 2016)."""
    pyworld, wave = world(), audio.astype(np.float64)
    f0, times = pyworld.dio(
        wave, spec.sample_rate, f0_floor=F0_MIN_HZ, f0_ceil=F0_MAX_HZ, frame_period=_PITCH_PERIOD_MS
    )
    f0 = pyworld.stonemask(wave, f0, times, spec.sample_rate)
    centres = (np.arange(spec.frames(len(audio))) + 0.5) * spec.hop_samples / spec.sample_rate
    voiced = f0 > 0
    if not voiced.any():
        return np.full(len(centres), np.log(150.0), np.float32), np.zeros(len(centres), np.float32)
    log_f0 = np.interp(centres, times[voiced], np.log(f0[voiced]))
    voicing = np.interp(centres, times, _smoothed(voiced.astype(np.float64), width=5))
    return log_f0.astype(np.float32), voicing.astype(np.float32)


def lock_phase(
    audio: np.ndarray, phase: np.ndarray, *, sample_rate: int, window_seconds: float = 0.035
) -> np.ndarray:
    """`phase` (N,) radians plus the angle of the sound demodulated by it: the fundamental's own phase.

    The angle is that of x(t) exp(-i phase), smoothed by a Hann window, unwrapped.
    """
    width = int(window_seconds * sample_rate) | 1
    carrier = audio * np.exp(-1j * phase)
    smooth = _smoothed(carrier.real, width=width) + 1j * _smoothed(carrier.imag, width=width)
    return phase + np.unwrap(np.angle(smooth))


def _smoothed(values: np.ndarray, *, width: int) -> np.ndarray:
    """Moving Hann average of odd `width`, (N,) -> (N,), by FFT (fast for long windows)."""
    window = np.hanning(width + 2)[1:-1]
    size = len(values) + width - 1
    spectrum = np.fft.rfft(values, size) * np.fft.rfft(window / window.sum(), size)
    return np.fft.irfft(spectrum, size)[width // 2 : width // 2 + len(values)]
