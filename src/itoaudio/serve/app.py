"""The HTTP API: OpenAI's routes, and ours beside them, in front of a pool of workers."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.types import ASGIApp

from itoaudio import __version__
from itoaudio.serve import errors
from itoaudio.serve.api import Api
from itoaudio.serve.encode import CONTENT_TYPES
from itoaudio.serve.errors import ErrorEnvelope
from itoaudio.serve.guard import Guard
from itoaudio.serve.information import information
from itoaudio.serve.metrics import Metrics
from itoaudio.serve.page_files import page
from itoaudio.serve.pool import Pool
from itoaudio.serve.requests import bodies
from itoaudio.serve.settings import ServerSettings
from itoaudio.serve.voices import Voices

EVENTS = "text/event-stream"
DESCRIPTIONS = {
    400: "The request is wrong; `param` names the field.",
    401: "The API key is missing or wrong.",
    404: "No such model.",
    413: "The body is too long.",
    500: "The worker died, or the server is at fault.",
    503: "The queue is full: see Retry-After.",
    504: "The time limit was reached.",
}


def create_app(pool: Pool, settings: ServerSettings) -> ASGIApp:
    """The API over a pool that has been started."""
    app = FastAPI(title="itoaudio", version=__version__, docs_url=None, redoc_url=None)
    speech_body, trajectory_body = bodies(settings)
    paths = {"/v1/audio/speech": speech_body, "/v1/audio/trajectory": trajectory_body}
    errors.install(app, {path: set(body.model_fields) for path, body in paths.items()})
    metrics, voices = Metrics(pool), Voices(pool, settings.aliases)
    api = Api(pool, voices, metrics)

    sounds = _answers(*CONTENT_TYPES.values(), EVENTS)

    @app.post("/v1/audio/speech", responses=sounds, response_class=Response)
    async def speech(body: speech_body, request: Request) -> Response:  # type: ignore[valid-type]
        """Speak `input`. A file with its length, unless a stream is asked for."""
        return await api.speech(body, request)

    @app.post("/v1/audio/trajectory", responses=_answers(EVENTS), response_class=Response)
    async def trajectory(body: trajectory_body) -> Response:  # type: ignore[valid-type]
        """Noise becoming speech: sound and spectrogram at each time of the sampler, in server-sent events."""
        return await api.trajectory(body)

    app.include_router(information(pool, voices, metrics))
    app.include_router(page())
    return Guard(app, metrics=metrics, api_keys=settings.api_keys, max_body_bytes=settings.max_body_bytes)


def _answers(*types: str) -> dict[int | str, dict[str, Any]]:
    """For the schema: what a route may answer."""
    answers: dict[int | str, dict[str, Any]] = {
        status: {"model": ErrorEnvelope, "description": text} for status, text in DESCRIPTIONS.items()
    }
    answers[200] = {"description": "Sound.", "content": {kind: {} for kind in types}}
    return answers
