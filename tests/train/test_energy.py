import pytest
import torch

from itoaudio.train.energy import copies, energy_score


def distance(x, y):
    return (x - y).abs().mean()


def test_all_of_the_repulsion_makes_a_proper_scoring_rule():
    """N(0, s^2) against N(0, 1) scores best at s = 1; without repulsion, a point in the middle does."""
    torch.manual_seed(0)
    x, y, z = torch.randn(3, 200_000)
    scores = {
        repulsion: {
            s: float(energy_score(distance, x, [s * y, s * z], repulsion=repulsion)) for s in (0, 0.6, 1, 1.5)
        }
        for repulsion in (0.0, 1.0)
    }
    assert min(scores[1.0], key=scores[1.0].get) == 1
    assert min(scores[0.0], key=scores[0.0].get) == 0


def test_one_sample_counts_as_two_equal_ones():
    x, y = torch.zeros(4), torch.ones(4)
    alone = energy_score(distance, x, [y], repulsion=0.0)
    assert float(alone) == float(energy_score(distance, x, [y, y], repulsion=1.0)) == 2.0


@pytest.mark.parametrize(("repulsion", "needed"), [(1.0, 2), (0.5, 2), (0.0, 1)])
def test_only_repulsion_needs_a_second_sample(repulsion, needed):
    assert copies(repulsion) == needed
