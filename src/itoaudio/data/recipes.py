"""Corpus recipes: one reader a layout, each answers a `Listing`. `read_corpus` finds out which one it is."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec

from itoaudio.rows import split_rows

from .source import (
    AUDIO_SUFFIXES,
    CorpusError,
    Fault,
    Listing,
    Source,
    audio_in,
    find_audio,
    safe_id,
    stem_of,
)

__all__ = ["RECIPES", "CorpusError", "Listing", "Source", "detect", "read_corpus"]

Found = Iterator[Source | Fault]
SOUND_FOLDERS = ("wavs", "wav", "audio", ".")
VCTK_FOLDERS = ("wav48_silence_trimmed", "wav48", "wav24", "wav22", "wav16")


def read_corpus(folder: Path, recipe: str = "auto") -> Listing:
    """All recordings of a corpus, and what is missing. CorpusError when none is found."""
    if not folder.exists():
        raise CorpusError(f"{folder}: no such corpus; give a folder, a file list or a manifest")
    audio_in.cache_clear()  # files may have come since
    name = detect(folder) if recipe == "auto" else recipe
    if name not in RECIPES:
        raise CorpusError(f"recipe {name!r} is unknown: use auto, {', '.join(RECIPES)}")
    items = list(RECIPES[name](folder))
    sources = [item for item in items if isinstance(item, Source)]
    faults = [item for item in items if isinstance(item, Fault)]
    if not sources:
        first = f"; {faults[0].place}: {faults[0].detail}" if faults else ""
        raise CorpusError(f"{folder}: no recording with a text, as recipe `{name}` reads it{first}")
    return Listing(name, tuple(_distinct(sources)), tuple(faults))


def detect(folder: Path) -> str:
    """Name of the recipe that fits. CorpusError names all layouts when none does."""
    if folder.is_file():
        return "jsonl" if folder.suffix == ".jsonl" else "vits"
    if (folder / "metadata.csv").is_file():
        return "piper" if _names_speakers(_rows(folder / "metadata.csv")) else "ljspeech"
    if (folder / "txt").is_dir() and any((folder / name).is_dir() for name in VCTK_FOLDERS):
        return "vctk"
    if _file_lists(folder):
        return "vits"
    if any(folder.glob("*.jsonl")):
        return "jsonl"
    if len(_speaker_folders(folder)) > 1:
        return "speakers"
    if any(text.stem in audio_in(text.parent) for text in folder.rglob("*.txt")):
        return "wav_text"
    raise CorpusError(
        f"{folder}: no layout that is known; give metadata.csv beside wavs/ (ljspeech, piper), NAME.wav"
        " beside NAME.txt (wav_text), a list of `audio|text` (vits), a .jsonl manifest, VCTK's folders, or a"
        " folder of such folders, one a speaker (speakers)"
    )


def ljspeech(folder: Path) -> Found:
    """`metadata.csv` with `id|text` or `id|text|normalised text` (no quoting) beside `wavs/ID.wav`."""
    table = _table(folder, "ljspeech")
    places = tuple(table.parent / name for name in SOUND_FOLDERS)
    for number, parts in _rows(table):
        if len(parts) < 2:
            wanted = "`id|text` or `id|text|normalised text`"
            yield Fault("bad_line", f"{table}:{number}", f"{'|'.join(parts)!r} is not {wanted}")
        else:
            yield _source(parts[0], parts[-1] or parts[1], places)
    yield from _without_text(table.parent, {parts[0] for _, parts in _rows(table)})


def piper(folder: Path) -> Found:
    """Piper's `metadata.csv`: `file|text` or `file|speaker|text`, sound in `wav/`, `wavs/` or beside it."""
    table = _table(folder, "piper")
    places = tuple(table.parent / name for name in SOUND_FOLDERS)
    for number, parts in _rows(table):
        if len(parts) not in (2, 3):
            wanted = "`file|text` or `file|speaker|text`"
            yield Fault("bad_line", f"{table}:{number}", f"{'|'.join(parts)!r} is not {wanted}")
        else:
            yield _source(parts[0], parts[-1], places, speaker=parts[1] if len(parts) == 3 else "")
    yield from _without_text(table.parent, {stem_of(parts[0]) for _, parts in _rows(table)})


def vits(folder: Path) -> Found:
    """File lists of VITS and its kin: `path.wav|text` or `path.wav|speaker|text`; a list or its folder."""
    lists = [folder] if folder.is_file() else _file_lists(folder)
    for path in lists:
        near = tuple(place / name for place in (path.parent, path.parent.parent) for name in SOUND_FOLDERS)
        for number, parts in _rows(path):
            if len(parts) not in (2, 3):
                wanted = "`path|text` or `path|speaker|text`"
                yield Fault("bad_line", f"{path}:{number}", f"{'|'.join(parts)!r} is not {wanted}")
            else:
                yield _source(parts[0], parts[-1], near, speaker=parts[1] if len(parts) == 3 else "")


def jsonl(folder: Path) -> Found:
    """A manifest: a line of JSON a recording with `audio` (or `audio_filepath`), `text`, `id`, `speaker`."""
    manifests = [folder] if folder.is_file() else sorted(folder.glob("*.jsonl"))
    for path in manifests:
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            if not line.strip():
                continue
            try:
                row = msgspec.json.decode(line, type=dict[str, object])
                audio = str(row.get("audio") or row["audio_filepath"])
                text = str(row["text"])
            except (msgspec.DecodeError, KeyError) as error:
                yield Fault("bad_line", f"{path}:{number}", f"not a recording: {error}")
                continue
            name = str(row.get("id") or stem_of(Path(audio).name))
            yield _source(audio, text, (path.parent,), speaker=str(row.get("speaker") or ""), name=name)


def wav_text(folder: Path) -> Found:
    """A folder, searched in depth, of audio files, each beside a `.txt` of the same stem (Kathleen's)."""
    texts = sorted(folder.rglob("*.txt"))
    for text in texts:
        said = text.read_text(encoding="utf-8-sig", errors="replace")
        relative = str(text.relative_to(folder).with_suffix(""))
        yield _source(text.stem, said, (text.parent,), name=relative)
    folders = {text.parent for text in texts}
    for place in sorted(folders):
        known = {text.stem for text in texts if text.parent == place}
        yield from _without_text(place, known, inner=(".",))


def vctk(folder: Path) -> Found:
    """VCTK: `txt/SPEAKER/ID.txt` beside `wav48_silence_trimmed/SPEAKER/ID_mic1.flac`, or older `wav48/`."""
    places = [folder / name for name in VCTK_FOLDERS if (folder / name).is_dir()]
    for text in sorted((folder / "txt").glob("*/*.txt")):
        speaker, said = text.parent.name, text.read_text(encoding="utf-8-sig", errors="replace")
        near = tuple(place / speaker for place in places)
        name = f"{text.stem}_mic1" if find_audio(f"{text.stem}_mic1", near) else text.stem
        yield _source(name, said, near, speaker=speaker, name=text.stem)


def speakers(folder: Path) -> Found:
    """A folder of corpora, each in any layout; a corpus' folder is the name of its speaker."""
    for place in _speaker_folders(folder):
        for item in RECIPES[detect(place)](place):
            if isinstance(item, Source):
                yield replace(item, id=f"{place.name}_{item.id}", speaker=item.speaker or place.name)
            else:
                yield replace(item, place=f"{place.name}/{item.place}")


RECIPES: dict[str, Callable[[Path], Found]] = {
    "ljspeech": ljspeech,
    "wav_text": wav_text,
    "piper": piper,
    "vits": vits,
    "jsonl": jsonl,
    "vctk": vctk,
    "speakers": speakers,
}


def _source(
    file: str, text: str, folders: tuple[Path, ...], *, speaker: str = "", name: str = ""
) -> Source | Fault:
    found, said = find_audio(file, folders), " ".join(text.split())
    name = name or stem_of(file)
    if found is None:
        where = ", ".join(str(folder) for folder in folders[:2])
        return Fault("text_without_audio", name, f"no {', '.join(AUDIO_SUFFIXES)} of this name in {where}")
    if not said:
        return Fault("empty_text", name, f"{found} has an empty text; write what is said, or drop it")
    return Source(id=name, audio=found, text=said, speaker=speaker.strip())


def _without_text(folder: Path, known: set[str], inner: tuple[str, ...] = SOUND_FOLDERS) -> Iterator[Fault]:
    stems = {Path(name).name for name in known}
    for place in inner:
        for stem, path in sorted(audio_in(folder / place).items()):
            if stem not in stems:
                yield Fault("audio_without_text", str(path.relative_to(folder)), "no text belongs to it")


def _table(folder: Path, recipe: str) -> Path:
    table = folder if folder.is_file() else folder / "metadata.csv"
    if not table.is_file():
        raise CorpusError(f"{table}: no such file; the recipe `{recipe}` wants metadata.csv beside wavs/")
    return table


def _rows(table: Path) -> list[tuple[int, list[str]]]:
    """(line number, cells) of a table with bars; empty lines are skipped."""
    lines = split_rows(table.read_text(encoding="utf-8-sig", errors="replace"))
    return [
        (n, [cell.strip() for cell in line.split("|")]) for n, line in enumerate(lines, 1) if line.strip()
    ]


def _names_speakers(rows: list[tuple[int, list[str]]]) -> bool:
    """Whether the middle of three cells is a speaker and not a text: one word, and seldom a new one."""
    middle = [cells[1] for _, cells in rows if len(cells) == 3]
    return bool(middle) and len(middle) == len(rows) and not any(re.search(r"\s", cell) for cell in middle)


def _file_lists(folder: Path) -> list[Path]:
    """Text files, in `folder` or its `filelists/`, whose first line begins with an audio file and a bar."""
    start = re.compile(rf"[^|\n]+({'|'.join(map(re.escape, AUDIO_SUFFIXES))})\|", re.IGNORECASE)
    lists = []
    for path in sorted([*folder.glob("*.txt"), *folder.glob("filelists/*.txt")]):
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            if start.match(file.readline()):
                lists.append(path)
    return lists


def _speaker_folders(folder: Path) -> list[Path]:
    inner = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    return [path for path in inner if (path / "metadata.csv").is_file() or any(path.glob("*.jsonl"))]


def _distinct(sources: list[Source]) -> Iterator[Source]:
    """Ids that can name files, each once: the last part of a path alone when that is enough."""
    short = Counter(Path(source.id).name for source in sources)
    seen: Counter[str] = Counter()
    for source in sources:
        last = Path(source.id).name
        name = safe_id(last if short[last] == 1 else source.id)
        seen[name] += 1
        yield replace(source, id=name if seen[name] == 1 else f"{name}_{seen[name]}")
