"""Batches for ItôTTS: phonemes beside mel, pitch and voicing, some of them several utterances in a row.

A batch is a function of (seed, step) alone, so a resumed run sees what an unbroken one would have seen.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from itoaudio.data.features import Features
from itoaudio.data.manifest import Part, Utterance, read_manifest
from itoaudio.text.framing import framed
from itoaudio.text.symbols import WORD_BOUNDARY, SymbolTable

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recording:
    """One utterance: phonemes, log_mel (M, F) natural log, log_f0 (F,) log Hz, voicing (F,) in [0, 1]."""

    phonemes: str
    log_mel: np.ndarray
    log_f0: np.ndarray
    voicing: np.ndarray
    id: str = ""
    speaker: int = 0


class AcousticBatch(NamedTuple):
    """B utterances; behind `symbols` and `frames` of each item all is zero."""

    ids: Tensor  # (B, S) int64
    symbols: Tensor  # (B,) int64
    log_mel: Tensor  # (B, M, F) natural log
    log_f0: Tensor  # (B, F) log Hz
    voicing: Tensor  # (B, F) in [0, 1]
    frames: Tensor  # (B,) int64
    speaker: Tensor  # (B,) int64, 0 in a corpus of one


class AcousticBatches(Dataset[AcousticBatch]):
    """Item `step` is the batch of that step.

    batch_size: utterances a batch, alike in length. join_probability: share of batches whose utterances are
    joined by twos or threes, so that the model meets long texts; the number of frames stays about the same.
    """

    def __init__(
        self,
        utterances: Sequence[Recording],
        symbols: SymbolTable,
        *,
        batch_size: int,
        steps: int,
        seed: int,
        join_probability: float = 0.0,
    ) -> None:
        if not utterances:
            raise ValueError("no utterances to batch: is this part of the split empty?")
        self.utterances, self.symbols = utterances, symbols
        self.batch_size = min(batch_size, len(utterances))
        self.steps, self.seed, self.join_probability = steps, seed, join_probability
        self._lengths = np.array([utterance.log_mel.shape[1] for utterance in utterances])

    def __len__(self) -> int:
        return self.steps

    @property
    def steps_per_epoch(self) -> int:
        """Batches until every utterance was seen, but for at most batch_size - 1 of them."""
        return len(self.utterances) // self.batch_size

    def __getitem__(self, step: int) -> AcousticBatch:
        return self.share(step, 0, 1)

    def share(self, step: int, share: int, shares: int) -> AcousticBatch:
        """Rows share, share + shares, ... of the batch of `step`. ValueError when there are too few."""
        if not 0 <= step < self.steps:
            raise IndexError(step)
        rows = self._rows(step)[share::shares]
        if not rows:
            raise ValueError(
                f"batch.size {self.batch_size} leaves fewer than {shares} rows when utterances are joined by "
                f"threes: give one of {3 * shares} at least, or fewer processes"
            )
        return collate(rows, self.symbols)

    def ids(self, step: int) -> list[str]:
        """Names of the utterances in the rows of the batch of `step`."""
        return [utterance.id for utterance in self._rows(step)]

    def _rows(self, step: int) -> list[Recording]:
        rows = [self.utterances[index] for index in self._indices(step)]
        generator = np.random.default_rng([self.seed, 1, step])
        if generator.random() < self.join_probability:
            count = int(generator.integers(2, 4))
            generator.shuffle(rows)
            rows.sort(key=lambda row: row.speaker)  # stable: one speaker's stay as they were dealt
            same = [list(group) for _, group in groupby(rows, key=lambda row: row.speaker)]
            rows = [joined(g[i : i + count], generator) for g in same for i in range(0, len(g), count)]
        return rows

    def _indices(self, step: int) -> np.ndarray:
        """Utterances of a step: each epoch deals all of them anew into batches of similar length."""
        epoch, place = divmod(step, self.steps_per_epoch)
        generator = np.random.default_rng([self.seed, 0, epoch])
        order = np.argsort(self._lengths * generator.uniform(0.85, 1.15, len(self._lengths)))
        spare = len(order) % self.batch_size
        kept = np.delete(order, generator.choice(len(order), spare, replace=False))
        batches = kept.reshape(-1, self.batch_size)
        return batches[generator.permutation(len(batches))[place]]


def joined(
    utterances: Sequence[Recording], generator: np.random.Generator, *, cut_frames: int = 8
) -> Recording:
    """Several utterances of one speaker as one, a word boundary apart.

    Up to `cut_frames` of the silence at each inner edge are dropped, so that pauses differ in length.
    """
    if len(utterances) == 1:
        return utterances[0]
    pieces = []
    for place, utterance in enumerate(utterances):
        start = int(generator.integers(cut_frames + 1)) if place > 0 else 0
        stop = int(generator.integers(cut_frames + 1)) if place < len(utterances) - 1 else 0
        pieces.append(slice(start, utterance.log_mel.shape[1] - stop))

    def together(values: Callable[[Recording], np.ndarray]) -> np.ndarray:
        return np.concatenate([values(u)[..., piece] for u, piece in zip(utterances, pieces)], axis=-1)

    return Recording(
        WORD_BOUNDARY.join(utterance.phonemes for utterance in utterances),
        together(lambda u: u.log_mel),
        together(lambda u: u.log_f0),
        together(lambda u: u.voicing),
        "+".join(utterance.id for utterance in utterances),
        utterances[0].speaker,
    )


def collate(utterances: Sequence[Recording], symbols: SymbolTable) -> AcousticBatch:
    """Utterances of any lengths -> one batch, filled with zeros."""
    ids = [np.array(symbols.encode(framed(utterance.phonemes))) for utterance in utterances]
    return AcousticBatch(
        _filled(ids),
        torch.tensor([len(row) for row in ids]),
        _filled([utterance.log_mel for utterance in utterances]),
        _filled([utterance.log_f0 for utterance in utterances]),
        _filled([utterance.voicing for utterance in utterances]),
        torch.tensor([utterance.log_mel.shape[1] for utterance in utterances]),
        torch.tensor([utterance.speaker for utterance in utterances]),
    )


def load(folder: Path, part: Part, speakers: Sequence[str] = ()) -> list[Recording]:
    """Utterances of one part of a prepared corpus' folder, in the manifest's order.

    Those with fewer frames than symbols cannot be aligned; they are named in the log and left out. speakers:
    their names in the order of the voice's; none for a voice of one. ValueError for a corpus of others.
    """
    recordings, manifest = [], read_manifest(folder / "manifest.jsonl")
    index = indices_of(manifest, speakers, folder)
    for utterance in manifest:
        if utterance.part != part:
            continue
        if utterance.frames < len(framed(utterance.phonemes)):
            log.warning("left out %s: %d frames cannot hold its symbols", utterance.id, utterance.frames)
            continue
        made = Features.load(folder / f"{utterance.id}.npz")
        recordings.append(
            Recording(
                utterance.phonemes,
                made.log_mel,
                made.log_f0,
                made.voicing,
                utterance.id,
                index[utterance.speaker],
            )
        )
    return recordings


def indices_of(manifest: Sequence[Utterance], speakers: Sequence[str], folder: Path | str) -> dict[str, int]:
    """Speaker's name -> number in the voice."""
    found = sorted({utterance.speaker for utterance in manifest})
    if not speakers and len(found) == 1:
        return {found[0]: 0}
    if missing := [name for name in found if name not in speakers]:
        raise ValueError(
            f"{folder}: speakers {', '.join(missing)} are not in the config; give"
            f" `speakers: [{', '.join(found)}]`"
        )
    return {name: number for number, name in enumerate(speakers)}


def statistics(utterances: Sequence[Recording]) -> dict[str, np.ndarray]:
    """What `AcousticModel.set_statistics` asks: means and standard deviations over the corpus.

    Mel and energy over all frames, log-F0 over voiced frames.
    """
    mel = np.concatenate([utterance.log_mel for utterance in utterances], axis=1)
    log_f0 = np.concatenate([utterance.log_f0 for utterance in utterances])
    voiced = np.concatenate([utterance.voicing for utterance in utterances]) > 0.5
    pitch = log_f0[voiced] if voiced.any() else log_f0
    energy = mel.mean(0)
    return {
        "mel_mean": mel.mean(1, keepdims=True),
        "mel_std": np.maximum(mel.std(1, keepdims=True), 1e-2),
        "pitch_statistics": np.array([pitch.mean(), max(pitch.std(), 1e-2)]),
        "energy_statistics": np.array([energy.mean(), max(energy.std(), 1e-2)]),
    }


def _filled(rows: Sequence[np.ndarray]) -> Tensor:
    """Rows (..., L) of different L in one tensor (B, ..., longest)."""
    longest = max(row.shape[-1] for row in rows)
    batch = np.zeros((len(rows), *rows[0].shape[:-1], longest), rows[0].dtype)
    for index, row in enumerate(rows):
        batch[index, ..., : row.shape[-1]] = row
    return torch.from_numpy(batch)
