"""Random crops for the vocoder: each batch is a function of (seed, step), so a resumed run sees what it
would have."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import soxr
from torch.utils.data import Dataset

from itoaudio.audio.mel import LOG_FLOOR, MelSpec, log_mel_of_padded
from itoaudio.audio.pulse import pulse_spectrum, pulse_train

from .features import Features, ModelledFeatures
from .manifest import Part, read_manifest

Batch = dict[str, np.ndarray]
"""audio (B, N), mel (B, M, F) natural log, log_f0 and voicing (B, F), pulse (B, 2 bins, F): float32."""


@dataclass(frozen=True, kw_only=True)
class CropSettings:
    """frames of a crop; crops of a batch; gain: the log gain is uniform in [-gain, gain]; stretch: half of
    the crops are played faster by a log rate uniform in [-stretch, stretch], as if by speakers of another
    size; locked_pulse: pulses carry the recording's own phase, else F0 is merely integrated, as at
    synthesis."""

    frames: int = 64
    batch: int = 32
    gain: float = 1.0
    stretch: float = 0.0
    locked_pulse: bool = True
    spectrum_samples: int = 1024

    def frames_needed(self, spec: MelSpec) -> int:
        """An utterance must be longer: a stretched crop with the samples that its mel sees on either side."""
        faster, seen = np.exp(self.stretch), self.frames + 2 * spec.padding / spec.hop_samples
        return max(4 + int(np.ceil(self.frames * faster)), int(np.ceil(seen * faster)))


class VocoderCrops(Dataset[Batch]):
    """Item `step` is the whole batch of that step, cut at sample resolution from utterances by their
    length.

    acoustic_mels: id -> (M, F), what an acoustic model makes of the utterances; `share` of the crops then
    bring those, cut at whole frames.
    """

    def __init__(
        self,
        folder: Path,
        part: Part,
        spec: MelSpec,
        settings: CropSettings,
        *,
        seed: int,
        steps: int,
        acoustic_mels: Mapping[str, np.ndarray] | None = None,
        share: float = 0.0,
    ) -> None:
        utterances = [item for item in read_manifest(folder / "manifest.jsonl") if item.part == part]
        needed = settings.frames_needed(spec)
        long_enough = [item for item in utterances if item.frames > needed]
        if not long_enough:
            raise ValueError(f"{folder}: no {part} utterance is longer than {needed} frames")
        self.spec, self.settings, self.seed, self.steps = spec, settings, seed, steps
        self.names = [item.id for item in long_enough]
        self.items = [Features.load(folder / f"{item.id}.npz") for item in long_enough]
        frames = np.array([item.frames for item in self.items], dtype=np.float64)
        self.shares = frames / frames.sum()
        if acoustic_mels:
            self._add(acoustic_mels, share)

    def _add(self, acoustic_mels: Mapping[str, np.ndarray], share: float) -> None:
        """Every utterance once more, with the acoustic model's mel."""
        known = [index for index, name in enumerate(self.names) if name in acoustic_mels]
        weights = self.shares[known] / self.shares[known].sum()
        self.shares = np.concatenate([(1 - share) * self.shares, share * weights])
        self.items += [_modelled(self.items[index], acoustic_mels[self.names[index]]) for index in known]
        self.names += [self.names[index] for index in known]

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> Batch:
        return self.share(step, 0, 1)

    def share(self, step: int, share: int, shares: int) -> Batch:
        """Rows share, share + shares, ... of the batch of `step`. ValueError unless all shares are of a size:
        a mean over crops is then the mean of the shares' means."""
        self.check(shares)
        rng = np.random.default_rng([self.seed, step])
        drawn = [(self.items[index], *self._draw(self.items[index], rng)) for index in self._chosen(rng)]
        return self._stacked([self._crop(*row) for row in drawn[share::shares]])

    def check(self, shares: int) -> None:
        """ValueError unless a batch can be dealt evenly."""
        if self.settings.batch % shares:
            raise ValueError(f"crops.batch {self.settings.batch} cannot be dealt evenly into {shares} shares")

    def _stacked(self, crops: list[tuple[np.ndarray | None, ...]]) -> Batch:
        *columns, given = zip(*crops)
        padded, pulse, log_f0, voicing, gain = (np.stack(column) for column in columns)
        margin = self.spec.padding
        mel = log_mel_of_padded(padded, self.spec)
        for row, made in enumerate(given):
            if made is not None:
                mel[row] = made
        mel += gain[:, None, None]
        return {
            "audio": padded[:, margin:-margin] * np.exp(gain[:, None]),
            "mel": np.maximum(mel, LOG_FLOOR).astype(np.float32),
            "log_f0": log_f0,
            "voicing": voicing,
            "pulse": pulse_spectrum(
                pulse, hop_samples=self.spec.hop_samples, window_samples=self.settings.spectrum_samples
            ),
        }

    def ids(self, step: int) -> list[str]:
        """Names of the utterances that the rows of the batch of `step` are cut from."""
        return [self.names[index] for index in self._chosen(np.random.default_rng([self.seed, step]))]

    def _chosen(self, rng: np.random.Generator) -> np.ndarray:
        return rng.choice(len(self.items), self.settings.batch, p=self.shares)

    @property
    def _length(self) -> int:
        """Of a crop with its margins, in samples; at other rates, of rate samples each."""
        return self.settings.frames * self.spec.hop_samples + 2 * self.spec.padding

    def _draw(self, item: Features, rng: np.random.Generator) -> tuple[float, int, float]:
        """Rate, first sample and log gain of a crop."""
        if isinstance(item, ModelledFeatures):
            margin = -(-self.spec.padding // self.spec.hop_samples)  # whole frames on either side
            frame = int(rng.integers(margin, item.frames - self.settings.frames - margin + 1))
            first = frame * self.spec.hop_samples - self.spec.padding
            return 1.0, first, rng.uniform(-self.settings.gain, self.settings.gain)
        rate = self._rate(rng)
        first = int(rng.integers(0, len(item.audio) - int(np.ceil(self._length * rate)) + 1))
        return rate, first, rng.uniform(-self.settings.gain, self.settings.gain)

    def _crop(self, item: Features, rate: float, first: int, gain: float) -> tuple[np.ndarray | None, ...]:
        hop, margin, frames = self.spec.hop_samples, self.spec.padding, self.settings.frames
        length = self._length
        centres = (first + margin * rate) / hop + rate * (np.arange(frames) + 0.5) - 0.5  # in its frames
        log_f0, voicing = (
            np.interp(centres, np.arange(item.frames), values).astype(np.float32)
            for values in (item.log_f0, item.voicing)
        )
        log_f0 = log_f0 + np.float32(np.log(rate))
        if self.settings.locked_pulse:
            pulse = resampled(item.pulse, first, length, rate)[margin:-margin]
        else:
            pulse = pulse_train(log_f0, voicing, hop_samples=hop, sample_rate=self.spec.sample_rate)
        sound = resampled(item.audio, first, length, rate)
        made = None
        if isinstance(item, ModelledFeatures):
            start = (first + margin) // hop
            made = item.log_mel[:, start : start + frames]
        return sound, pulse, log_f0, voicing, np.asarray(gain, dtype=np.float32), made

    def _rate(self, rng: np.random.Generator) -> float:
        stretch = self.settings.stretch
        if stretch == 0 or rng.uniform() < 0.5:
            return 1.0
        return float(np.exp(rng.uniform(-stretch, stretch)))


def _modelled(item: Features, log_mel: np.ndarray) -> ModelledFeatures:
    own = {field.name: getattr(item, field.name) for field in fields(Features)}
    return ModelledFeatures(**own | {"log_mel": log_mel})


def resampled(sound: np.ndarray, first: int, length: int, rate: float) -> np.ndarray:
    """`length` samples of `sound` (N,) from sample `first` on, `rate` samples of it to each."""
    if rate == 1.0:
        return sound[first : first + length]
    source = sound[first : first + int(np.ceil(length * rate))]
    made = soxr.resample(source, rate, 1.0)
    return np.pad(made, (0, max(0, length - len(made))))[:length]
