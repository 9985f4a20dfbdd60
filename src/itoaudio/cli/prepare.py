"""`ito prepare`: a corpus to features."""

from pathlib import Path

import click

from itoaudio.cli.ending import terminable


@click.command("prepare")
@click.argument("config", type=click.Path(path_type=Path))
@click.option("--cache", type=click.Path(path_type=Path), default=Path("cache"), help="Where features lie.")
@click.option("--workers", type=click.IntRange(1), default=2, help="Processes.")
@click.option("--shards", metavar="URL", help="Write them as shards there too, for training to stream.")
def command(config: Path, cache: Path, workers: int, shards: str | None) -> None:
    """Check the corpus of CONFIG and make its features; the folder is written to stdout."""
    click.get_current_context().with_resource(terminable())
    from itoaudio.data.config import CorpusConfig
    from itoaudio.data.prepare import prepare
    from itoaudio.strict import ConfigError, convert
    from itoaudio.train.config import read_yaml

    run = read_yaml(config)
    if not isinstance(run, dict) or "corpus" not in run:
        raise ConfigError(f"{config}: holds no section `corpus`")
    corpus = convert(run["corpus"], CorpusConfig, source=str(config))
    folder = prepare(corpus, cache, workers=workers)
    if shards is not None:
        from itoaudio.data.shards import write_shards

        write_shards(corpus, folder, shards)
    click.echo(folder)
