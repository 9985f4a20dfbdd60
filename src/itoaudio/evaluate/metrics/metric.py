"""A metric, the settings of judges that have some, and the word for one that cannot run."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from itoaudio.evaluate.sound import Take

Need = Literal["reference", "alignment", "text"]


class Unavailable(Exception):
    """A judge that cannot run here: its message says why and what would mend it. Its cells stay empty."""


class Unmeasurable(Exception):
    """A judge has no figure for this one take, such as pitch where nothing is voiced."""


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One column of the table.

    measure: the figure of one take, or Unavailable, or Unmeasurable; weight: what it counts for in the mean
    (words, for a word error rate: the mean then is the rate of the whole list); needs: what a take must have;
    settings: all that decides the figure, as printed beside it; reported: by the system's own process;
    headline: has a place in the charts.
    """

    name: str
    title: str
    unit: str
    better: Literal["higher", "lower"]
    settings: str
    measure: Callable[[Take], float]
    needs: frozenset[Need] = frozenset()
    weight: Callable[[Take], float] | None = None
    reported: bool = False
    headline: bool = False
    digits: int = 2

    def fits(self, take: Take) -> bool:
        """Whether `take` has what the metric needs."""
        if self.reported and self.name not in take.measured:
            return False
        has = {
            "reference": take.reference is not None,
            "alignment": take.reference is not None and take.aligned,
            "text": take.text is not None,
        }
        return all(has[need] for need in self.needs)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """recogniser: folder of a faster-whisper model, None is the packaged Whisper tiny; utmos: folder with a
    checkout of SpeechMOS and its weights, or none; threads: of the judges themselves."""

    recogniser: Path | None = None
    utmos: Path | None = None
    threads: int = 2


def package(name: str) -> str:
    """'pesq 0.0.4', for settings."""
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} (not installed)"
