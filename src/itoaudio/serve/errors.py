"""Whatever goes wrong, in OpenAI's envelope: {"error": {"message", "type", "param", "code"}}."""

import logging
import re
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from itoaudio.runtime.errors import suggestion
from itoaudio.serve.pool import Busy, TimeLimit
from itoaudio.serve.process import JobFailed, WorkerDied

_JSON = re.compile(r"application/([\w.-]+\+)?json\s*(;|$)", re.IGNORECASE)

logger = logging.getLogger(__name__)

REQUEST, SERVER = "invalid_request_error", "server_error"
CODES = {404: "unknown_url", 405: "method_not_allowed", 413: "request_too_large"}
REFUSED = {
    "instructions": ": no voice here takes instructions; leave it out, or use speed, pitch, energy or SSML"
}
"""Fields of OpenAI's that programs send, and why they are refused: no other name is near to them."""


class ErrorBody(BaseModel):
    """What is wrong. `param` names the field of the request."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorEnvelope(BaseModel):
    """The answer of every request that fails."""

    error: ErrorBody


class ApiError(Exception):
    """An answer other than 200."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        param: str | None = None,
        code: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.param, self.code, self.headers = status, param, code, headers or {}

    @property
    def envelope(self) -> dict[str, Any]:
        """The body."""
        kind = SERVER if self.status >= 500 else REQUEST
        # A lone surrogate of the request, told back, would not be UTF-8.
        message = str(self).encode("utf-8", "backslashreplace").decode()
        return {"error": {"message": message, "type": kind, "param": self.param, "code": self.code}}

    @property
    def response(self) -> JSONResponse:
        """The answer."""
        return JSONResponse(self.envelope, self.status, headers=self.headers)


def of_pool(error: Exception) -> ApiError:
    """What the pool raises, as clients are told it."""
    if isinstance(error, Busy):
        retry = {"Retry-After": str(error.retry_after)}
        return ApiError(str(error), status=503, code="server_overloaded", headers=retry)
    if isinstance(error, TimeLimit):
        return ApiError(str(error), status=504, code="time_limit")
    if isinstance(error, WorkerDied):
        return ApiError(f"{error}; send the request again", status=500, code="worker_died")
    if isinstance(error, JobFailed) and error.fault == "request":
        return ApiError(str(error), param=error.param, code="invalid_value")
    logger.error("a job failed: %s", error)
    return ApiError("the server could not speak this; its log says why", status=500, code="internal_error")


def of_validation(error: RequestValidationError, fields: dict[str, set[str]], request: Request) -> ApiError:
    """The first thing wrong with a body. `fields`: names that a request to each path may have."""
    found = error.errors()
    # One value or a pair may stand for both models: what is wrong with a list is told last.
    first = found[-1] if isinstance(found[0].get("input"), list) else found[0]
    place = [str(part) for part in first["loc"] if part != "body"]
    name = place[0] if place and not place[0].isdigit() else None
    kind = first["type"]
    if kind == "json_invalid":
        return ApiError(f"the body is not JSON: {first['ctx']['error']}", code="invalid_json")
    if name is None:
        given = request.headers.get("content-type", "")
        if not _JSON.match(given):
            said = f"not {given[:40]!r}" if given else "which is missing"
            message = f"the body must be JSON under the header `Content-Type: application/json`, {said}"
            return ApiError(message, code="invalid_json")
        return ApiError("the body must be a JSON object", code="invalid_json")
    if kind == "extra_forbidden" and len(place) == 1:
        hint = REFUSED.get(name) or suggestion(name, fields.get(request.url.path, set()))
        return ApiError(f"unknown field {name!r}{hint}", param=_shown(name), code="unknown_parameter")
    if kind == "missing":
        return ApiError(
            f"the field {name!r} is missing", param=_shown(name), code="missing_required_parameter"
        )
    code = "string_above_max_length" if kind == "string_too_long" else "invalid_value"
    message = re.sub(r"^(Input|Value error,|String|List)\s", "", first["msg"])
    given = repr(first.get("input"))
    given = given if len(given) <= 40 else given[:40] + "…"
    return ApiError(f"{name} = {given}: {message}", param=_shown(name), code=code)


def of_http(error: HTTPException, request: Request) -> ApiError:
    """What the framework refuses: a route, a method, or a body that it could not read."""
    why = error.__cause__
    if isinstance(why, UnicodeDecodeError):
        return ApiError(f"the body is not UTF-8: {why.reason} at byte {why.start}", code="invalid_json")
    if isinstance(why, RecursionError):
        return ApiError("the body is nested too deep", code="invalid_json")
    if isinstance(why, ValueError):  # such as a number of 5,000 digits
        return ApiError(f"the body is not JSON that can be read: {why}", code="invalid_json")
    message = f"{error.detail}: {request.method} {request.url.path}"
    code, headers = CODES.get(error.status_code), dict(error.headers or {})
    return ApiError(message, status=error.status_code, code=code, headers=headers)


def install(app: FastAPI, fields: dict[str, set[str]]) -> None:
    """Answer every error of `app` in the envelope."""

    @app.exception_handler(ApiError)
    async def _api(request: Request, error: ApiError) -> JSONResponse:
        return error.response

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return of_validation(error, fields, request).response

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        return of_http(error, request).response

    @app.exception_handler(Exception)
    async def _other(request: Request, error: Exception) -> JSONResponse:
        return of_pool(error).response


def _shown(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()[:64]
