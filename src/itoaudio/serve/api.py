"""From a checked request to a job of the pool, and from its parts to the answer."""

import time
from collections.abc import Iterable
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from itoaudio.serve import answers
from itoaudio.serve.encode import CONTENT_TYPES, FormatUnavailable, check_format
from itoaudio.serve.errors import ApiError, of_pool
from itoaudio.serve.metrics import Metrics
from itoaudio.serve.pool import Busy, Call, Pool
from itoaudio.serve.requests import Spoken, Watched
from itoaudio.serve.voices import Voices
from itoaudio.serve.wire import Job, Part, Speak, Watch

SDK_STREAMS = {"x-stainless-raw-response": "stream"}
"""What OpenAI's own clients send when their caller reads a response as it comes."""


class Api:
    """The two ways to sound."""

    def __init__(self, pool: Pool, voices: Voices, metrics: Metrics) -> None:
        self._pool, self._voices, self._metrics = pool, voices, metrics

    async def speech(self, body: Spoken, request: Request) -> Response:
        """`POST /v1/audio/speech`."""
        voice = self._voices.find(body.voice)
        preset = self._voices.preset(body.model, voice)
        if body.timestamps and body.stream_format != "sse":
            raise ApiError("timestamps need stream_format 'sse'", param="timestamps", code="invalid_value")
        try:
            check_format(body.response_format)
        except FormatUnavailable as error:
            raise ApiError(str(error), param="response_format", code="unsupported_format") from None
        asked = any(request.headers.get(name) == value for name, value in SDK_STREAMS.items())
        streamed = body.stream_format or ("audio" if asked else None)
        job = Speak(
            text=body.input,
            voice=voice.name,
            format=body.response_format,
            options={**({"preset": preset} if preset else {}), **body.options()},
            stream=streamed is not None,
            words=body.timestamps,
        )
        call = self._submit(job, len(body.input))
        content_type = CONTENT_TYPES[body.response_format]
        if streamed == "sse":
            return await answers.events(call, _speech_events, {"type": "speech.audio.done"})
        if streamed == "audio":
            return await answers.stream(call, content_type)
        return await answers.file(call, request, content_type)

    async def trajectory(self, body: Watched) -> Response:
        """`POST /v1/audio/trajectory`."""
        voice = self._voices.find(body.voice)
        job = Watch(
            text=body.input, voice=voice.name, stage=body.stage, show=body.show, options=body.options()
        )
        call = self._submit(job, len(body.input))
        return await answers.events(call, _moment_events, {"type": "trajectory.done"})

    def _submit(self, job: Job, characters: int) -> Call:
        try:
            call = self._pool.submit(job)
        except Busy as error:
            self._metrics.rejected.inc()
            raise of_pool(error) from None
        self._metrics.characters.inc(characters)
        begun, heard = time.monotonic(), False

        def note(part: Part) -> None:
            nonlocal heard
            self._metrics.audio.inc(part.seconds)
            if not heard:
                self._metrics.first_sound.observe(time.monotonic() - begun)
            heard = True

        call.on_part = note
        return call


def _speech_events(part: Part) -> Iterable[dict[str, Any]]:
    if part.info.get("words"):
        yield {"type": "speech.audio.words", "words": part.info["words"]}
    if part.data:
        yield {"type": "speech.audio.delta", "audio": answers.base64_text(part.data)}


def _moment_events(part: Part) -> Iterable[dict[str, Any]]:
    spectrogram = answers.base64_text(part.info["spectrogram"])
    audio = answers.base64_text(part.data)
    yield {"type": "trajectory.moment", **part.info, "spectrogram": spectrogram, "audio": audio}
