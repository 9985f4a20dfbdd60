"""Answers as arrays: who, which sentence, which system or pair, which value."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from itoaudio.listen.spec import ANSWERS, Test
from itoaudio.listen.store import Store, sounds_of


@dataclass(frozen=True)
class Observations:
    """N answers. A pair's value says how much its first system is better, whatever the screen's order was."""

    rater: np.ndarray  # (N,) int, the rater's number in the store
    item: np.ndarray  # (N,) int, place in `Test.items`
    arm: np.ndarray  # (N,) int, place in `Test.systems`, or in `Test.pairs`
    value: np.ndarray  # (N,) float64

    def where(self, kept: np.ndarray) -> "Observations":
        """Those for which `kept` (N,) is true."""
        return Observations(self.rater[kept], self.item[kept], self.arm[kept], self.value[kept])

    def of(self, arm: int) -> "Observations":
        """Those of one system or pair."""
        return self.where(self.arm == arm)


ROWS = """
SELECT s.rater, s.number, s.phase, s.item, s.sounds, s.expected, s.shown, s.answered,
  a.place, a.value, a.plays
FROM screen s JOIN answer a ON a.rater = s.rater AND a.number = s.number
ORDER BY s.rater, s.number, a.place
"""


def open_store(folder: Path) -> Store:
    """The answers beside a test; an empty store when nobody came yet."""
    path = Path(folder) / ANSWERS
    return Store(path if path.is_file() else Path(":memory:"))


def observations(test: Test, store: Store) -> Observations:
    """All answers that count: neither practice nor attention checks."""
    system_of = {stimulus.file: stimulus.system for stimulus in test.stimuli}
    item_at = {item: place for place, item in enumerate(test.items)}
    system_at = {system.name: place for place, system in enumerate(test.systems)}
    pair_at = {pair: place for place, pair in enumerate(test.pairs)}
    found: list[tuple[int, int, int, float]] = []
    for row in store.all(ROWS):
        if row["phase"] != "test":
            continue
        names = [system_of[sound] for sound in sounds_of(row)]
        value, item = float(row["value"]), item_at[row["item"]]
        if test.rules.flip is None:
            found.append((row["rater"], item, system_at[names[row["place"]]], value))
        else:
            # The screen's value speaks for the second sound, the pair's for its first system.
            first, second = names
            forward = (first, second) in pair_at
            arm = pair_at[(first, second) if forward else (second, first)]
            found.append((row["rater"], item, arm, test.rules.flip(value) if forward else value))
    columns = list(zip(*found)) or [(), (), (), ()]
    rater, item_column, arm_column = (np.array(column, np.int64) for column in columns[:3])
    return Observations(rater, item_column, arm_column, np.array(columns[3], np.float64))
