"""A server under load while a worker is killed: is every request answered, how soon, and does memory stay?

    python benchmarks/server_load.py --voice kathleen --requests 1000 --at-once 8

Starts `ito serve` as a process of its own and asks it over loopback. Halfway one worker gets SIGKILL.
"""

import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import httpx

TEXTS = ("Hello.", "It is ten to four.", "The rain in Spain stays mainly in the plain.", "Yes, of course.")


@click.command()
@click.option("--voice", default="kathleen", show_default=True, help="Name or folder.")
@click.option("--requests", default=1000, show_default=True)
@click.option("--at-once", default=8, show_default=True)
@click.option("--workers", default=2, show_default=True)
@click.option("--threads", default=1, show_default=True, help="In each worker.")
@click.option("--preset", default="fast", show_default=True)
@click.option("--patience", default=120.0, show_default=True, help="Seconds after which a request hangs.")
def main(
    voice: str, requests: int, at_once: int, workers: int, threads: int, preset: str, patience: float
) -> None:
    """Print what became of each request; the exit code is 1 if one was lost or hung."""
    from itoaudio.runtime.voice_folder import VoiceFolder, find

    name = VoiceFolder.open(find(voice)).spec.name
    process, url = start(voice, name, workers, threads, at_once)
    try:
        with httpx.Client(base_url=url, timeout=patience) as client:
            answers = load(client, process.pid, requests, at_once, preset)
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(60)
    click.echo(f"the server ended with code {code}")
    lost = requests - len(answers) + sum(kind == "hung or broken" for kind, _ in answers)
    died = sum(kind == "500 worker_died" for kind, _ in answers)
    sys.exit(lost > 0 or code != 0 or died > 1)


def start(voice: str, name: str, workers: int, threads: int, queue: int) -> tuple[subprocess.Popen[str], str]:
    """The process and its address, once it listens."""
    command = [sys.executable, "-c", "from itoaudio.cli import main; main()", "serve", "--port", "0"]
    command += ["--voice", voice, "--workers", str(workers), "--threads", str(threads), "--queue", str(queue)]
    command += ["--alias", f"load={name}"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"listening on (http://\S+)", line):
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return process, found[1]
    raise SystemExit("the server did not start")


def load(client: httpx.Client, pid: int, requests: int, at_once: int, preset: str) -> list[tuple[str, float]]:
    """Ask, kill a worker halfway, print; what became of each request, with its seconds."""
    while client.get("/health").json()["workers_ready"] < client.get("/health").json()["workers"]:
        time.sleep(0.1)
    for text in TEXTS * 4:
        ask(client, text, 0, preset)
    before = memory(pid)
    victim = children(pid)[0]
    killer = threading.Thread(target=kill_halfway, args=(client, victim, requests // 2))
    killer.start()
    begun = time.perf_counter()
    with ThreadPoolExecutor(at_once) as threads:
        calls = [
            threads.submit(ask, client, TEXTS[number % len(TEXTS)], number, preset)
            for number in range(requests)
        ]
        answers = [call.result() for call in calls]
    taken = time.perf_counter() - begun
    killer.join()
    report(answers, taken, at_once)
    while client.get("/health").json()["workers_ready"] < client.get("/health").json()["workers"]:
        time.sleep(0.1)
    for text in TEXTS * 4:
        ask(client, text, 0, preset)
    after = memory(pid)
    click.echo("memory, MB (server, workers): before " + shown(before) + ", after " + shown(after))
    return answers


def ask(client: httpx.Client, text: str, seed: int, preset: str) -> tuple[str, float]:
    """What became of one request, and after how many seconds."""
    body = {"model": "itoaudio", "voice": "load", "input": text, "seed": seed, "preset": preset}
    begun = time.perf_counter()
    try:
        answer = client.post("/v1/audio/speech", json={**body, "response_format": "wav"})
    except httpx.HTTPError:
        return "hung or broken", time.perf_counter() - begun
    taken = time.perf_counter() - begun
    if answer.status_code == 200:
        whole = int(answer.headers["content-length"]) == len(answer.content) > 5000
        return ("200" if whole else "hung or broken"), taken
    return f"{answer.status_code} {answer.json()['error']['code']}", taken


def kill_halfway(client: httpx.Client, victim: int, count: int) -> None:
    """SIGKILL to `victim` when `count` requests are answered."""
    pattern = re.compile(r'itoaudio_requests_total\{method="POST".*status="200"\} (\S+)')
    while True:
        found = pattern.search(client.get("/metrics").text)
        if found and float(found[1]) >= count:
            break
        time.sleep(0.2)
    os.kill(victim, signal.SIGKILL)


def children(pid: int) -> list[int]:
    """Process ids of the workers."""
    return [int(found) for found in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def memory(pid: int) -> list[float]:
    """Resident MB of the server and of each worker."""
    found = []
    for process in (pid, *children(pid)):
        line = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
        found.append(int(line[1]) / 1024 if line else 0.0)
    return found


def shown(megabytes: list[float]) -> str:
    return " + ".join(f"{value:.0f}" for value in megabytes)


def report(answers: list[tuple[str, float]], taken: float, at_once: int) -> None:
    """Counts and percentiles."""
    good = sorted(seconds for kind, seconds in answers if kind == "200")
    cuts = statistics.quantiles(good, n=100, method="inclusive")
    counts = ", ".join(f"{count} x {kind}" for kind, count in Counter(kind for kind, _ in answers).items())
    click.echo(f"{len(answers)} requests, {at_once} at once, in {taken:.0f} s: {counts}")
    click.echo(f"latency of the good ones: p50 {cuts[49]:.2f} s, p95 {cuts[94]:.2f} s, p99 {cuts[98]:.2f} s")


if __name__ == "__main__":
    main()
