"""The end game of ItôWave with discriminators of sound beside the spectral energy distance."""

from torch import Tensor

from itoaudio.networks.vocoder.discriminator import Discriminators

from .adversarial import Adversarial
from .refine import RefineModule
from .vocoder import VocoderRun


class AdversarialVocoderModule(Adversarial, RefineModule):
    """Loss: energy distance + weight (score of the samples + feature_weight distance in features) + hinge
    loss of the discriminators."""

    def __init__(self, run: VocoderRun) -> None:
        super().__init__(run)
        self.discriminators = Discriminators(width=self.adversarial.width)

    def training_step(self, batch: dict[str, Tensor], step: int) -> Tensor:
        counts = self.settings.steps
        recording, samples = self.listened(batch, counts[step % len(counts)])
        energy = self.energy(recording, samples)
        self.log("train/energy", energy, prog_bar=True)
        return energy + self.judged(recording, samples) + self.pitch_error(batch)
