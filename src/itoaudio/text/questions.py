"""Which sentences a speaker of English ends on a rise: those that ask for a yes or a no."""

from collections.abc import Sequence

OPENERS = frozenset({"and", "but", "so", "or", "now", "then", "well", "oh"})
ASKING = frozenset({"what", "who", "whom", "whose", "which", "when", "where", "why", "how"})
PREPOSITIONS = frozenset({"in", "on", "at", "to", "for", "from", "by", "with", "of", "about", "since"})
QUESTION = "?"


def rises(spoken: Sequence[str], last_marks: str) -> bool:
    """Whether the voice goes up at the end of the words `spoken`, after which stand the marks `last_marks`.

    A question does, but for one that asks by a word of its own (what, when, how) and one that gives a choice
    (tea or coffee): those fall as statements do.
    """
    if QUESTION not in last_marks:
        return False
    words = [word.partition("'")[0].partition("’")[0] for part in spoken for word in part.lower().split()]
    while words and words[0].strip(",") in OPENERS:
        words = words[1:]
    asking = words[:1] if not words or words[0] not in PREPOSITIONS else words[1:2]
    return "or" not in words and not ASKING.intersection(asking)
