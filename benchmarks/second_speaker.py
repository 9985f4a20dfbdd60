"""A second speaker for a voice of several, or a new voice: speech by a synthesiser, in LJSpeech's layout.

    python benchmarks/second_speaker.py TEXTS OUTPUT --minutes 12
    python benchmarks/second_speaker.py TEXTS OUTPUT --minutes 60 --speaker joe

TEXTS has a sentence a line, or is an LJSpeech metadata.csv, so that both speakers say the same. Speakers:

heart: the voice in hibari-tts' wheel (Apache-2.0); no person's but a model's, distilled from Kokoro-82M.
joe: Piper's voice en_US-joe-medium, trained on recordings that are CC0; Piper is GPL-3.0 and runs as a
process of its own, from the environment that `make table` makes.

OUTPUT/README.md says so, and a voice that learns from it has to say so too.
"""

import argparse
import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

import numpy as np

from itoaudio.audio.files import read, resample, write_wav
from itoaudio.evaluate.making import Worker
from itoaudio.evaluate.systems import system
from itoaudio.evaluate.testlist import Item

RATE = 22050
RIVALS = Path(".venv-rivals/bin/python")
CARD = """# Speech of {source}

{count} sentences, {minutes:.1f} minutes, {rate} Hz, LJSpeech's layout. Made by benchmarks/second_speaker.py.

{origin} The texts are those of `{texts}`; they keep their licence.
It is meant to prove training, not to be shipped as a voice.
"""
HEART = (
    "No person was recorded: the speaker is the voice in hibari-tts {version} (Apache-2.0), a small model"
    " distilled from Kokoro-82M's voice af_heart (Apache-2.0)."
)
JOE = (
    "No person was recorded for it: the speaker is Piper's voice en_US-joe-medium, whose own recordings (Nabu"
    " Casa's voice-datasets) are CC0."
)

Speak = Callable[[str, int, Path], int]
"""Text, its number and the file to write -> samples written."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("texts", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--minutes", type=float, default=12.0)
    parser.add_argument("--speaker", choices=SPEAKERS, default="heart")
    asked = parser.parse_args()
    speaker, seconds, rows = asked.speaker, 0.0, []
    (asked.output / "wavs").mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        speak, source, origin = SPEAKERS[speaker](stack)
        for number, text in enumerate(sentences(asked.texts)):
            if seconds >= 60 * asked.minutes:
                break
            path = asked.output / "wavs" / f"{speaker}_{number:04}.wav"
            seconds += speak(text, number, path) / RATE
            rows.append(f"{path.stem}|{text}|{text}\n")
    (asked.output / "metadata.csv").write_text("".join(rows), encoding="utf-8")
    card = CARD.format(
        source=source,
        count=len(rows),
        minutes=seconds / 60,
        rate=RATE,
        origin=origin,
        texts=asked.texts.name,
    )
    (asked.output / "README.md").write_text(card, encoding="utf-8")
    print(f"{asked.output}: {len(rows)} sentences, {seconds / 60:.1f} minutes")


def heart(stack: ExitStack) -> tuple[Speak, str, str]:
    """hibari-tts, in this process."""
    from hibari import Hibari

    voice = Hibari(threads=1)

    def speak(text: str, number: int, path: Path) -> int:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
        return write(path, resample(voice(text, seed=seed), Hibari.sample_rate, RATE))

    return speak, "hibari-tts, voice `heart`", HEART.format(version=version("hibari-tts"))


def joe(stack: ExitStack) -> tuple[Speak, str, str]:
    """Piper, in its own process."""
    worker = stack.enter_context(Worker(system("piper", rivals=str(RIVALS.absolute())), "read", 2))

    def speak(text: str, number: int, path: Path) -> int:
        worker.ask(Item(id=str(number), text=text), seed=0, to=path)
        return write(path, read(path, sample_rate=RATE)[0])

    return speak, "Piper, voice `en_US-joe-medium`", JOE


def write(path: Path, sound: np.ndarray) -> int:
    """The samples written."""
    write_wav(path, sound, RATE)
    return len(sound)


SPEAKERS = {"heart": heart, "joe": joe}


def sentences(path: Path) -> list[str]:
    """Each sentence of a text file or metadata.csv once, in its order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    texts = [line.split("|")[-1].strip() for line in lines]
    return list(dict.fromkeys(text for text in texts if text))


if __name__ == "__main__":
    main()
