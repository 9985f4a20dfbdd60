"""Routes that tell about the server and speak nothing."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from itoaudio import __version__
from itoaudio.sde import GRIDS, PREDICTORS, SDES
from itoaudio.serve.encode import available_formats
from itoaudio.serve.errors import ApiError, ErrorEnvelope
from itoaudio.serve.metrics import CONTENT_TYPE, Metrics
from itoaudio.serve.pool import Pool
from itoaudio.serve.voices import MODELS, Voices

UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": ErrorEnvelope, "description": "No such model."}}


class Model(BaseModel):
    """As OpenAI lists models."""

    id: str
    object: str = "model"
    created: int = 0
    owned_by: str = "itoaudio"


class Models(BaseModel):
    """As OpenAI lists them."""

    object: str = "list"
    data: list[Model]


class VoiceBody(BaseModel):
    """A voice of this server; `sample_rate` in Hz."""

    id: str
    name: str
    language: str
    licence: str
    sample_rate: int
    presets: list[str]
    default_preset: str


class VoiceList(BaseModel):
    """All voices."""

    voices: list[VoiceBody]


class Choices(BaseModel):
    """Names that requests may use."""

    formats: list[str]
    samplers: list[str]
    grids: list[str]
    sdes: list[str]


class Health(BaseModel):
    """`status`: ok, or unavailable while no worker is ready."""

    status: str
    version: str
    workers: int
    workers_ready: int
    running: int
    waiting: int


def information(pool: Pool, voices: Voices, metrics: Metrics) -> APIRouter:
    """/v1/models, /v1/audio/voices, /v1/audio/choices, /health and /metrics."""
    router = APIRouter()

    @router.get("/v1/models")
    async def models() -> Models:
        return Models(data=[Model(id=name) for name in MODELS])

    @router.get("/v1/models/{model}", responses=UNKNOWN)
    async def model(model: str) -> Model:
        if model not in MODELS:
            raise ApiError(f"no model {model!r}", status=404, param="model", code="model_not_found")
        return Model(id=model)

    @router.get("/v1/audio/voices")
    async def voice_list() -> VoiceList:
        return VoiceList(
            voices=[
                VoiceBody(
                    id=voice.name,
                    name=voice.name,
                    language=voice.language,
                    licence=voice.licence,
                    sample_rate=voice.sample_rate,
                    presets=list(voice.presets),
                    default_preset=voice.default_preset,
                )
                for voice in voices.known.values()
            ]
        )

    @router.get("/v1/audio/choices")
    async def choices() -> Choices:
        return Choices(
            formats=available_formats(), samplers=sorted(PREDICTORS), grids=sorted(GRIDS), sdes=sorted(SDES)
        )

    @router.head("/health", include_in_schema=False)
    @router.get("/health", responses={503: {"model": Health, "description": "No worker is ready."}})
    async def health() -> JSONResponse:
        state = Health(
            status="ok" if pool.ready else "unavailable",
            version=__version__,
            workers=pool.size,
            workers_ready=pool.ready,
            running=pool.running,
            waiting=pool.waiting,
        )
        return JSONResponse(state.model_dump(), 200 if pool.ready else 503)

    @router.get("/metrics", response_class=Response)
    async def prometheus() -> Response:
        return Response(metrics.exposition(), media_type=CONTENT_TYPE)

    return router
