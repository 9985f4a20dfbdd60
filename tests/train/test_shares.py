"""The losses of shares, averaged as DDP averages them, are those of the whole batch: for the real models."""

import pytest
import torch

from itoaudio.data.acoustic import AcousticBatches, collate
from itoaudio.train import acoustic_losses
from itoaudio.train.acoustic import AcousticModule
from itoaudio.train.acoustic_losses import aligned, masked_mean
from itoaudio.train.draws import Draws
from itoaudio.train.shares import Shares
from itoaudio.train.vocoder import VocoderModule

from .test_acoustic import CORPUS, TABLE, toy_module
from .test_devices import VOCODER, crops

SHARES = 2


def test_vocoder_shares_average_to_the_whole():
    torch.manual_seed(0)
    module = VocoderModule(VOCODER)
    batch = crops("cpu")
    parts = []
    module.draws = Draws(0, 5)
    whole = module.errors(batch)[0].mean()
    for share in range(SHARES):
        module.draws = Draws(0, 5, share=share, shares=SHARES)
        parts.append(module.errors({name: rows[share::SHARES] for name, rows in batch.items()})[0].mean())
    torch.testing.assert_close(torch.stack(parts).mean(), whole)


def test_acoustic_shares_average_to_the_whole(monkeypatch):
    module = toy_module()
    counts = []

    def losses(share, shares):
        """Of one share, with the counts of the whole in place of what processes would tell each other."""
        known = iter(list(counts))
        monkeypatch.setattr(
            acoustic_losses, "mean_over_processes", lambda own: next(known, None) or remember(own)
        )
        monkeypatch.setattr(AcousticModule, "shares", shares)
        module.draws = Draws(0, 5, share=share, shares=shares)
        item = aligned(module.networks, collate(CORPUS[:4][share::shares], TABLE), prior_weight=0.5)
        found, condition = module.conditioned(item)
        error, _ = module.denoising(found, condition)
        return item.losses | {
            "mean": module.mean_error(found, condition),
            "denoising": masked_mean(error, found.mask),
        }

    def remember(own):
        counts.append(own / SHARES)
        return own

    whole = losses(0, 1)
    parts = [losses(share, SHARES) for share in range(SHARES)]
    assert len(counts) == len(whole)
    for name, value in whole.items():
        torch.testing.assert_close(sum(part[name] for part in parts) / SHARES, value, msg=name)


def test_a_batch_too_small_for_its_processes_is_refused_with_numbers():
    batches = AcousticBatches(CORPUS, TABLE, batch_size=2, steps=1, seed=0)
    with pytest.raises(ValueError, match=r"batch\.size 2 .* fewer than 4 rows"):
        batches.share(0, 3, 4)
    with pytest.raises(ValueError, match="list cannot be shared among 2 processes"):
        Shares([1, 2], world=2)


def test_each_process_names_its_own_recordings():
    batches = AcousticBatches(CORPUS, TABLE, batch_size=4, steps=1, seed=0)
    batches.ids = lambda step: ["a", "b", "c", "d"]
    shares = [Shares(batches, rank=rank, world=2, parts=1) for rank in range(2)]
    assert [share.ids(0, rank) for rank, share in enumerate(shares)] == [["a", "c"], ["b", "d"]]
    assert Shares(batches, parts=2).ids(0, 0) == ["a", "b", "c", "d"]
