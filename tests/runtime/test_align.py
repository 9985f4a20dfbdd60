"""Forced alignment: the best path, by exhaustive search and on a mel whose durations are known."""

from itertools import combinations

import numpy as np
import pytest

from itoaudio.runtime.align import ROUNDS, align, average, search, symbol_means
from itoaudio.runtime.envelope import ENVELOPE_CEPSTRA
from itoaudio.runtime.sessions import ACOUSTIC_CONDITION, TEXT, Graph
from itoaudio.runtime.voice_folder import VoiceFolder


@pytest.fixture(scope="module")
def folder(toy_folder):
    return VoiceFolder.open(toy_folder)


@pytest.fixture(scope="module")
def condition(folder):
    return Graph("acoustic_condition_exact.onnx", ACOUSTIC_CONDITION, folder.checked)


@pytest.fixture(scope="module")
def spoken(folder):
    text = Graph("acoustic_text.onnx", TEXT, folder.checked)
    return text({"ids": np.random.default_rng(0).integers(0, 40, (1, 30))})


def test_no_path_is_better():
    generator = np.random.default_rng(0)
    means, mel = generator.standard_normal((4, 3)), generator.standard_normal((3, 9))

    def error(durations):
        return ((mel - np.repeat(means, durations, axis=0).T) ** 2).sum()

    cuts = (np.diff([0, *cut, 9]) for cut in combinations(range(1, 9), 3))
    assert search(means, mel).tolist() == min(cuts, key=error).tolist()


def test_it_agrees_with_the_search_of_training():
    torch = pytest.importorskip("torch")
    from itoaudio.networks.acoustic import alignment

    generator = np.random.default_rng(1)
    means, mel = (generator.standard_normal(s).astype(np.float32) for s in ((40, 8), (8, 600)))
    score = alignment.log_likelihood(torch.from_numpy(means)[None], torch.from_numpy(mel)[None])
    theirs = alignment.align(score, torch.tensor([40]), torch.tensor([600]))
    assert search(means, mel).tolist() == theirs[0].tolist()


def test_one_frame_a_symbol_is_the_least():
    assert search(np.zeros((5, 2)), np.zeros((2, 5))).tolist() == [1] * 5
    with pytest.raises(ValueError, match="4 frames of sound cannot hold 5 symbols"):
        search(np.zeros((5, 2)), np.zeros((2, 4)))


@pytest.mark.parametrize("nepers", [0.0, -1.0, 0.8])
def test_durations_and_level_are_found(folder, condition, spoken, nepers):
    durations = np.random.default_rng(2).integers(1, 12, 30)
    means = symbol_means(spoken, durations, condition)
    spec = folder.spec.acoustic
    offset, scale = np.array(spec.mel_mean)[:, None], np.array(spec.mel_std)[:, None]
    noise = 0.3 * np.random.default_rng(3).standard_normal((80, durations.sum()))
    heard = align(
        offset + scale * (np.repeat(means.T, durations, axis=1) + noise) + nepers, spoken, condition, spec
    )
    assert ROUNDS > 1
    assert np.abs(np.cumsum(heard.durations) - np.cumsum(durations)).max() <= 1
    assert heard.level == pytest.approx(nepers, abs=0.1)
    assert heard.distance == pytest.approx(0.3**2 * ENVELOPE_CEPSTRA / 80, abs=0.006)


def test_average_of_each_symbols_frames():
    frames, durations = np.array([1.0, 3.0, 5.0, 7.0]), np.array([1, 3])
    assert average(frames, durations).tolist() == [1, 5]
    assert average(frames, durations, np.array([1.0, 0.0, 0.0, 2.0])).tolist() == [1, 7]
