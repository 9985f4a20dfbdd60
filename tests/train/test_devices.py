"""No code of a step assumes a CPU. Where there is no GPU, the device `meta` stands in for one: it computes
nothing, but refuses tensors of another device as a GPU does."""

from contextlib import nullcontext
from itertools import chain

import msgspec
import pytest
import torch

from itoaudio.audio.mel import MelSpec
from itoaudio.data.config import CorpusConfig
from itoaudio.networks.vocoder import FrameVocoderConfig
from itoaudio.train import devices
from itoaudio.train.acoustic_losses import Aligned
from itoaudio.train.config import LoopConfig, OptimiserConfig, RefineConfig
from itoaudio.train.vocoder import VocoderModule, VocoderRun
from itoaudio.train.vocoder_refine import distance, features

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
    """What refinement compares."""
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
        contour=torch.rand(4, frames, device=device),
        voicing=torch.ones(4, frames, device=device),
        frames=torch.full((4,), frames, device=device),
        losses={},
    )
    found, condition = module.conditioned(item)
    return module.denoising(found, condition)[0].mean() + module.mean_error(found, condition)


STEPS = [vocoder_error, vocoder_sampler, waveform_error, acoustic_decoder]


@pytest.mark.parametrize("step", STEPS[:3])
def test_a_step_keeps_to_its_device(step, monkeypatch):
    monkeypatch.setattr(torch, "autocast", lambda *_, **__: nullcontext())  # which `meta` does not know
    assert step("meta").device.type == "meta"


@pytest.mark.parametrize("step", STEPS)
def test_a_cpu_finds_what_a_gpu_is_compared_with(step):
    assert step("cpu").isfinite()


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


def with_precision(name):
    return msgspec.structs.replace(VOCODER, loop=LoopConfig(precision=name))


@pytest.mark.parametrize("faster", ["bf16-mixed", "32-true"])
def test_auto_is_the_faster_precision_of_a_cpu(monkeypatch, faster):
    monkeypatch.setattr(devices, "faster_precision", lambda: (faster, 0.5))
    assert devices.precision(with_precision("auto"), "cpu") == faster


def test_processes_need_not_agree_on_a_measurement(monkeypatch):
    monkeypatch.setattr(devices, "faster_precision", lambda: pytest.fail("measured"))
    assert devices.precision(with_precision("auto"), "cpu", processes=2) == "bf16-mixed"
    assert devices.precision(with_precision("32-true"), "cpu") == "32-true"


def test_auto_is_what_the_run_began_in_and_a_named_precision_counts_before_it(monkeypatch):
    monkeypatch.setattr(devices, "faster_precision", lambda: pytest.fail("measured"))
    assert devices.precision(with_precision("auto"), "cpu", begun="32-true") == "32-true"
    assert devices.precision(with_precision("auto"), "cpu", processes=2, begun="32-true") == "32-true"
    assert devices.precision(with_precision("bf16-mixed"), "cpu", begun="32-true") == "bf16-mixed"


def test_the_faster_precision_is_that_of_the_shorter_time():
    chosen, share = devices.faster_precision()
    assert chosen in {"bf16-mixed", "32-true"}
    assert 0.0 < share <= 1.0 / (1.0 - devices.GAIN)


def test_a_block_that_is_slow_in_bfloat16_is_trained_in_float32(monkeypatch):
    clock = iter([float(x) for x in chain.from_iterable((0, 3, 3, 4) for _ in range(devices.PASSES))])
    monkeypatch.setattr(devices.time, "perf_counter", lambda: next(clock))
    assert devices.faster_precision.__wrapped__() == ("32-true", pytest.approx(1 / 3))
