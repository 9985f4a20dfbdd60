"""How well pitch and voicing are kept: log-F0 RMSE, voicing F1, periodicity RMSE (Morrison et al. 2022,
arXiv 2110.10139, has the three together). Frames are paired in step in copy synthesis, else by DTW."""

import numpy as np

from itoaudio.evaluate.metrics.metric import Unmeasurable
from itoaudio.evaluate.sound import Take

CENTS_PER_NEPER = 1200 / np.log(2)


def log_f0_error(take: Take) -> float:
    """RMSE of log F0 in cents, over pairs of frames that are voiced in both."""
    reference, sound = take.frame_pairs
    true, made = take.recording.pitch.f0[reference], take.sound.pitch.f0[sound]
    both = (true > 0) & (made > 0)
    if not both.any():
        raise Unmeasurable("no frame is voiced in both")
    return float(CENTS_PER_NEPER * np.sqrt((np.log(made[both] / true[both]) ** 2).mean()))


def voicing_f1(take: Take) -> float:
    """F1 of the decision voiced or not, the reference's being the truth."""
    reference, sound = take.frame_pairs
    true, made = take.recording.pitch.voiced[reference], take.sound.pitch.voiced[sound]
    if not (true | made).any():
        raise Unmeasurable("no frame is voiced in either")
    return float(2 * (true & made).sum() / (true.sum() + made.sum()))


def periodicity_error(take: Take) -> float:
    """RMSE of periodicity, over frames that are voiced in the reference or in the take."""
    reference, sound = take.frame_pairs
    true, made = take.recording.pitch, take.sound.pitch
    voiced = true.voiced[reference] | made.voiced[sound]
    if not voiced.any():
        raise Unmeasurable("no frame is voiced in either")
    difference = true.periodicity[reference] - made.periodicity[sound]
    return float(np.sqrt((difference[voiced] ** 2).mean()))
