"""A config alone says which module trains."""

import msgspec
import pytest
import torch

from itoaudio.train import start
from itoaudio.train.acoustic_adversarial import AdversarialAcousticModule
from itoaudio.train.acoustic_refine import AcousticRefineModule
from itoaudio.train.checkpoint import save_weights
from itoaudio.train.config import AdversarialConfig, RefineConfig, save_yaml

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
