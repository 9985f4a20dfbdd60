"""`ito prepare`: a corpus to features."""

from pathlib import Path

import click


@click.command("prepare")
@click.argument("config", type=click.Path(path_type=Path))
@click.option("--cache", type=click.Path(path_type=Path), default=Path("cache"), help="Where features lie.")
@click.option("--workers", type=click.IntRange(1), default=2, help="Processes.")
def command(config: Path, cache: Path, workers: int) -> None:
    """Check the corpus of CONFIG and make its features; the folder is written to stdout."""
    from itoaudio.data.config import CorpusConfig
    from itoaudio.data.prepare import prepare
    from itoaudio.strict import ConfigError, convert
    from itoaudio.train.config import read_yaml

    run = read_yaml(config)
    if not isinstance(run, dict) or "corpus" not in run:
        raise ConfigError(f"{config}: holds no section `corpus`")
    corpus = convert(run["corpus"], CorpusConfig, source=str(config))
    click.echo(prepare(corpus, cache, workers=workers))
