"""The waveform network alone: no corpus, no acoustic model, seconds on one core."""

import math

import numpy as np
import pytest
import torch

from itoaudio.audio.mel import MelSpec
from itoaudio.networks.waveform import (
    FourierLevel,
    MelUpsampler,
    WaveformConfig,
    WaveformVocoder,
    largest_distance,
)
from itoaudio.sde import (
    GRIDS,
    PARAMETRISATIONS,
    PREDICTORS,
    VE,
    VP,
    AnnealedLangevin,
    Denoiser,
    denoising_error,
    sample,
)

SDE = VE(sigma_min=1e-3, sigma_max=20.0)
SPEC = MelSpec(bands=4, hop_samples=16)
HOP = SPEC.hop_samples


def tiny(**settings):
    torch.manual_seed(0)
    sizes = {"channels": 16, "layers": 6, "dilation_cycle": 6, "upsampling": (4, 4)}
    features = {"fourier_width": 16, "level_width": 32, "fourier_scale": 0.2}
    return WaveformVocoder(WaveformConfig(**sizes | features | settings), SPEC)


def denoiser(network, log_mel, sde=SDE):
    def bound(state, level):
        return network(state, torch.as_tensor(level, dtype=state.dtype).expand(len(state)), log_mel)

    return Denoiser(sde, bound, PARAMETRISATIONS["v"])


def spoken(denoise, shape, *, steps, seed=0):
    generator = torch.Generator().manual_seed(seed)

    def noise():
        return torch.randn(shape, generator=generator)

    with torch.no_grad():
        return sample(
            denoise,
            SDE.prior(noise()),
            grid=GRIDS["uniform"](SDE, steps),
            predictor=PREDICTORS["reverse_diffusion"],
            noise=noise,
            corrector=AnnealedLangevin(snr=0.16),
            denoise_last=True,
        )


def test_default_network_is_diffwaves_size():
    network = WaveformVocoder(WaveformConfig(), MelSpec())
    assert 2.5e6 < sum(weight.numel() for weight in network.parameters()) < 3.5e6
    assert [block.dilated.dilation[0] for block in network.blocks] == [2**layer for layer in range(10)] * 3


@pytest.mark.parametrize("sde", [SDE, VP()], ids=["ve", "vp"])
def test_untrained_network_is_the_exact_score_of_white_noise(sde):
    """A silent network under `v` knows unit variance and nothing else, at every level, in every family."""
    torch.manual_seed(0)
    x, t = torch.randn(3, 1, 4 * HOP), torch.tensor([0.1, 0.5, 1.0])
    prediction = denoiser(tiny(), torch.zeros(3, 4, 4), sde)(x, t)
    alpha, sigma = (schedule(t).reshape(-1, 1, 1) for schedule in (sde.alpha, sde.sigma))
    torch.testing.assert_close(prediction.score, -x / (alpha**2 + sigma**2), rtol=1e-4, atol=1e-5)


def test_predictor_corrector_carries_the_untrained_network_to_white_noise():
    """Its answer is the posterior mean at the last time, where sigma = 4e-4: as good as the sample itself."""
    sound = spoken(denoiser(tiny(), torch.zeros(1, 4, 100)), (1, 1, 100 * HOP), steps=100)
    assert abs(sound.std() - 1) < 0.1


def test_condition_and_score_are_the_forward_pass():
    network = tiny()
    torch.nn.init.normal_(network.leave.weight)
    state, level, log_mel = torch.randn(2, 1, 3 * HOP), torch.tensor([0.2, 0.9]), torch.randn(2, 4, 3)
    whole = network(state, level, log_mel)
    torch.testing.assert_close(network.score(state, level, network.condition(log_mel)), whole)
    assert not torch.allclose(network(state, level, log_mel + 1), whole)
    assert not torch.allclose(network(state, level.flip(0), log_mel), whole)


def test_whiten_brings_the_corpus_to_unit_rms_and_back():
    network, audio = tiny(rms=0.03), 0.03 * torch.randn(2, 5 * HOP)
    state = network.whiten(audio)
    assert state.shape == (2, 1, 5 * HOP)
    torch.testing.assert_close(state.std(), torch.tensor(1.0), rtol=0.2, atol=0)
    torch.testing.assert_close(network.colour(state), audio)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="48 samples do not fit a mel of 64"):
        tiny()(torch.randn(1, 1, 3 * HOP), torch.tensor([0.5]), torch.zeros(1, 4, 4))
    with pytest.raises(ValueError, match="does not make a hop of 16"):
        tiny(upsampling=(4, 8))
    with pytest.raises(ValueError, match="even"):
        tiny(upsampling=(3, 3))


def test_upsampler_keeps_frames_in_place():
    upsample = MelUpsampler((16, 16))
    for layer in upsample.layers:
        torch.nn.init.ones_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
    mel = torch.zeros(1, 5, 9)
    mel[:, :, 4] = 1.0
    samples = upsample(mel)[0, 2]
    assert samples.shape == (9 * 256,)
    centre = (samples * torch.arange(9 * 256)).sum() / samples.sum()
    assert abs(centre - (4.5 * 256 - 0.5)) < 1e-2


@pytest.mark.parametrize("level", [0.0, 1e-9, 0.5, 1.0])
def test_level_embedding_is_finite_at_the_ends(level):
    assert FourierLevel(16, 8, scale=16.0)(torch.tensor([level])).isfinite().all()


def test_sigma_max_is_the_largest_distance():
    sounds = torch.zeros(3, 4)
    sounds[1, 0], sounds[2, 1] = 3.0, 4.0
    assert largest_distance(sounds) == pytest.approx(5.0)


def test_overfits_one_batch_and_speaks_it():
    """Two tones, told apart only by their mel: score matching learns them, predictor-corrector says them.

    The mel does not tell the phase, so neither does the test.
    """
    frames = 4
    time = torch.arange(frames * HOP)
    tones = [(time * turns * 2 * math.pi / 16).sin() for turns in (1, 3)]
    sounds = math.sqrt(2) * torch.stack(tones)[:, None]  # (2, 1, N), unit RMS
    log_mel = torch.tensor([[-6.0], [-4.0]])[:, :, None].expand(2, 4, frames)
    network = tiny(layers=4)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    losses = []
    for _ in range(150):
        t = torch.rand(16) * 0.999 + 1e-3
        x0, mel = sounds.repeat(8, 1, 1), log_mel.repeat(8, 1, 1)
        error = denoising_error(denoiser(network, mel), x0, t, torch.randn_like(x0)).mean()
        optimiser.zero_grad()
        error.backward()
        optimiser.step()
        losses.append(error.item())
    assert np.mean(losses[-30:]) < 0.6 * np.mean(losses[:20])
    spoke = spoken(denoiser(network, log_mel), (2, 1, frames * HOP), steps=60)
    power = torch.fft.rfft(spoke[:, 0]).abs() ** 2  # (2, K); n turns in 16 samples are bin 4 n of 64
    tone = power[[0, 1], [4, 12]] / power.sum(1)
    assert tone.min() > 0.9, tone
