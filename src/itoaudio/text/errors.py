"""What the text front end refuses. Every error names the offending value and how to mend it."""


class TextError(ValueError):
    """A text, or a mark inside it, cannot be spoken. Base of all errors raised by `itoaudio.text`."""


class NothingToSay(TextError):
    """The text is empty or holds nothing speakable, such as only emoji or punctuation."""


class UnreadableWord(TextError):
    """A word is written in a script that the language's rules cannot read."""


class MarkupError(TextError):
    """A mark is malformed or of a kind that is not supported; the message gives its place in the text."""


class LexiconError(TextError):
    """A line of a lexicon file is not a word, a tab and its IPA."""
