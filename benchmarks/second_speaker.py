"""A second speaker for a voice of several: minutes of speech by hibari-tts, in LJSpeech's layout.

    python benchmarks/second_speaker.py TEXTS OUTPUT --minutes 12

TEXTS has a sentence a line, or is an LJSpeech metadata.csv, so that both speakers say the same. hibari-tts
(Apache-2.0) carries one voice in its wheel, "heart"; that is no person's voice but a model's, distilled from
Kokoro-82M (Apache-2.0). OUTPUT/README.md says so, and a voice that learns from it has to say so too.
"""

import argparse
import hashlib
from pathlib import Path

from hibari import Hibari

from itoaudio.audio.files import resample, write_wav

RATE = 22050
CARD = """# Speech of hibari-tts, voice `heart`

{count} sentences, {minutes:.1f} minutes, {rate} Hz, LJSpeech's layout. Made by benchmarks/second_speaker.py.

No person was recorded: the speaker is the voice in hibari-tts {version} (Apache-2.0), a small model
distilled from Kokoro-82M's voice af_heart (Apache-2.0). The texts are those of `{texts}`; they keep their
licence.
It is meant to prove training with several speakers, not to be shipped as a voice.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("texts", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--minutes", type=float, default=12.0)
    asked = parser.parse_args()
    voice, seconds, rows = Hibari(threads=1), 0.0, []
    (asked.output / "wavs").mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(sentences(asked.texts)):
        if seconds >= 60 * asked.minutes:
            break
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
        sound = resample(voice(text, seed=seed), Hibari.sample_rate, RATE)
        write_wav(asked.output / "wavs" / f"heart_{number:04}.wav", sound, RATE)
        rows.append(f"heart_{number:04}|{text}|{text}\n")
        seconds += len(sound) / RATE
    (asked.output / "metadata.csv").write_text("".join(rows), encoding="utf-8")
    card = CARD.format(
        count=len(rows), minutes=seconds / 60, rate=RATE, version=version(), texts=asked.texts.name
    )
    (asked.output / "README.md").write_text(card, encoding="utf-8")
    print(f"{asked.output}: {len(rows)} sentences, {seconds / 60:.1f} minutes")


def sentences(path: Path) -> list[str]:
    """Each sentence of a text file or metadata.csv once, in its order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    texts = [line.split("|")[-1].strip() for line in lines]
    return list(dict.fromkeys(text for text in texts if text))


def version() -> str:
    from importlib.metadata import version as of

    return of("hibari-tts")


if __name__ == "__main__":
    main()
