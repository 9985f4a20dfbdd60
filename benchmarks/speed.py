"""How soon and how fast a voice speaks, and what it takes: cold start by parts, real-time factor, memory.

    python benchmarks/speed.py --voice kathleen --threads 2
    python benchmarks/speed.py --json speed.json      (beside Piper and hibari)

`ito say` and hibari's command, cold, take turns in the same run. Each run is a process of its own; figures
are medians. `cpu` is processor time, which other work on the machine disturbs least; `wall` is what a user
waits, from a running interpreter on. Rivals, from the environment that `make table` makes,
take turns with the voice, eight sentences each, in processes that are warmed up; `ratio_to_piper` is our
real-time factor over Piper's, the median over rounds.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import click

from itoaudio.evaluate.making import SystemFailed, Worker
from itoaudio.evaluate.systems import system
from itoaudio.evaluate.testlist import Item, read_texts

TEXTS = Path(__file__).parent / "texts/harvard.tsv"
SENTENCES = 8
PAUSE_SECONDS = 0.5  # onnxruntime's threads spin on when a rival has spoken: none shall lack a core for that
TWENTY_WORDS = (
    "The old man walked slowly down the narrow street and stopped before a small shop with two bright red"
    " windows."
)
SENTENCE = "The rain in Spain stays mainly in the plain."
LONG = " ".join([SENTENCE, "Nobody knows where the noise comes from, or where it goes."] * 4)

# The kernel's high-water mark: getrusage's begins at what the process that started this one held.
PEAK = """
def peak_megabytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
"""

PARTS = f"""{PEAK}
import json, sys, time
marks = []
def mark(name, **more):
    peak = peak_megabytes()
    now = dict(wall=time.perf_counter(), cpu=time.process_time())
    marks.append(dict(name=name, peak=peak, **now, **more))
mark("start")
voice_name, preset, threads, first, second = sys.argv[1:]
import itoaudio.runtime
mark("import the runtime")
voice = itoaudio.load(voice_name, threads=int(threads))
mark("load the voice")
from itoaudio.text import English
English().read("One.")
mark("load the text front end")
voice.build(preset=preset)
mark("build the graphs")
sound = voice.say(first, preset=preset)
mark("first sentence", seconds=sound.duration_seconds)
next(voice.stream(second, preset=preset))
mark("first sound of a long text")
sound = voice.say(second, preset=preset)
mark("long text", seconds=sound.duration_seconds)
print(json.dumps(marks))
"""


@click.command()
@click.option("--voice", default="kathleen", show_default=True)
@click.option("--preset", default="fast", show_default=True)
@click.option("--threads", default=2, show_default=True)
@click.option("--repeats", default=5, show_default=True)
@click.option(
    "--json", "output", type=click.Path(path_type=Path), help="Write the figures beside rivals' here."
)
@click.option("--rivals", default=".venv-rivals/bin/python", show_default=True, help="Python that has Piper.")
@click.option("--only-rivals", is_flag=True, help="Leave the tables of parts out.")
def main(
    voice: str,
    preset: str,
    threads: int,
    repeats: int,
    output: Path | None,
    rivals: str,
    only_rivals: bool,
) -> None:
    """Print the tables; with --json, the voice beside its rivals as well."""
    if not only_rivals:
        tables(voice, preset, threads, repeats)
    if output is not None or only_rivals:
        figures = beside(voice, preset, threads, repeats, rivals)
        figures["peak_memory_mb"] = median(
            whole(voice, preset, threads, TWENTY_WORDS)[2] for _ in range(min(repeats, 3))
        )
        click.echo(json.dumps(figures, indent=2))
        if output is not None:
            output.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def beside(voice: str, preset: str, threads: int, rounds: int, rivals: str) -> dict:
    """Real-time factors of the voice, Piper and hibari, in turns; a rival that cannot run says so."""
    specs = {"ito": f"voice:{voice},preset={preset}", "piper": "piper", "hibari": "hibari"}
    items = read_texts(TEXTS)[:SENTENCES]
    figures: dict = {"voice": voice, "preset": preset, "threads": threads, "rounds": rounds}
    with ExitStack() as open_workers:
        workers = {}
        for name, spec in specs.items():
            try:
                worker = Worker(system(spec, rivals=str(Path(rivals).absolute())), "read", threads)
                workers[name] = open_workers.enter_context(worker)
                worker.warm_up(items[0])
            except SystemFailed as error:
                if name == "ito":
                    raise click.ClickException(str(error)) from None
                click.echo(f"{name} CANNOT RUN: {error}", err=True)
                figures[f"missing_{name}"] = str(error)
        factors = [round_of(workers, items) for _ in range(rounds)]
    figures["rtf"] = median(each["ito"] for each in factors)
    for name in workers.keys() - {"ito"}:
        figures[f"rtf_{name}"] = median(each[name] for each in factors)
        figures[f"ratio_to_{name}"] = median(each["ito"] / each[name] for each in factors)
    return figures


def round_of(workers: dict[str, Worker], items: list[Item]) -> dict[str, float]:
    """Each system's real-time factor over all sentences, which it says in one go."""
    taken, sounded = dict.fromkeys(workers, 0.0), dict.fromkeys(workers, 0.0)
    for name, worker in workers.items():
        time.sleep(PAUSE_SECONDS)
        for item in items:
            answer = worker.ask(item, seed=0)
            taken[name] += answer["seconds"]
            sounded[name] += answer["sound_seconds"]
    return {name: taken[name] / sounded[name] for name in workers}


def tables(voice: str, preset: str, threads: int, repeats: int) -> None:
    """Parts of a cold start, and the command as a whole."""
    runs = [parts(voice, preset, threads) for _ in range(repeats)]
    click.echo(f"{voice}, {preset}, {threads} threads, {os.cpu_count()} cores, {repeats} runs")
    click.echo(f"{'part':26}{'wall ms':>9}{'cpu ms':>9}{'peak MB':>9}{'RTF':>8}")
    for index in range(1, len(runs[0])):
        now, before = ([run[place] for run in runs] for place in (index, index - 1))
        wall, cpu = (median(1000 * (b[key] - a[key]) for a, b in zip(before, now)) for key in ("wall", "cpu"))
        seconds = now[0].get("seconds")
        factor = f"{wall / 1000 / seconds:8.4f}" if seconds else ""
        click.echo(f"{now[0]['name']:26}{wall:9.0f}{cpu:9.0f}{median(m['peak'] for m in now):9.0f}{factor}")
    pairs = [(whole(voice, preset, threads), whole_hibari(threads)) for _ in range(repeats)]
    for name, runs in zip(("ito say", "hibari"), zip(*pairs)):
        wall, cpu, peak = (median(column) for column in zip(*runs))
        click.echo(f"{name + ', start to file':26}{wall:9.0f}{cpu:9.0f}{peak:9.0f}")


def parts(voice: str, preset: str, threads: int) -> list[dict]:
    """The marks of one fresh process."""
    command = [sys.executable, "-c", PARTS, voice, preset, str(threads), SENTENCE, LONG]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def whole(voice: str, preset: str, threads: int, text: str = "Hello.") -> tuple[float, float, float]:
    """Wall ms, cpu ms and peak MB of `ito say TEXT`."""
    options = ["--voice", voice, "--preset", preset, "--threads", str(threads)]
    return cold("itoaudio.cli", "say", text, *options)


def whole_hibari(threads: int, text: str = "Hello.") -> tuple[float, float, float]:
    """The same of hibari's own command."""
    return cold("hibari.cli", text, "--threads", str(threads))


def cold(module: str, *arguments: str) -> tuple[float, float, float]:
    """Wall ms, cpu ms and peak MB of the command `main` of `module`, from process start to a file."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "hello.wav"
        code = (
            f"{PEAK}"
            "import atexit, resource, sys, time; begun = time.perf_counter()\n"
            "def report():\n"
            "    used = resource.getrusage(resource.RUSAGE_SELF)\n"
            "    print(1000 * (time.perf_counter() - begun), 1000 * (used.ru_utime + used.ru_stime),"
            " peak_megabytes())\n"
            "atexit.register(report)\n"
            f"from {module} import main; main()"
        )
        command = [sys.executable, "-c", code, *arguments, "-o", str(target)]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert target.stat().st_size > 1000, module
    wall, cpu, peak = printed.split()[-3:]  # hibari prints its own line before
    return float(wall), float(cpu), float(peak)


def median(values) -> float:
    """Of any iterable of numbers."""
    return statistics.median(values)


if __name__ == "__main__":
    main()
