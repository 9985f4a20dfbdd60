"""The listening page of a new voice: held-out recordings beside the voice, and sentences nobody recorded."""

from base64 import b64encode
from collections.abc import Iterator
from html import escape
from io import BytesIO
from pathlib import Path

import soundfile

from itoaudio.data.config import CorpusConfig
from itoaudio.data.features import Features
from itoaudio.data.manifest import Utterance, read_manifest
from itoaudio.data.prepare import cache_folder
from itoaudio.making.settings import Making
from itoaudio.runtime import Voice
from itoaudio.runtime.sound import Audio
from itoaudio.whole import write_whole

HELD_OUT = 5
NEW = (
    "This voice was made on a plain computer.",
    "Noise goes in, and speech comes out.",
    "How much wood would a woodchuck chuck, if a woodchuck could chuck wood?",
)
STYLE = """
:root { color-scheme: light dark; --ink: #1b1e23; --paper: #fbfaf8; --dim: #666c75; --line: #dcd9d2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --paper: #15171a; --dim: #9aa0a8;
  --line: #33373d; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 56rem; padding: 0 1rem; }
section { border-top: 1px solid var(--line); padding: 0.8rem 0; } .dim { color: var(--dim); }
.row { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 0.6rem; }
audio { width: 100%; }
"""


def write_page(making: Making, corpus: CorpusConfig, cache: Path, voice: Path, path: Path) -> None:
    """Write the page aside, then rename: sound is inside it, nothing is fetched."""
    speaker = Voice.load(voice)
    body = "".join([*_held_out(making, corpus, cache, speaker), *_new(making, speaker)])
    name = escape(making.name)
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{name}</title><style>{STYLE}</style></head><body><h1>{name}</h1>"
        f"<p>{escape(making.consent)} Licence: {escape(making.licence)}.</p>"
        f'<p class="dim">None of these sentences was heard in training.</p>{body}</body></html>'
    )
    write_whole(path, text)


def _held_out(making: Making, corpus: CorpusConfig, cache: Path, voice: Voice) -> Iterator[str]:
    folder = cache_folder(corpus, cache)
    tests = [item for item in read_manifest(folder / "manifest.jsonl") if item.part == "test"]
    for item in _spread(tests, HELD_OUT):
        recording = Audio(Features.load(folder / f"{item.id}.npz").audio, voice.sample_rate)
        who = {"speaker": item.speaker} if making.speakers else {}
        yield _section(
            f"{item.text} ({item.speaker})" if making.speakers else item.text,
            {
                "recording": recording,
                "its mel, made sound again": voice.vocode(recording),
                "the voice": voice.say(item.text, **who),
            },
        )


def _new(making: Making, voice: Voice) -> Iterator[str]:
    for text in NEW:
        names = making.speakers or ("",)
        yield _section(
            text,
            {
                name or "the voice": voice.say(text, **({"speaker": name} if name else {}))
                for name in names[:6]
            },
        )


def _spread(items: list[Utterance], count: int) -> list[Utterance]:
    step = max(1, len(items) // count)
    return items[::step][:count]


def _section(text: str, sounds: dict[str, Audio]) -> str:
    cells = "".join(
        f'<div>{escape(label)}<audio controls preload="none"'
        f' src="data:audio/flac;base64,{_flac(sound)}"></audio></div>'
        for label, sound in sounds.items()
    )
    return f'<section><p>{escape(text)}</p><div class="row">{cells}</div></section>'


def _flac(sound: Audio) -> str:
    held = BytesIO()
    soundfile.write(held, sound.samples, sound.sample_rate, format="FLAC", subtype="PCM_16")
    return b64encode(held.getvalue()).decode()
