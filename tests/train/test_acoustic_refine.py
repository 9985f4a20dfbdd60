import msgspec
import pytest
import torch

from itoaudio.networks.acoustic import AcousticModel
from itoaudio.train import acoustic_refine
from itoaudio.train.acoustic_refine import AcousticRefineModule, module, patch_distance
from itoaudio.train.acoustic_sampling import draw
from itoaudio.train.checkpoint import save_weights
from itoaudio.train.config import RefineConfig

from .test_acoustic import BANDS, CORPUS, RUN, TABLE, collate, toy_module


def test_refining_moves_condition_and_score_only(tmp_path):
    save_weights(toy_module().networks, tmp_path, step=1)
    run = msgspec.structs.replace(RUN, start=str(tmp_path), refine=RefineConfig(steps=(2,)))
    made = module(run, tmp_path)
    assert isinstance(made, AcousticRefineModule)
    assert isinstance(made.networks, AcousticModel)
    crops, condition = made.aligned_crops(collate(CORPUS[:4], TABLE))
    made.energy_distance(crops, condition, steps=2).backward()
    moved = {name.split(".")[0] for name, p in made.networks.named_parameters() if p.grad is not None}
    assert moved == {"condition", "score"}
    head = made.networks.score.decoders[0].heads[0].out.weight
    assert head.grad.isfinite().all()
    assert head.grad.abs().sum() > 0


def test_without_a_start_it_is_refused(tmp_path):
    with pytest.raises(ValueError, match="needs `start:"):
        module(RUN, tmp_path)


def test_the_energy_distance_is_least_for_the_true_distribution():
    """N(0, s^2) against data of N(0, 1): attraction minus repulsion is least at s = 1."""
    torch.manual_seed(0)
    draws = torch.randn(3, 64, BANDS, 16)

    def rule(s):
        x, y, z = draws[0], s * draws[1], s * draws[2]
        return float(patch_distance(x, y) + patch_distance(x, z) - patch_distance(y, z))

    assert rule(1.0) < min(rule(0.6), rule(1.5))
    assert rule(0.0) > rule(1.0)


def test_the_span_is_that_of_the_settings(tmp_path, monkeypatch):
    save_weights(toy_module().networks, tmp_path, step=1)
    refine = RefineConfig(steps=(2,), t_start=0.5, t_end=0.1)
    made = module(msgspec.structs.replace(RUN, start=str(tmp_path), refine=refine), tmp_path)
    levels = []
    score = made.networks.score.forward

    def told(state, level, *rest):
        levels.append(level[0].item())
        return score(state, level, *rest)

    monkeypatch.setattr(made.networks.score, "forward", told)
    crops, condition = made.aligned_crops(collate(CORPUS[:4], TABLE))
    made.drawn(crops, condition, steps=2)
    assert levels == pytest.approx([0.5, 0.3])


@pytest.mark.parametrize(("key", "value"), [("projections", 2), ("locked_pulse", False)])
def test_keys_of_the_vocoder_are_refused(tmp_path, key, value):
    refine = RefineConfig(**{key: value})
    with pytest.raises(ValueError, match=f"refine.{key} = {value} is for refine-vocoder alone: leave it out"):
        module(msgspec.structs.replace(RUN, start=str(tmp_path), refine=refine), tmp_path)


@pytest.mark.parametrize(("refine", "draws"), [({}, 2), ({"repulsion": 0.0}, 1), ({"temperature": 0.0}, 2)])
def test_the_noise_and_the_draws_are_those_of_the_settings(tmp_path, monkeypatch, refine, draws):
    save_weights(toy_module().networks, tmp_path, step=1)
    run = msgspec.structs.replace(RUN, start=str(tmp_path), refine=RefineConfig(steps=(1,), **refine))
    made = module(run, tmp_path)
    drawn = []

    def told(denoiser, noise, **options):
        drawn.append(noise)
        return draw(denoiser, noise, **options)

    monkeypatch.setattr(acoustic_refine, "draw", told)
    crops, condition = made.aligned_crops(collate(CORPUS[:4], TABLE))
    made.energy_distance(crops, condition, steps=1)
    (noise,) = drawn
    assert len(noise) == draws * len(crops.mel)
    assert bool(noise.any()) == (refine.get("temperature") != 0.0)
