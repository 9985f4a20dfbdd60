"""Sampler and discriminators step together, and neither's loss moves the other."""

import msgspec
import pytest
import torch

from itoaudio.data.config import CorpusConfig
from itoaudio.networks.vocoder import FrameVocoderConfig
from itoaudio.train.adversarial import hinge
from itoaudio.train.config import AdversarialConfig, OptimiserConfig, RefineConfig, SDEConfig
from itoaudio.train.sampling import first_time
from itoaudio.train.vocoder import VocoderModule, VocoderRun
from itoaudio.train.vocoder_adversarial import AdversarialVocoderModule, module
from itoaudio.train.vocoder_refine import RefineModule, distance, features

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


@pytest.mark.parametrize(
    ("family", "t_start"), [("vp_cosine", 1.0), ("vp_cosine", 0.5), ("ve", 0.999), ("brownian_bridge", 1.0)]
)
def test_the_sampler_starts_at_the_noise_of_its_time(monkeypatch, family, t_start):
    made = VocoderModule(msgspec.structs.replace(toy_run(), sde=SDEConfig(family=family)))
    states, score = [], made.networks.score.forward

    def told(state, *rest, **more):
        states.append(state)
        return score(state, *rest, **more)

    monkeypatch.setattr(made.networks.score, "forward", told)
    made.unrolled(toy_batch(), 1, t_start=t_start)
    t = min(t_start, made.sde.t_max)
    size = (made.sde.alpha(t) ** 2 + made.sde.sigma(t) ** 2) ** 0.5
    assert states[0].std().item() == pytest.approx(made.sde.sigma(t) / size, rel=0.02)


def test_the_log_hears_a_draw_from_where_exact_graphs_start(monkeypatch):
    run = msgspec.structs.replace(toy_run(), sde=SDEConfig(family="edm", parametrisation="eps"))
    made, shown = VocoderModule(run), []
    monkeypatch.setattr(made, "log", lambda *args, **options: None)
    monkeypatch.setattr(made, "log_by_level", lambda *args: None)
    monkeypatch.setattr(made, "show", lambda batch, **solver: shown.append(solver["t_start"]))
    made.validation_step(toy_batch(), 0)
    assert shown == [first_time(made.sde)]


@pytest.mark.parametrize("kind", [RefineModule, AdversarialVocoderModule])
def test_steps_of_the_optimiser_take_turns_not_parts_of_their_batches(monkeypatch, kind):
    run = toy_run(start_step=10)
    made = kind(msgspec.structs.replace(run, refine=msgspec.structs.replace(run.refine, steps=(1, 2))))
    monkeypatch.setattr(made, "log", lambda *args, **options: None)
    counts, listened = [], made.listened

    def told(batch, steps):
        counts.append(steps)
        return listened(batch, steps)

    monkeypatch.setattr(made, "listened", told)
    for step in range(2):
        monkeypatch.setattr(kind, "global_step", step)
        for part in range(2):
            made.training_step(toy_batch(), 2 * step + part)
    assert counts == [1, 1, 2, 2]
