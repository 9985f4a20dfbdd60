"""What is spoken or copied: texts from a table, recordings from a manifest or a folder."""

from dataclasses import dataclass
from pathlib import Path

from itoaudio.rows import split_rows

SUFFIXES = (".wav", ".flac", ".ogg", ".mp3")


@dataclass(frozen=True)
class Item:
    """A sentence, its recording, or both."""

    id: str
    text: str | None
    recording: Path | None = None


def read_texts(path: Path) -> list[Item]:
    """Lines `id<TAB>text` or `id|text`; a line without either mark is a text. ValueError if there is none."""
    if not path.is_file():
        raise ValueError(f"{path}: no such table of texts")
    items = []
    for number, line in enumerate(split_rows(path.read_text(encoding="utf-8")), 1):
        if line.strip():
            mark = next((mark for mark in ("\t", "|") if mark in line), None)
            name, text = (line.split(mark)[0], line.split(mark)[-1]) if mark else (f"{number:03d}", line)
            items.append(Item(name.strip(), text.strip()))
    return checked(items, path)


def read_recordings(path: Path, *, part: str = "validation") -> list[Item]:
    """One `part` of the corpus of a run's config (.yaml) or of a manifest of `ito prepare`; or all of a
    manifest of recordings (.jsonl), of a folder with metadata.csv and wavs/, or of a folder of sound files,
    each beside a .txt of its name or not. One take of a sentence: two would count as two sentences."""
    if path.suffix in (".yaml", ".yml"):
        return checked(_of_corpus(path, part), path)
    if path.suffix == ".jsonl":
        return checked(_of_manifest(path, part), path)
    if not path.is_dir():
        raise ValueError(f"{path}: no such folder of recordings, nor a manifest.jsonl or a run's .yaml")
    texts = {}
    if (path / "metadata.csv").is_file():
        texts = {item.id: item.text for item in read_texts(path / "metadata.csv")}
        path = path / "wavs"
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
    items = [Item(file.stem, texts.get(file.stem) or _beside(file), file) for file in files]
    return checked(list({item.text or item.id: item for item in items}.values()), path)


def checked(items: list[Item], path: Path) -> list[Item]:
    """`items`, none of them twice and at least one, or ValueError."""
    if not items:
        raise ValueError(f"{path}: holds nothing to speak or to copy")
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise ValueError(f"{path}: {item.id!r} stands there twice")
        if "/" in item.id or item.id.startswith("."):
            raise ValueError(f"{path}: {item.id!r} cannot be a file's name")
        seen.add(item.id)
    return items


def _of_corpus(config: Path, part: str) -> list[Item]:
    """As `ito prepare` splits it, without its features."""
    from itoaudio.data.config import CorpusConfig
    from itoaudio.data.corrections import load
    from itoaudio.data.manifest import part_of
    from itoaudio.data.recipes import read_corpus
    from itoaudio.strict import convert
    from itoaudio.train.config import read_yaml

    raw = read_yaml(config)
    if not isinstance(raw, dict) or "corpus" not in raw:
        raise ValueError(f"{config}: has no section `corpus`")
    corpus = convert(raw["corpus"], CorpusConfig, source=str(config))
    corrections = load(corpus.corrections) if corpus.corrections else {}
    takes: dict[str, Item] = {}
    for source in read_corpus(Path(corpus.folder), corpus.recipe).sources:
        text = corrections.get(source.text, source.text)
        if part_of(text, seed=corpus.seed, validation=corpus.validation, test=corpus.test) == part:
            takes[text] = Item(source.id, text, source.audio)
    return list(takes.values())


def _of_manifest(path: Path, part: str) -> list[Item]:
    """Of `ito prepare`, which knows parts, or of `ito corpus check --manifest`, which does not."""
    from itoaudio.data.manifest import read_manifest
    from itoaudio.data.recipes import read_corpus

    first = path.read_text(encoding="utf-8").partition("\n")[0] if path.is_file() else ""
    if '"phonemes"' in first:
        items = [Item(one.id, one.text, Path(one.audio)) for one in read_manifest(path) if one.part == part]
    else:
        items = [Item(source.id, source.text, source.audio) for source in read_corpus(path).sources]
    return list({item.text: item for item in items}.values())


def _beside(file: Path) -> str | None:
    text = file.with_suffix(".txt")
    return text.read_text(encoding="utf-8").strip() if text.is_file() else None
