"""Text with inline marks -> a flat list of spans.

[tomato](/təmˈɑtoʊ/)                                   say it so
[pause:0.5s], [pause:300ms]                            be silent
**bold**, `code`, # heading, > quote, - item, [a](b)   the marks go, the words stay
<speak>...</speak>                                     SSML, see `ssml`

Kinds of text: "auto" is SSML when it opens with <speak>, else Markdown; "text" has the first two marks.
"""

import re

from itoaudio.text.errors import MarkupError
from itoaudio.text.spans import Silence, Sound, Span, Text, checked_ipa, seconds

KINDS = ("auto", "text", "markdown", "ssml")
_SSML = re.compile(r"\s*(?:<\?xml[^>]*\?>\s*)?<speak\b")
_MARK = "\ue000"
_INLINE = re.compile(r"\[pause\b(?P<pause>[^\]\n]*)\]|\[(?P<word>[^\[\]\n]+)\]\(/(?P<ipa>[^()\n]*)/\)")
_MARKDOWN = (
    (r"(?m)^[ \t]*(?:```|~~~).*$", ""),  # a fence; the code inside is read
    (r"(?m)^[ \t]*(?:[-*_][ \t]*){3,}$", "\n\n"),
    (r"(?m)^[ \t]*#{1,6}[ \t]+(.*?)[ \t#]*$", r"\n\n\1\n\n"),
    (r"(?m)^[ \t]*>[ \t]?", ""),
    (r"(?m)^[ \t]*[-*+•][ \t]+(?=[^\s\d])", r"\n\n"),
    (r"(?m)^(?=[ \t]*\d+[.)][ \t])", r"\n\n"),
    (r"!?\[([^\[\]\n]*)\]\((?!/[^()\n]*/\))[^()\s]*(?:[ \t]+\"[^\"\n]*\")?\)", r"\1"),
    (r"<(https?://[^<>\s]+|[^<>\s@]+@[^<>\s]+)>", r"\1"),
    (r"`+([^`\n]+)`+", r"\1"),
    (r"(?<![\w*])(\*{1,3})(?=\S)([^*\n]+?)(?<=\S)\1(?!\w)", r"\2"),
    (r"(?<!\w)(_{1,3})(?=[^\s_])([^\n]+?)(?<=[^\s_])\1(?!\w)", r"\2"),
    (r"~~(?=\S)([^~\n]+?)(?<=\S)~~", r"\1"),
)


def parse(text: str, kind: str = "auto") -> list[Span]:
    """Spans of `text`, read as `kind`; `MarkupError` says what is wrong and where."""
    if kind not in KINDS:
        raise MarkupError(f"markup {kind!r} is not known: give one of {', '.join(KINDS)}")
    if kind == "ssml" or (kind == "auto" and _SSML.match(text)):
        from itoaudio.text.ssml import parse_ssml

        return parse_ssml(text)
    return _inline(text, markdown=kind != "text")


def _inline(text: str, *, markdown: bool) -> list[Span]:
    """Markdown may surround a mark, so each mark is one private character while Markdown is stripped."""
    text = text.replace(_MARK, " ")
    found = [_marked(mark) for mark in _INLINE.finditer(text)]
    text = _INLINE.sub(_MARK, text)
    first, *rest = (strip_markdown(text) if markdown else text).split(_MARK)
    return [Text(first), *(span for pair in zip(found, map(Text, rest)) for span in pair)]


def _marked(mark: re.Match[str]) -> Span:
    where = f"{mark[0]!r} at character {mark.start() + 1}"
    if mark["word"]:
        return Sound(mark["word"], checked_ipa(mark["ipa"], where))
    if not mark["pause"].startswith(":"):
        raise MarkupError(f"{where}: a pause needs its length, as in [pause:0.5s]")
    return Silence(seconds(mark["pause"][1:], where))


def strip_markdown(text: str) -> str:
    """`text` without Markdown's marks; headings and list items become paragraphs, links their text."""
    for pattern, replacement in _MARKDOWN:
        text = re.sub(pattern, replacement, text)
    return text
