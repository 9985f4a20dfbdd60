"""Sampler and discriminators of mels step together, and neither's loss moves the other."""

import msgspec
import pytest
import torch

from itoaudio.train.acoustic_adversarial import AdversarialAcousticModule, module
from itoaudio.train.checkpoint import save_weights
from itoaudio.train.config import AdversarialConfig, RefineConfig

from .test_acoustic import CORPUS, RUN, TABLE, collate, toy_module


@pytest.fixture
def toy(monkeypatch, tmp_path) -> AdversarialAcousticModule:
    save_weights(toy_module().networks, tmp_path, step=1)
    heard = AdversarialConfig(width=8, start_step=-1, ramp_steps=1)
    refine = RefineConfig(steps=(1, 2), adversarial=heard)
    made = module(msgspec.structs.replace(RUN, start=str(tmp_path), refine=refine), tmp_path)
    assert isinstance(made, AdversarialAcousticModule)
    monkeypatch.setattr(made, "log_dict", lambda *args, **options: None)
    monkeypatch.setattr(made, "log", lambda *args, **options: None)
    return made


def moved(part: torch.nn.Module) -> bool:
    return any(p.grad is not None and bool(p.grad.abs().sum() > 0) for p in part.parameters())


def seen(toy) -> list[torch.Tensor]:
    crops, condition = toy.aligned_crops(collate(CORPUS[:4], TABLE))
    target, samples = toy.drawn(crops, condition, steps=1)
    return [torch.stack([mel, mel.detach()], dim=1) for mel in (target, *samples)]


def test_what_the_sampler_hears_moves_the_sampler_only(toy):
    recording, *samples = seen(toy)
    with torch.no_grad():
        real = toy.discriminators(recording)
    toy.heard(real, samples).backward()
    assert moved(toy.networks.score)
    assert not moved(toy.discriminators)
    assert not moved(toy.networks.text)


def test_a_step_moves_both(toy):
    toy.training_step(collate(CORPUS[:4], TABLE), 0).backward()
    assert moved(toy.networks.score)
    assert moved(toy.discriminators)
    assert not moved(toy.networks.text)


def test_a_mel_is_judged_beside_what_its_text_leads_to_expect(toy):
    """The same mel under another expectation gets another score."""
    recording, *_ = seen(toy)
    other = torch.stack([recording[:, 0], recording[:, 1] + 1], dim=1)
    scores = [[opinion[-1] for opinion in toy.discriminators(each)] for each in (recording, other)]
    assert all(not torch.equal(a, b) for a, b in zip(*scores))
