"""A text file is parted at its line ends and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itoaudio.rows import split_rows

TEXT = st.text(st.characters(exclude_characters="\r\n", codec="utf-8"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@given(texts=st.lists(TEXT, min_size=1))
def test_what_is_written_is_read(end, texts):
    assert split_rows("".join(text + end for text in texts)) == texts


@pytest.mark.parametrize("text", ["One.\u2028Two.", "One.\x0cTwo.", "One.\x85Two.", "One.\x1cTwo."])
def test_other_ends_of_unicode_are_part_of_a_row(text):
    assert split_rows(f"{text}\nThree.") == [text, "Three."]


def test_the_last_end_begins_no_row():
    assert split_rows("a\n\nb\n") == ["a", "", "b"]
    assert split_rows("") == []
