"""Listeners' opinions predicted from the sound alone: DNSMOS P.835 (Reddy et al. 2022), Distill-MOS (Stahl &
Gamper 2025), UTMOS (Saeki et al. 2022). Rulers to compare systems with in one run, not truth."""

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

from itoaudio.evaluate.metrics.intrusive import INSTALL, INSTALL_ALONE, RATE
from itoaudio.evaluate.metrics.metric import Unavailable
from itoaudio.evaluate.metrics.stand_in import stand_in
from itoaudio.evaluate.sound import Take


def dnsmos(take: Take) -> float:
    """DNSMOS P.835, overall, 1 to 5."""
    try:
        from speechmos import dnsmos as judge
    except ImportError as error:
        raise Unavailable(f"the package {error.name} is not installed: {INSTALL}") from None
    return float(judge.run(take.sound.levelled(RATE), RATE, verbose=False)["ovrl_mos"])


def distill_mos(take: Take) -> float:
    """Distill-MOS, 1 to 5."""
    return _prediction(_distill_mos(), take)


def utmos(folder: Path | None) -> Callable[[Take], float]:
    """UTMOS22 strong, 1 to 5, from a local `folder`; nothing is ever downloaded."""
    return lambda take: _prediction(_utmos(folder), take, RATE)


def _prediction(network: Any, take: Take, *more: int) -> float:
    import torch

    with torch.no_grad():
        return float(network(torch.tensor(take.sound.levelled(RATE))[None], *more))


@cache
def _distill_mos() -> Any:
    try:
        with stand_in("torchaudio"):  # for the package's own command line
            from distillmos import ConvTransformerSQAModel
    except ImportError as error:
        raise Unavailable(f"the package {error.name} is not installed: {INSTALL_ALONE}") from None
    with redirect_stdout(io.StringIO()):  # it tells where its weights are; stdout is the table's
        return ConvTransformerSQAModel().eval()


@cache
def _utmos(folder: Path | None) -> Any:
    if folder is None:
        raise Unavailable(
            "no local model: give --utmos a folder with a checkout of SpeechMOS and its weights"
        )
    if not (folder / "hubconf.py").is_file():
        raise Unavailable(f"{folder}: no hubconf.py; give a checkout of SpeechMOS")
    if not list((folder / "checkpoints").glob("utmos22_strong*.pt")):
        raise Unavailable(f"{folder}: no weights checkpoints/utmos22_strong*.pt")
    import torch

    torch.hub.set_dir(str(folder))  # where it looks for weights before it would download them
    return torch.hub.load(str(folder), "utmos22_strong", source="local", trust_repo=True).eval()
