"""Discriminators beside an energy distance, whatever they look at: what both end games share.

Sampler and discriminators step together: one optimiser, and each loss sees the other side's weights or
samples detached. Hinge loss (Lim & Ye 2017, arXiv 1705.02894); the match of features is an energy distance
too, with as much repulsion between two samples as the run's own.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from itoaudio.networks.opinions import Opinion

from .config import AdversarialConfig, RefineConfig
from .energy import energy_score
from .module import Module


class Adversarial(Module):
    """A part of a module: its discriminators, which are no part of what is exported, and their losses."""

    discriminators: nn.Module
    settings: RefineConfig

    def configure_optimizers(self) -> Any:
        """The sampler's groups, and the discriminators at their own rate; one schedule of shares for all."""
        made = super().configure_optimizers()
        made["optimizer"].add_param_group(
            {
                "params": list(self.discriminators.parameters()),
                "weight_decay": 0.0,
                "initial_lr": self.adversarial.rate,
                "lr": self.adversarial.rate,
            }
        )
        made["lr_scheduler"]["scheduler"] = torch.optim.lr_scheduler.LambdaLR(
            made["optimizer"], self._rate_share
        )
        return made

    def judged(self, recording: Tensor, samples: Sequence[Tensor]) -> Tensor:
        """The discriminators' own loss, and what the sampler hears of them: a scalar. All (B, ...)."""
        real = self.discriminators(recording)
        learning = hinge(real, self.discriminators(samples[0].detach()))
        self.log("train/discriminators", learning, prog_bar=True)
        return learning + self.heard([[feature.detach() for feature in opinion] for opinion in real], samples)

    def heard(self, real: list[Opinion], samples: Sequence[Tensor]) -> Tensor:
        """What the discriminators, held fixed, say to the sampler of its samples; 0 before `start_step`."""
        settings = self.adversarial
        share = min(1.0, max(0.0, (self.global_step - settings.start_step) / max(1, settings.ramp_steps)))
        if share == 0:
            return samples[0].new_zeros(())
        fixed = {name: p.detach() for name, p in self.discriminators.named_parameters()}
        opinions = [functional_call(self.discriminators, fixed, (sample,)) for sample in samples]
        score = -torch.stack([mean_score(opinion) for opinion in opinions]).mean()
        apart = energy_score(feature_distance, real, opinions, repulsion=self.settings.repulsion)
        self.log_dict({"train/score": score, "train/features": apart})
        return share * settings.weight * (score + settings.feature_weight * apart)

    @property
    def adversarial(self) -> AdversarialConfig:
        """The section `refine: {adversarial: ...}`."""
        assert self.settings.adversarial is not None
        return self.settings.adversarial


def hinge(real: list[Opinion], fake: list[Opinion]) -> Tensor:
    """Mean over discriminators of relu(1 - D(real)) + relu(1 + D(fake)): a scalar."""
    losses = [
        functional.relu(1 - r[-1].float()).mean() + functional.relu(1 + f[-1].float()).mean()
        for r, f in zip(real, fake)
    ]
    return torch.stack(losses).mean()


def mean_score(opinions: list[Opinion]) -> Tensor:
    """Mean score over discriminators: a scalar."""
    return torch.stack([opinion[-1].float().mean() for opinion in opinions]).mean()


def feature_distance(x: list[Opinion], y: list[Opinion]) -> Tensor:
    """Mean over layers of mean absolute differences, in units of the layer's mean size in x: a scalar."""
    distances = [
        (a.float() - b.float()).abs().mean() / a.detach().float().abs().mean().clamp(min=1e-3)
        for one, two in zip(x, y)
        for a, b in zip(one[:-1], two[:-1])
    ]
    return torch.stack(distances).mean()
