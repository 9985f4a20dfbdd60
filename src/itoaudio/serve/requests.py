"""Bodies of requests: OpenAI's fields and ours. What is not here is refused by name."""

from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from itoaudio.runtime.plan import MAX_PROJECTIONS
from itoaudio.sde import GRIDS, PREDICTORS, SDES
from itoaudio.serve.settings import ServerSettings

T = TypeVar("T")
Format = Literal["mp3", "opus", "aac", "flac", "wav", "pcm"]
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=64)]
Pair: TypeAlias = Annotated[list[T | None], Field(min_length=2, max_length=2)]
PerStage: TypeAlias = T | Pair[T] | None
"""One value for both models, or [acoustic, vocoder]; null leaves it to the preset."""

MAX_WATCHED_CHARACTERS = 300
MAX_TAKES = 8


def _number(low: float, high: float) -> Any:
    return Field(ge=low, le=high, allow_inf_nan=False)


def _one_of(names: Any) -> Any:
    # The runtime refuses other names, and tells the nearest: here they stand for readers of the schema.
    return Field(min_length=1, max_length=64, json_schema_extra={"enum": sorted(names)})


Sampler: TypeAlias = Annotated[str, _one_of(PREDICTORS)]
Grid: TypeAlias = Annotated[str, _one_of(GRIDS)]
Sde: TypeAlias = Annotated[str, _one_of(SDES)]
Variant: TypeAlias = Literal["few", "exact"]
Snr: TypeAlias = Annotated[float, _number(0, 1)]
Temperature: TypeAlias = Annotated[float, _number(0, 2)]


def _nullable(schema: dict[str, Any]) -> None:
    """Say in the schema that null stands for the default."""
    null = {"type": "null"}
    for name, field in schema["properties"].items():
        if name in schema["required"] or null in field.get("anyOf", []):
            continue
        told = {key: field.pop(key) for key in ("title", "description", "default") if key in field}
        schema["properties"][name] = {"anyOf": [field, null], **told}


class Request(BaseModel):
    """What all requests for sound may say: OpenAI's `speed`, and itoaudio's options of a call."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra=_nullable)

    voice: Name
    speed: Annotated[float, _number(0.25, 4)] = 1.0
    seed: int = Field(0, ge=0, le=2**62, description="The same seed gives the same samples.")
    preset: Name | None = Field(
        None, description="fast, balanced, best or exact, as far as the voice has it."
    )
    sampler: PerStage[Sampler] = Field(None, description="How the SDE is solved.")
    grid: PerStage[Grid] = Field(None, description="Spacing of the steps.")
    sde: PerStage[Sde] = Field(None, description="The SDE that is run backwards.")
    corrector_snr: PerStage[Snr] = Field(None, description="Langevin steps between the solver's.")
    variant: PerStage[Variant] = Field(None, description="Which networks; by default what suits the solver.")
    temperature: PerStage[Temperature] = Field(None, description="Of the noise; below 1 is calmer.")
    projections: int | None = Field(
        None,
        ge=0,
        le=MAX_PROJECTIONS,
        description="Rounds of projection onto the mel, after the draw.",
    )
    pitch: Annotated[float, _number(-24, 24)] = Field(0.0, description="Shift in semitones.")
    energy: Annotated[float, _number(-24, 24)] = Field(0.0, description="Strength of the speech in dB.")
    volume: Annotated[float, _number(-60, 20)] = Field(0.0, description="In dB, below a limiter.")
    speaker: Name | None = Field(None, description="In a voice of several.")
    markup: Literal["auto", "text", "markdown", "ssml"] = Field("auto", description="What kind of text.")

    @model_validator(mode="before")
    @classmethod
    def null_is_the_default(cls, body: Any) -> Any:
        """Without the nulls that programs send for what they leave open, OpenAI's `instructions` among it."""
        if not isinstance(body, dict):
            return body
        may_be_null = {"instructions"} | {n for n, f in cls.model_fields.items() if not f.is_required()}
        return {name: value for name, value in body.items() if value is not None or name not in may_be_null}

    def options(self) -> dict[str, Any]:
        """For `Voice.say`: what was set."""
        other = {"voice", "model", "input", "response_format", "stream_format", "timestamps", "stage", "show"}
        return self.model_dump(exclude=other, exclude_unset=True, exclude_none=True)


class Spoken(Request):
    """Base of `POST /v1/audio/speech`."""

    model: Name
    input: str = Field(min_length=1, description="What to say.")
    response_format: Format = "mp3"
    stream_format: Literal["audio", "sse"] | None = Field(
        None, description="Send sound as it is made: as the file's bytes, or in server-sent events."
    )
    pause: Annotated[float, _number(0, 10)] = Field(1.0, description="2 doubles silences between sentences.")
    takes: int = Field(1, ge=1, le=MAX_TAKES, description="Draws of a sentence; the likeliest is spoken.")
    timestamps: bool = Field(False, description="Tell when each word is heard; with stream_format sse only.")


class Watched(Request):
    """Base of `POST /v1/audio/trajectory`."""

    input: str = Field(min_length=1, max_length=MAX_WATCHED_CHARACTERS, description="One sentence.")
    stage: Literal["acoustic", "vocoder"] = Field("vocoder", description="Whose noise becomes speech.")
    show: Literal["state", "guess"] = Field(
        "state", description="x_t itself, or E[x_0|x_t], what the network takes the data to be."
    )


def bodies(settings: ServerSettings) -> tuple[type[Spoken], type[Watched]]:
    """The two bodies under the limits of one server."""
    Steps: TypeAlias = Annotated[int, Field(ge=1, le=settings.max_steps)]

    class SpeechRequest(Spoken):
        input: str = Field(min_length=1, max_length=settings.max_characters, description="What to say.")
        steps: PerStage[Steps] = Field(None, description="Steps of the solver.")

    class TrajectoryRequest(Watched):
        steps: PerStage[Steps] = Field(None, description="Steps of the solver.")

    return SpeechRequest, TrajectoryRequest
