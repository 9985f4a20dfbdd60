"""Questions for a yes or a no rise; those with a word of asking, and choices, do not."""

import pytest

from itoaudio.text import English


@pytest.mark.parametrize(
    "text",
    [
        "Is the water cold today?",
        "And did you lock the door?",
        "Don't you know?",
        "You are coming home?",
        'He asked, "Are you there?"',
        "Really?!",
        "In June?",
    ],
)
def test_it_rises(text):
    assert English().read(text)[-1].rises


@pytest.mark.parametrize(
    "text",
    [
        "The water is cold today.",
        "What is the time?",
        "But how are you going to do it?",
        "What's this?",
        "Who’s there?",
        "In which drawer?",
        "Tea or coffee?",
        "Stop!",
    ],
)
def test_it_does_not_rise(text):
    assert not English().read(text)[-1].rises
