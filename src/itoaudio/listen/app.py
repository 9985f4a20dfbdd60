"""The listening test over HTTP: one page, a small JSON API, sounds by screen and place. Nothing from outside.

Bodies are read by strict structs, errors are `{"error": {"message": ...}}`. All addresses in the page are
relative, so the test also runs below a path of a reverse proxy.
"""

import time
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse

from itoaudio.listen.session import Refused, Session
from itoaudio.listen.signals import volume_noise

_TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript"}
_MOST_BYTES = 64 * 1024
_VOLUME_DBOV = -26.0
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "img-src 'self' data:"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
T = TypeVar("T")


class Consent(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST api/raters."""

    consent: bool
    external: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST api/raters/{token}/answers: answers and numbers of plays in the order of the screen."""

    number: int
    values: Annotated[list[float], msgspec.Meta(max_length=20)]
    plays: Annotated[list[int], msgspec.Meta(max_length=20)]


class Tone(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST api/raters/{token}/tones: which of three was softest."""

    attempt: int
    trial: int
    choice: int


async def _body(request: Request) -> bytes:
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > _MOST_BYTES:
            raise Refused("the request is too long", 413)
    return data


Body = Annotated[bytes, Depends(_body)]


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise Refused(f"the request does not fit: {error}", 422) from None


def build(folder: Path, *, clock: Callable[[], float] = time.time) -> FastAPI:
    """The application of the test in `folder`."""
    session = Session(folder, clock=clock)
    # FastAPI's own pages of documentation load scripts from elsewhere, so they are off.
    app = FastAPI(title="itoaudio listening test", docs_url=None, redoc_url=None, openapi_url=None)
    _add_page(app)
    _add_api(app, session)
    _add_sounds(app, session)

    @app.middleware("http")
    async def headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> JSONResponse:
        return JSONResponse({"error": {"message": str(error)}}, error.status)

    return app


def _add_page(app: FastAPI) -> None:
    page = files("itoaudio.listen") / "page"
    names = {entry.name for entry in page.iterdir() if Path(entry.name).suffix in _TYPES}

    @app.get("/")
    def index() -> Response:
        return Response((page / "index.html").read_bytes(), media_type=_TYPES[".html"])

    @app.get("/page/{name}")
    def part(name: str) -> Response:
        if name not in names:
            raise Refused("there is no such file", 404)
        return Response((page / name).read_bytes(), media_type=_TYPES[Path(name).suffix])

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}


def _add_api(app: FastAPI, session: Session) -> None:
    @app.get("/api/test")
    def about() -> dict[str, Any]:
        return session.about()

    @app.post("/api/raters", status_code=201)
    def begin(body: Body) -> dict[str, str]:
        given = _read(body, Consent)
        if not given.consent:
            raise Refused("nobody takes part without consent", 422)
        return {"token": session.begin(given.external)}

    @app.get("/api/raters/{token}")
    def step(token: str) -> dict[str, Any]:
        return session.step(token)

    @app.post("/api/raters/{token}/answers")
    def answer(token: str, body: Body) -> dict[str, Any]:
        given = _read(body, Answer)
        session.answer(token, given.number, given.values, given.plays)
        return session.step(token)

    @app.post("/api/raters/{token}/tones")
    def tone(token: str, body: Body) -> dict[str, Any]:
        given = _read(body, Tone)
        session.answer_tone(token, given.attempt, given.trial, given.choice)
        return session.step(token)


def _add_sounds(app: FastAPI, session: Session) -> None:
    def wav(data: bytes) -> Response:
        return Response(data, media_type="audio/wav")

    @app.get("/sound/volume")
    def volume() -> Response:
        level = session.test.level_dbov
        return wav(volume_noise(_VOLUME_DBOV if level is None else level))

    @app.get("/sound/{token}/{number}/reference")
    def reference(token: str, number: int) -> Response:
        return wav(session.sound(token, number, None).read_bytes())

    @app.get("/sound/{token}/{number}/{place}")
    def sound(token: str, number: int, place: int) -> Response:
        return wav(session.sound(token, number, place).read_bytes())

    @app.get("/tone/{token}/{attempt}/{trial}/{place}")
    def tone(token: str, attempt: int, trial: int, place: int) -> Response:
        return wav(session.tone(token, attempt, trial, place))
