"""The end game of ItôTTS with discriminators of mels beside the energy distance of patches."""

from pathlib import Path

import torch
from torch import Tensor

from itoaudio.data.acoustic import AcousticBatch
from itoaudio.networks.acoustic.discriminator import Discriminators

from .acoustic import AcousticRun
from .acoustic_refine import AcousticRefineModule
from .adversarial import Adversarial


class AdversarialAcousticModule(Adversarial, AcousticRefineModule):
    """Loss: that of the end game + weight (score of the samples + feature_weight distance in features) +
    hinge loss of the discriminators, who see each mel beside the mean that the text leads to.
    """

    def __init__(self, run: AcousticRun) -> None:
        super().__init__(run)
        self.discriminators = Discriminators(width=self.adversarial.width, bands=run.corpus.mel.bands)

    def training_step(self, batch: AcousticBatch, batch_index: int) -> Tensor:
        crops, condition = self.aligned_crops(batch)
        target, samples = self.drawn(crops, condition, steps=self.turn)
        expected = condition.mean.detach() * crops.mask.transpose(1, 2)
        seen = [torch.stack([mel, expected], dim=1) for mel in (target, *samples)]
        return self.refined(crops, condition, target, samples) + self.judged(seen[0], seen[1:])


def module(run: AcousticRun, cache: Path) -> AdversarialAcousticModule:
    """A new module. ValueError without a section `refine`, or without weights to refine."""
    return AdversarialAcousticModule(run)
