"""`ito export`: trained networks to a voice folder."""

from pathlib import Path

import click

from itoaudio.cli.ending import terminable

FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@click.command("export")
@click.option("--acoustic", type=FOLDER, required=True, help="Run folder of ItôTTS' score model.")
@click.option("--vocoder", type=FOLDER, required=True, help="Run folder of ItôWave's score model.")
@click.option("--acoustic-few", type=FOLDER, help="Run folder that refined it for few steps.")
@click.option("--vocoder-few", type=FOLDER, help="Run folder that refined it for few steps.")
@click.option(
    "--voice",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="YAML: name, licence, corpus, gain.",
)
@click.option(
    "--weights", type=click.Choice(["float32", "float16", "int8"]), default="float16", help="Storage."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="Voice folder to write.")
def command(
    acoustic: Path,
    vocoder: Path,
    acoustic_few: Path | None,
    vocoder_few: Path | None,
    voice: Path | None,
    weights: str,
    output: Path,
) -> None:
    """Write a voice folder; every graph is compared with its network first. The folder goes to stdout."""
    click.get_current_context().with_resource(terminable())
    from itoaudio.export.config import VoiceConfig
    from itoaudio.export.voice_writer import export_voice
    from itoaudio.strict import convert
    from itoaudio.train.config import read_yaml

    config = (
        convert(read_yaml(voice), VoiceConfig, source=str(voice)) if voice else VoiceConfig(name=output.name)
    )
    export_voice(
        config,
        output,
        acoustic=acoustic,
        vocoder=vocoder,
        acoustic_few=acoustic_few,
        vocoder_few=vocoder_few,
        weights=weights,
    )
    click.echo(output)
