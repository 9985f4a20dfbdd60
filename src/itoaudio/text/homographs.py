"""Words of one spelling and two sounds, where the tagger and lexicon of `phonemes` decide wrongly.

`is_verb` names words that must be verbs for what stands before them. `SENSES` holds words of which the
lexicon has one sound only, or whose two are the same part of speech (a pipe's lead): their neighbours tell.
"""

import re

_BEFORE_VERB = frozenset(
    ["i", "you", "we", "they", "who", "will", "would", "must", "can", "could", "should", "may", "might",
     "shall", "not", "n't", "please", "cannot"]
)  # fmt: skip
_VERB_OF_PRONOUN = frozenset(["i", "you", "we", "they", "who"])
_BE = r"(?:am|is|are|was|were|be|been|being|seem\w*|feels?|felt|quite|very|so|more|most|perfectly|rather)"
_OWNED = r"\b(?:my|his|her|your|their|a|the) $"
# word, its sound, and the text that must stand before it or after it (None: no such sign on this side)
SENSES: tuple[tuple[str, str, str | None, str | None], ...] = (
    (
        "lead",
        "lˈɛd",
        r"(?:\b(?:of|pencil|molten|red|with) |^\W*)$",
        r"^ (?:pipes?|paint|poison\w*|bullets?|shot)\b",
    ),
    ("lead", "lˈɛd", None, r"^ (?:is|was) (?:a|an|heavy|soft|toxic|poisonous|melted|used)\b"),
    ("bass", "bˈæs", r"\b(?:caught|fish\w*|sea|striped|largemouth|grilled|fried) (?:an? |the )?$", r"^ fish"),
    ("bass", "bˈeɪs", "", None),
    (
        "bow",
        "bˈaʊ",
        r"\b(?:deep|low|slight|took a|take a) $",
        r"^ of (?:the|a|our) (?:ship|boat|vessel|canoe)\b",
    ),
    ("tear", "tˈɛɹ", r"\bwear and $", r"^ in (?:my|his|her|the|your|their|its|a) (?!eyes?\b)"),
    ("content", "kəntˈɛnt", rf"\b{_BE} $", None),
    (
        "minute",
        "maɪnˈut",
        rf"\b{_BE} $",
        r"^ (?:amounts?|quantit\w+|details?|particles?|differences?|fractions?|traces?)\b",
    ),
    ("resume", "ɹˈɛzəmˌeɪ", _OWNED, None),
    ("moped", "mˈoʊpˌɛd", _OWNED, None),
    (
        "learned",
        "lˈɜɹnɪd",
        None,
        r"^ (?:man|men|woman|women|judge|friend|societ\w+|professor|scholars?|counsel)\b",
    ),
    ("invalid", "ˈɪnvəlɪd", r"\b(?:the|poor|old) $", r"^ who\b"),
    ("row", "ɹˈaʊ", r"\b(?:noisy|terrible|blazing|violent) $", None),
)
SENSED = frozenset(word for word, *_ in SENSES)


def is_verb(word: str, before: str) -> bool:
    """Whether `word`, in the lexicon both noun and verb, is a verb after the word `before`: "I object"."""
    before = before.lower()
    return before in _BEFORE_VERB and not (word.lower() == "read" and before in _VERB_OF_PRONOUN)


def sense(word: str, before: str, after: str) -> str | None:
    """The sound of `word` between the texts `before` and `after`, or None where the lexicon's holds."""
    for known, sound, left, right in SENSES:
        if known != word.lower():
            continue
        if left is not None and re.search(left, before, re.IGNORECASE):
            return sound
        if right is not None and re.search(right, after, re.IGNORECASE):
            return sound
    return None
