"""The supported part of SSML 1.1 (W3C, 2010) -> the spans of `markup`.

speak, p, s, break (time, strength), sub (alias), phoneme (alphabet="ipa", ph), say-as (interpret-as),
prosody (rate, volume, pitch). All else is refused by name, and so are entities and what defines them.
"""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from itoaudio.text import ssml_values
from itoaudio.text.errors import MarkupError
from itoaudio.text.spans import Prosody, Silence, Sound, Span, Text, checked_ipa

ATTRIBUTES: dict[str, frozenset[str]] = {
    "speak": frozenset(["version", "xmlns", "xml:lang"]),
    "p": frozenset(),
    "s": frozenset(),
    "break": frozenset(["time", "strength"]),
    "sub": frozenset(["alias"]),
    "phoneme": frozenset(["alphabet", "ph"]),
    "prosody": frozenset(["rate", "volume", "pitch"]),
    "say-as": frozenset(["interpret-as"]),
}
_REPLACED = ("sub", "phoneme", "say-as")  # their text is not spoken as it stands
_NEEDED = {"sub": "alias", "phoneme": "ph", "say-as": "interpret-as"}
_DECLARATION = re.compile(r"\ufeff?\s*(?:<\?xml\b[^>]*\?>)?")
_BREAKS = {"p": Text("\n\n"), "s": Text("\u2028")}


def parse_ssml(text: str) -> list[Span]:
    """Spans of an SSML document; a `MarkupError` gives line and column of what is wrong."""
    reader = _Reader()
    # XML takes a declaration at the very start alone; spaces in its place keep lines and columns.
    text = _DECLARATION.sub(lambda opening: re.sub(r"\S", " ", opening[0]), text, count=1)
    try:
        reader.parser.Parse(text, True)
    except expat.ExpatError as error:
        problem = expat.errors.messages[error.code]
        raise MarkupError(f"SSML line {error.lineno}, column {error.offset + 1}: {problem}") from None
    return reader.spans


@dataclass
class _Element:
    name: str
    attributes: dict[str, str]
    text: list[str] = field(default_factory=list)


class _Reader:
    """One pass over a document: `open_elements` from the outermost in, `prosodies` in force likewise."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.open_elements: list[_Element] = []
        self.prosodies = [Prosody()]
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.opened
        self.parser.EndElementHandler = self.closed
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.SkippedEntityHandler = self.entity
        self.parser.ProcessingInstructionHandler = self.instruction

    def error(self, message: str) -> MarkupError:
        return MarkupError(f"{self.where()}: {message}")

    def where(self) -> str:
        return f"SSML line {self.parser.CurrentLineNumber}, column {self.parser.CurrentColumnNumber + 1}"

    def doctype(self, name: str, system_id: str | None, public_id: str | None, has_definitions: bool) -> None:
        if has_definitions:
            raise self.error("a document type is not allowed to define anything, entities above all")

    def entity(self, name: str, _: bool) -> None:
        raise self.error(f"the entity &{name}; is not defined: write the character itself")

    def instruction(self, target: str, _: str) -> None:
        raise self.error(f"the processing instruction {target!r} is not supported")

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        self.check(name, attributes)
        self.open_elements.append(_Element(name, attributes))
        if name in _BREAKS:
            self.spans.append(_BREAKS[name])
        elif name == "break":
            self.spans.append(Silence(ssml_values.break_seconds(attributes, self.where())))
        elif name == "prosody":
            self.prosodies.append(ssml_values.prosody(self.prosodies[-1], attributes, self.where()))
            self.spans.append(self.prosodies[-1])

    def check(self, name: str, attributes: dict[str, str]) -> None:
        parent = self.open_elements[-1].name if self.open_elements else None
        plain = name.rpartition(":")[2].lower()
        if name not in ATTRIBUTES and plain in ATTRIBUTES:
            raise self.error(f"<{name}> is not supported: write <{plain}>, small and without a prefix")
        if name not in ATTRIBUTES:
            raise self.error(f"<{name}> is not supported; known are {', '.join(ATTRIBUTES)}")
        if (name == "speak") != (parent is None):
            raise self.error("<speak> must be the outermost element and stand nowhere else")
        if parent == "break" or parent in _REPLACED:
            raise self.error(f"<{name}> cannot stand inside <{parent}>")
        for attribute in attributes:
            if attribute not in ATTRIBUTES[name]:
                known = ", ".join(sorted(ATTRIBUTES[name])) or "none"
                raise self.error(f"<{name}> has no attribute {attribute!r}; known: {known}")
        if name in _NEEDED and not attributes.get(_NEEDED[name], "").strip():
            raise self.error(f"<{name}> needs the attribute {_NEEDED[name]!r}")
        if not attributes.get("xml:lang", "en").lower().startswith("en"):
            raise self.error(f"language {attributes['xml:lang']!r} is not supported, only English")
        if attributes.get("alphabet", "ipa") != "ipa":
            raise self.error(f"alphabet {attributes['alphabet']!r} is not supported, only 'ipa'")

    def closed(self, name: str) -> None:
        element = self.open_elements.pop()
        if name in _BREAKS:
            self.spans.append(_BREAKS[name])
        elif name == "prosody":
            self.prosodies.pop()
            self.spans.append(self.prosodies[-1])
        elif name in _REPLACED:
            self.spans.append(self.replacement(element, "".join(element.text)))

    def replacement(self, element: _Element, content: str) -> Span:
        given = element.attributes[_NEEDED[element.name]]
        if element.name == "sub":
            return Text(given)
        if element.name == "say-as":
            return Text(ssml_values.say_as(given, content, self.where()))
        if not content.strip():
            raise self.error("<phoneme> needs the written word inside")
        return Sound(" ".join(content.split()), checked_ipa(given, self.where()))

    def characters(self, text: str) -> None:
        element = self.open_elements[-1]
        if element.name == "break" and text.strip():
            raise self.error(f"<break> must be empty, but holds {text!r}")
        if element.name in _REPLACED:
            element.text.append(text)
        else:
            self.spans.append(Text(re.sub(r"\s+", " ", text)))
