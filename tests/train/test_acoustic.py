import msgspec
import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from itoaudio.audio.mel import MelSpec
from itoaudio.data.acoustic import AcousticBatches, Recording, collate, statistics
from itoaudio.data.config import CorpusConfig
from itoaudio.networks.acoustic import (
    AcousticNetworkConfig,
    ConditionConfig,
    ScoreConfig,
    TextConfig,
)
from itoaudio.strict import ConfigError, convert
from itoaudio.text.symbols import SymbolTable
from itoaudio.train.acoustic import (
    AcousticModule,
    AcousticRun,
    ScheduleConfig,
    UtteranceConfig,
)
from itoaudio.train.acoustic_losses import aligned, crop, mask, masked_mean
from itoaudio.train.acoustic_pictures import picture
from itoaudio.train.acoustic_sampling import speak
from itoaudio.train.checkpoint import load_weights
from itoaudio.train.config import LoopConfig, OptimiserConfig, SDEConfig
from itoaudio.train.draws import Draws
from itoaudio.train.run import fit

BANDS = 8
RUN = AcousticRun(
    name="toy",
    corpus=CorpusConfig(name="toy", recipe="ljspeech", folder="none", mel=MelSpec(bands=BANDS)),
    symbols="_abcd ",
    network=AcousticNetworkConfig(
        text=TextConfig(width=16, blocks=2, attentions=1, heads=2, predictor_width=8, dropout=0.0),
        condition=ConditionConfig(width=16, blocks=1, dropout=0.0),
        score=ScoreConfig(width=16, blocks=2, level_width=8, decoders=2, head_width=8),
    ),
    batch=UtteranceConfig(size=4, crop_frames=16),
    schedule=ScheduleConfig(decoder_start=2, prior_end=4, residual_end=6),
    optimiser=OptimiserConfig(steps=8, rate=3e-3, warm_up_steps=1),
    loop=LoopConfig(precision="32-true"),
)
TABLE = SymbolTable(tuple(RUN.symbols))


def utterance(seed):
    """Each symbol sounds its own band for some frames: alignments are known."""
    generator = np.random.default_rng(seed)
    phonemes = "".join(generator.choice(list("abcd"), 5))
    lengths = generator.integers(2, 7, 7)
    bands = np.array([TABLE.symbols.index(symbol) for symbol in f"_{phonemes}_"])
    mel = np.full((BANDS, lengths.sum()), -5.0, np.float32)
    mel[np.repeat(bands, lengths), np.arange(lengths.sum())] = 0.0
    mel += 0.1 * generator.standard_normal(mel.shape).astype(np.float32)
    ramp = np.linspace(4.8, 5.2, mel.shape[1], dtype=np.float32)
    return Recording(phonemes, mel, ramp, np.ones_like(ramp))


CORPUS = [utterance(seed) for seed in range(8)]


def toy_module(run=RUN):
    torch.manual_seed(0)
    made = AcousticModule(run)
    made.networks.set_statistics(statistics(CORPUS))
    return made


@pytest.fixture
def item():
    module = toy_module()
    return module, aligned(module.networks, collate(CORPUS[:3], TABLE), prior_weight=1.0)


def test_alignment_covers_every_frame_and_targets_are_the_recordings(item):
    module, found = item
    assert found.durations.sum(1).tolist() == found.frames.tolist()
    first = CORPUS[0]
    stop = int(found.durations[0, 0])
    pitch_mean, pitch_std = module.networks.pitch_statistics.tolist()
    expected = (first.log_f0[:stop].mean() - pitch_mean) / pitch_std
    assert found.pitch[0, 0].item() == pytest.approx(expected, abs=1e-4)
    assert set(found.losses) == {"prior", "duration", "pitch", "energy"}
    assert all(value.isfinite() for value in found.losses.values())


def test_a_crop_with_context_says_what_the_whole_utterance_says(item):
    module, found = item
    networks = module.networks.eval()
    frames = int(found.frames.max())
    whole = crop(found, frames=frames, count=3, context=module.context, draws=Draws(0))
    part = crop(found, frames=9, count=3, context=module.context, draws=Draws(0))
    for row in range(3):
        at = [i for i in range(frames - 8) if torch.equal(whole.mel[row, :, i : i + 9], part.mel[row])]
        assert len(at) == 1
        one, other = (
            networks.condition(c.hidden, c.pitch, c.energy, c.context_mask).mean[row, :, module.context :]
            for c in (whole, part)
        )
        torch.testing.assert_close(one[:, at[0] : at[0] + 9], other[:, :9], atol=1e-5, rtol=1e-4)


def test_a_crop_longer_than_an_utterance_is_masked(item):
    _, found = item
    whole = crop(found, frames=1000, count=3, context=0, draws=Draws(0))
    assert whole.mask.sum(1).flatten().tolist() == found.frames.tolist()
    assert not (whole.mel * (1 - whole.mask.transpose(1, 2))).any()


def test_masked_mean_is_blind_to_padding():
    real = mask(torch.tensor([2, 3]))
    error = torch.tensor([[1.0, 3.0, 99.0], [2.0, 2.0, 2.0]])
    assert masked_mean(error, real).item() == pytest.approx(2.0)


def trained(folder, steps):
    run = msgspec.structs.replace(
        RUN, optimiser=OptimiserConfig(steps=steps, rate=3e-3, warm_up_steps=1, average_decay=0.5)
    )
    module = toy_module(run)
    train = AcousticBatches(CORPUS, TABLE, batch_size=4, steps=steps, seed=0)
    held_out = AcousticBatches(CORPUS, TABLE, batch_size=4, steps=1, seed=1)
    fit(module, run, (DataLoader(train, batch_size=None), DataLoader(held_out, batch_size=None)), runs=folder)
    return module.networks


@pytest.mark.filterwarnings("ignore")  # Lightning's own: it calls what torch has deprecated
def test_a_run_learns_repeats_itself_and_leaves_averaged_weights_and_pictures(tmp_path):
    one, other = trained(tmp_path / "one", steps=12), trained(tmp_path / "other", steps=12)
    for name, tensor in one.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name
    batch, new = collate(CORPUS[:4], TABLE), toy_module().networks
    before = aligned(new, batch, prior_weight=0.0).losses["prior"]
    assert aligned(one, batch, prior_weight=0.0).losses["prior"] < 0.9 * before
    assert not torch.equal(one.condition.residual, new.condition.residual)
    load_weights(new, tmp_path / "one" / "toy")
    torch.testing.assert_close(new.mel_mean, one.mel_mean, atol=1e-2, rtol=0)
    assert list((tmp_path / "one" / "toy").rglob("events.out.tfevents*"))


def test_residual_brings_the_rest_of_the_mel_to_unit_variance(item):
    module, found = item
    for _ in range(20):
        crops, condition = module.conditioned(found)
        module.follow_residual(crops, condition, momentum=0.0)
    rest = crops.mel / module.networks.condition.residual - condition.mean
    crops, condition = module.conditioned(found)
    rest = (crops.mel / module.networks.condition.residual - condition.mean) * crops.mask.transpose(1, 2)
    variance = rest.square().sum() / crops.mask.sum() / BANDS
    assert variance.item() == pytest.approx(1.0, abs=0.3)


def test_parts_of_a_batch_move_the_residual_as_the_whole_does(monkeypatch):
    def residual(parts):
        module = toy_module()
        monkeypatch.setattr(AcousticModule, "parts", parts)
        monkeypatch.setattr(AcousticModule, "shares", parts)
        for step in range(3):
            for part in range(parts):
                module.draws = Draws(0, 0, step, share=part, shares=parts)
                batch = collate(CORPUS[:4][part::parts], TABLE)
                crops, condition = module.conditioned(aligned(module.networks, batch, prior_weight=0.0))
                module.follow_residual(crops, condition, momentum=0.5)
        return module.networks.condition.residual

    whole = residual(1)
    assert not torch.equal(whole, toy_module().networks.condition.residual)
    for parts in (2, 4):
        torch.testing.assert_close(residual(parts), whole, rtol=1e-5, atol=1e-6)


def test_speaking_gives_a_mel_of_the_predicted_length():
    module = toy_module()
    ids = torch.tensor([TABLE.encode("_abcd_")])
    mel, durations = speak(module.networks.eval(), ids, module.sde, module.parametrisation, steps=2)
    assert mel.shape == (1, BANDS, int(durations.sum()))
    assert mel.isfinite().all()
    figure = picture("_abcd_", durations[0], durations[0], mel[0], mel[0])
    assert len(figure.axes) == 2


@pytest.mark.parametrize("family", ["vp_cosine", "straight"])
@pytest.mark.parametrize("parametrisation", ["eps", "score", "scaled_score"])
def test_a_network_that_predicts_noise_speaks_where_alpha_ends_at_zero(family, parametrisation):
    module = toy_module(
        msgspec.structs.replace(RUN, sde=SDEConfig(family=family, parametrisation=parametrisation))
    )
    ids = torch.tensor([TABLE.encode("_abcd_")])
    mel, _ = speak(module.networks.eval(), ids, module.sde, module.parametrisation, steps=2)
    assert mel.isfinite().all()


class Far(torch.Tensor):
    """As on a GPU: numpy takes it only after `cpu`."""

    def numpy(self, **_):
        raise TypeError("can't convert cuda:0 device type tensor to numpy")

    def cpu(self, **_):
        return self.as_subclass(torch.Tensor)


def test_a_picture_of_what_lies_on_a_gpu():
    durations, mel = (values.as_subclass(Far) for values in (torch.tensor([2, 3]), torch.rand(BANDS, 5)))
    assert len(picture("ab", durations, durations, mel, mel).axes) == 2


def test_an_unknown_key_names_the_nearest():
    raw = msgspec.to_builtins(RUN) | {"batch": {"sise": 3}}
    with pytest.raises(ConfigError, match="did you mean `size`"):
        convert(raw, AcousticRun, source="run.yaml")
