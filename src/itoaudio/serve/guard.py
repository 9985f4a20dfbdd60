"""What every request passes before the app: an id, the key, a limit on its weight; then it is noted."""

import hashlib
import hmac
import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from itoaudio.serve.errors import ApiError
from itoaudio.serve.metrics import Metrics

logger = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OPEN = re.compile(r"/|/health|/page/[\w.]+")  # what needs no key: nothing is spoken there


class Guard:
    """Wraps `app`. `api_keys`: empty lets everybody in."""

    def __init__(
        self, app: ASGIApp, *, metrics: Metrics, api_keys: tuple[str, ...], max_body_bytes: int
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._digests = [_digest(key.encode("utf-8")) for key in api_keys]
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; other kinds of connection pass."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        asked = headers.get("x-request-id", "")
        request_id = asked if _REQUEST_ID.fullmatch(asked) else uuid.uuid4().hex
        begun, status = time.monotonic(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                named = MutableHeaders(scope=message)
                named["X-Request-ID"] = request_id
                named["X-Content-Type-Options"] = "nosniff"
            await send(message)

        try:
            refused = self._refusal(scope["path"], headers)
            app = refused.response if refused else self._app
            await app(scope, self._limited(receive), answer)
        finally:
            self._note(scope, request_id, status, time.monotonic() - begun)

    def _refusal(self, path: str, headers: Headers) -> ApiError | None:
        if self._digests and not _OPEN.fullmatch(path) and not self._knows(headers.get("authorization", "")):
            return ApiError(
                "no valid API key: send the header `Authorization: Bearer KEY`",
                status=401,
                code="invalid_api_key",
                headers={"WWW-Authenticate": "Bearer"},
            )
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > self._max_body_bytes:
            return ApiError(self._too_long, status=413, code="request_too_large")
        return None

    def _knows(self, authorization: str) -> bool:
        """Compared in a time that tells nothing of the keys, nor which one it was."""
        scheme, _, key = authorization.partition(" ")
        digest = _digest(key.strip().encode("latin-1"))  # as starlette reads headers
        equal = [hmac.compare_digest(digest, known) for known in self._digests]
        return scheme.lower() == "bearer" and any(equal)

    def _limited(self, receive: Receive) -> Receive:
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_body_bytes:
                raise HTTPException(413, self._too_long)
            return message

        return counted

    @property
    def _too_long(self) -> str:
        return f"the body is longer than {self._max_body_bytes} bytes"

    def _note(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        # The route's own path, and a method that exists: else any client could make metrics without end.
        path = getattr(scope.get("route"), "path", "other")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.requests.labels(path, method, status).inc()
        self._metrics.seconds.labels(path).observe(seconds)
        logger.info("%s %s %d in %.3f s, id %s", scope["method"], path, status, seconds, request_id)


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()
