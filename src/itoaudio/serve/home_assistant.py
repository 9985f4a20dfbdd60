"""Wyoming, the protocol of Home Assistant's voices, over TCP by the `wyoming` package. It knows no keys."""

import asyncio
import contextlib
import logging

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Attribution, Describe, Info, TtsProgram, TtsVoice
from wyoming.ping import Ping, Pong
from wyoming.server import AsyncEventHandler
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeVoice,
)

from itoaudio import __version__
from itoaudio.serve.encode import OPENAI_RATE
from itoaudio.serve.errors import ApiError, of_pool
from itoaudio.serve.pool import Pool
from itoaudio.serve.settings import ServerSettings
from itoaudio.serve.voices import Voices
from itoaudio.serve.wire import Speak, VoiceInfo
from itoaudio.text.markup import is_ssml
from itoaudio.text.sentences import paragraphs, sentences

logger = logging.getLogger(__name__)

WIDTH_BYTES = 2
GAP_SECONDS = 0.2  # between sentences that a stream gives one by one
SHUTDOWN_SECONDS = 10.0  # for what is being said at the end: a client that stops reading would wait for ever


class WyomingServer:
    """A door beside HTTP's, to the same pool and under the same limits."""

    def __init__(self, pool: Pool, settings: ServerSettings) -> None:
        self._pool, self._settings = pool, settings
        self._server: asyncio.Server | None = None
        self._handlers: set[Handler] = set()

    async def start(self) -> str:
        """Listen; the answer is `host:port`. ValueError when the address is taken."""
        host, port = self._settings.host, self._settings.wyoming_port
        try:
            self._server = await asyncio.start_server(self._serve, host, port)
        except OSError as error:
            raise ValueError(
                f"cannot listen on {host}:{port}: {error.strerror}; choose another --wyoming-port"
            ) from None
        return ":".join(map(str, self._server.sockets[0].getsockname()[:2]))

    async def close(self) -> None:
        """Let nobody in any more, finish what is being said, in `SHUTDOWN_SECONDS`, and hang up."""
        if self._server is None:
            return
        self._server.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SHUTDOWN_SECONDS):
                while any(handler.speaking for handler in self._handlers):
                    await asyncio.sleep(0.05)
        for handler in list(self._handlers):
            if handler.speaking:
                handler.writer.transport.abort()
            else:
                handler.writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = Handler(reader, writer, pool=self._pool, settings=self._settings)
        self._handlers.add(handler)
        try:
            await handler.run()
        except (ConnectionError, asyncio.IncompleteReadError, KeyError, TypeError, AttributeError) as error:
            logger.info("a Wyoming client went or sent what is no event: %r", error)
        finally:
            self._handlers.discard(handler)


class Handler(AsyncEventHandler):
    """One client. `speaking` while it waits for sound."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        pool: Pool,
        settings: ServerSettings,
    ) -> None:
        super().__init__(reader, writer)
        self._pool, self._max_characters = pool, settings.max_characters
        self._voices = Voices(pool, settings.aliases)
        self._stream: Stream | None = None
        self.speaking = False

    async def handle_event(self, event: Event) -> bool:
        """One event of the client; False hangs up."""
        if Describe.is_type(event.type):
            await self.write_event(self._info().event())
        elif Ping.is_type(event.type):
            await self.write_event(Pong(text=Ping.from_event(event).text).event())
        else:
            self.speaking = True
            try:
                await self._speak_of(event)
            except ApiError as error:
                self._stream, self._sounding = None, False
                await self.write_event(Error(str(error), error.code).event())
            finally:
                self.speaking = False
        return True

    async def _speak_of(self, event: Event) -> None:
        if Synthesize.is_type(event.type) and self._stream is None:
            await self._speak([Synthesize.from_event(event).text], _asked(event))
            await self._end()
        elif SynthesizeStart.is_type(event.type):
            self._stream = Stream(_asked(event))
        elif SynthesizeChunk.is_type(event.type) and self._stream is not None:
            self._stream.text += SynthesizeChunk.from_event(event).text
            await self._speak(self._stream.complete(), self._stream.voice)
            self._check_length(self._stream.text)
        elif SynthesizeStop.is_type(event.type) and self._stream is not None:
            rest, voice, self._stream = self._stream.text.strip(), self._stream.voice, None
            await self._speak([rest] if rest else [], voice)
            await self._end()
            await self.write_event(SynthesizeStopped().event())
        # A `synthesize` inside a stream repeats its text for servers that know no streams.

    async def _speak(self, texts: list[str], asked: SynthesizeVoice) -> None:
        voice = self._voice(asked)
        options = {"speaker": asked.speaker} if asked.speaker else {}
        for text in texts:
            self._check_length(text)
            try:
                call = self._pool.submit(
                    Speak(text=text, voice=voice.name, format="pcm", options=options, stream=True)
                )
                async for part in call:
                    await self._sound(part.data)
            except Exception as error:
                raise of_pool(error) from error
            if self._stream is not None:
                await self._sound(bytes(WIDTH_BYTES * round(GAP_SECONDS * OPENAI_RATE)))

    def _check_length(self, text: str) -> None:
        if len(text) > self._max_characters:
            raise ApiError(
                f"{len(text)} characters: at most {self._max_characters} are spoken at once",
                code="string_above_max_length",
            )

    def _voice(self, asked: SynthesizeVoice) -> VoiceInfo:
        """By name, else the first that speaks the language; `ApiError` when there is none."""
        if asked.name:
            return self._voices.find(asked.name)
        known = self._voices.known.values()
        for voice in known:
            if not asked.language or _tongue(voice.language) == _tongue(asked.language):
                return voice
        languages = ", ".join(f"{voice.name} speaks {voice.language}" for voice in known)
        raise ApiError(f"no voice of language {asked.language!r}; {languages}", code="voice_not_found")

    async def _sound(self, data: bytes) -> None:
        if not self._sounding:
            await self.write_event(AudioStart(OPENAI_RATE, WIDTH_BYTES, 1).event())
        self._sounding = True
        if data:
            await self.write_event(AudioChunk(OPENAI_RATE, WIDTH_BYTES, 1, audio=data).event())

    _sounding = False

    async def _end(self) -> None:
        await self._sound(b"")
        await self.write_event(AudioStop().event())
        self._sounding = False

    def _info(self) -> Info:
        by = Attribution("itoaudio", "https://arxiv.org/abs/2105.07583")
        voices = [
            TtsVoice(voice.name, by, True, f"{voice.name} ({voice.licence})", __version__, [voice.language])
            for voice in self._voices.known.values()
        ]
        program = TtsProgram("itoaudio", by, True, "Speech by linear SDEs", __version__, voices, True)
        return Info(tts=[program])


def _asked(event: Event) -> SynthesizeVoice:
    """The voice of an event. The package's own reader forgets a speaker that comes without a name."""
    voice = event.data.get("voice") or {}
    return SynthesizeVoice(voice.get("name"), voice.get("language"), voice.get("speaker"))


def _tongue(tag: str) -> str:
    """Of a language tag, the language: 'en' of en-US, en_GB and EN."""
    return tag.replace("_", "-").partition("-")[0].lower()


class Stream:
    """Text that comes in pieces, as a language model writes it; `text` is what has not been spoken."""

    def __init__(self, voice: SynthesizeVoice) -> None:
        self.voice = voice
        self.text = ""

    def complete(self) -> list[str]:
        """Sentences that have ended, which `text` then lacks. SSML is one whole."""
        if is_ssml(self.text):
            return []
        pieces = [piece for paragraph in paragraphs(self.text) for piece in sentences(paragraph)][:-1]
        spoken = sum(len(piece) - piece.count(" ") for piece in pieces)
        place = 0
        while spoken:
            spoken -= not self.text[place].isspace()
            place += 1
        self.text = self.text[place:]
        return pieces
