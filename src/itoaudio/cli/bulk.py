"""`ito say --batch URL -d URL [--ray ADDRESS]`: a library of texts to shards of sound, with one line on how
it goes after each shard."""

import time
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from itoaudio.bulk import Summary

ray_option = click.option(
    "--ray", metavar="ADDRESS", help="Speak --batch on a Ray cluster (auto, HOST:6379) into shards below -d."
)
processes_option = click.option(
    "--processes",
    type=click.IntRange(0),
    metavar="N",
    help="Speak --batch with N processes here into shards below -d; 0 is this one alone.",
)
shard_option = click.option(
    "--shard-lines", type=click.IntRange(1), default=256, help="Lines of --batch in a shard."
)


def meant(batch: str | None, folder: str | None, ray: str | None, processes: int | None) -> bool:
    """Whether a batch goes into shards: where it is asked for, and wherever a URL is read or written."""
    asked = ray is not None or processes is not None
    if batch is None or folder is None:
        if asked:
            raise click.UsageError("--ray and --processes speak a list of texts: give --batch and -d too")
        sharded = False
    else:
        sharded = asked or "://" in batch or "://" in folder
    source = click.get_current_context().get_parameter_source("shard_lines")
    if source is ParameterSource.COMMANDLINE and not sharded:
        raise click.UsageError("--shard-lines is of a --batch into shards: give --processes or --ray")
    return sharded


def run(batch: str, folder: str, **job: Any) -> int:
    """Speak all lines; how many have no sound. `job` is what `itoaudio.bulk.speak` takes."""
    from itoaudio.bulk import speak

    begun = time.perf_counter()

    def report(summary: "Summary") -> None:
        click.echo(_line(summary, time.perf_counter() - begun), err=True)

    summary = speak(batch, folder, report=report, **job)
    for name, reason in summary.failed.items():
        click.echo(f"{name}: {reason}", err=True)
    return len(summary.failed)


def _line(summary: "Summary", seconds: float) -> str:
    """Where a job stands, and the real-time factor of each machine's workers."""
    nodes = "; ".join(
        f"{name}: {node.shards} shards, RTF {node.real_time_factor:.3f}"
        for name, node in sorted(summary.nodes.items())
    )
    done = f"{summary.done}/{summary.lines} lines, {summary.audio_seconds / 3600:.2f} h of sound"
    return f"{done} after {seconds:.0f} s" + (f"; {nodes}" if nodes else "")
