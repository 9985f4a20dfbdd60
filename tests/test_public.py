"""The public surface: who changes it changes this list, and tells it in CHANGELOG.md."""

import inspect
from dataclasses import fields
from pathlib import Path

import itoaudio
from itoaudio.runtime import Audio, Options, Spoken, Voice

NAMES = ["Audio", "Options", "Spoken", "Voice", "load"]
VOICE = {
    "build": "(self, **options: Any) -> None",
    "edit": "(self, audio: itoaudio.runtime.sound.Audio, text: str, new_text: str, **options: Any)"
    " -> itoaudio.runtime.sound.Audio",
    "load": "(voice: str | pathlib.Path | None = None, *, threads: int | None = None,"
    " lexicon: str | pathlib.Path | None = None) -> 'Voice'",
    "say": "(self, text: str, **options: Any) -> itoaudio.runtime.sound.Audio",
    "stream": "(self, text: str, **options: Any) -> collections.abc.Iterator[itoaudio.runtime.spoken.Spoken]",
    "vocode": "(self, audio: itoaudio.runtime.sound.Audio | numpy.ndarray, *, sample_rate: int | None = None,"
    " **options: Any) -> itoaudio.runtime.sound.Audio",
}
AUDIO = {"duration_seconds", "encode", "int16", "join", "of", "read", "samples", "sample_rate", "write"}
OPTIONS = {
    **{"preset": None, "steps": None, "sampler": None, "grid": None, "sde": None, "corrector_snr": None},
    **{"variant": None, "temperature": None, "projections": None, "speed": 1.0, "pitch": 0.0, "energy": 0.0},
    **{"volume": 0.0, "pause": 1.0, "seed": 0, "takes": 1, "speaker": None, "markup": "auto"},
}


def public(kind):
    own = {name for name in vars(kind) if not name.startswith("_")}
    return own | {field.name for field in fields(kind)} if hasattr(kind, "__dataclass_fields__") else own


def test_names():
    assert itoaudio.__all__ == NAMES
    assert all(hasattr(itoaudio, name) for name in NAMES)


def test_load():
    assert str(inspect.signature(itoaudio.load)) == VOICE["load"]


def test_voice():
    shown = {name: str(inspect.signature(getattr(Voice, name))) for name in VOICE}
    assert shown == VOICE
    assert set(VOICE) | {"sample_rate", "plans", "speaker"} == public(Voice)


def test_audio_and_spoken():
    assert public(Audio) == AUDIO
    assert public(Spoken) == {"sentence", "audio", "frames"}


def test_options():
    assert {field.name: field.default for field in fields(Options)} == OPTIONS


def test_the_package_is_typed():
    assert (Path(itoaudio.__file__).parent / "py.typed").is_file()
