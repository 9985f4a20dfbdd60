"""Numbers in words, and the pairing of written with spoken words."""

import pytest

from itoaudio.text.normalise import normalise, pair, spoken
from itoaudio.text.numbers import cardinal, one_by_one, ordinal, read_numbers, year


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("105", "one hundred five"),
        ("1,250", "one thousand two hundred fifty"),
        ("007", "zero zero seven"),
        ("9" * 20, " ".join(["nine"] * 20)),
    ],
)
def test_cardinals(written, words):
    assert cardinal(written) == words


def test_ordinals_and_years():
    assert ordinal("21") == "twenty first"
    assert [year(digits) for digits in ("1905", "2000", "1066")] == [
        "nineteen oh five",
        "two thousand",
        "ten sixty six",
    ]


def test_only_decimal_digits_are_said_one_by_one():
    assert one_by_one("4²") == "four"


def test_no_digit_is_left():
    assert read_numbers('"9" (10) 1.5, $2.50!') == '"nine" (ten) one point five, two dollars and fifty cents!'


def test_quotes_keep_their_words():
    assert spoken('the Gutenberg, or "forty-two line" Bible') == 'the Gutenberg, or "forty-two line" Bible'


def test_pairs_tell_what_was_written():
    assert normalise("at 20 °C, he") == [("at", "at"), ("20 °C,", "twenty degrees Celsius,"), ("he", "he")]
    assert pair(["Henry", "VIII"], ["Henry", "the", "eighth"]) == [("Henry", "Henry"), ("VIII", "the eighth")]


def test_words_of_one_side_join_their_neighbour():
    assert pair(["a", "-", "b"], ["a", "b"]) == [("a -", "a"), ("b", "b")]
    assert pair(["a"], ["the", "a"]) == [("", "the"), ("a", "a")]


@pytest.mark.parametrize("text", ["I said no.", "It is a big fig.", "the Sun. Then"])
def test_words_that_look_like_abbreviations_stay(text):
    assert spoken(text) == text
