"""Random crops for the vocoder: each batch is a function of (seed, step), so a resumed run sees what it
would have."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch.utils.data import Dataset

from itoaudio.audio.mel import LOG_FLOOR, MelSpec, log_mel_of_padded
from itoaudio.audio.pulse import pulse_spectrum, pulse_train

from .features import Features
from .manifest import Part, read_manifest

Batch = dict[str, np.ndarray]
"""audio (B, N), mel (B, M, F) natural log, log_f0 and voicing (B, F), pulse (B, 2 bins, F): float32."""


@dataclass(frozen=True, kw_only=True)
class CropSettings:
    """frames of a crop; crops of a batch; gain: the log gain is uniform in [-gain, gain];
    locked_pulse: pulses carry the recording's own phase, else F0 is merely integrated, as at synthesis."""

    frames: int = 64
    batch: int = 32
    gain: float = 1.0
    locked_pulse: bool = True
    spectrum_samples: int = 1024


class VocoderCrops(Dataset[Batch]):
    """Item `step` is the whole batch of that step, cut at sample resolution from utterances by their
    length."""

    def __init__(
        self, folder: Path, part: Part, spec: MelSpec, settings: CropSettings, *, seed: int, steps: int
    ) -> None:
        utterances = [item for item in read_manifest(folder / "manifest.jsonl") if item.part == part]
        long_enough = [
            item for item in utterances if item.frames > settings.frames + 4
        ]  # room for the margins
        if not long_enough:
            raise ValueError(f"{folder}: no {part} utterance is longer than {settings.frames} frames")
        self.spec, self.settings, self.seed, self.steps = spec, settings, seed, steps
        self.items = [Features.load(folder / f"{item.id}.npz") for item in long_enough]
        frames = np.array([item.frames for item in self.items], dtype=np.float64)
        self.shares = frames / frames.sum()

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> Batch:
        rng = np.random.default_rng([self.seed, step])
        chosen = rng.choice(len(self.items), self.settings.batch, p=self.shares)
        crops = [self._crop(self.items[index], rng) for index in chosen]
        padded, pulse, log_f0, voicing, gain = (np.stack(column) for column in zip(*crops))
        margin = self.spec.padding
        mel = log_mel_of_padded(padded, self.spec) + gain[:, None, None]
        return {
            "audio": padded[:, margin:-margin] * np.exp(gain[:, None]),
            "mel": np.maximum(mel, LOG_FLOOR).astype(np.float32),
            "log_f0": log_f0,
            "voicing": voicing,
            "pulse": pulse_spectrum(
                pulse, hop_samples=self.spec.hop_samples, window_samples=self.settings.spectrum_samples
            ),
        }

    def _crop(self, item: Features, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        hop, margin, frames = self.spec.hop_samples, self.spec.padding, self.settings.frames
        start = int(rng.integers(margin, len(item.audio) - frames * hop - margin + 1))
        stop = start + frames * hop
        centres = start / hop + np.arange(frames)  # in frames of the utterance
        log_f0, voicing = (
            np.interp(centres, np.arange(item.frames), values).astype(np.float32)
            for values in (item.log_f0, item.voicing)
        )
        if self.settings.locked_pulse:
            pulse = item.pulse[start:stop]
        else:
            pulse = pulse_train(log_f0, voicing, hop_samples=hop, sample_rate=self.spec.sample_rate)
        gain = np.asarray(rng.uniform(-self.settings.gain, self.settings.gain), dtype=np.float32)
        return item.audio[start - margin : stop + margin], pulse, log_f0, voicing, gain
