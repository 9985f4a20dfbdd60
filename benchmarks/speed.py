"""How soon and how fast a voice speaks, and what it takes: cold start by parts, real-time factor, memory.

    python benchmarks/speed.py --voice kathleen --threads 2

Each run is a process of its own; figures are medians. `cpu` is processor time, which other work on the
machine disturbs least; `wall` is what a user waits.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import click

SENTENCE = "The rain in Spain stays mainly in the plain."
LONG = " ".join([SENTENCE, "Nobody knows where the noise comes from, or where it goes."] * 4)

PARTS = """
import json, resource, sys, time
marks = []
def mark(name, **more):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    now = {"wall": time.perf_counter(), "cpu": time.process_time()}
    marks.append({"name": name, "peak": peak, **now, **more})
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
sound = voice.say(second, preset=preset)
mark("long text", seconds=sound.duration_seconds)
print(json.dumps(marks))
"""


@click.command()
@click.option("--voice", default="kathleen", show_default=True)
@click.option("--preset", default="balanced", show_default=True)
@click.option("--threads", default=2, show_default=True)
@click.option("--repeats", default=5, show_default=True)
def main(voice: str, preset: str, threads: int, repeats: int) -> None:
    """Print both tables."""
    runs = [parts(voice, preset, threads) for _ in range(repeats)]
    click.echo(f"{voice}, {preset}, {threads} threads, {os.cpu_count()} cores, {repeats} runs")
    click.echo(f"{'part':26}{'wall ms':>9}{'cpu ms':>9}{'peak MB':>9}{'RTF':>8}")
    for index in range(1, len(runs[0])):
        now, before = ([run[place] for run in runs] for place in (index, index - 1))
        wall, cpu = (median(1000 * (b[key] - a[key]) for a, b in zip(before, now)) for key in ("wall", "cpu"))
        seconds = now[0].get("seconds")
        factor = f"{wall / 1000 / seconds:8.4f}" if seconds else ""
        click.echo(f"{now[0]['name']:26}{wall:9.0f}{cpu:9.0f}{median(m['peak'] for m in now):9.0f}{factor}")
    wall, cpu, peak = (
        median(column) for column in zip(*(whole(voice, preset, threads) for _ in range(repeats)))
    )
    click.echo(f"{'ito say, start to file':26}{wall:9.0f}{cpu:9.0f}{peak:9.0f}")


def parts(voice: str, preset: str, threads: int) -> list[dict]:
    """The marks of one fresh process."""
    command = [sys.executable, "-c", PARTS, voice, preset, str(threads), SENTENCE, LONG]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def whole(voice: str, preset: str, threads: int) -> tuple[float, float, float]:
    """Wall ms, cpu ms and peak MB of `ito say "Hello."`."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = [
            "say",
            "Hello.",
            "-o",
            str(Path(folder) / "hello.wav"),
            "--voice",
            voice,
            "--preset",
            preset,
        ]
        code = (
            "import atexit, resource, sys, time; begun = time.perf_counter()\n"
            "def report():\n"
            "    used = resource.getrusage(resource.RUSAGE_SELF)\n"
            "    print(1000 * (time.perf_counter() - begun), 1000 * (used.ru_utime + used.ru_stime),"
            " used.ru_maxrss / 1024)\n"
            "atexit.register(report)\n"
            "from itoaudio.cli import main; main()"
        )
        command = [sys.executable, "-c", code, *arguments, "--threads", str(threads)]
        wall, cpu, peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(wall), float(cpu), float(peak)


def median(values) -> float:
    """Of any iterable of numbers."""
    return statistics.median(values)


if __name__ == "__main__":
    main()
