"""Voices of several speakers: who speaks changes what is heard, and fine-tuning begins as the voice it came
from."""

import msgspec
import numpy as np
import pytest
import torch

from itoaudio.audio.mel import MelSpec
from itoaudio.data.acoustic import AcousticBatches, Recording, collate, load, statistics
from itoaudio.data.features import Features
from itoaudio.data.manifest import Utterance, write_manifest
from itoaudio.networks.acoustic import (
    AcousticModel,
    AcousticNetworkConfig,
    ConditionConfig,
    ScoreConfig,
    TextConfig,
    folded,
)
from itoaudio.strict import convert
from itoaudio.text.symbols import SymbolTable
from itoaudio.train.acoustic import AcousticModule, AcousticRun, new_networks
from itoaudio.train.acoustic_losses import aligned
from itoaudio.train.config import save_yaml

BANDS = 8
CONFIG = AcousticNetworkConfig(
    text=TextConfig(width=16, blocks=2, attentions=1, heads=2, predictor_width=8, dropout=0.0),
    condition=ConditionConfig(width=16, blocks=1, dropout=0.0),
    score=ScoreConfig(width=16, blocks=1, level_width=8, decoders=1, head_width=8),
)
TABLE = SymbolTable(tuple("_abcd "))


def model(speakers=1, seed=0):
    torch.manual_seed(seed)
    return AcousticModel(CONFIG, symbols=len(TABLE), spec=MelSpec(bands=BANDS), speakers=speakers).eval()


def utterance(seed, speaker):
    """A symbol sounds its band, louder and higher for the second speaker."""
    generator = np.random.default_rng(seed)
    phonemes = "".join(generator.choice(list("abcd"), 5))
    lengths = generator.integers(2, 7, 7)
    bands = np.array([TABLE.symbols.index(symbol) for symbol in f"_{phonemes}_"])
    mel = np.full((BANDS, lengths.sum()), -5.0, np.float32) + 2.0 * speaker
    mel[np.repeat(bands, lengths), np.arange(lengths.sum())] += 5.0
    pitch = np.full(mel.shape[1], 4.7 + 0.6 * speaker, np.float32)
    return Recording(phonemes, mel, pitch, np.ones_like(pitch), f"{speaker}-{seed}", speaker)


CORPUS = [utterance(seed, seed % 2) for seed in range(12)]


def test_a_new_speaker_begins_as_the_voice_it_came_from():
    one, several = model(), model(speakers=3, seed=1)
    several.load_state_dict(one.state_dict())
    ids = torch.tensor([TABLE.encode("_abca_")])
    for speaker in range(3):
        for mine, other in zip(one.text(ids), several.text(ids, torch.tensor([speaker]))):
            torch.testing.assert_close(mine, other)


def test_more_speakers_take_the_mean_of_the_known_ones():
    few, more = model(speakers=2), model(speakers=3, seed=1)
    with torch.no_grad():
        few.text.speaker.inward.weight.normal_()
    more.load_state_dict(few.state_dict())
    known = few.text.speaker.inward.weight
    torch.testing.assert_close(more.text.speaker.inward.weight[:2], known)
    torch.testing.assert_close(more.text.speaker.inward.weight[2], known.mean(0))


@pytest.mark.parametrize("speaker", range(3))
def test_a_speaker_folded_in_is_a_voice_of_one(speaker):
    several, one = model(speakers=3), model(seed=1)
    for table in (several.text.speaker.inward, several.text.speaker.outward):
        torch.nn.init.normal_(table.weight)
    one.load_state_dict(folded(several.state_dict(), speaker))
    ids = torch.tensor([TABLE.encode("_abca_")])
    for mine, other in zip(one.text(ids), several.text(ids, torch.tensor([speaker]))):
        torch.testing.assert_close(mine, other)


def test_a_run_starts_with_one_speaker_of_several(tmp_path):
    run = convert(
        {
            "name": "two",
            "speakers": ["ann", "bob"],
            "corpus": {"name": "none", "recipe": "speakers", "folder": "none"},
            "optimiser": {"steps": 1},
        },
        AcousticRun,
        source="test",
    )
    save_yaml(run, tmp_path / "config.yaml")
    two = new_networks(run)
    torch.nn.init.normal_(two.text.speaker.outward.weight)
    alone = msgspec.structs.replace(run, speakers=(), start_speaker="bob")
    weights = AcousticModule(alone).adapted(dict(two.state_dict()), tmp_path)
    expected = two.text.norm.bias + two.text.speaker.outward.weight[1]
    torch.testing.assert_close(weights["text.norm.bias"], expected)
    stranger = AcousticModule(msgspec.structs.replace(alone, start_speaker="eve"))
    with pytest.raises(ValueError, match=r"'eve' is not in .*speakers are ann, bob"):
        stranger.adapted(dict(two.state_dict()), tmp_path)


def test_a_voice_of_one_has_no_weights_of_speakers():
    assert not [name for name in model().state_dict() if "speaker" in name]


def test_joined_utterances_are_of_one_speaker():
    batches = AcousticBatches(CORPUS, TABLE, batch_size=8, steps=6, seed=0, join_probability=1.0)
    for step in range(6):
        for row, names in zip(batches._rows(step), batches.ids(step)):
            assert {int(name.split("-")[0]) for name in names.split("+")} == {row.speaker}
    assert set(batches[0].speaker.tolist()) == {0, 1}


def test_knowing_who_speaks_is_learned_and_heard():
    """After 60 steps a text under its own speaker fits the sound far better than under the other one."""
    several = model(speakers=2)
    several.set_statistics(statistics(CORPUS))
    batch = collate(CORPUS, TABLE)
    optimiser = torch.optim.Adam(several.parameters(), lr=1e-2)
    for _ in range(60):
        losses = aligned(several, batch, prior_weight=0.0).losses
        optimiser.zero_grad()
        (losses["prior"] + losses["pitch"]).backward()
        optimiser.step()
    own, other = (
        aligned(several, batch._replace(speaker=speaker), prior_weight=0.0).losses["prior"].item()
        for speaker in (batch.speaker, 1 - batch.speaker)
    )
    assert own < 0.2 * other
    ids = torch.tensor([TABLE.encode("_abcd_")])
    means = [several.text.encode(ids, speaker=torch.tensor([number]))[1] for number in (0, 1)]
    louder = (several.mel_std.flatten() * (means[1] - means[0])).mean().item()
    assert louder == pytest.approx(2.0, abs=0.7)


def test_speakers_of_a_corpus_must_be_named(tmp_path):
    items = [
        Utterance(id=name, audio="", text="", phonemes="ab", part="train", frames=9, speaker=name)
        for name in ("ann", "bob")
    ]
    for item in items:
        ramp = np.zeros(9)
        Features(np.zeros(4), np.zeros((BANDS, 9)), ramp, ramp, np.zeros(4)).save(tmp_path / f"{item.id}.npz")
    write_manifest(tmp_path / "manifest.jsonl", items)
    assert [r.speaker for r in load(tmp_path, "train", ("bob", "ann"))] == [1, 0]
    with pytest.raises(ValueError, match=r"give `speakers: \[ann, bob\]`"):
        load(tmp_path, "train")
    with pytest.raises(ValueError, match="speakers ann are not in the config"):
        load(tmp_path, "train", ("bob",))
    write_manifest(tmp_path / "manifest.jsonl", [msgspec.structs.replace(items[0])])
    assert [r.speaker for r in load(tmp_path, "train")] == [0]
