"""What a worker does with a job: its parts, from one loaded voice."""

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np

from itoaudio.audio.files import to_int16
from itoaudio.audio.mel import LOG_FLOOR, log_mel
from itoaudio.runtime import Audio, Options, Spoken, Voice, VoiceError
from itoaudio.runtime.timing import Timeline
from itoaudio.runtime.trajectory import Moment, sound_of, trajectory
from itoaudio.serve.encode import Encoder, FormatUnavailable
from itoaudio.serve.wire import Failed, Job, Part, Speak, VoiceInfo, Watch
from itoaudio.text.errors import TextError

LOG_LOUD = 2.0  # natural log-mel that a picture shows at full brightness
SHADES = 255


def info(voice: Voice) -> VoiceInfo:
    """What clients may know."""
    spec = voice.spec
    return VoiceInfo(
        name=spec.name,
        language=spec.language,
        licence=spec.licence,
        sample_rate=spec.sample_rate,
        presets=tuple(spec.presets),
        default_preset=spec.default_preset,
    )


class TooLong(ValueError):
    """The sound of a job passes the limit: a few marks of silence make hours of it."""


def perform(job: Job, voice: Voice, *, max_seconds: float) -> Iterator[Part]:
    """The parts of `job`, each as soon as it is there, at most `max_seconds` of sound.

    ValueErrors as of `Voice.say`, `FormatUnavailable` and, when the sound passes its limit, `TooLong`.
    """
    for way in voice.plans(Options.of(job.options)):
        if way.warning:
            raise ValueError(way.warning)  # who asked does not read the log, where `Voice.say` puts it
    if isinstance(job, Watch):
        return _watch(job, voice, job.options)
    spoken = _bounded(voice.stream(job.text, **job.options), max_seconds)
    return _stream(job, voice, spoken) if job.stream else _whole(job, voice, spoken)


def failure(error: Exception, job: Job) -> Failed:
    """`error` as the server is told it: whose fault, and which field of the request."""
    if not isinstance(error, ValueError) or isinstance(error, VoiceError):
        return Failed(id=job.id, message=f"{type(error).__name__}: {error}", fault="server")
    param: str | None = None
    if isinstance(error, TextError | TooLong) or "sentences in" in str(error):
        param = "input"
    elif isinstance(error, FormatUnavailable):
        param = "response_format"
    elif named := re.match(r"(?:unknown )?(\w+) (?:=|')", str(error)):
        param = named[1] if named[1] in {field.name for field in fields(Options)} else None
    return Failed(id=job.id, message=str(error), fault="request", param=param)


def _bounded(stretches: Iterator[Spoken], max_seconds: float) -> Iterator[Spoken]:
    seconds = 0.0
    for spoken in stretches:
        seconds += spoken.audio.duration_seconds
        if seconds > max_seconds:
            raise TooLong(
                f"this is more than {max_seconds:g} s of sound, this server's limit for one request: send the"
                " text in parts, or with less silence"
            )
        yield spoken


def _whole(job: Speak, voice: Voice, stretches: Iterator[Spoken]) -> Iterator[Part]:
    encoder = Encoder(job.format, voice.sample_rate, streaming=False)
    for spoken in stretches:
        encoder.add(spoken.audio.samples)
        yield Part(id=job.id, data=b"", seconds=spoken.audio.duration_seconds)  # a chance to be stopped
    yield Part(id=job.id, data=encoder.end())


def _stream(job: Speak, voice: Voice, stretches: Iterator[Spoken]) -> Iterator[Part]:
    encoder = Encoder(job.format, voice.sample_rate, streaming=True)
    timeline = Timeline(voice.sample_rate, voice.spec.mel.hop_samples)
    for spoken in stretches:
        known = len(timeline.words)
        timeline.add(spoken)
        words = _words(timeline, known) if job.words else []
        data = encoder.add(spoken.audio.samples)
        yield Part(id=job.id, data=data, seconds=spoken.audio.duration_seconds, info={"words": words})
    yield Part(id=job.id, data=encoder.end())


def _words(timeline: Timeline, first: int) -> list[dict[str, Any]]:
    """Words from number `first` on: as written, with their times in seconds."""
    return [
        {"word": word.text, "start": timeline.seconds(word.start), "end": timeline.seconds(word.end)}
        for word in timeline.words[first:]
    ]


def _watch(job: Watch, voice: Voice, options: dict[str, Any]) -> Iterator[Part]:
    for index, moment in enumerate(trajectory(voice, job.text, stage=job.stage, **options)):
        shown = moment.guess if job.show == "guess" else moment.state
        if job.stage == "acoustic":
            mel, sound = shown, sound_of(voice, shown, **options)
        else:
            mel, sound = log_mel(shown, voice.spec.mel), shown
        audio = Audio(sound, voice.sample_rate)
        yield Part(
            id=job.id,
            data=to_int16(sound).astype("<i2").tobytes(),
            seconds=audio.duration_seconds,
            info=_told(index, moment, mel, voice.sample_rate),
        )


def _told(index: int, moment: Moment, mel: np.ndarray, sample_rate: int) -> dict[str, Any]:
    shades = np.clip((mel - LOG_FLOOR) / (LOG_LOUD - LOG_FLOOR), 0, 1) * SHADES
    return {
        "step": index,
        "t": moment.t,
        "level": moment.level,
        "sample_rate": sample_rate,
        "bands": mel.shape[0],
        "frames": mel.shape[1],
        "spectrogram": np.round(shades).astype(np.uint8).tobytes(),
    }
