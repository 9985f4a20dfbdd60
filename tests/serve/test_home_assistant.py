"""Wyoming, by the client of its own package over a real socket."""

import asyncio

import numpy as np
import pytest
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event, async_write_event
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeVoice,
)

from itoaudio.serve.home_assistant import Stream, WyomingServer
from itoaudio.serve.settings import ServerSettings

from .conftest import running_pool

PATIENCE_SECONDS = 120


async def told(address, events, last):
    """What the server there answers to `events`, up to an event of the type `last`."""
    host, port = address.split(":")
    answers = []
    async with asyncio.timeout(PATIENCE_SECONDS), AsyncTcpClient(host, int(port)) as client:
        for event in events:
            await client.write_event(event.event() if not isinstance(event, Event) else event)
        while not answers or not last.is_type(answers[-1].type):
            answer = await client.read_event()
            if answer is None:
                break
            answers.append(answer)
    return answers


@pytest.fixture(scope="module")
def talk(loop, pool):
    """`talk(events, last)`: what the server answers to `events`, up to an event of the type `last`."""
    server, address = loop.run(open_server(pool, max_characters=100))
    yield lambda events, last: loop.run(told(address, events, last))
    loop.run(server.close())


async def open_server(pool, **settings):
    server = WyomingServer(pool, ServerSettings(wyoming_port=0, **settings))
    return server, await server.start()


def sound_of(answers):
    assert AudioStart.is_type(answers[0].type)
    start = AudioStart.from_event(answers[0])
    assert (start.rate, start.width, start.channels) == (24000, 2, 1)
    chunks = [AudioChunk.from_event(answer) for answer in answers if AudioChunk.is_type(answer.type)]
    assert {chunk.rate for chunk in chunks} == {24000}
    return b"".join(chunk.audio for chunk in chunks)


def test_it_describes_itself(talk):
    (answer,) = talk([Describe()], Info)
    (program,) = Info.from_event(answer).tts
    assert program.installed
    assert program.supports_synthesize_streaming
    (voice,) = program.voices
    assert (voice.name, voice.languages) == ("toy", ["en-US"])


def test_it_answers_a_ping(talk):
    (answer,) = talk([Ping(text="there?")], Pong)
    assert Pong.from_event(answer).text == "there?"


@pytest.mark.parametrize("voice", [None, SynthesizeVoice(name="toy"), SynthesizeVoice(language="en_GB")])
def test_it_speaks_what_http_speaks(talk, client, voice):
    answers = talk([Synthesize("Hello there.", voice)], AudioStop)
    assert sound_of(answers) == client.speak("Hello there.").content


def test_a_stream_of_text_is_spoken_sentence_by_sentence(talk, client):
    pieces = ["Hello ", "there. How", " are ", "you? Fi", "ne."]
    events = [SynthesizeStart(), *map(SynthesizeChunk, pieces), Synthesize("".join(pieces)), SynthesizeStop()]
    answers = talk(events, SynthesizeStopped)
    assert [answer.type for answer in answers].count("audio-start") == 1
    gap = bytes(2 * round(0.2 * 24000))
    said = [client.speak(text).content for text in ("Hello there.", "How are you?", "Fine.")]
    sound = sound_of(answers)
    assert sound == gap.join(said)
    assert np.frombuffer(sound, "<i2").any()


def spoken_by(**voice):
    """As a client that does not use the package may write it."""
    return Event("synthesize", data={"text": "Hi.", "voice": voice})


def test_a_name_overrides_a_language(talk):
    """As the protocol has it."""
    assert sound_of(talk([spoken_by(name="toy", language="de")], AudioStop))


def test_a_speaker_of_several_is_heard(loop, duo_folder):
    with running_pool(loop, duo_folder) as pool:
        server, address = loop.run(open_server(pool))
        sounds = [
            sound_of(loop.run(told(address, [spoken_by(**voice)], AudioStop)))
            for voice in ({}, {"speaker": "bob"}, {"name": "duo", "speaker": "bob"})
        ]
        loop.run(server.close())
    assert sounds[0] != sounds[1] == sounds[2]


def test_errors_are_events(talk):
    for event, text, code in (
        (Synthesize("…"), "nothing to say", "invalid_value"),
        (Synthesize("x" * 101), "at most 100", "string_above_max_length"),
        (Synthesize("Hi.", SynthesizeVoice(name="nobody")), "no voice 'nobody'", "voice_not_found"),
        (Synthesize("Hi.", SynthesizeVoice(language="de")), "'de'; toy speaks en-US", "voice_not_found"),
        (Synthesize("Hi.", SynthesizeVoice("toy", speaker="bob")), "'bob': toy has one", "invalid_value"),
        (spoken_by(speaker="bob"), "'bob': toy has one speaker", "invalid_value"),
    ):
        (answer,) = talk([event], Error)
        error = Error.from_event(answer)
        assert text in error.text
        assert error.code == code


def test_the_first_request_after_an_error_begins_anew(talk):
    """A stream whose second sentence cannot be read had begun its sound; the next sound is another."""
    broken = [SynthesizeStart(), SynthesizeChunk("Hello there. Жук жук. And")]
    answers = talk([*broken, Synthesize("Hi.")], AudioStop)
    kinds = [answer.type for answer in answers if not AudioChunk.is_type(answer.type)]
    assert kinds == ["audio-start", "error", "audio-start", "audio-stop"]


def test_text_without_an_end_is_not_gathered_for_ever(talk):
    answers = talk([SynthesizeStart(), *[SynthesizeChunk("a" * 60)] * 9], Error)
    error = Error.from_event(answers[-1])
    assert (error.text[:27], error.code) == ("120 characters: at most 100", "string_above_max_length")


def test_a_chunk_of_many_sentences_may_be_longer_than_one(talk):
    text = "Hello there. " * 12
    assert sound_of(talk([SynthesizeStart(), SynthesizeChunk(text), SynthesizeStop()], SynthesizeStopped))


def test_a_client_that_stops_reading_is_left_at_the_end(loop, pool, monkeypatch):
    monkeypatch.setattr("itoaudio.serve.home_assistant.SHUTDOWN_SECONDS", 0.5)

    async def scene():
        server, address = await open_server(pool)
        host, port = address.split(":")
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
            await async_write_event(Synthesize("Hi." + "[pause:60s]" * 8 + "Ho.").event(), writer)
            await reader.readexactly(1)
            await server.close()
        writer.close()

    loop.run(scene())


def test_what_is_being_said_at_the_end_is_finished(loop, pool, client):
    text = " ".join(["Hello there, and once more."] * 8)

    async def scene():
        server, address = await open_server(pool)
        asked = asyncio.create_task(told(address, [Synthesize(text)], AudioStop))
        # On a busy machine all may be said between two looks.
        while not asked.done() and not any(handler.speaking for handler in server._handlers):
            await asyncio.sleep(0.01)
        await server.close()
        return await asked

    assert sound_of(loop.run(scene())) == client.speak(text).content


def test_what_is_no_event_hangs_up_and_harms_nobody(talk):
    assert talk([Event("synthesize", data={"text": None})], AudioStop) == []
    assert sound_of(talk([Synthesize("Hi.")], AudioStop))


def test_sentences_that_have_ended():
    stream = Stream(SynthesizeVoice())
    stream.text = "Dr. Who said  3.5 is\nenough. Then he"
    assert stream.complete() == ["Dr. Who said 3.5 is enough."]
    assert stream.text.strip() == "Then he"
    assert stream.complete() == []
    stream.text = "<speak>One. Two. "
    assert stream.complete() == []
