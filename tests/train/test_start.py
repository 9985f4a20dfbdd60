"""A config alone says which module trains, and what is wrong in it is said before the corpus is prepared."""

import msgspec
import pytest
import torch

from itoaudio.train import start
from itoaudio.train.acoustic_adversarial import AdversarialAcousticModule
from itoaudio.train.acoustic_refine import AcousticRefineModule
from itoaudio.train.checkpoint import save_weights
from itoaudio.train.config import AdversarialConfig, OptimiserConfig, RefineConfig, save_yaml

from .test_acoustic import RUN, toy_module


@pytest.mark.parametrize(
    ("adversarial", "kind"),
    [(None, AcousticRefineModule), (AdversarialConfig(width=8), AdversarialAcousticModule)],
)
def test_discriminators_come_where_the_config_names_them(tmp_path, monkeypatch, adversarial, kind):
    networks = toy_module().networks
    save_weights(networks, tmp_path, step=1)
    refine = RefineConfig(steps=(1,), adversarial=adversarial)
    save_yaml(msgspec.structs.replace(RUN, start=str(tmp_path), refine=refine), tmp_path / "run.yaml")
    trained = []
    monkeypatch.setattr(start, "prepare", lambda *_: None)
    monkeypatch.setattr("itoaudio.train.acoustic.loaders", lambda *_: None)
    monkeypatch.setattr(start, "fit", lambda module, *_, **__: trained.append(module))
    start.train("refine-acoustic", tmp_path / "run.yaml", runs=tmp_path, cache=tmp_path)
    (module,) = trained
    assert type(module) is kind
    torch.testing.assert_close(module.networks.state_dict(), networks.state_dict(), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("refine-acoustic", {"start": None}, "a refinement needs `start: FOLDER`"),
        ("refine-acoustic", {"start": "/nowhere"}, "/nowhere/weights.safetensors: no such checkpoint"),
        (
            "acoustic",
            {"start": "/nowhere", "refine": None},
            "/nowhere/weights.safetensors: no such checkpoint",
        ),
        ("acoustic", {}, "`ito train acoustic` does not refine: .* `ito train refine-acoustic`"),
        (
            "acoustic",
            {"refine": None, "optimiser": OptimiserConfig(steps=0)},
            "optimiser.steps 0 trains nothing",
        ),
    ],
)
def test_what_is_wrong_is_said_before_the_corpus_is_prepared(tmp_path, monkeypatch, kind, change, message):
    save_weights(toy_module().networks, tmp_path, step=1)
    sections = {"start": str(tmp_path), "refine": RefineConfig(steps=(1,)), **change}
    save_yaml(msgspec.structs.replace(RUN, **sections), tmp_path / "run.yaml")
    monkeypatch.setattr(start, "prepare", lambda *_: pytest.fail("prepared"))
    with pytest.raises(ValueError, match=message):
        start.train(kind, tmp_path / "run.yaml", runs=tmp_path, cache=tmp_path)
