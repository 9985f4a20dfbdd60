"""The frozen tables: what is said for what is written, and which of two sounds a word has."""

import re
from pathlib import Path

from itoaudio.text import English

DATA = Path(__file__).parent / "data"
# Known faults, listed so that a new one or a mended one shows.
SPOKEN_WRONG: set[str] = set()
HOMOGRAPHS_WRONG = {
    ("They read every day after lunch.", "read"),
    ("Have you read his essay?", "read"),
    ("The paths wind through the hills.", "wind"),
    ("Metals contract when cold.", "contract"),
}
english = English()


def rows(name):
    return [line.split("\t") for line in (DATA / name).read_text("utf-8").splitlines()[2:] if "\t" in line]


def plain(text):
    text = re.sub(r"(?<=[^\W\d])\.(?=[^\W\d]\b)|'(?!\w)|(?<!\w)'", "", text.lower())
    return " ".join(re.sub(r"[^\w']+", " ", text).split())


def test_spoken():
    wrong = set()
    for written, readings in rows("spoken.tsv"):
        said = plain(" ".join(word.spoken for sentence in english.read(written) for word in sentence.words))
        if said not in map(plain, readings.split(" | ")):
            wrong.add(written)
    assert wrong == SPOKEN_WRONG


def test_homographs():
    wrong = set()
    for sentence, word, meant in rows("homographs.tsv"):
        found = [
            one for read in english.read(sentence) for one in read.words if plain(one.spoken) == word.lower()
        ]
        if [one.phonemes.replace("ˌ", "") for one in found] != [meant.replace("ˌ", "")]:
            wrong.add((sentence, word))
    assert wrong == HOMOGRAPHS_WRONG
