"""The four kinds of test: what is asked, which answers there are, and when an attention check is passed.

mos: absolute category rating, ITU-T P.800/P.808. cmos: comparison category rating, ITU-T P.800 annex E.
ab: forced choice, optionally with a tie. mushra: sliders from 0 to 100, ITU-R BS.1534-3.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What tells one kind of test from another. Answers are numbers as the screen shows them."""

    name: str
    question: str
    instructions: str
    attention: str  # what to do with beeps, told to every rater
    sounds: int  # on one screen; 0 is all systems at once
    values: tuple[float, ...]  # answers, best or first on top; sliders: both ends
    labels: tuple[str, ...]  # one for each answer; sliders: the five bands from 80-100 down to 0-20
    attentive: Callable[[Sequence[float], int], bool]  # (answers, what was expected)
    flip: Callable[[float], float] | None  # a pair's answer had its sounds been swapped; None: no pairs
    middle: float  # a pair's answer that favours neither
    half_width: float  # of the interval that the number of raters is asked for

    @property
    def is_pair(self) -> bool:
        return self.flip is not None

    @property
    def is_forced(self) -> bool:
        """Whether a tie is an answer of its own that a test may leave out."""
        return self.name == "ab"

    @property
    def has_sliders(self) -> bool:
        return self.sounds == 0

    def accepts(self, value: float, *, ties: bool) -> bool:
        """Whether a rater may give this answer."""
        if self.has_sliders:
            return min(self.values) <= value <= max(self.values)
        return value in self.values and (ties or not self.is_forced or value != self.middle)


MOS = Kind(
    name="mos",
    question="How good is the quality of this speech?",
    instructions=(
        "You will hear one sentence at a time. Listen to its end, then say how good the speech sounds to "
        "you. Judge the sound and the way of speaking, not what is said. You may listen again."
    ),
    attention="If a sentence breaks off into beeps, choose the number of beeps you heard (1 to 5).",
    sounds=1,
    values=(5, 4, 3, 2, 1),
    labels=("Excellent", "Good", "Fair", "Poor", "Bad"),
    attentive=lambda answers, expected: answers[0] == expected,
    flip=None,
    middle=0,
    half_width=0.1,
)
CMOS = Kind(
    name="cmos",
    question="How good is B, compared with A?",
    instructions=(
        "You will hear the same sentence twice, A and B. Listen to both to their ends, then say how much "
        "better or worse B is than A. You may listen again."
    ),
    attention=(
        "If one of the two breaks off into beeps, say that it is much better: choose the end of the scale "
        "that is on its side."
    ),
    sounds=2,
    values=(3, 2, 1, 0, -1, -2, -3),
    labels=(
        "B is much better",
        "B is better",
        "B is slightly better",
        "About the same",
        "B is slightly worse",
        "B is worse",
        "B is much worse",
    ),
    attentive=lambda answers, expected: answers[0] * (1 if expected == 1 else -1) >= 2,
    flip=lambda value: -value,
    middle=0,
    half_width=0.2,
)
AB = Kind(
    name="ab",
    question="Which one sounds better?",
    instructions=(
        "You will hear the same sentence twice, A and B. Listen to both to their ends, then choose the one "
        "that sounds better to you. You may listen again."
    ),
    attention="If one of the two breaks off into beeps, choose that one.",
    sounds=2,
    values=(0, 1, 0.5),
    labels=("A", "B", "No preference"),
    attentive=lambda answers, expected: answers[0] == expected,
    flip=lambda value: 1 - value,
    middle=0.5,
    half_width=0.05,
)
MUSHRA = Kind(
    name="mushra",
    question="How good is each sound, compared with the reference?",
    instructions=(
        "You will hear a reference and several versions of it. Listen to all of them to their ends and move "
        "each slider. One of them is the reference itself, hidden: find it and give it 100. "
        "Change between the sounds as often as you like."
    ),
    attention="If one of the sounds breaks off into beeps, set its slider to 0.",
    sounds=0,
    values=(100, 0),
    labels=("Excellent", "Good", "Fair", "Poor", "Bad"),
    attentive=lambda answers, expected: answers[expected] <= 5,
    flip=None,
    middle=0,
    half_width=3.0,
)
KINDS = {kind.name: kind for kind in (MOS, CMOS, AB, MUSHRA)}
