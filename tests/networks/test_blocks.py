import pytest
import torch

from itoaudio.networks.blocks import ChannelDropout, ConvNeXt, LevelEmbedding


@pytest.mark.parametrize("dilation", [1, 3])
def test_convnext_keeps_the_shape_and_ignores_padding(dilation):
    torch.manual_seed(0)
    block = ConvNeXt(8, dilation=dilation)
    x = torch.randn(1, 20, 8)
    padded = torch.cat([x, torch.randn(1, 7, 8)], dim=1)
    mask = torch.cat([torch.ones(1, 20, 1), torch.zeros(1, 7, 1)], dim=1)
    torch.testing.assert_close(block(padded, mask=mask)[:, :20], block(x))


def test_convnext_answers_to_the_noise_level_once_trained():
    torch.manual_seed(0)
    block = ConvNeXt(8, level_width=4)
    x = torch.randn(2, 20, 8)
    level = LevelEmbedding(4)(torch.tensor([0.1, 0.9]))
    torch.testing.assert_close(block(x, level), block(x, 0 * level))  # starts as a plain norm
    torch.nn.init.normal_(block.modulation.weight)
    assert not torch.allclose(block(x, level), block(x, level.flip(0)), atol=1e-3)


def test_level_embedding_is_smooth_and_tells_levels_apart():
    torch.manual_seed(0)
    embedding = LevelEmbedding(32)
    near = embedding(torch.tensor([0.5, 0.501, 0.9]))
    assert (near[0] - near[1]).norm() < 0.1 * (near[0] - near[2]).norm()


def test_channel_dropout_drops_whole_channels_and_keeps_the_mean():
    torch.manual_seed(0)
    dropout, x = ChannelDropout(0.25), torch.ones(64, 5, 50)
    y = dropout(x)
    assert y.unique().tolist() == pytest.approx([0.0, 4 / 3])
    assert torch.equal(y, y[:, :1].expand_as(y))  # the same in every place
    assert y.mean().item() == pytest.approx(1.0, abs=0.03)
    assert torch.equal(dropout.eval()(x), x)
