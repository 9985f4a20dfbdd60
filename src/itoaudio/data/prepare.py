"""`ito prepare`: recordings -> features under the corpus config's digest, in parallel; what is there is
kept.

Each recording is mixed to one channel, resampled, trimmed, and brought to the config's loudness if it names
one. The manifest is written last: without it the folder is not finished, and the same call goes on.
"""

import errno
import logging
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import blake2b
from pathlib import Path

import numpy as np

from itoaudio.audio import files
from itoaudio.audio.loudness import at_loudness
from itoaudio.audio.trim import trim
from itoaudio.text import English
from itoaudio.text.symbols import ENGLISH_SYMBOLS

from .config import CorpusConfig
from .corrections import load as load_corrections
from .features import Stored, make_features
from .manifest import Utterance, part_of, path_from, write_manifest
from .parallel import each
from .recipes import CorpusError, Source, read_corpus

log = logging.getLogger(__name__)
MINIMUM_SECONDS, MAXIMUM_SECONDS = 0.3, 60.0
FATAL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EMFILE}
"""What is no clip's fault: the run ends, and the same call goes on later."""


@dataclass(frozen=True)
class LeftOut:
    """A recording that cannot be used, and why."""

    id: str
    reason: str


def cache_folder(corpus: CorpusConfig, root: Path) -> Path:
    """Where the features of a corpus lie below `root`."""
    return root / f"{corpus.name}-{corpus.digest}"


def prepare(corpus: CorpusConfig, root: Path, *, workers: int = 2) -> Path:
    """Make all features and the manifest of a corpus; answers their folder. Deterministic, and resumes.

    A recording that cannot be used is named in the log and left out. CorpusError when none is left.
    """
    listing = read_corpus(Path(corpus.folder), corpus.recipe)
    for fault in listing.faults:
        log.warning("left out %s: %s", fault.place, fault.detail)
    corrections = load_corrections(corpus.corrections) if corpus.corrections else {}
    sources = [
        Source(
            id=source.id,
            audio=source.audio,
            text=corrections.get(source.text, source.text),
            speaker=source.speaker,
        )
        for source in listing.sources
    ]
    folder = cache_folder(corpus, root)
    folder.mkdir(parents=True, exist_ok=True)
    answers = each(
        partial(_one, corpus=corpus, folder=folder),
        sources,
        workers=workers,
        title=f"prepare {corpus.name}",
        lost=lambda source: LeftOut(source.id, f"{source.audio}: reading it killed the process"),
    )
    made = [answer for answer in answers if isinstance(answer, Utterance)]
    for answer in answers:
        if isinstance(answer, LeftOut):
            log.warning("left out %s: %s", answer.id, answer.reason)
    if not made:
        raise CorpusError(
            f"{corpus.folder}: none of its {len(sources)} recordings can be used; the log says why"
        )
    write_manifest(folder / "manifest.jsonl", made)
    log.info("%d of %d utterances in %s", len(made), len(sources), folder)
    return folder


def _one(source: Source, corpus: CorpusConfig, folder: Path) -> Utterance | LeftOut:
    try:
        return _prepared(source, corpus, folder / f"{source.id}.npz")
    except OSError as error:
        if error.errno in FATAL:
            raise
        return LeftOut(source.id, f"{source.audio}: {error.strerror}")
    except ValueError as error:
        return LeftOut(source.id, str(error))
    except Exception as error:  # one bad clip never ends a run, whatever a decoder or front end thinks of it
        return LeftOut(source.id, f"{source.audio}: {type(error).__name__}: {error}")


def _prepared(source: Source, corpus: CorpusConfig, path: Path) -> Utterance:
    phonemes = _english().phonemes(source.text)
    ENGLISH_SYMBOLS.encode(phonemes)  # ValueError names a symbol that no voice of ours could learn
    stamp = blake2b(source.audio.read_bytes(), digest_size=16).hexdigest()
    stored = Stored.of(path)
    if stored is None or stored.source not in ("", stamp):
        features = make_features(_speech(source.audio, corpus), corpus.mel)
        features.save(path, source=stamp)
        stored = Stored(features.frames, stamp)
    return Utterance(
        id=source.id,
        audio=path_from(path.parent, source.audio),
        text=source.text,
        phonemes=phonemes,
        part=part_of(source.text, seed=corpus.seed, validation=corpus.validation, test=corpus.test),
        frames=stored.frames,
        speaker=source.speaker,
    )


def _speech(path: Path, corpus: CorpusConfig) -> np.ndarray:
    """The recording as features are made of it: (N,) at the mel's rate."""
    rate = corpus.mel.sample_rate
    seconds = files.duration(path)
    if seconds > MAXIMUM_SECONDS:
        raise CorpusError(
            f"{path}: {seconds:.0f} s long; cut it to sentences of at most {MAXIMUM_SECONDS:g} s"
        )
    audio, _ = files.read(path, sample_rate=rate)
    if not np.isfinite(audio).all():
        raise CorpusError(f"{path}: holds samples that are no numbers; record or convert it again")
    speech = trim(audio, sample_rate=rate, margin_seconds=corpus.margin_seconds)
    if len(speech) < MINIMUM_SECONDS * rate:
        raise CorpusError(f"{path}: only {len(speech) / rate:.2f} s of sound")
    if corpus.loudness_lufs is None:
        return speech
    try:
        return at_loudness(speech, rate, corpus.loudness_lufs)
    except ValueError as error:
        raise CorpusError(f"{path}: {error}") from None


@lru_cache
def _english() -> English:
    return English()
