"""The paper's waveform model under the common trainer: one switch in the config, one recipe."""

from pathlib import Path

import msgspec
import pytest
import torch

from itoaudio.audio.mel import MelSpec
from itoaudio.data.config import CorpusConfig
from itoaudio.networks.waveform import WaveformConfig
from itoaudio.sde import VE
from itoaudio.train.config import OptimiserConfig, SDEConfig, load_run
from itoaudio.train.start import RECIPES
from itoaudio.train.waveform import RUN, WaveformModule, WaveformRun

SPEC = MelSpec(bands=4, hop_samples=16)
TINY = WaveformConfig(
    channels=8, layers=3, dilation_cycle=3, upsampling=(4, 4), fourier_width=8, level_width=8
)
TOY = WaveformRun(
    name="toy",
    corpus=CorpusConfig(name="toy", recipe="ljspeech", folder="none", mel=SPEC),
    sde=SDEConfig(family="ve", parameters={"sigma_min": 1e-3, "sigma_max": 30.0}),
    network=TINY,
    optimiser=OptimiserConfig(steps=4),
)


@pytest.fixture
def module():
    torch.manual_seed(0)
    return WaveformModule(TOY)


def batch():
    torch.manual_seed(1)
    return {"audio": 0.03 * torch.randn(3, 5 * 16), "mel": torch.randn(3, 4, 5)}


def test_shipped_config_is_the_papers_model():
    run = load_run(Path(__file__).parents[2] / "configs" / "waveform.yaml", RUN)
    assert "waveform" in RECIPES
    assert run.sde.build() == VE(sigma_min=1e-3, sigma_max=657.0)
    assert (run.network.layers, run.network.channels, run.network.dilation_cycle) == (30, 64, 10)
    assert run.crops.gain == 0  # the sound's RMS is 1 as it stands


@pytest.mark.parametrize("parametrisation", ["v", "scaled_score"])
def test_one_batch_gives_an_error_for_each_sample_and_gradients_for_all_weights(parametrisation):
    torch.manual_seed(0)
    sde = SDEConfig(family="ve", parametrisation=parametrisation)
    module = WaveformModule(msgspec.structs.replace(TOY, sde=sde))
    torch.nn.init.normal_(module.networks.leave.weight, std=0.1)
    error, level = module.errors(batch())
    assert error.shape == (3, 1, 80)
    assert level.shape == (3,)
    assert ((level > 0) & (level < 1)).all()
    error.mean().backward()
    silent = [name for name, weight in module.networks.named_parameters() if weight.grad is None]
    assert silent == []


def test_untrained_error_under_v_is_one_for_unit_variance(module):
    error = torch.stack([module.errors(batch())[0].mean() for _ in range(50)])
    assert error.mean().item() == pytest.approx(1.0, abs=0.1)


def test_speaks_at_the_corpus_loudness_and_the_same_for_the_same_seed(module):
    sound = module.speak(torch.zeros(2, 4, 50), steps=40)
    assert sound.shape == (2, 50 * 16)
    assert sound.std().item() == pytest.approx(0.03, rel=0.15)
    torch.testing.assert_close(module.speak(torch.zeros(2, 4, 50), steps=40), sound)
    assert not torch.allclose(module.speak(torch.zeros(2, 4, 50), steps=40, seed=1), sound)
