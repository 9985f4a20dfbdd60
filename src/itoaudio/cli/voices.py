"""`ito voices`: which there are, what they are, whether their files are whole, how they can be sampled."""

import json

import click


@click.group("voices")
def command() -> None:
    """List, show and verify voices."""


json_option = click.option("--json", "as_json", is_flag=True, help="Print it for programs.")


@command.command("list")
@json_option
def list_voices(as_json: bool) -> None:
    """Name, language, licence and folder of every voice that is found by its name."""
    from itoaudio.runtime import known_voices
    from itoaudio.runtime.voice_folder import VoiceFolder

    rows = []
    for name, path in known_voices().items():
        spec = VoiceFolder.open(path).spec
        rows.append({"name": name, "language": spec.language, "licence": spec.licence, "folder": str(path)})
    if as_json:
        return click.echo(json.dumps(rows, indent=1))
    for row in rows:
        click.echo("\t".join(row.values()))


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
