"""Run folders of training (config.yaml beside averaged weights) as networks ready to export."""

import math
from dataclasses import dataclass
from pathlib import Path

import torch

from itoaudio.export.graphs import GraphSource, acoustic_sources, vocoder_sources
from itoaudio.networks.acoustic import AcousticModel
from itoaudio.networks.vocoder import FrameVocoder
from itoaudio.train.acoustic import AcousticRun, new_networks
from itoaudio.train.checkpoint import load_weights
from itoaudio.train.config import load_run
from itoaudio.train.vocoder import VocoderRun


@dataclass(frozen=True)
class TrainedAcoustic:
    """A run of ItôTTS with its averaged weights."""

    run: AcousticRun
    networks: AcousticModel

    @classmethod
    def load(cls, folder: Path) -> "TrainedAcoustic":
        """ValueError names what the folder lacks."""
        run = load_run(folder / "config.yaml", AcousticRun)
        assert isinstance(run, AcousticRun)
        networks = new_networks(run)
        load_weights(networks, folder)
        return cls(run, networks.eval())

    @torch.no_grad()
    def widen_pitch(self, factor: float, *, around_hz: float) -> None:
        """Multiply by `factor` how far the predicted log-F0 is from that of `around_hz`, in the predictor's
        weights. ValueError unless both are positive."""
        if factor <= 0 or around_hz <= 0:
            raise ValueError(f"pitch_range {factor} and pitch_centre_hz {around_hz} must be positive")
        mean, deviation = self.networks.pitch_statistics.tolist()
        centre, head = (math.log(around_hz) - mean) / deviation, self.networks.text.pitch.out
        head.weight.mul_(factor)
        head.bias.mul_(factor).add_((1 - factor) * centre)

    def sources(self) -> dict[str, GraphSource]:
        """text, condition and score."""
        return acoustic_sources(self.networks, symbols=len(self.run.symbols))


@dataclass(frozen=True)
class TrainedVocoder:
    """A run of ItôWave with its averaged weights."""

    run: VocoderRun
    networks: FrameVocoder

    @classmethod
    def load(cls, folder: Path) -> "TrainedVocoder":
        """ValueError names what the folder lacks."""
        run = load_run(folder / "config.yaml", VocoderRun)
        assert isinstance(run, VocoderRun)
        networks = FrameVocoder(run.network, run.corpus.mel)
        load_weights(networks, folder)
        return cls(run, networks.eval())

    def sources(self) -> dict[str, GraphSource]:
        """pitch, condition and score."""
        return vocoder_sources(self.networks)


Trained = TrainedAcoustic | TrainedVocoder

KEPT = (
    "text.",
    "mel_",
    "condition.pitch_statistics",
    "energy_statistics",
    "condition.residual",
    "condition.envelope.bias",
)
"""Weights, by the beginning of their names, that refinement leaves as they are."""


def check_refined(exact: Trained, few: Trained) -> None:
    """ValueError unless `few` was refined from `exact`, maybe with fewer blocks: what both variants share
    must be the same."""
    if few.run.refine is None:
        raise ValueError(f"run {few.run.name!r} has no section `refine`: it has no few-step graphs to give")
    if exact.run.refine is not None:
        raise ValueError(f"run {exact.run.name!r} is a refined one: give the one that it was refined from")
    own, other = exact.networks.state_dict(), few.networks.state_dict()
    known = all(name in own and own[name].shape == weight.shape for name, weight in other.items())
    if exact.run.corpus.mel != few.run.corpus.mel or not known:
        raise ValueError(f"runs {exact.run.name!r} and {few.run.name!r} differ in mel or network")
    for name in own:
        if name.startswith(KEPT) and not (name in other and torch.equal(own[name], other[name])):
            raise ValueError(f"run {few.run.name!r} was not refined from {exact.run.name!r}: {name} differs")
