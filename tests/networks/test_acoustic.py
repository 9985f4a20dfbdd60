import numpy as np
import pytest
import torch

from itoaudio.audio.mel import MelSpec, band_edges, log_mel
from itoaudio.networks.acoustic import (
    AcousticModel,
    AcousticNetworkConfig,
    ConditionConfig,
    ConditionNetwork,
    ScoreConfig,
    ScoreNetwork,
    TextConfig,
    TextEncoder,
    average,
    repeat,
)
from itoaudio.networks.acoustic.attention import turn
from itoaudio.networks.acoustic.contour import HarmonicComb

TEXT = TextConfig(width=16, blocks=2, attentions=1, heads=2, predictor_width=8)
SMALL = AcousticNetworkConfig(
    text=TEXT,
    condition=ConditionConfig(width=16, blocks=1),
    score=ScoreConfig(width=16, blocks=2, level_width=8, decoders=2, head_width=8),
)


def test_text_encoder_ignores_padding():
    torch.manual_seed(0)
    encoder = TextEncoder(TEXT, symbols=10, bands=8).eval()
    ids = torch.randint(10, (1, 9))
    padded = torch.cat([ids, torch.randint(10, (1, 4))], dim=1)
    mask = torch.cat([torch.ones(1, 9, 1), torch.zeros(1, 4, 1)], dim=1)
    alone, batched = encoder(ids), encoder(padded, mask=mask)
    for name in alone._fields:
        torch.testing.assert_close(getattr(batched, name)[..., :9], getattr(alone, name))


def test_predictors_send_no_gradient_to_the_encoder():
    encoder = TextEncoder(TEXT, symbols=10, bands=8)
    ids = torch.randint(10, (3, 9))
    hidden, mean = encoder.encode(ids)
    assert (hidden.shape, mean.shape) == ((3, 9, 16), (3, 9, 8))
    torch.stack(encoder(ids)[1:]).sum().backward()
    assert encoder.embedding.weight.grad is None
    mean.sum().backward()
    assert encoder.embedding.weight.grad.abs().sum() > 0


def test_rotary_attention_sees_distances_only():
    torch.manual_seed(0)
    query, key = torch.randn(1, 1, 8), torch.randn(1, 1, 8)
    rates = 10.0 ** -torch.arange(4.0)

    def product(i, j):
        return float((turn(query, i * rates[None]) * turn(key, j * rates[None])).sum())

    assert product(3, 5) == pytest.approx(product(103, 105), abs=1e-4)
    assert product(3, 5) != pytest.approx(product(3, 6), abs=1e-2)


@pytest.mark.parametrize("frames", [7, 8])
@pytest.mark.parametrize("decoders", [1, 3])
@pytest.mark.parametrize("shared_trunk", [True, False])
@pytest.mark.parametrize("stacked", [1, 2])
def test_score_network_ignores_padding(frames, decoders, shared_trunk, stacked):
    torch.manual_seed(0)
    config = ScoreConfig(
        width=16, blocks=2, level_width=8, decoders=decoders, shared_trunk=shared_trunk, head_width=8,
        stacked_frames=stacked,
    )  # fmt: skip
    network = open_up(ScoreNetwork(config, condition_width=4, bands=8).eval())
    state, condition, level = torch.randn(2, 8, frames), torch.randn(2, 4, frames), torch.rand(2)
    padding = torch.randn(2, 12, 4)
    padded = torch.cat([torch.cat([state, condition], 1), padding], -1)
    mask = (torch.arange(frames + 4) < frames).float().view(1, -1, 1).expand(2, -1, -1)
    batched = network(padded[:, :8], level, padded[:, 8:], mask)[..., :frames]
    torch.testing.assert_close(batched, network(state, level, condition), atol=1e-5, rtol=1e-4)


def test_separate_decoders_share_nothing():
    config = ScoreConfig(width=16, blocks=1, level_width=8, decoders=2, shared_trunk=False, head_width=8)
    network = open_up(ScoreNetwork(config, condition_width=4, bands=8))
    output = network(torch.randn(1, 8, 6), torch.rand(1), torch.randn(1, 4, 6))
    output[:, :4].sum().backward()
    assert network.decoders[0].inward.weight.grad.abs().sum() > 0
    assert network.decoders[1].inward.weight.grad.abs().sum() == 0


def test_more_decoders_than_bands_are_refused():
    with pytest.raises(ValueError, match="decoders = 9: need 1 to 8"):
        ScoreNetwork(ScoreConfig(decoders=9), condition_width=4, bands=8)


def test_length_regulator_repeats_and_pads():
    durations = torch.tensor([[2, 0, 1], [1, 1, 0]])
    values = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    expected = torch.tensor([[1.0, 1.0, 3.0, 0.0], [4.0, 5.0, 0.0, 0.0]])
    assert torch.equal(repeat(values, durations, 4), expected)
    assert torch.equal(repeat(values.unsqueeze(1), durations, 4)[:, 0], expected)


def test_average_undoes_repeat():
    torch.manual_seed(0)
    durations = torch.tensor([[2, 3, 1], [4, 0, 1]])
    values = torch.randn(2, 3)
    frames = repeat(values, durations, 7)
    found = average(frames, durations, torch.ones(2, 7))
    torch.testing.assert_close(found, values * (durations > 0))


def test_average_weighs_voiced_frames():
    log_f0 = torch.tensor([[5.0, 9.0, 5.2]])
    found = average(log_f0, torch.tensor([[3]]), torch.tensor([[1.0, 0.0, 1.0]]))
    assert found.item() == pytest.approx(5.1)


def test_comb_is_what_harmonics_leave_in_a_mel():
    """The log mel of a pulse train follows the comb where bands are narrower than F0, and only there."""
    spec, f0 = MelSpec(), 200.0
    pulses = np.zeros(22050, np.float32)
    pulses[np.arange(0, len(pulses), spec.sample_rate / f0).astype(int)] = 1.0
    heard = log_mel(pulses, spec)[:, 40]
    comb = HarmonicComb(spec)(torch.tensor([[np.log(f0)]]), torch.ones(1, 1))[0, 0].numpy()
    low = band_edges(spec)[1:-1] < 1000.0
    assert np.corrcoef(heard[low], comb[low])[0, 1] > 0.9
    assert np.abs(comb[-20:]).max() < 0.15
    assert not HarmonicComb(spec)(torch.tensor([[np.log(f0)]]), torch.zeros(1, 1)).any()


def test_a_recordings_contour_takes_the_place_of_the_predicted_one():
    torch.manual_seed(0)
    network = ConditionNetwork(SMALL.condition, hidden_width=16, spec=MelSpec(bands=8)).eval()
    hidden, pitch, energy = torch.randn(1, 16, 30), torch.randn(1, 30), torch.randn(1, 30)
    own = network.contour(hidden, pitch, energy)
    alone = network(hidden, pitch, energy).mean
    torch.testing.assert_close(network(hidden, pitch, energy, heard=own).mean, alone)
    moved = network(hidden, pitch, energy, heard=(own[0] + 1.0, own[1])).mean
    assert (moved - alone).abs().max() > 1e-3


def test_what_a_condition_sees_is_within_its_reach():
    torch.manual_seed(0)
    network = ConditionNetwork(SMALL.condition, hidden_width=16, spec=MelSpec(bands=8)).eval()
    hidden, pitch, energy = torch.randn(1, 16, 60), torch.randn(1, 60), torch.randn(1, 60)
    moved = hidden.clone()
    moved[..., 30] += 1.0
    change = (network(moved, pitch, energy).mean - network(hidden, pitch, energy).mean).abs().amax(1)[0]
    seen = torch.nonzero(change > 0).flatten()
    reach = SMALL.condition.reach_frames
    assert 30 - reach <= int(seen.min())
    assert int(seen.max()) <= 30 + reach
    assert len(seen) > reach  # it does look around


def test_normalised_mel_and_back():
    model = AcousticModel(SMALL, symbols=10, spec=MelSpec(bands=8))
    generator = np.random.default_rng(0)
    model.set_statistics(
        {
            "mel_mean": generator.standard_normal(8),
            "mel_std": 1 + generator.random(8),
            "pitch_statistics": [5.0, 0.2],
            "energy_statistics": [-5.0, 1.5],
        }
    )
    mel = torch.randn(2, 8, 5)
    torch.testing.assert_close(model.denormalise(model.normalise(mel)), mel)
    torch.testing.assert_close(model.normalise(mel) * model.condition.residual, model.standardise(mel))


def open_up(network):
    """Gives the zero-initialised output layers something to say."""
    for decoder in network.decoders:
        for head in decoder.heads:
            torch.nn.init.normal_(head.out.weight)
    return network
