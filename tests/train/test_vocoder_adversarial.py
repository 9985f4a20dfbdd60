"""Sampler and discriminators step together, and neither's loss moves the other."""

import pytest
import torch

from itoaudio.data.config import CorpusConfig
from itoaudio.networks.vocoder import FrameVocoderConfig
from itoaudio.train.adversarial import hinge
from itoaudio.train.config import AdversarialConfig, OptimiserConfig, RefineConfig
from itoaudio.train.vocoder import VocoderRun
from itoaudio.train.vocoder_adversarial import AdversarialVocoderModule, module
from itoaudio.train.vocoder_refine import distance, features

FRAMES, HOP = 24, 256


def toy_run(*, temperature=1.0, repulsion=1.0, **adversarial) -> VocoderRun:
    return VocoderRun(
        name="toy",
        start="nowhere",
        corpus=CorpusConfig(name="toy", recipe="ljspeech", folder="nowhere"),
        network=FrameVocoderConfig(width=8, condition_blocks=1, score_blocks=1, pitch_width=8),
        refine=RefineConfig(
            steps=(1,),
            temperature=temperature,
            repulsion=repulsion,
            adversarial=AdversarialConfig(width=4, **adversarial),
        ),
        optimiser=OptimiserConfig(steps=4),
    )


def toy_batch() -> dict[str, torch.Tensor]:
    torch.manual_seed(1)
    return {
        "audio": 0.1 * torch.randn(2, FRAMES * HOP),
        "mel": torch.randn(2, 80, FRAMES) - 5,
        "log_f0": torch.full((2, FRAMES), 5.0),
        "voicing": torch.ones(2, FRAMES),
        "pulse": torch.randn(2, 2 * 513, FRAMES),
    }


@pytest.fixture
def toy(monkeypatch, tmp_path) -> AdversarialVocoderModule:
    made = module(toy_run(start_step=-1, ramp_steps=1), tmp_path)
    assert isinstance(made, AdversarialVocoderModule)
    monkeypatch.setattr(made, "log_dict", lambda *args, **options: None)
    monkeypatch.setattr(made, "log", lambda *args, **options: None)
    return made


def moved(part: torch.nn.Module) -> bool:
    return any(p.grad is not None and bool(p.grad.abs().sum() > 0) for p in part.parameters())


def test_what_the_sampler_hears_moves_the_sampler_only(toy):
    recording, samples = toy.listened(toy_batch(), 1)
    with torch.no_grad():
        real = toy.discriminators(recording)
    toy.heard(real, samples).backward()
    assert moved(toy.networks.score)
    assert not moved(toy.discriminators)


def test_the_hinge_loss_moves_the_discriminators_only(toy):
    recording, samples = toy.listened(toy_batch(), 1)
    hinge(toy.discriminators(recording), toy.discriminators(samples[0].detach())).backward()
    assert moved(toy.discriminators)
    assert not moved(toy.networks)


def test_one_optimiser_steps_both_at_their_own_rates(toy):
    made = toy.configure_optimizers()
    rates = [group["initial_lr"] for group in made["optimizer"].param_groups]
    assert rates == [1e-3, 1e-3, 2e-4]
    grouped = {id(p) for group in made["optimizer"].param_groups for p in group["params"]}
    assert grouped == {id(p) for p in toy.parameters()}


def test_the_sampler_hears_nothing_before_the_start(monkeypatch, tmp_path):
    quiet = module(toy_run(start_step=10), tmp_path)
    recording, samples = quiet.listened(toy_batch(), 1)
    assert float(quiet.heard(quiet.discriminators(recording), samples)) == 0


def test_without_repulsion_one_sample_is_enough(tmp_path):
    made = module(toy_run(repulsion=0.0), tmp_path).requires_grad_(False)
    recording, samples = made.listened(toy_batch(), 1)
    (sample,) = samples
    spec = made.run_config.corpus.mel
    attraction = 2 * distance(features(recording, spec), features(sample, spec))
    assert float(made.energy(recording, samples)) == pytest.approx(float(attraction))


@pytest.mark.parametrize(("temperature", "one_sound"), [(0.0, True), (1.0, False)])
def test_the_temperature_is_that_of_the_samplers_noise(tmp_path, temperature, one_sound):
    made = module(toy_run(temperature=temperature, repulsion=0.5), tmp_path)
    _, (first, second) = made.listened(toy_batch(), 1)
    assert torch.equal(first, second) == one_sound
