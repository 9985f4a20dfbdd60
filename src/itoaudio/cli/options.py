"""Options that commands share: how a voice samples, how it speaks, where its sound goes."""

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from itoaudio.cli.outlets import checked_kind, named

if TYPE_CHECKING:
    from itoaudio.runtime import Audio

Command = TypeVar("Command", bound=Callable[..., Any])
PRESET = "the preset's"


class PerStage(click.ParamType):
    """One value for both models or `A,V` for acoustic model and vocoder, either of which may be left out."""

    def __init__(self, kind: Callable[[str], Any], name: str) -> None:
        self.kind, self.name = kind, name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """'4' -> 4, '4,2' -> (4, 2), ',2' -> (None, 2)."""
        try:
            parts = tuple(self.kind(part.strip()) if part.strip() else None for part in str(value).split(","))
        except ValueError:
            parts = ()
        if not any(part is not None for part in parts) or len(parts) > 2:
            self.fail(f"{value!r} is not {self.name}, nor two of them with a comma between", param, ctx)
        return parts[0] if len(parts) == 1 else parts


class NotEmpty(click.ParamType):
    """A name or path, which an empty text is not."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text itself."""
        if not str(value).strip():
            self.fail(f"{value!r} is empty: give one, or leave the option out", param, ctx)
        return str(value)


NOT_EMPTY = NotEmpty()
_SAMPLING = [
    click.option(
        "--voice", type=NOT_EMPTY, metavar="NAME|FOLDER", show_default="the first found", help="Who speaks."
    ),
    click.option(
        "--preset",
        type=NOT_EMPTY,
        metavar="NAME",
        show_default="the voice's",
        help="fast, balanced, best or exact.",
    ),
    click.option(
        "--steps",
        type=PerStage(int, "a whole number"),
        metavar="N[,N]",
        show_default=PRESET,
        help="Steps of the solver; N,N is for acoustic model and vocoder.",
    ),
    click.option(
        "--sampler",
        type=PerStage(str, "a name"),
        metavar="NAME[,NAME]",
        show_default=PRESET,
        help="dpm_solver_pp_2m, heun_flow, reverse_diffusion, ... (all: `ito voices samplers`).",
    ),
    click.option(
        "--grid",
        type=PerStage(str, "a name"),
        metavar="NAME[,NAME]",
        show_default=PRESET,
        help="Spacing of the steps: uniform, log_snr, ...",
    ),
    click.option(
        "--sde",
        type=PerStage(str, "a name"),
        metavar="NAME[,NAME]",
        show_default="the voice's",
        help="ve, vp, ...",
    ),
    click.option(
        "--corrector-snr",
        type=PerStage(float, "a number"),
        metavar="R[,R]",
        show_default=PRESET,
        help="Langevin steps between the solver's, as in the paper (there 0.16).",
    ),
    click.option(
        "--variant",
        type=PerStage(str, "a name"),
        metavar="NAME[,NAME]",
        show_default="what suits the solver",
        help="Graphs to use: few or exact.",
    ),
    click.option(
        "--temperature",
        type=PerStage(float, "a number"),
        metavar="T[,T]",
        show_default=PRESET,
        help="Of the noise, in the acoustic model if one is given; below 1 is calmer.",
    ),
    click.option(
        "--projections",
        type=click.IntRange(0),
        metavar="N",
        show_default=PRESET,
        help="Rounds of projection onto the mel after the vocoder's draw.",
    ),
    click.option("--seed", type=int, default=0, help="The same seed gives the same samples."),
    click.option("--threads", type=click.IntRange(1), show_default="cores, at most 4", help="CPU threads."),
]


def sampling_options(command: Command) -> Command:
    """Add the options of a voice's call to a click command. Unset ones arrive as None."""
    for option in reversed(_SAMPLING):
        command = option(command)
    return command


speaker_option = click.option(
    "--speaker",
    type=NOT_EMPTY,
    metavar="NAME",
    help="In a voice of several, see `ito voices show`; by default the first.",
)
_SPEAKING = [
    click.option("--speed", type=float, default=1.0, help="2 is twice as fast; 0.25 to 4."),
    click.option("--pitch", type=float, default=0.0, help="Semitones up or down."),
    click.option("--energy", type=float, default=0.0, help="Strength of the speech, in dB up or down."),
    click.option("--volume", type=float, default=0.0, help="Of the sound, in dB; peaks stay below -1 dB."),
    click.option(
        "--pause", type=float, default=1.0, help="2 doubles the pauses between sentences, 0 is none."
    ),
    click.option(
        "--takes",
        type=int,
        default=1,
        help="Draw each sentence so often and keep the take that the score model finds most likely.",
    ),
    speaker_option,
]


def speaking_options(command: Command) -> Command:
    """Add how a text is said: what `vocode` has no use for."""
    for option in reversed(_SPEAKING):
        command = option(command)
    return command


KINDS = ("wav", "flac", "mp3", "ogg", "opus", "pcm")

_WHERE = "WAV, FLAC, MP3, OGG (Vorbis), OPUS or PCM by its suffix; - is stdout, as WAV."
output_option = click.option("-o", "--output", type=NOT_EMPTY, default="out.wav", metavar="FILE", help=_WHERE)
kind_option = click.option(
    "--format",
    "kind",
    type=click.Choice(KINDS),
    show_default="by the suffix",
    help="Kind of file, whatever its suffix; pcm is 16 bits, little-endian, without a header.",
)


json_option = click.option("--json", "as_json", is_flag=True, help="Tell on stdout what was made.")


def check_json(as_json: bool, output: str | None) -> None:
    """Refuse to write two things to stdout."""
    if as_json and output == "-":
        raise click.UsageError("--json and -o - would both write to stdout: give a file to one of them")


def tell(line: str, as_json: bool, **facts: Any) -> None:
    """`line` for people, on stderr; with --json `facts` for programs, on stdout."""
    click.echo(line, err=True)
    if as_json:
        click.echo(json.dumps(facts))


def deliver(audio: "Audio", output: str, kind: str | None = None) -> None:
    """Write a whole sound to where `checked_kind` agreed to."""
    data = audio.encode(f".{checked_kind(output, kind)}")
    if output == "-":
        with named(output):
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        return
    from itoaudio.whole import whole_file

    with named(output), whole_file(output) as file:
        file.write(data)


def given(options: dict[str, Any]) -> dict[str, Any]:
    """Options that were set, for `Voice.say` and `Voice.vocode`."""
    return {name: value for name, value in options.items() if value is not None}
