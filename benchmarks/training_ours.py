"""Our models on made-up batches, for `training.py`: (module, dataset of whole batches) of each kind.

crops: of 64 frames in a batch; the acoustic model's utterances have twice as many. count: batches.
"""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from itoaudio.data.acoustic import AcousticBatch, Recording, collate, statistics
from itoaudio.networks.acoustic import Condition
from itoaudio.text.symbols import SymbolTable
from itoaudio.train.acoustic import AcousticModule, AcousticRun, ScheduleConfig
from itoaudio.train.acoustic_losses import Crops, masked_mean
from itoaudio.train.config import load_run
from itoaudio.train.vocoder import VocoderModule, VocoderRun

CONFIGS = Path(__file__).parents[1] / "configs"
HOP, FRAMES, BANDS = 256, 64, 80


class DecoderModule(AcousticModule):
    """The acoustic model's denoising error alone, for a condition that is given."""

    def training_step(self, batch: AcousticBatch, batch_index: int) -> Tensor:
        rows, frames = len(batch.ids), 2 * FRAMES
        mask = torch.ones(rows, frames, 1, device=self.device)
        mel, mean = torch.randn(2, rows, BANDS, frames, device=self.device)
        told = torch.randn(rows, self.run_config.network.condition.width, frames, device=self.device)
        unused = torch.zeros(rows, frames, device=self.device)
        crops = Crops(told, unused, unused, unused, unused, mask, mel, mask, context=0)
        error, _ = self.denoising(crops, Condition(mean, told))
        loss = masked_mean(error, mask)
        self.log("train/denoising", loss, prog_bar=True)
        return loss


def vocoder(crops: int, count: int) -> tuple[VocoderModule, Dataset]:
    """The shipped vocoder with noise for sound."""
    run = load_run(CONFIGS / "vocoder.yaml", VocoderRun)
    assert isinstance(run, VocoderRun)

    def row(rng: np.random.Generator) -> dict[str, np.ndarray]:
        values = {
            "audio": 0.1 * rng.standard_normal(FRAMES * HOP),
            "mel": -5 + rng.standard_normal((BANDS, FRAMES)),
            "log_f0": 5 + 0.1 * rng.standard_normal(FRAMES),
            "voicing": rng.uniform(size=FRAMES),
            "pulse": rng.standard_normal((run.network.spectrum_samples + 2, FRAMES)),
        }
        return {name: value.astype(np.float32) for name, value in values.items()}

    def stacked(rows: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
        return {name: np.stack([row[name] for row in rows]) for name in rows[0]}

    return VocoderModule(run), MadeUp(row, stacked, crops, count)


def acoustic(
    crops: int, count: int, kind: type[AcousticModule] = AcousticModule
) -> tuple[AcousticModule, Dataset]:
    """The shipped acoustic model with all its parts at work, on utterances of twice 64 frames."""
    run = load_run(CONFIGS / "acoustic.yaml", AcousticRun)
    assert isinstance(run, AcousticRun)
    batch = msgspec.structs.replace(run.batch, size=crops // 2, crop_frames=2 * FRAMES)
    run = msgspec.structs.replace(run, batch=batch, schedule=ScheduleConfig(decoder_start=0))
    table = SymbolTable(tuple(run.symbols))

    def row(rng: np.random.Generator) -> Recording:
        frames = 2 * FRAMES
        phonemes = "".join(rng.choice(list(run.symbols[2:]), frames // 8))
        mel = (-5 + rng.standard_normal((BANDS, frames))).astype(np.float32)
        pitch = (5 + 0.1 * rng.standard_normal(frames)).astype(np.float32)
        return Recording(phonemes, mel, pitch, np.ones(frames, np.float32))

    module = kind(run)
    module.networks.set_statistics(statistics([row(np.random.default_rng(n)) for n in range(4)]))
    return module, MadeUp(row, lambda rows: collate(rows, table), crops // 2, count)


def decoder(crops: int, count: int) -> tuple[AcousticModule, Dataset]:
    """Its decoder alone."""
    module, batches = acoustic(crops, count, DecoderModule)
    module.networks.text.requires_grad_(False)
    module.networks.condition.requires_grad_(False)
    return module, batches


class MadeUp(Dataset):
    """`count` batches of `rows` rows, which processes can share."""

    def __init__(self, row: Any, stacked: Any, rows: int, count: int) -> None:
        self.row, self.stacked, self.rows, self.count = row, stacked, rows, count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, step: int) -> Any:
        return self.share(step, 0, 1)

    def share(self, step: int, share: int, shares: int) -> Any:
        """The rows of one of several processes."""
        mine = range(share, self.rows, shares)
        return self.stacked([self.row(np.random.default_rng([step, r])) for r in mine])
