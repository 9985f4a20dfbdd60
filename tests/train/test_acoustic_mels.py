"""Mels of an acoustic model for a vocoder: as long as the recordings, at their pitch, always the same."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from itoaudio.audio.mel import MelSpec
from itoaudio.data.config import CorpusConfig
from itoaudio.data.features import Features
from itoaudio.data.manifest import Utterance, write_manifest
from itoaudio.data.prepare import cache_folder
from itoaudio.networks.acoustic import AcousticNetworkConfig, ConditionConfig, ScoreConfig, TextConfig
from itoaudio.train.acoustic import AcousticRun, new_networks
from itoaudio.train.acoustic_mels import AcousticMelConfig, acoustic_mels
from itoaudio.train.checkpoint import save_weights
from itoaudio.train.config import OptimiserConfig, RefineConfig, SDEConfig, save_yaml

CORPUS = CorpusConfig(name="toy", recipe="ljspeech", folder="none", mel=MelSpec(bands=8))
RUN = AcousticRun(
    name="acoustic",
    corpus=CORPUS,
    symbols="_abcd ",
    network=AcousticNetworkConfig(
        text=TextConfig(width=16, blocks=2, attentions=1, heads=2, predictor_width=8),
        condition=ConditionConfig(width=16, blocks=1),
        score=ScoreConfig(width=16, blocks=1, level_width=8, decoders=1, head_width=8),
    ),
    optimiser=OptimiserConfig(steps=1),
)


@pytest.fixture
def made(tmp_path):
    """(settings, cache): a run of random weights, and a corpus of three recordings, one of them held out."""
    torch.manual_seed(0)
    (tmp_path / "run").mkdir()
    save_yaml(RUN, tmp_path / "run" / "config.yaml")
    save_weights(new_networks(RUN), tmp_path / "run", step=1)
    folder = cache_folder(CORPUS, tmp_path / "cache")
    folder.mkdir(parents=True)
    manifest = []
    for index, frames in enumerate((30, 41, 25)):
        generator = np.random.default_rng(index)
        log_mel = generator.standard_normal((8, frames)).astype(np.float32)
        track = np.full(frames, 5.0, np.float32)
        sound = np.zeros(frames * 256, np.float32)
        Features(sound, log_mel, track, np.ones_like(track), sound).save(folder / f"{index}.npz")
        part = "validation" if index == 2 else "train"
        manifest.append(
            Utterance(id=str(index), text="A.", phonemes="abc", audio="a.wav", part=part, frames=frames)
        )
    write_manifest(folder / "manifest.jsonl", manifest)
    return AcousticMelConfig(run=str(tmp_path / "run"), steps=2), tmp_path / "cache"


def test_each_utterance_of_the_part_gets_a_mel_of_its_length(made):
    mels = acoustic_mels(*(made[0], CORPUS, made[1], "train"))
    assert {name: mel.shape for name, mel in mels.items()} == {"0": (8, 30), "1": (8, 41)}
    again = acoustic_mels(*(made[0], CORPUS, made[1], "train"))
    assert all(np.array_equal(mels[name], again[name]) for name in mels)


def test_temperature_is_the_size_of_the_noise(made):
    settings, cache = made
    cold = msgspec.structs.replace(settings, temperature=0.0)
    colder = acoustic_mels(cold, CORPUS, cache, "validation")["2"]
    assert not np.allclose(colder, acoustic_mels(settings, CORPUS, cache, "validation")["2"])


def test_a_refined_model_draws_as_it_was_refined(made):
    """From its own t_start to its own t_end; one that is not refined, from where noise predictions hold."""

    def mel(**more):
        save_yaml(msgspec.structs.replace(RUN, **more), Path(made[0].run) / "config.yaml")
        return acoustic_mels(made[0], CORPUS, made[1], "validation")["2"]

    assert np.isfinite(mel(sde=SDEConfig(parametrisation="eps"))).all()
    whole, short, early = (
        mel(refine=RefineConfig(**span)) for span in ({}, {"t_start": 0.5}, {"t_end": 0.2})
    )
    assert not np.allclose(whole, short)
    assert not np.allclose(whole, early)


def test_a_model_that_has_run_away_is_refused(made):
    folder = Path(made[0].run)
    networks = new_networks(RUN)
    for weight in networks.score.parameters():
        torch.nn.init.constant_(weight, torch.nan)
    save_weights(networks, folder, step=1)
    with pytest.raises(ValueError, match=f"{folder} makes NaN of 0"):
        acoustic_mels(made[0], CORPUS, made[1], "train")


def test_another_corpus_is_refused(made):
    louder = msgspec.structs.replace(CORPUS, loudness_lufs=-23.0)
    with pytest.raises(ValueError, match="another corpus"):
        acoustic_mels(made[0], louder, made[1], "train")


def test_a_corpus_may_lie_elsewhere_by_now(made):
    moved = msgspec.structs.replace(CORPUS, folder="elsewhere")
    assert set(acoustic_mels(made[0], moved, made[1], "validation")) == {"2"}


@pytest.mark.parametrize("wrong", [{"share": 0.0}, {"share": 1.5}, {"steps": 0}, {"temperature": -1.0}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="acoustic_mels"):
        AcousticMelConfig(run="x", **wrong)
