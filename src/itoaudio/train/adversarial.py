"""The end game with discriminators beside the spectral energy distance.

Sampler and discriminators step together: one optimiser, and each loss sees the other side's weights or sounds
detached. Hinge loss (Lim & Ye 2017, arXiv 1705.02894); the match of features is an energy distance too, with
repulsion between two samples, so that it cannot ask for the mean of all sounds that fit a mel.
"""

from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn import functional

from itoaudio.networks.vocoder.discriminator import Discriminators, Opinion

from .config import AdversarialConfig
from .energy import energy_score
from .refine import RefineModule
from .vocoder import VocoderRun


class AdversarialModule(RefineModule):
    """Loss: energy distance + weight (score of the samples + feature_weight distance in features) + hinge
    loss of the discriminators, which are no part of what is exported."""

    def __init__(self, run: VocoderRun) -> None:
        super().__init__(run)
        self.discriminators = Discriminators(width=self._adversarial.width)

    def configure_optimizers(self) -> Any:
        """The sampler's groups, and the discriminators at their own rate; one schedule of shares for all."""
        made = super().configure_optimizers()
        made["optimizer"].add_param_group(
            {
                "params": list(self.discriminators.parameters()),
                "weight_decay": 0.0,
                "initial_lr": self._adversarial.rate,
                "lr": self._adversarial.rate,
            }
        )
        made["lr_scheduler"]["scheduler"] = torch.optim.lr_scheduler.LambdaLR(
            made["optimizer"], self._rate_share
        )
        return made

    def training_step(self, batch: dict[str, Tensor], step: int) -> Tensor:
        counts = self._settings.steps
        recording, samples = self.listened(batch, counts[step % len(counts)])
        energy = self.energy(recording, samples)
        real = self.discriminators(recording)
        learning = hinge(real, self.discriminators(samples[0].detach()))
        self.log_dict({"train/energy": energy, "train/discriminators": learning}, prog_bar=True)
        real = [[feature.detach() for feature in opinion] for opinion in real]
        return energy + learning + self.heard(real, samples) + self.pitch_error(batch)

    def heard(self, real: list[Opinion], samples: list[Tensor]) -> Tensor:
        """What the discriminators, held fixed, say to the sampler of its samples; 0 before `start_step`."""
        settings = self._adversarial
        share = min(1.0, max(0.0, (self.global_step - settings.start_step) / max(1, settings.ramp_steps)))
        if share == 0:
            return samples[0].new_zeros(())
        fixed = {name: p.detach() for name, p in self.discriminators.named_parameters()}
        opinions = [functional_call(self.discriminators, fixed, (sound,)) for sound in samples]
        score = -torch.stack([mean_score(opinion) for opinion in opinions]).mean()
        apart = energy_score(feature_distance, real, opinions, repulsion=self._settings.repulsion)
        self.log_dict({"train/score": score, "train/features": apart})
        return share * settings.weight * (score + settings.feature_weight * apart)

    @property
    def _adversarial(self) -> AdversarialConfig:
        assert self._settings.adversarial is not None
        return self._settings.adversarial


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
