"""Mels that an acoustic model makes of recordings: what a vocoder meets when it speaks a text.

Teacher forcing: symbols last as long as in the recording, at its pitch and energy, so that the mel belongs
to the recording's samples (Tacotron 2, arXiv 1712.05884, section 3.2). Fine-tuned on these, a vocoder learns
what recordings sound like behind an acoustic model's errors.
"""

from pathlib import Path

import msgspec
import numpy as np
import torch

from itoaudio.data.acoustic import Recording, collate, load
from itoaudio.data.config import CorpusConfig
from itoaudio.data.manifest import Part
from itoaudio.data.prepare import cache_folder
from itoaudio.networks.acoustic import AcousticModel, repeat
from itoaudio.sde import PARAMETRISATIONS, Denoiser
from itoaudio.text.symbols import SymbolTable

from .acoustic import AcousticRun, new_networks
from .acoustic_losses import aligned
from .checkpoint import load_weights
from .config import load_run
from .draws import Draws
from .sampling import draw, first_time


class AcousticMelConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """run: folder of the acoustic model; share: of crops that bring its mels; steps, temperature: how it
    draws them."""

    run: str
    share: float = 0.5
    steps: int = 4
    temperature: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1 or self.steps < 1 or self.temperature < 0:
            raise ValueError(f"acoustic_mels: share must be in (0, 1], steps 1 at least, got {self}")


def acoustic_mels(
    settings: AcousticMelConfig, corpus: CorpusConfig, cache: Path, part: Part
) -> dict[str, np.ndarray]:
    """id -> natural-log mel (M, F) of each utterance of a part, the same at every call: on the CPU, whatever
    the training runs on.

    ValueError when the run was not trained on this corpus (other texts, other loudness, another mel), and
    when a mel is no number.
    """
    folder = Path(settings.run)
    run = load_run(folder / "config.yaml", AcousticRun)
    assert isinstance(run, AcousticRun)
    if run.corpus.digest != corpus.digest:  # wherever the recordings lie by now
        raise ValueError(f"acoustic_mels: {folder} has another corpus than this run: give both the same")
    networks = new_networks(run)
    load_weights(networks, folder)
    maker = Maker(run, networks.eval(), settings)
    found = load(cache_folder(corpus, cache), part, run.speakers)
    mels = {recording.id: maker.mel(recording, place) for place, recording in enumerate(found)}
    for name, mel in mels.items():
        if not np.isfinite(mel).all():
            raise ValueError(f"acoustic_mels: {folder} makes NaN of {name}: its weights have run away")
    return mels


class Maker:
    """An acoustic model that speaks after recordings."""

    def __init__(self, run: AcousticRun, networks: AcousticModel, settings: AcousticMelConfig) -> None:
        self.run, self.networks, self.settings = run, networks, settings
        self.table = SymbolTable(tuple(run.symbols))
        self.sde = run.sde.build()
        self.span = {"t_start": first_time(self.sde)}
        if run.refine is not None:
            self.span = {"t_start": run.refine.t_start, "t_end": run.refine.t_end}

    @torch.no_grad()
    def mel(self, recording: Recording, place: int) -> np.ndarray:
        """(M, F) of a recording; place: which noise is drawn."""
        networks, frames = self.networks, recording.log_mel.shape[1]
        item = aligned(networks, collate([recording], self.table), prior_weight=0.0)
        symbols = (item.hidden.transpose(1, 2), item.pitch, item.energy)
        held = (repeat(values, item.durations, frames) for values in symbols)
        condition = networks.condition(*held, heard=(item.contour, item.voicing))
        denoiser = Denoiser(
            self.sde, networks.bound(condition), PARAMETRISATIONS[self.run.sde.parametrisation]
        )
        noise = self.settings.temperature * Draws(self.run.loop.seed, 0, place).normal_like(condition.mean)
        u = draw(denoiser, noise, steps=self.settings.steps, **self.span)
        return networks.denormalise(condition.mean + u)[0].float().numpy()
