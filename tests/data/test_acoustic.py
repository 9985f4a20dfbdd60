import numpy as np
import pytest
import torch

from itoaudio.data.acoustic import AcousticBatches, Recording, collate, joined, load, statistics
from itoaudio.data.features import Features
from itoaudio.data.manifest import Utterance, write_manifest
from itoaudio.text.symbols import ENGLISH_SYMBOLS

MEL_BANDS = 4


def recording(phonemes, frames, value=1.0):
    ramp = np.arange(frames, dtype=np.float32)
    return Recording(phonemes, np.full((MEL_BANDS, frames), value, np.float32) + ramp, ramp, ramp * 0 + 1)


@pytest.fixture
def corpus():
    return [recording("hə" * (1 + i % 4), 20 + 3 * i, i) for i in range(10)]


def batches(corpus, **options):
    defaults = {"batch_size": 3, "steps": 40, "seed": 0}
    return AcousticBatches(corpus, ENGLISH_SYMBOLS, **(defaults | options))


def test_a_batch_is_filled_with_zeros_behind_each_item():
    batch = collate([recording("hə.", 7), recording("həlˈoʊ", 5)], ENGLISH_SYMBOLS)
    assert batch.ids.shape == (2, 8)
    assert batch.symbols.tolist() == [5, 8]
    assert batch.frames.tolist() == [7, 5]
    assert ENGLISH_SYMBOLS.decode(batch.ids[1].tolist()) == "_həlˈoʊ_"
    assert not batch.log_mel[1, :, 5:].any()
    assert not batch.log_f0[1, 5:].any()
    assert batch.log_mel.dtype == torch.float32


def test_a_batch_is_a_function_of_seed_and_step(corpus):
    one, other = batches(corpus, join_probability=0.5), batches(corpus, join_probability=0.5)
    for step in (17, 3):
        for a, b in zip(one[step], other[step]):
            assert torch.equal(a, b)
    assert any(not torch.equal(one[s].log_mel[0], batches(corpus, seed=1)[s].log_mel[0]) for s in range(3))


def test_an_epoch_repeats_nothing_and_epochs_differ(corpus):
    data = batches(corpus)
    assert data.steps_per_epoch == 3
    epochs = [[data._indices(step).tolist() for step in range(3 * e, 3 * e + 3)] for e in range(2)]
    for epoch in epochs:
        seen = [index for batch in epoch for index in batch]
        assert len(set(seen)) == len(seen) == 9
    assert epochs[0] != epochs[1]


def test_steps_end(corpus):
    data = batches(corpus, steps=2)
    assert len(data) == 2
    with pytest.raises(IndexError):
        data[2]


def test_joined_batches_keep_most_frames(corpus):
    data = batches(corpus, join_probability=1.0)
    batch = data[0]
    assert len(batch.ids) < 3
    alone = sum(corpus[i].log_mel.shape[1] for i in data._indices(0))
    assert alone - 16 * 2 <= int(batch.frames.sum()) <= alone


def test_joining_drops_silence_inside_only():
    one, two = recording("hə.", 30), recording("ˈoʊ", 40)
    whole = joined([one, two], np.random.default_rng(0), cut_frames=8)
    assert whole.phonemes == "hə. ˈoʊ"
    assert 70 - 16 <= whole.log_mel.shape[1] < 70
    assert whole.log_mel.shape[1] == len(whole.log_f0) == len(whole.voicing)
    np.testing.assert_array_equal(whole.log_mel[:, :20], one.log_mel[:, :20])
    np.testing.assert_array_equal(whole.log_mel[:, -20:], two.log_mel[:, -20:])


def test_statistics_standardise(corpus):
    found = statistics(corpus)
    mel = np.concatenate([item.log_mel for item in corpus], axis=1)
    standard = (mel - found["mel_mean"]) / found["mel_std"]
    np.testing.assert_allclose(standard.mean(1), 0, atol=1e-4)
    np.testing.assert_allclose(standard.std(1), 1, atol=1e-4)


def test_no_utterances_are_refused():
    with pytest.raises(ValueError, match="no utterances"):
        batches([])


def test_load_takes_one_part_and_leaves_out_what_cannot_be_aligned(tmp_path, caplog):
    rows = [("a", "hə", "train", 9), ("b", "hə", "validation", 9), ("c", "həhəhə", "train", 4)]
    for name, _, _, frames in rows:
        ramp = np.arange(frames, dtype=np.float32)
        features = Features(np.zeros(4), np.zeros((MEL_BANDS, frames)), ramp, ramp * 0, np.zeros(4))
        features.save(tmp_path / f"{name}.npz")
    write_manifest(
        tmp_path / "manifest.jsonl",
        [
            Utterance(id=name, audio="", text="", phonemes=phonemes, part=part, frames=frames)
            for name, phonemes, part, frames in rows
        ],
    )
    assert [item.log_mel.shape for item in load(tmp_path, "train")] == [(MEL_BANDS, 9)]
    assert "left out c" in caplog.text
