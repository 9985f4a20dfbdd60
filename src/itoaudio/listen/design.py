"""Who hears what: a Latin square cut into equal windows, one for each rater.

All (item, arm) cells stand in one list, an arm being a system or a pair. Block b holds every item once, and
item p meets arm p + b (mod arms): a block is a row of the Latin square, in which every arm stands equally
often (+-1). A rater gets `trials` cells in a row, the next window begins where this one ended. So every rater
hears all arms equally often, no item twice while trials <= items, and every cell is heard equally often.
"""

from dataclasses import dataclass, field
from math import lcm
from typing import Literal

import numpy as np

from itoaudio.listen.spec import Test

Phase = Literal["practice", "test", "attention"]


@dataclass(frozen=True)
class Screen:
    """What one rater hears at once."""

    phase: Phase
    item: str
    sounds: list[str] = field(default_factory=list)  # files, in the order of the screen
    reference: str | None = None  # file of the open reference (MUSHRA)
    expected: int | None = None  # attention: number of beeps (mos), or place of the sound with beeps


def windows(test: Test) -> int:
    """Number of different windows; then they begin again."""
    whole = len(test.items) * test.arms
    return lcm(whole, test.trials) // test.trials


def cells(items: int, arms: int, *, seed: int) -> np.ndarray:
    """(items * arms, 2): item and arm, both relabelled at random, in the order of the windows."""
    rng = np.random.default_rng(seed)
    item_order, arm_order = rng.permutation(items), rng.permutation(arms)
    place = np.arange(items * arms)
    block, row = place // items, place % items
    return np.stack([item_order[row], arm_order[(row + block) % arms]], axis=1)


def screens(test: Test, *, window: int, turn: int, rater: int) -> list[Screen]:
    """All screens of one rater, in order: practice, then the window with attention checks strewn in.

    `turn` counts raters of the same window: every other one hears the pairs the other way round.
    """
    rng = np.random.default_rng([test.seed, rater])
    stimuli = _Stimuli(test, rng)
    first = window * test.trials
    trials = [stimuli.screen("test", first + step, turn) for step in rng.permutation(test.trials).tolist()]
    for _ in range(test.attention):
        # Never the first: there one is attentive anyway.
        trials.insert(int(rng.integers(1, len(trials) + 1)), stimuli.check())
    after = first + test.trials
    return [stimuli.screen("practice", after + step, turn) for step in range(test.practice)] + trials


class _Stimuli:
    """Sounds by item and system, and the screens made of them."""

    def __init__(self, test: Test, rng: np.random.Generator) -> None:
        self.test, self.rng = test, rng
        self.files = {(s.item, s.system): s.file for s in test.stimuli if s.beeps == 0}
        self.checks = [stimulus for stimulus in test.stimuli if stimulus.beeps > 0]
        self.names = [system.name for system in test.systems]
        self.table = cells(len(test.items), test.arms, seed=test.seed)

    def screen(self, phase: Phase, place: int, turn: int) -> Screen:
        """The screen of the cell at `place` in the table."""
        place %= len(self.table)
        item, arm = self.test.items[self.table[place, 0]], int(self.table[place, 1])
        if self.test.rules.has_sliders:
            return Screen(phase, item, self._all(item), self._reference(item))
        if not self.test.rules.is_pair:
            return Screen(phase, item, [self.files[item, self.names[arm]]])
        pair = [self.files[item, system] for system in self.test.pairs[arm]]
        # An arm returns after `arms` places: turning with it puts each system first half of the time.
        block, row = divmod(place, len(self.test.items))
        turned = (row // self.test.arms + block + turn) % 2
        return Screen(phase, item, pair[::-1] if turned else pair)

    def check(self) -> Screen:
        """A screen on which one sound breaks off into beeps."""
        broken = self.checks[int(self.rng.integers(len(self.checks)))]
        whole = self.files[broken.item, broken.system]
        if self.test.rules.has_sliders:
            sounds = [broken.file if sound == whole else sound for sound in self._all(broken.item)]
            place = sounds.index(broken.file)
            return Screen("attention", broken.item, sounds, self._reference(broken.item), place)
        if self.test.rules.is_pair:
            place = int(self.rng.integers(2))
            sounds = [whole, broken.file] if place else [broken.file, whole]
            return Screen("attention", broken.item, sounds, expected=place)
        return Screen("attention", broken.item, [broken.file], expected=broken.beeps)

    def _reference(self, item: str) -> str:
        return self.files[item, self.test.named("reference")[0]]

    def _all(self, item: str) -> list[str]:
        return [self.files[item, self.names[i]] for i in self.rng.permutation(len(self.names))]
