"""What server and workers say to each other: msgpack messages, each behind its length in 4 bytes.

A worker is spoken to through its stdin and answers on its stdout, one job at a time:
Ready; then for each job Started, Part ..., and one of Done and Failed.
"""

import asyncio
from typing import Any, BinaryIO

import msgspec

LENGTH_BYTES = 4


class Message(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Base of all messages. `id` is the job's."""

    id: int = 0


class Speak(Message, frozen=True, kw_only=True):
    """Speak `text`. `format` names an encoding; `stream`: parts as soon as they are ready, else one file.

    words: tell with each part of a stream the words in it and their times.
    """

    text: str
    voice: str
    format: str
    options: dict[str, Any] = {}
    stream: bool = False
    words: bool = False


class Watch(Message, frozen=True, kw_only=True):
    """Speak `text`, and answer each state that one stage's sampler passes as a part, first to last.

    show: "state", or "guess" for what the network takes the data to be there.
    """

    text: str
    voice: str
    stage: str
    show: str
    options: dict[str, Any] = {}


class Stop(Message, frozen=True, kw_only=True):
    """Nobody waits for the job any more."""


class VoiceInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What clients may know about a voice."""

    name: str
    language: str
    licence: str
    sample_rate: int
    presets: tuple[str, ...]
    default_preset: str


class Ready(Message, frozen=True, kw_only=True):
    """The voices are loaded."""

    voices: tuple[VoiceInfo, ...]


class Started(Message, frozen=True, kw_only=True):
    """The job has begun: from here on it dies with the worker."""


class Part(Message, frozen=True, kw_only=True):
    """`data`: encoded sound; `seconds` of it; `info`: what is told beside it."""

    data: bytes
    seconds: float = 0.0
    info: dict[str, Any] = {}


class Done(Message, frozen=True, kw_only=True):
    """The job has ended, or was stopped."""


class Failed(Message, frozen=True, kw_only=True):
    """The job cannot be done. `fault`: "request" when the request is to blame, else "server"."""

    message: str
    fault: str
    param: str | None = None


Job = Speak | Watch
Order = Speak | Watch | Stop
Answer = Ready | Started | Part | Done | Failed

_encoder = msgspec.msgpack.Encoder()
_orders = msgspec.msgpack.Decoder(Order)
_answers = msgspec.msgpack.Decoder(Answer)


def framed(message: Message) -> bytes:
    """`message` as it goes through a pipe."""
    data = _encoder.encode(message)
    return len(data).to_bytes(LENGTH_BYTES, "big") + data


def read_order(stream: BinaryIO) -> Order | None:
    """The next order, waiting for it; None when the server has gone."""
    length = stream.read(LENGTH_BYTES)
    if len(length) < LENGTH_BYTES:
        return None
    data = stream.read(int.from_bytes(length, "big"))
    return _orders.decode(data)


async def read_answer(stream: asyncio.StreamReader) -> Answer:
    """The next answer; `asyncio.IncompleteReadError` when the worker has gone."""
    length = await stream.readexactly(LENGTH_BYTES)
    return _answers.decode(await stream.readexactly(int.from_bytes(length, "big")))
