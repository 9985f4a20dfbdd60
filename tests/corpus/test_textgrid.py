"""TextGrids by the toy voice: what is aligned is arbitrary, that the tiers are whole is not."""

import re
from itertools import pairwise

import pytest
from click.testing import CliRunner

from itoaudio.cli import main
from itoaudio.corpus.examine import Aligner, phones_in_words
from itoaudio.corpus.textgrid import _filled, align_corpus, textgrid, tiers
from itoaudio.data.recipes import read_corpus
from itoaudio.text import English

from .conftest import TEXTS


def test_tiers_are_whole_and_say_the_text(folder, toy_folder):
    source = read_corpus(folder).sources[1]
    phonemes = English().phonemes(source.text)
    seconds, words, phones = tiers(source, Aligner.of(toy_folder), phonemes)
    for intervals in (words, phones):
        assert intervals[0][0] == 0.0
        assert intervals[-1][1] == pytest.approx(seconds)
        assert all(one[1] == pytest.approx(other[0]) for one, other in pairwise(intervals))
        assert all(end > start for start, end, _ in intervals)
    assert [label for _, _, label in words if label] == TEXTS[1].rstrip(".").split()
    assert "".join(label for _, _, label in phones) == re.sub(r"[ .]", "", phonemes)
    starts = {round(start, 6) for start, _, label in phones if label}
    assert all(round(start, 6) in starts for start, _, label in words if label)


def test_files_of_a_corpus_and_what_cannot_be_aligned(folder, add, toy_folder, tmp_path):
    import numpy as np

    add(
        "brief",
        np.full(6000, 0.1, np.float32),
        text="Far too many words for so little sound, and even more of them.",
    )
    failed = align_corpus(folder, tmp_path / "grids", voice=toy_folder, workers=1)
    assert set(failed) == {"brief"}
    assert "cannot hold" in failed["brief"]
    assert sorted(path.stem for path in (tmp_path / "grids").iterdir()) == list("012345")
    text = (tmp_path / "grids" / "0.TextGrid").read_text()
    assert text.startswith('File type = "ooTextFile"\nObject class = "TextGrid"\n')
    assert text.count('class = "IntervalTier"') == 2


def test_from_the_shell_never_into_the_corpus(folder):
    done = CliRunner().invoke(main, ["corpus", "align", str(folder), "-o", str(folder / "grids")])
    assert done.exit_code == 2
    assert "never changed" in done.stderr


def test_gaps_become_silence_and_silences_join():
    filled = _filled([(0.5, 1.0, "a"), (1.0, 1.0, "b"), (1.0, 1.2, ""), (1.2, 2.0, "")], 3.0)
    assert filled == [(0.0, 0.5, ""), (0.5, 1.0, "a"), (1.0, 3.0, "")]


def test_quotes_are_doubled_as_praat_wants_them():
    assert 'text = "say ""no"""' in textgrid(1.0, {"words": [(0.0, 1.0, 'say "no"')]})


def test_marks_part_words():
    words = phones_in_words("hˈaɪ, ðˈɛɹ.", [1] * 13)
    assert ["".join(symbol for symbol, _ in word) for word in words] == [
        "_",
        "hˈaɪ",
        ",",
        " ",
        "ðˈɛɹ",
        ".",
        "_",
    ]
