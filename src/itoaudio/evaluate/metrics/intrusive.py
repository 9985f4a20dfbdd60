"""Quality against a recording in step: PESQ (ITU-T P.862.2), ESTOI (Jensen & Taal 2016), ViSQOL v3."""

import logging
import warnings
from functools import cache
from typing import Any

import numpy as np

from itoaudio.evaluate.metrics.metric import Unavailable, Unmeasurable
from itoaudio.evaluate.sound import Take

RATE = 16000
INSTALL = "pip install 'itoaudio[evaluate]'"
INSTALL_ALONE = "pip install --no-deps -r requirements-judges.txt"


def pesq(take: Take) -> float:
    """Wide-band PESQ, MOS-LQO."""
    try:
        from pesq import NoUtterancesError
        from pesq import pesq as measure
    except ImportError:
        raise Unavailable(f"the package pesq is not installed: {INSTALL}") from None
    reference, sound = take.both(RATE)
    if not sound.any() or not reference.any():
        raise Unmeasurable("silence")
    try:
        return float(measure(RATE, reference, sound, "wb"))
    except NoUtterancesError:
        raise Unmeasurable("PESQ finds no utterance") from None


def estoi(take: Take) -> float:
    """Extended short-time objective intelligibility, 0 to 1."""
    try:
        from pystoi import stoi
    except ImportError:
        raise Unavailable(f"the package pystoi is not installed: {INSTALL}") from None
    reference, sound = take.both(10000)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # its way to say that there is too little speech
        try:
            return float(stoi(reference, sound, 10000, extended=True))
        except RuntimeWarning:
            raise Unmeasurable("fewer than 30 frames of speech") from None


def visqol(take: Take) -> float:
    """ViSQOL in speech mode, MOS-LQO."""
    reference, sound = (samples.astype(np.float64) for samples in take.both(RATE))
    api = _visqol()
    try:
        return float(api.measure_from_arrays(reference, sound, RATE).moslqo)
    except (ValueError, RuntimeError, IndexError) as error:
        raise Unmeasurable(f"ViSQOL: {error}") from None


@cache
def _visqol() -> Any:
    try:
        import ai_edge_litert  # noqa: F401  (without it ViSQOL falls back to another, kinder mapping)
        from visqol import VisqolApi
    except ImportError as error:
        raise Unavailable(f"the package {error.name} is not installed: {INSTALL}") from None
    logging.getLogger("visqol").setLevel(logging.ERROR)
    api = VisqolApi()
    api.create(mode="speech", use_lattice_model=True)
    return api
