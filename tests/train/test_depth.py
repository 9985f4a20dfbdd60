"""A shallower network is the deeper one with some blocks skipped."""

from pathlib import Path

import msgspec
import pytest
import torch
from torch import nn

from itoaudio.audio.mel import MelSpec
from itoaudio.networks.vocoder import FrameVocoder, FrameVocoderConfig
from itoaudio.train.depth import KeptBlocks, shallower

DEEP = FrameVocoderConfig(width=8, condition_blocks=2, score_blocks=3, pitch_width=8, spectrum_samples=512)
SOURCE = Path("runs/deep")
FRAMES = 12


class Skipped(nn.Module):
    def forward(self, x, level=None):
        return x


@pytest.fixture
def deep() -> FrameVocoder:
    torch.manual_seed(0)
    made = FrameVocoder(DEEP, MelSpec())
    for weight in made.parameters():
        nn.init.normal_(weight, std=0.2)
    return made.eval()


def answer(networks: FrameVocoder) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    sizes = (80, 2 * 257, 256)
    mel, pulse, state = (torch.randn(1, size, FRAMES, generator=generator) for size in sizes)
    condition, _ = networks.condition(mel, torch.full((1, FRAMES), 5.0), torch.ones(1, FRAMES), pulse)
    return networks.score(state, torch.ones(1), condition, pulse)


@torch.no_grad()
def test_it_answers_as_the_deeper_one_without_those_blocks(deep):
    kept = KeptBlocks(condition=(1,), score=(0, 2))
    small = FrameVocoder(msgspec.structs.replace(DEEP, condition_blocks=1, score_blocks=2), MelSpec()).eval()
    small.load_state_dict(shallower(deep.state_dict(), kept, source=SOURCE))
    whole = answer(deep)
    deep.condition.blocks[0] = deep.score.blocks[1] = Skipped()
    assert torch.equal(answer(small), answer(deep))
    assert not torch.allclose(answer(small), whole)


def test_all_blocks_are_the_network_itself(deep):
    kept = KeptBlocks(condition=(0, 1), score=(0, 1, 2))
    made = shallower(deep.state_dict(), kept, source=SOURCE)
    assert made.keys() == deep.state_dict().keys()


def test_a_block_that_is_not_there_is_named(deep):
    with pytest.raises(ValueError, match="score: runs/deep has no block 7: it has 3"):
        shallower(deep.state_dict(), KeptBlocks(condition=(0,), score=(7,)), source=SOURCE)
