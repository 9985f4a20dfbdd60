"""No code of a step assumes a CPU. Where there is no GPU, the device `meta` stands in for one: it computes
nothing, but refuses tensors of another device as a GPU does."""

import pytest
import torch

from itoaudio.audio.mel import MelSpec
from itoaudio.data.config import CorpusConfig
from itoaudio.networks.vocoder import FrameVocoderConfig
from itoaudio.train.acoustic_losses import Aligned
from itoaudio.train.config import OptimiserConfig, RefineConfig
from itoaudio.train.refine import distance, features
from itoaudio.train.vocoder import VocoderModule, VocoderRun

from .test_acoustic import BANDS, toy_module
from .test_waveform import TOY as WAVEFORM
from .test_waveform import WaveformModule
from .toy_job import run, train

SPEC = MelSpec()
VOCODER = VocoderRun(
    name="toy",
    corpus=CorpusConfig(name="toy", recipe="ljspeech", folder="none", mel=SPEC),
    network=FrameVocoderConfig(width=16, condition_blocks=1, score_blocks=1, pitch_width=8, pitch_blocks=1),
    optimiser=OptimiserConfig(steps=4),
    refine=RefineConfig(steps=(2,)),
)
FRAMES = 24


def crops(device):
    shapes = {
        "audio": (2, FRAMES * SPEC.hop_samples),
        "mel": (2, SPEC.bands, FRAMES),
        "log_f0": (2, FRAMES),
        "voicing": (2, FRAMES),
        "pulse": (2, VOCODER.network.spectrum_samples + 2, FRAMES),
    }
    torch.manual_seed(0)
    return {name: torch.rand(shape).to(device) for name, shape in shapes.items()}


def vocoder_error(device):
    return VocoderModule(VOCODER).to(device).errors(crops(device))[0].mean()


def vocoder_sampler(device):
    """What refinement compares; its own method turns autocast off first, which `meta` does not know."""
    batch = crops(device)
    sound = VocoderModule(VOCODER).to(device).unrolled(batch, 2)[0]
    return distance(features(batch["audio"], SPEC), features(sound, SPEC))


def waveform_error(device):
    batch = {"audio": torch.rand(3, 5 * 16, device=device), "mel": torch.rand(3, 4, 5, device=device)}
    return WaveformModule(WAVEFORM).to(device).errors(batch)[0].mean()


def acoustic_decoder(device):
    """Crops, condition and denoising; the alignment before them looks at numbers, which `meta` has not."""
    module = toy_module().to(device)
    symbols, frames = 5, 20
    item = Aligned(
        hidden=torch.rand(4, symbols, 16, device=device),
        durations=torch.full((4, symbols), frames // symbols, device=device),
        pitch=torch.rand(4, symbols, device=device),
        energy=torch.rand(4, symbols, device=device),
        mel=torch.rand(4, BANDS, frames, device=device),
        frames=torch.full((4,), frames, device=device),
        losses={},
    )
    found, condition = module.conditioned(item)
    return module.denoising(found, condition)[0].mean() + module.mean_error(found, condition)


STEPS = [vocoder_error, vocoder_sampler, waveform_error, acoustic_decoder]


@pytest.mark.parametrize("step", STEPS[:3])
def test_a_step_keeps_to_its_device(step):
    assert step("meta").device.type == "meta"


@pytest.mark.gpu
@pytest.mark.parametrize("step", STEPS)
def test_a_gpu_finds_what_a_cpu_finds(step):
    if not torch.cuda.is_available():
        pytest.skip("NOT PROVEN HERE: no CUDA device")
    torch.manual_seed(0)
    here = step("cpu")
    torch.manual_seed(0)
    torch.testing.assert_close(step("cuda").cpu(), here, rtol=1e-3, atol=1e-4)


@pytest.mark.gpu
@pytest.mark.filterwarnings("ignore")
def test_a_run_on_a_gpu_learns_as_one_on_a_cpu(tmp_path):
    if not torch.cuda.is_available():
        pytest.skip("NOT PROVEN HERE: no CUDA device")
    _, here = train(tmp_path / "cpu", run())
    _, there = train(tmp_path / "cuda", run(), accelerator="cuda")
    assert all(abs(here[step] - there[step]) < 1e-3 for step in here)
