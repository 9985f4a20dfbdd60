"""`ito evaluate`: the paper's table for any voice, beside its rivals."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from itoaudio.evaluate.results import Results
    from itoaudio.evaluate.systems.table import Task
    from itoaudio.evaluate.testlist import Item

HARVARD = "benchmarks/texts/harvard.tsv"
CURVE_CLIPS = 10


@click.command("evaluate")
@click.argument("systems", nargs=-1, metavar="[SYSTEM]...")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("evaluation"), help="Folder for it all."
)
@click.option("--texts", type=click.Path(path_type=Path), help="Table `id<TAB>text`: read what stands there.")
@click.option(
    "--recordings",
    type=click.Path(path_type=Path),
    help="A run's .yaml or a manifest.jsonl (of them --part), or a folder with metadata.csv or NAME.txt.",
)
@click.option("--part", default="validation", help="Of a .yaml or .jsonl.")
@click.option("--task", "tasks", type=click.Choice(["copy", "read"]), multiple=True, show_default="both")
@click.option("--count", type=click.IntRange(1), help="Only the first COUNT items.")
@click.option("--seeds", type=click.IntRange(1), default=1, help="Noise seeds of each item.")
@click.option("--metrics", help="Only these, with commas between.", show_default="all")
@click.option(
    "--nfe", help="Numbers of steps, as 1,2,4,8: a curve of the first voice's exact networks, 10 items."
)
@click.option("--recogniser", type=click.Path(path_type=Path), help="Folder of a faster-whisper model.")
@click.option("--utmos", type=click.Path(path_type=Path), help="Folder of SpeechMOS with its weights.")
@click.option("--rivals", metavar="PYTHON", help="Python that has piper-tts and espeakng-loader.")
@click.option("--threads", type=click.IntRange(1), default=2, help="Of systems and judges.")
@click.option("--title", default="Evaluation of voices", help="Heading of the report.")
def command(
    systems: tuple[str, ...],
    output: Path,
    texts: Path | None,
    recordings: Path | None,
    part: str,
    tasks: tuple["Task", ...],
    count: int | None,
    seeds: int,
    metrics: str | None,
    nfe: str | None,
    recogniser: Path | None,
    utmos: Path | None,
    rivals: str | None,
    threads: int,
    title: str,
) -> None:
    """Measure SYSTEMs on a test list; write results.json, table.md and report.html.

    \b
    A SYSTEM is LABEL=KIND:TARGET,option=value,..., of which only KIND must be there:
      voice:NAME,preset=fast,steps=4   a voice of ours; A/V gives each model its own value
      presets:NAME                     every preset of it that differs from the others
      recordings, griffin-lim, world   copy synthesis without a network
      espeak, piper, hibari            rivals (the first two from --rivals)
      paper:RUN,steps=50,clips=5       the paper's waveform network
      folder:DIR                       audio that is there, ID.wav
      command:'prog -o {output} {text}'  also {text_file} {recording} {seed} {threads}
    Without any, all presets of the first voice, and the recordings.

    \b
    ito evaluate voice:kathleen piper --recordings my/corpus -o out
    """
    from itoaudio.evaluate import metrics as registry
    from itoaudio.evaluate.making import Making
    from itoaudio.evaluate.run import evaluate
    from itoaudio.evaluate.systems import presets, system

    items, test_list = _test_list(texts, recordings, part)
    named = _expanded(systems or (*(("recordings",) if recordings else ()), "presets:"), presets)
    chosen = [system(spec, rivals=rivals) for spec in named]
    chosen += [system(spec, curve=True) for spec in _curve(nfe, named)]
    labels = [one.label for one in chosen]
    if twice := [label for label in labels if labels.count(label) > 1]:
        raise click.UsageError(f"two systems are called {twice[0]!r}: give one a name, as NAME={twice[0]}")
    known = registry.metrics(registry.Settings(recogniser=recogniser, utmos=utmos, threads=threads))
    wanted = [name.strip() for name in metrics.split(",")] if metrics else list(known)
    if unknown := [name for name in wanted if name not in known]:
        raise click.UsageError(f"unknown metric {unknown[0]!r}; known: {', '.join(known)}")
    output.mkdir(parents=True, exist_ok=True)
    results = evaluate(
        chosen,
        items[:count],
        tasks or (("copy", "read") if recordings else ("read",)),
        {name: metric for name, metric in known.items() if name in wanted},
        Making(folder=output, seeds=range(seeds), threads=threads),
        title=title,
        command=shlex.join(["ito", *sys.argv[1:]]),
        test_list=test_list,
        say=lambda line: click.echo(line, err=True),
    )
    _deliver(results, output)


def _test_list(texts: Path | None, recordings: Path | None, part: str) -> tuple[list["Item"], str]:
    """What is to be spoken or copied, and how the report calls it."""
    from itoaudio.evaluate.testlist import read_recordings, read_texts

    if texts is not None and recordings is not None:
        raise click.UsageError("give --texts or --recordings, not both: one run has one test list")
    if recordings is not None:
        of_part = f", part {part}" if recordings.is_file() else ""
        return read_recordings(recordings, part=part), f"{recordings}{of_part}"
    if texts is None:
        raise click.UsageError(f"give a test list: --recordings FOLDER or --texts FILE (such as {HARVARD})")
    return read_texts(texts), str(texts)


def _deliver(results: "Results", output: Path) -> None:
    from itoaudio.evaluate.kept import forget
    from itoaudio.evaluate.report.markdown import markdown
    from itoaudio.evaluate.report.page import page
    from itoaudio.whole import write_whole

    results.write(output / "results.json")
    text = markdown(results)
    write_whole(output / "table.md", text)
    write_whole(output / "report.html", page(results, output))
    forget(output)
    click.echo(text)
    click.echo(f"{output / 'report.html'}: {results.seconds:.0f} s", err=True)


def _expanded(systems: tuple[str, ...], presets: Callable[[str | None], list[str]]) -> tuple[str, ...]:
    """`presets:NAME` as a voice:NAME,preset=... for each."""
    each = (presets(s.partition(":")[2] or None) if s.startswith("presets:") else [s] for s in systems)
    return tuple(spec for specs in each for spec in specs)


def _curve(nfe: str | None, named: tuple[str, ...]) -> list[str]:
    """Specs of a curve's points: the exact networks of the first voice, by steps of both models."""
    if nfe is None:
        return []
    voice = next((spec.split(":")[1].split(",")[0] for spec in named if spec.startswith("voice:")), None)
    if voice is None:
        raise click.UsageError("--nfe needs a voice:NAME among the systems")
    try:
        steps = [int(part) for part in nfe.split(",")]
    except ValueError:
        raise click.BadParameter(
            f"{nfe!r}: give whole numbers with commas between", param_hint="--nfe"
        ) from None
    way = f"voice:{voice},preset=exact,variant=exact,clips={CURVE_CLIPS}"
    return [f"curve {number}={way},steps={number}" for number in steps]
