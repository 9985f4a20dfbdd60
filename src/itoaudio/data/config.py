"""What a corpus is and how its features are made: one section of a run's YAML."""

import hashlib

import msgspec

from itoaudio.audio.mel import MelSpec


class CorpusConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A corpus and its split. folder: where the recordings lie; recipe: how they are laid out (see
    `recipes`).

    corrections: name of a committed table of corrected transcripts, or empty.
    validation, test: shares of the distinct sentences; seed: of the split.
    margin_seconds: silence kept before and after speech.
    """

    name: str
    recipe: str
    folder: str
    corrections: str = ""
    validation: float = 0.04
    test: float = 0.04
    seed: int = 0
    margin_seconds: float = 0.15
    mel: MelSpec = MelSpec()

    @property
    def digest(self) -> str:
        """Digest of all that decides the features, but for the place where the corpus lies."""
        fields = {key: value for key, value in msgspec.to_builtins(self).items() if key != "folder"}
        return hashlib.sha256(
            msgspec.json.encode([FEATURES_VERSION, fields], order="deterministic")
        ).hexdigest()[:16]


FEATURES_VERSION = 1
"""Raise when the way in which features are made changes: old caches are then left alone and new ones made."""
