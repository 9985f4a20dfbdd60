"""Text to symbols, end to end."""

import subprocess
import sys

import pytest

from itoaudio.text import ENGLISH_SYMBOLS, MAX_PHONEMES, English, NothingToSay, Prosody, UnreadableWord, Word
from itoaudio.text.words import cut

english = English()


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("Hello, world.", "həlˈoʊ, wˈɜɹld."),
        ("Do you live here?", "dˈu ju lˈɪv hˈɪɹ?"),
        ("hello", "həlˈoʊ."),
        ('"No," he said.', '"nˈoʊ," hi sˈɛd.'),
        ("She paused — then left!", "ʃˌi pˈɔzd— ðˈɛn lˈɛft!"),
        ("the U.S. Army", "ðə jˌuˈɛs ˈɑɹmi."),
        ("a café", "ə kæfˈeɪ."),
        ("Well...", "wˈɛl…"),
        ("I said no.", "ˌaɪ sˈɛd nˈoʊ."),
    ],
)
def test_phonemes(text, phonemes):
    (sentence,) = english.read(text)
    assert sentence.phonemes == phonemes
    ENGLISH_SYMBOLS.encode(phonemes)


def test_words_keep_what_was_written():
    (sentence,) = english.read("Dr. Smith ran 5 km/h, slowly.")
    assert [word.written for word in sentence.words] == ["Dr.", "Smith", "ran", "5 km/h,", "slowly."]
    assert sentence.words[3].spoken == "five kilometers per hour,"
    assert sentence.words[3].symbols == "fˈaɪv kəlˈɑməɾəɹz pɜɹ ˈaʊəɹ,"


def test_pauses_tell_sentence_from_paragraph():
    pauses = [sentence.pause for sentence in english.read("One. Two.\n\nThree.")]
    assert pauses == ["sentence", "paragraph", "paragraph"]


def test_long_text_is_cut_and_not_truncated():
    text = "the quick brown fox jumps, " * 40 + "and " * 200 + "end."
    read = english.read(text)
    assert all(len(sentence.phonemes) <= MAX_PHONEMES for sentence in read)
    assert [word.written for sentence in read for word in sentence.words] == text.split()
    assert {sentence.pause for sentence in read} == {"clause", "word", "paragraph"}


@pytest.mark.parametrize("text", ["1" * 400, "So 0." + "31" * 90 + " it is", "x" * 300, "$9,999,999.99"])
@pytest.mark.parametrize("limit", [40, MAX_PHONEMES])
def test_one_written_word_is_cut_too(text, limit):
    read = english.read(text, max_phonemes=limit)
    assert all(len(sentence.phonemes) <= limit for sentence in read if len(sentence.phonemes.split()) > 1)
    assert "".join(word.written for sentence in read for word in sentence.words) == text.replace(" ", "")
    whole = english.read(text, max_phonemes=10**6)
    assert [sentence.pause for sentence in read][-1] == "paragraph"
    pieces, uncut = (" ".join(one.phonemes for one in sentences) for sentences in (read, whole))
    assert pieces == uncut


def test_marks_within_a_cut_word_are_kept():
    word = Word("(555) 0199!", "five zero", "fˈaɪv, zˈɪɹoʊ", '"', "!")
    pieces = list(cut([word], 9, "sentence", Prosody()))
    assert [piece.phonemes for piece in pieces] == ['"fˈaɪv,', "zˈɪɹoʊ!"]
    assert [piece.words[0].written for piece in pieces] == ["(555)", "0199!"]


def test_a_clip_for_training_is_neither_cut_nor_closed():
    assert english.phonemes("Yes. and then,") == "jˈɛs. ænd ðˈɛn,"


@pytest.mark.parametrize("text", ["", "  \n", "😀", "...", "—", '"()"'])
def test_nothing_to_say(text):
    with pytest.raises(NothingToSay, match="give at least one letter or digit"):
        english.read(text)


def test_another_script_is_named():
    with pytest.raises(UnreadableWord, match=r"'Привет!': 'П' is CYRILLIC CAPITAL LETTER PE"):
        english.read("He said Привет!")


@pytest.mark.parametrize("text", ["a", "No.", "1", "I", "ok 😀"])
def test_very_short_text_works(text):
    (sentence,) = english.read(text)
    assert sentence.phonemes[-1] == "."


def test_import_loads_nothing_heavy():
    heavy = "{'numpy', 'hibari', 'onnxruntime', 'torch'}"
    code = f"import sys, itoaudio.text; print({heavy} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
