"""Findings: what a check says of one recording, and how grave each kind is."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["drop", "warn", "note"]


@dataclass(frozen=True)
class Kind:
    """A kind of finding. severity: `drop` is left out of the cleaned manifest; title, mend: for people."""

    severity: Severity
    title: str
    mend: str


KINDS: dict[str, Kind] = {
    "unreadable": Kind("drop", "Not readable as audio", "convert the recording to WAV or FLAC, or drop it"),
    "text_without_audio": Kind("drop", "Text without audio", "add the recording or drop the line"),
    "audio_without_text": Kind("drop", "Audio without text", "write its text, or drop the file"),
    "empty_text": Kind("drop", "Empty text", "write what is said"),
    "bad_line": Kind("drop", "A line that is not understood", "bring it to the layout's form"),
    "too_short": Kind("drop", "Too short", "drop it: a model learns nothing from it"),
    "too_long": Kind("drop", "Too long", "cut it at a pause, text and sound"),
    "silent": Kind("drop", "Silent", "record it again"),
    "clipped": Kind("drop", "Clipped", "record it again at a lower level"),
    "noisy": Kind("drop", "Noisy", "record in a quieter room, or denoise"),
    "duplicate_audio": Kind("drop", "The same sound again", "keep one"),
    "unknown_symbol": Kind("drop", "Symbols outside the table", "write the text in Latin letters"),
    "odd_rate": Kind("drop", "Odd speaking rate", "compare text and sound: words are missing or too many"),
    "text_misfit": Kind("drop", "The text does not fit the sound", "listen and correct the text"),
    "out_of_phase": Kind("drop", "Channels cancel each other", "keep one channel, or turn one over"),
    "low_sample_rate": Kind("warn", "Sample rate below the voice's", "use the original recording"),
    "narrow_band": Kind("warn", "Nothing above 4 kHz", "use the original recording"),
    "unknown_word": Kind("warn", "Words outside the lexicon", "check how they are said; give a lexicon"),
    "other_sample_rate": Kind("note", "Another rate than most", "nothing: it is resampled"),
    "stereo": Kind("note", "Several channels", "nothing: they are averaged"),
    "duplicate_text": Kind("note", "The same text again", "nothing: takes stay on one side of the split"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. place: the id, file or line; detail: with the value that was found."""

    kind: str
    place: str
    detail: str

    @property
    def severity(self) -> Severity:
        """Of its kind."""
        return KINDS[self.kind].severity
