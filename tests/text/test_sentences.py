"""Splitting: at the right stops, and never losing a character."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itoaudio.text.sentences import bounded, paragraphs, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ('He said "No." Then he left.', ['He said "No."', "Then he left."]),
        ("Dr. Smith met J. K. Rowling. Fine.", ["Dr. Smith met J. K. Rowling.", "Fine."]),
        ("See No. 5. I said no. Go.", ["See No. 5.", "I said no.", "Go."]),
        ("e.g. this and i.e. That too.", ["e.g. this and i.e. That too."]),
        ("It costs 3.50 at example.com now.", ["It costs 3.50 at example.com now."]),
        ("The U.S. Army. In the U.S. The army.", ["The U.S. Army.", "In the U.S.", "The army."]),
        ("So am I. We go.", ["So am I.", "We go."]),
        ("wait... what?! Yes", ["wait... what?!", "Yes"]),
    ],
)
def test_sentences(text, expected):
    assert sentences(text) == expected


def test_paragraphs_part_at_blank_lines_only():
    assert paragraphs("One line\nwraps.\n\n \nTwo.") == ["One line\nwraps.", "Two."]


def test_bounded_prefers_a_clause_then_a_word_then_anything():
    assert list(bounded("aaa bbb, ccc ddd eee", limit=12)) == [("aaa bbb,", "clause"), ("ccc ddd eee", "")]
    assert list(bounded("aaa bbb ccc ddd eee", limit=12)) == [("aaa bbb ccc", "word"), ("ddd eee", "")]
    assert [piece for piece, _ in bounded("x" * 30, limit=12)] == ["x" * 12, "x" * 12, "x" * 6]


@settings(deadline=None)
@given(st.text(alphabet="ab .,!?…\"')—\n", max_size=200))
def test_nothing_is_lost(text):
    found = [sentence for part in paragraphs(text) for sentence in sentences(part)]
    pieces = [piece for sentence in found for piece, _ in bounded(sentence, limit=20)]
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(len(piece) <= 20 for piece in pieces)
