"""`ito serve`: the voice over HTTP and Wyoming."""

from pathlib import Path

import click


class Alias(click.ParamType):
    """NAME=VOICE."""

    name = "alias"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """'alloy=kathleen' -> ('alloy', 'kathleen')."""
        alias, _, voice = value.partition("=")
        if not alias or not voice:
            self.fail(f"{value!r} is not NAME=VOICE, such as alloy=kathleen", param, ctx)
        return alias, voice


def check_host(host: str) -> None:
    """UsageError for an address that is not this machine's, before anything is loaded."""
    import socket

    try:
        family, _, _, _, address = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as door:
            door.bind(address)
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "no name"
        raise click.UsageError(
            f"--host {host}: {why}; give an address of this machine: 127.0.0.1, or 0.0.0.0 for all"
        ) from None


@click.command("serve")
@click.option("--host", default="127.0.0.1", help="Address to listen on; 0.0.0.0 lets the network in.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, help="0 takes a free one.")
@click.option("--wyoming-port", type=click.IntRange(0, 65535), help="For Home Assistant; usually 10200.")
@click.option("--voice", "voices", multiple=True, metavar="NAME|FOLDER", help="May be given several times.")
@click.option(
    "--alias", "aliases", type=Alias(), multiple=True, metavar="NAME=VOICE", help="Another name of a voice."
)
@click.option("--lexicon", metavar="FILE", help="Your own pronunciations, as of `ito say`.")
@click.option("--workers", type=click.IntRange(1, 64), show_default="half the cores, at most 4")
@click.option("--threads", type=click.IntRange(1), show_default="cores / workers, at most 4")
@click.option("--queue", type=click.IntRange(0, 10_000), default=32, help="Requests that may wait; then 503.")
@click.option(
    "--time-limit",
    type=click.FloatRange(0.001, 86_400),
    default=120.0,
    help="Seconds for a request, its wait included.",
)
@click.option("--max-characters", type=click.IntRange(1, 1_000_000), default=4096, help="Of one request.")
@click.option(
    "--max-seconds", type=click.FloatRange(1, 86_400), default=3600.0, help="Of the sound of one request."
)
@click.option("--max-steps", type=click.IntRange(1, 1000), default=64, help="Of a solver.")
@click.option(
    "--api-keys",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File of keys, one a line; without it everybody is let in.",
)
def command(
    host: str,
    port: int,
    wyoming_port: int | None,
    voices: tuple[str, ...],
    aliases: tuple[tuple[str, str], ...],
    lexicon: str | None,
    workers: int | None,
    threads: int | None,
    queue: int,
    time_limit: float,
    max_characters: int,
    max_seconds: float,
    max_steps: int,
    api_keys: Path | None,
) -> None:
    """Speak over HTTP: OpenAI's API, and a page at /. Ctrl-C or SIGTERM ends it when all is said.

    \b
    ito serve
    ito serve --host 0.0.0.0 --api-keys keys.txt --wyoming-port 10200
    """
    import os

    check_host(host)
    from itoaudio.serve.run import serve
    from itoaudio.serve.settings import ServerSettings, read_api_keys
    from itoaudio.serve.worker import WorkerSettings

    cores = os.cpu_count() or 1
    workers = workers or max(1, min(cores // 2, 4))
    threads = threads or max(1, min(cores // workers, 4))
    settings = ServerSettings(
        worker=WorkerSettings(
            voices=voices or (None,), threads=threads, lexicon=lexicon, max_seconds=max_seconds
        ),
        host=host,
        port=port,
        wyoming_port=wyoming_port,
        workers=workers,
        queue_size=queue,
        time_limit=time_limit,
        max_characters=max_characters,
        max_steps=max_steps,
        api_keys=read_api_keys(api_keys) if api_keys else (),
        aliases=dict(aliases),
    )
    serve(settings, announce=lambda address: click.echo(f"listening on {address}", err=True))
