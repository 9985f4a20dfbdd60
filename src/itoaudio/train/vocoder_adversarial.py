"""The end game of ItôWave with discriminators of sound beside the spectral energy distance."""

from pathlib import Path

from torch import Tensor

from itoaudio.networks.vocoder.discriminator import Discriminators

from .adversarial import Adversarial
from .vocoder import VocoderRun
from .vocoder_refine import RefineModule


class AdversarialVocoderModule(Adversarial, RefineModule):
    """Loss: energy distance + weight (score of the samples + feature_weight distance in features) + hinge
    loss of the discriminators."""

    def __init__(self, run: VocoderRun) -> None:
        super().__init__(run)
        self.discriminators = Discriminators(width=self.adversarial.width)

    def training_step(self, batch: dict[str, Tensor], step: int) -> Tensor:
        recording, samples = self.listened(batch, self.turn)
        energy = self.energy(recording, samples)
        self.log("train/energy", energy, prog_bar=True)
        return energy + self.judged(recording, samples) + self.pitch_error(batch)


def module(run: VocoderRun, cache: Path) -> AdversarialVocoderModule:
    """A new module. ValueError without a section `refine`, or without weights to refine."""
    return AdversarialVocoderModule(run)
