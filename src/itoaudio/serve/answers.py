"""From a call of the pool to HTTP: one file with its length, a stream of bytes, or server-sent events."""

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from typing import Any

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from itoaudio.serve.errors import ApiError, of_pool
from itoaudio.serve.pool import Call
from itoaudio.serve.wire import Part

CLIENT_GONE = 499
Told = Callable[[Part], Iterable[dict[str, Any]]]


async def file(call: Call, request: Request, content_type: str) -> Response:
    """All parts as one body; a client that goes away ends the call."""

    async def collect() -> bytes:
        return b"".join([part.data async for part in call])

    async def leave() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    collecting, leaving = asyncio.create_task(collect()), asyncio.create_task(leave())
    try:
        await asyncio.wait({collecting, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not collecting.done():
            raise ApiError("the client has gone", status=CLIENT_GONE)
        return Response(await collecting, media_type=content_type)
    except ApiError:
        raise
    except Exception as error:
        raise of_pool(error) from error
    finally:
        call.cancel()
        for task in (collecting, leaving):
            task.cancel()


async def stream(call: Call, content_type: str) -> StreamingResponse:
    """Bytes as they come. What fails before the first gets its answer; later the connection breaks."""
    parts = await _begun(call)

    async def body() -> AsyncIterator[bytes]:
        async with contextlib.aclosing(parts):
            async for part in parts:
                if part.data:
                    yield part.data

    return StreamingResponse(body(), media_type=content_type)


async def events(call: Call, told: Told, done: dict[str, Any]) -> StreamingResponse:
    """Server-sent events: what `told` says of each part, then `done`; an error on the way is an event too."""
    parts = await _begun(call)

    async def body() -> AsyncIterator[str]:
        async with contextlib.aclosing(parts):
            try:
                async for part in parts:
                    for event in told(part):
                        yield _event(event)
            except Exception as error:
                yield _event({"type": "error", **of_pool(error).envelope})
            else:
                yield _event(done)

    return StreamingResponse(body(), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})


def base64_text(data: bytes) -> str:
    """For JSON."""
    return base64.b64encode(data).decode("ascii")


def _event(event: dict[str, Any]) -> str:
    return f"data: {json.dumps(event)}\n\n"


async def _begun(call: Call) -> AsyncGenerator[Part, None]:
    """The parts of `call`, the first of which is there; closing them ends the call."""
    parts = aiter(call)
    try:
        first = await anext(parts)
    except BaseException as error:
        call.cancel()
        raise of_pool(error) if isinstance(error, Exception) else error from error

    async def all_parts() -> AsyncGenerator[Part, None]:
        try:
            yield first
            async for part in parts:
                yield part
        finally:
            call.cancel()

    return all_parts()
