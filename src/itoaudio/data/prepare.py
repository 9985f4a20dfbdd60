"""`ito prepare`: recordings -> features under the corpus config's digest, in parallel; what is there is
kept."""

import logging
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path

from tqdm import tqdm

from itoaudio.audio import files
from itoaudio.audio.trim import trim
from itoaudio.text import English

from .config import CorpusConfig
from .corrections import load as load_corrections
from .features import Features, make_features
from .manifest import Utterance, part_of, write_manifest
from .recipes import RECIPES, CorpusError, Source

log = logging.getLogger(__name__)
MINIMUM_SECONDS = 0.3


def cache_folder(corpus: CorpusConfig, root: Path) -> Path:
    """Where the features of a corpus lie below `root`."""
    return root / f"{corpus.name}-{corpus.digest}"


def prepare(corpus: CorpusConfig, root: Path, *, workers: int = 2) -> Path:
    """Make all features and the manifest of a corpus; answers their folder. Deterministic, and resumes.

    A recording that cannot be used is named in the log and left out. CorpusError when none is left.
    """
    if corpus.recipe not in RECIPES:
        raise CorpusError(f"recipe {corpus.recipe!r} is unknown: use one of {', '.join(RECIPES)}")
    corrections = load_corrections(corpus.corrections) if corpus.corrections else {}
    sources = [
        Source(id=source.id, audio=source.audio, text=corrections.get(source.text, source.text))
        for source in RECIPES[corpus.recipe](Path(corpus.folder))
    ]
    folder = cache_folder(corpus, root)
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers) as pool:
        jobs = pool.map(_one, sources, [corpus] * len(sources), [folder] * len(sources), chunksize=8)
        made = [item for item in tqdm(jobs, total=len(sources), desc=f"prepare {corpus.name}") if item]
    if not made:
        raise CorpusError(
            f"{corpus.folder}: none of its {len(sources)} recordings can be used; the log says why"
        )
    write_manifest(folder / "manifest.jsonl", made)
    log.info("%d of %d utterances in %s", len(made), len(sources), folder)
    return folder


def _one(source: Source, corpus: CorpusConfig, folder: Path) -> Utterance | None:
    try:
        return _prepared(source, corpus, folder / f"{source.id}.npz")
    except ValueError as error:
        log.warning("left out %s: %s", source.id, error)
        return None


def _prepared(source: Source, corpus: CorpusConfig, path: Path) -> Utterance:
    spec = corpus.mel
    if path.is_file():
        features = Features.load(path)
    else:
        audio, _ = files.read(source.audio, sample_rate=spec.sample_rate)
        speech = trim(audio, sample_rate=spec.sample_rate, margin_seconds=corpus.margin_seconds)
        if len(speech) < MINIMUM_SECONDS * spec.sample_rate:
            raise CorpusError(f"{source.audio}: only {len(speech) / spec.sample_rate:.2f} s of sound")
        features = make_features(speech, spec)
        features.save(path)
    part = part_of(source.text, seed=corpus.seed, validation=corpus.validation, test=corpus.test)
    return Utterance(
        id=source.id,
        audio=str(source.audio),
        text=source.text,
        phonemes=_english().phonemes(source.text),
        part=part,
        frames=features.frames,
    )


@lru_cache
def _english() -> English:
    return English()
