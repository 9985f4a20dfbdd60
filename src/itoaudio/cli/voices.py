"""`ito voices`: which there are, what they are, whether their files are whole, how they can be sampled."""

import json
from pathlib import Path

import click


@click.group("voices")
def command() -> None:
    """List, show and verify voices."""


json_option = click.option("--json", "as_json", is_flag=True, help="Print it for programs.")


@command.command("list")
@json_option
@click.pass_context
def list_voices(context: click.Context, as_json: bool) -> None:
    """Name, language, licence and folder of every voice that is found by its name.

    Exit code 1 if a voice is damaged; stderr tells why, or `error` with --json.
    """
    from itoaudio.runtime import known_voices

    rows = [_row(name, path) for name, path in known_voices().items()]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
    else:
        for row in rows:
            _show_row(row)
    if any(row["error"] for row in rows):
        context.exit(1)


def _row(name: str, path: Path) -> dict[str, str | None]:
    """A voice in the list; `error` tells why it is damaged."""
    from itoaudio.runtime import VoiceError
    from itoaudio.runtime.voice_folder import VoiceFolder

    row = {"name": name, "language": None, "licence": None, "folder": str(path), "error": None}
    try:
        spec = VoiceFolder.open(path).spec
    except VoiceError as error:
        return row | {"error": str(error)}
    return row | {"language": spec.language, "licence": spec.licence}


def _show_row(row: dict[str, str | None]) -> None:
    if row["error"]:
        return click.echo(f"{row['name']}: {row['error']}", err=True)
    click.echo("{name}\t{language}\t{licence}\t{folder}".format_map(row))


@command.command("show")
@click.argument("voice", required=False)
@json_option
def show(voice: str | None, as_json: bool) -> None:
    """What VOICE is, a name or a folder: its voice.json as text, or as it is."""
    from itoaudio.runtime.voice_folder import VoiceFolder, find
    from itoaudio.runtime.voice_format import encode

    folder = VoiceFolder.open(find(voice))
    spec = folder.spec
    if as_json:
        return click.echo(encode(spec).decode(), nl=False)
    click.echo(f"{spec.name}: {spec.language}, {spec.sample_rate} Hz, {spec.licence}, from {spec.corpus}")
    click.echo(
        f"folder: {folder.path} ({sum((folder.path / name).stat().st_size for name in spec.files)} bytes)"
    )
    if spec.speakers:
        click.echo(f"speakers: {', '.join(spec.speakers)}")
    for kind, stage in (("acoustic", spec.acoustic), ("vocoder", spec.vocoder)):
        few = "none" if stage.few is None else ", ".join(map(str, stage.few.steps))
        parameters = "".join(f" {name}={value:g}" for name, value in stage.sde.parameters.items())
        click.echo(
            f"{kind}: sde {stage.sde.name}{parameters}, predicts {stage.parametrisation}, few steps: {few}"
        )
    for name, preset in spec.presets.items():
        ways = "; ".join(
            f"{kind} {way.steps} x {way.sampler} ({way.variant}, {way.grid}, temperature {way.temperature:g})"
            for kind, way in (("acoustic", preset.acoustic), ("vocoder", preset.vocoder))
        )
        click.echo(f"preset {name}{' (default)' if name == spec.default_preset else ''}: {ways}")


@command.command("verify")
@click.argument("voice", required=False)
def verify(voice: str | None) -> None:
    """Check every file of VOICE against its SHA-256, and every graph against its contract."""
    from itoaudio.runtime import Voice
    from itoaudio.runtime.voice_folder import VoiceFolder, find

    folder = VoiceFolder.open(find(voice))
    folder.verify()
    speaker = Voice(folder)
    for preset in folder.spec.presets:
        speaker.build(preset=preset)
    click.echo(f"{folder.spec.name}: {len(folder.spec.files)} files are whole, all graphs can run")


@command.command("samplers")
def samplers() -> None:
    """Names that --sampler, --grid and --sde take."""
    from itoaudio.sde import GRIDS, PREDICTORS, SDES

    for option, table in (("--sampler", PREDICTORS), ("--grid", GRIDS), ("--sde", SDES)):
        click.echo(f"{option}: {', '.join(table)}")
