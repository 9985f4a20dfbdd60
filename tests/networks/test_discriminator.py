import pytest
import torch

from itoaudio.networks.vocoder.discriminator import BandDiscriminator, Discriminators, PeriodDiscriminator


def test_every_member_answers_features_and_a_score():
    opinions = Discriminators(width=4)(torch.randn(2, 8192))
    assert len(opinions) == 8
    for *features, score in opinions:
        assert len(features) >= 3
        assert score.isfinite().all()
        assert len(score) == 2


@pytest.mark.parametrize("window", [512, 1024, 2048])
def test_bands_do_not_see_each_other(window):
    """A tone in the lowest band moves that band's score and no other's."""
    torch.manual_seed(0)
    member = BandDiscriminator(window, width=4)
    quiet = 0.01 * torch.randn(1, 8192)
    band_hz = 22050 / 2 / member.bands
    tone = torch.sin(2 * torch.pi * band_hz / 4 * torch.arange(8192) / 22050)
    change = (member(quiet + tone)[-1] - member(quiet)[-1]).abs().mean(dim=(0, 2))
    assert change[0] > 10 * change[2:].max()


def test_period_discriminator_reads_whole_periods_only():
    member = PeriodDiscriminator(7, width=4)
    sound = torch.randn(1, 700)
    longer = torch.cat([sound, torch.randn(1, 6)], dim=1)
    torch.testing.assert_close(member(sound)[-1], member(longer)[-1])
