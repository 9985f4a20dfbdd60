"""Training may draw t by the noise level, alike for every SDE, or by the family's own time."""

import msgspec
import numpy as np
import pytest
import torch

from itoaudio.data.config import CorpusConfig
from itoaudio.sde import SDES
from itoaudio.train.config import OptimiserConfig, Run, SDEConfig
from itoaudio.train.module import Module

RUN = Run(
    name="toy",
    corpus=CorpusConfig(name="toy", recipe="ljspeech", folder="nowhere"),
    optimiser=OptimiserConfig(steps=1),
)


def drawn(family: str, clock: str) -> tuple[torch.Tensor, torch.Tensor]:
    run = msgspec.structs.replace(RUN, sde=SDEConfig(family=family, clock=clock))
    t = Module(run).times(sde := SDES[family](), 4000)
    return t, sde.noise_level(t)


@pytest.mark.parametrize("family", ["ve", "vp", "vp_cosine"])
def test_each_clock_is_uniform_where_it_says(family):
    sde = SDES[family]()
    t, _ = drawn(family, "time")
    _, level = drawn(family, "level")
    for values, end in ((t, sde.t_max), (level, float(sde.noise_level(sde.t_max)))):
        deciles = np.histogram(values.numpy(), bins=10, range=(0, end))[0]
        assert deciles.min() > 0.98 * 400
        assert deciles.max() < 1.02 * 400


def test_ve_on_its_own_clock_looks_at_every_octave_of_noise_alike():
    """Half of its looks are below the middle of log sigma, where the noise is all but nothing."""
    _, level = drawn("ve", "time")
    assert (level < 0.05).float().mean() > 0.3
