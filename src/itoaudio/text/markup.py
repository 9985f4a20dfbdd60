"""Text with inline marks -> a flat list of spans.

[tomato](/təmˈɑtoʊ/)                                   say it so
[pause:0.5s], [pause:300ms], <break time="1s"/>        be silent
**bold**, `code`, # heading, > quote, - item, [a](b)   the marks go, the words stay
<speak>...</speak>                                     SSML, see `ssml`

Kinds of text: "auto" is SSML when it opens with <speak>, else Markdown; "text" has the first two of these
alone. <break> is the one tag of SSML that may stand outside <speak>.
"""

import re

from itoaudio.text.errors import MarkupError
from itoaudio.text.spans import Silence, Sound, Span, Text, checked_ipa, seconds
from itoaudio.text.ssml import ATTRIBUTES, parse_ssml
from itoaudio.text.ssml_values import break_seconds

KINDS = ("auto", "text", "markdown", "ssml")
# What may stand before <speak>. Nothing is tried twice (*+), or a page of comments would take for ever.
_SSML = re.compile(
    r"\ufeff?(?:\s|<\?xml\b[^>]*\?>|(?><!--.*?-->)|<!DOCTYPE\s+speak\b[^\[>]*+(?:\[[^\]]*+\]\s*+)?>)*+"
    r"<(?:\w+:)?speak\b",
    re.DOTALL | re.IGNORECASE,
)
_MARK = "\ue000"
_INLINE = re.compile(
    r"\[pause\b(?P<pause>[^\]\n]*)\]|\[(?P<word>[^\[\]\n]+)\]\(/(?P<ipa>[^()\n]*)/\)"
    r"|<break\b(?P<break>[^<>]{0,200})>(?:\s*</break\s*>)?"
    r"|</?(?P<tag>[ps](?=\s*/?>)|(?:speak|break|phoneme|prosody|say-as|emphasis|voice|sub\s+alias)\b)[^<>]*>",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"\s*([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
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
    if kind == "ssml" or (kind == "auto" and is_ssml(text)):
        return parse_ssml(text)
    return _inline(text, markdown=kind != "text")


def is_ssml(text: str) -> bool:
    """Whether `text` is a document of SSML, whatever its markup says."""
    return _SSML.match(text) is not None


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
    if mark["tag"]:
        raise MarkupError(f"{where}: a tag of SSML outside <speak>: put <speak>…</speak> around the text")
    if mark["break"] is not None:
        return Silence(break_seconds(_attributes(mark["break"], where), where))
    if not mark["pause"].startswith(":"):
        raise MarkupError(f"{where}: a pause needs its length, as in [pause:0.5s]")
    return Silence(seconds(mark["pause"][1:], where))


def _attributes(written: str, where: str) -> dict[str, str]:
    """The attributes of a <break> outside SSML."""
    found = _ATTRIBUTE.findall(written)
    if _ATTRIBUTE.sub("", written).strip(" /\n\t") or {name for name, *_ in found} - ATTRIBUTES["break"]:
        raise MarkupError(f'{where}: a break is written <break time="0.5s"/> or <break strength="strong"/>')
    return {name: double or single for name, double, single in found}


def strip_markdown(text: str) -> str:
    """`text` without Markdown's marks; headings and list items become paragraphs, links their text."""
    for pattern, replacement in _MARKDOWN:
        text = re.sub(pattern, replacement, text)
    return text
