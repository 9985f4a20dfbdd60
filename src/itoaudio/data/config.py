"""What a corpus is and how its features are made: one section of a run's YAML."""

import hashlib

import msgspec

from itoaudio.audio.mel import MelSpec


class CorpusConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A corpus and its split. folder: where the recordings lie; recipe: how they are laid out (see
    `recipes`), or `auto` to find out.

    corrections: name of a committed table of corrected transcripts, or empty.
    validation, test: shares of the distinct sentences; seed: of the split.
    margin_seconds: silence kept before and after speech; loudness_lufs: what each recording is brought to,
    or none to keep it as it is.
    """

    name: str
    recipe: str
    folder: str
    corrections: str = ""
    validation: float = 0.04
    test: float = 0.04
    seed: int = 0
    margin_seconds: float = 0.15
    loudness_lufs: float | None = None
    mel: MelSpec = MelSpec()

    @property
    def digest(self) -> str:
        """Digest of all that decides the features, but for the place where the corpus lies."""
        fields = {key: value for key, value in msgspec.to_builtins(self).items() if key != "folder"}
        for name in LATER_FIELDS:
            if fields[name] is None:
                del fields[name]
        return hashlib.sha256(
            msgspec.json.encode([FEATURES_VERSION, fields], order="deterministic")
        ).hexdigest()[:16]


FEATURES_VERSION = 1
"""Raise when the way in which features are made changes: old caches are then left alone and new ones made."""

LATER_FIELDS = ("loudness_lufs",)
"""Settings that came after the first caches: unset, they do not count, and those caches stay good."""
