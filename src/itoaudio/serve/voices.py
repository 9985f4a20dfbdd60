"""Names of models and voices in requests, to those of the pool. Names only: nothing here reads a path."""

from collections.abc import Mapping

from itoaudio.runtime.errors import suggestion
from itoaudio.serve.errors import ApiError
from itoaudio.serve.pool import Pool
from itoaudio.serve.wire import VoiceInfo

MODELS: dict[str, str | None] = {
    "itoaudio": None,
    "tts-1": None,
    "tts-1-hd": "best",
    "gpt-4o-mini-tts": None,
}
"""OpenAI's names beside ours, so that programs which know only those can speak; each means a preset."""


class Voices:
    """What a server speaks with; `aliases` are other names of its voices."""

    def __init__(self, pool: Pool, aliases: Mapping[str, str]) -> None:
        self.known = pool.voices
        self._names = {**{name: name for name in self.known}, **aliases}
        for alias, name in aliases.items():
            if name not in self.known:
                raise ValueError(f"alias {alias}={name}: no voice {name!r}{suggestion(name, self.known)}")

    def find(self, name: str) -> VoiceInfo:
        """The voice of a request; `ApiError` names those there are."""
        if name not in self._names:
            raise ApiError(
                f"no voice {name!r}{suggestion(name, self._names)}", param="voice", code="voice_not_found"
            )
        return self.known[self._names[name]]

    def preset(self, model: str, voice: VoiceInfo) -> str | None:
        """What `model` means for `voice`; `ApiError` for a model that is none."""
        if model not in MODELS:
            raise ApiError(
                f"no model {model!r}{suggestion(model, MODELS)}",
                status=404,
                param="model",
                code="model_not_found",
            )
        preset = MODELS[model]
        return preset if preset in voice.presets else None
