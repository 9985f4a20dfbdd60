import itertools

import numpy as np
import pytest
import torch

from itoaudio.networks.acoustic.alignment import align, diagonal_prior, log_likelihood


def by_brute_force(score):
    """Best durations of score (S, F) over all compositions of F into S positive parts."""
    symbols, frames = score.shape
    best = (-np.inf, None)
    for cuts in itertools.combinations(range(1, frames), symbols - 1):
        edges = (0, *cuts, frames)
        value = sum(score[s, edges[s] : edges[s + 1]].sum() for s in range(symbols))
        best = max(best, (value, tuple(np.diff(edges))), key=lambda pair: pair[0])
    return list(best[1])


@pytest.mark.parametrize(("symbols", "frames"), [(1, 1), (1, 5), (4, 4), (2, 7), (4, 9), (5, 8)])
def test_search_finds_what_brute_force_finds(symbols, frames):
    for seed in range(5):
        score = torch.from_numpy(np.random.default_rng(seed).standard_normal((1, symbols, frames)))
        found = align(score, torch.tensor([symbols]), torch.tensor([frames]))
        assert found[0].tolist() == by_brute_force(score[0].numpy())


def test_padding_changes_nothing():
    torch.manual_seed(0)
    score = torch.randn(3, 6, 15)
    symbols, frames = torch.tensor([6, 2, 4]), torch.tensor([15, 9, 4])
    batched = align(score, symbols, frames)
    assert batched.sum(1).tolist() == frames.tolist()
    for item in range(3):
        alone = score[item : item + 1, : symbols[item], : frames[item]]
        single = align(alone, symbols[item : item + 1], frames[item : item + 1])[0]
        assert batched[item, : symbols[item]].tolist() == single.tolist()
        assert not batched[item, symbols[item] :].any()


def test_fewer_frames_than_symbols_is_refused():
    with pytest.raises(ValueError, match="item 1: 2 frames cannot hold 3 symbols"):
        align(torch.zeros(2, 3, 5), torch.tensor([3, 3]), torch.tensor([5, 2]))


def test_log_likelihood_is_the_squared_distance():
    torch.manual_seed(0)
    mean, mel = torch.randn(2, 3, 4), torch.randn(2, 4, 5)
    distance = (mean.unsqueeze(-1) - mel.unsqueeze(1)).square().sum(2)
    torch.testing.assert_close(log_likelihood(mean, mel), -0.5 * distance)


def test_known_segments_are_recovered():
    torch.manual_seed(0)
    mean = torch.randn(1, 4, 16)
    lengths = torch.tensor([3, 1, 6, 2])
    mel = mean[0].repeat_interleave(lengths, dim=0).T.unsqueeze(0) + 0.1 * torch.randn(1, 16, 12)
    found = align(log_likelihood(mean, mel), torch.tensor([4]), torch.tensor([12]))
    assert found[0].tolist() == lengths.tolist()


def test_diagonal_prior_is_a_distribution_along_the_diagonal():
    prior = diagonal_prior(torch.tensor([5, 3]), torch.tensor([20, 10]), (5, 20))
    total = prior.exp()
    torch.testing.assert_close(total[0].sum(0), torch.ones(20))
    torch.testing.assert_close(total[1, :3, :10].sum(0), torch.ones(10))
    assert not prior[1, 3:].any()
    assert not prior[1, :, 10:].any()
    assert prior[0, :, 0].argmax() == 0
    assert prior[0, :, -1].argmax() == 4
    durations = align(prior, torch.tensor([5, 3]), torch.tensor([20, 10]))
    assert durations[0].max() - durations[0].min() <= 2
