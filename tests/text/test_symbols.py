"""The symbol table: a bijection, and errors that name what is wrong."""

import pytest

from itoaudio.text import ENGLISH_SYMBOLS, PAD, WORD_BOUNDARY, SymbolTable, fold_ipa


def test_decode_undoes_encode():
    everything = "".join(ENGLISH_SYMBOLS.symbols)
    assert ENGLISH_SYMBOLS.encode(everything) == list(range(len(ENGLISH_SYMBOLS)))
    assert ENGLISH_SYMBOLS.decode(ENGLISH_SYMBOLS.encode("həlˈoʊ, wˈɜɹld.")) == "həlˈoʊ, wˈɜɹld."


def test_ids_that_voices_rely_on():
    assert ENGLISH_SYMBOLS.encode(PAD + WORD_BOUNDARY + ".") == [0, 1, 2]
    assert len(ENGLISH_SYMBOLS) == 61


def test_unknown_symbol_is_named_with_its_position():
    with pytest.raises(ValueError, match=r"'ж' \(U\+0436\) at position 2"):
        ENGLISH_SYMBOLS.encode("həж")


def test_id_outside_the_table_is_named():
    with pytest.raises(ValueError, match="id 99 at position 1"):
        ENGLISH_SYMBOLS.decode([3, 99])


@pytest.mark.parametrize(("symbols", "message"), [(("a", "a"), "twice"), (("ab",), "one character")])
def test_a_table_must_be_sound(symbols, message):
    with pytest.raises(ValueError, match=message):
        SymbolTable(symbols)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("/ˈtʃɝtʃ.mən/", "ʧˈɜɹʧmən"),
        ("ˈhɛloʊ", "hˈɛloʊ"),
        ("ˈstrɛŋkθ", "stɹˈɛŋkθ"),
        ("d͡ʒʌd͡ʒ", "ʤʌʤ"),
        ("nʌt.ʃɛl", "nʌtʃɛl"),
        ("ˈɡɑrdn̩", "ɡˈɑɹdᵊn"),
        ("həlˈoʊ", "həlˈoʊ"),
    ],
)
def test_ipa_as_people_write_it(written, folded):
    assert fold_ipa(written) == folded
    ENGLISH_SYMBOLS.encode(folded)
