"""`ito doctor`: what is installed, whether the voices are whole, how fast this machine speaks."""

import json
import os
import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Any

import click

from itoaudio.cli.extras import extras
from itoaudio.cli.settings import config_path, mistake

SENTENCE = "The rain in Spain stays mainly in the plain."


@click.command("doctor")
@click.option(
    "--voice", metavar="NAME|FOLDER", show_default="the first found", help="Whose speed to measure."
)
@click.option("--threads", type=click.IntRange(1), show_default="cores, at most 4", help="CPU threads.")
@click.option("--json", "as_json", is_flag=True, help="Print it for programs.")
@click.pass_context
def command(context: click.Context, voice: str | None, threads: int | None, as_json: bool) -> None:
    """Look at the installation and measure its speed.

    Exit code 1 if a voice is damaged, none speaks, or config.toml has a mistake.
    """
    root = context.find_root().command
    assert isinstance(root, click.Group)
    report: dict[str, Any] = {
        "system": _system(threads),
        "packages": _packages(),
        "extras": _extras(),
        "settings": {"file": str(config_path()), "exists": config_path().is_file(), "error": mistake(root)},
        "voices": _voices(),
    }
    report["speed"] = _speed(voice, threads)
    click.echo(json.dumps(report, indent=1) if as_json else "\n".join(_shown(report)))
    wrong = report["settings"]["error"] or any(found["error"] for found in report["voices"])
    if wrong or "error" in report["speed"]:
        context.exit(1)


def _system(threads: int | None) -> dict[str, Any]:
    cores = os.cpu_count() or 1
    return {
        "itoaudio": version("itoaudio"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cores": cores,
        "threads": threads or min(cores, 4),
        "executable": sys.executable,
    }


def _packages() -> dict[str, str | None]:
    """Versions of what the base install needs."""
    names = [line.partition(";")[0] for line in requires("itoaudio") or [] if "extra ==" not in line]
    bare = [name.split("[")[0].strip() for name in (n.translate(_OPERATORS) for n in names)]
    return {name.split()[0]: _version(name.split()[0]) for name in bare}


_OPERATORS = str.maketrans(dict.fromkeys("<>=!~,", " "))


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _extras() -> dict[str, bool]:
    """Whether all of an extra is installed; and PyAV, which no extra asks for."""
    known = extras() | {"av": ["av"]}
    return {name: all(_version(package) for package in packages) for name, packages in known.items()}


def _voices() -> list[dict[str, Any]]:
    from itoaudio.runtime import VoiceError, known_voices
    from itoaudio.runtime.voice_folder import VoiceFolder

    found = []
    for name, path in known_voices().items():
        told: dict[str, Any] = {"name": name, "folder": str(path), "licence": None, "error": None}
        try:
            folder = VoiceFolder.open(path)
            told["licence"] = folder.spec.licence
            folder.verify()
        except VoiceError as error:
            told["error"] = str(error)
        found.append(told)
    return found


def _speed(voice: str | None, threads: int | None) -> dict[str, Any]:
    """Seconds, on this machine as busy as it is now."""
    from itoaudio.runtime import Voice, VoiceError

    begun = time.perf_counter()
    try:
        speaker = Voice.load(voice, threads=threads)
        next(speaker.stream(SENTENCE))
    except VoiceError as error:
        return {"error": str(error)}
    cold = time.perf_counter() - begun
    begun = time.perf_counter()
    stream = speaker.stream(SENTENCE)
    length = next(stream).audio.duration_seconds
    first = time.perf_counter() - begun
    length += sum(part.audio.duration_seconds for part in stream)
    taken = time.perf_counter() - begun
    return {
        "voice": speaker.spec.name,
        "preset": speaker.spec.default_preset,
        "load_and_first_sound_seconds": cold,
        "first_sound_seconds": first,
        "speech_seconds": length,
        "seconds": taken,
        "real_time_factor": taken / length,
    }


def _shown(report: dict[str, Any]) -> list[str]:
    system, speed = report["system"], report["speed"]
    rows = [
        f"itoaudio {system['itoaudio']}, Python {system['python']}, {system['platform']}",
        f"cores: {system['cores']}, threads: {system['threads']}",
        "packages: "
        + ", ".join(f"{name} {found or 'MISSING'}" for name, found in report["packages"].items()),
        "extras: " + ", ".join(f"{n} {'yes' if there else 'no'}" for n, there in report["extras"].items()),
    ]
    settings = report["settings"]
    rows.append(
        f"settings: {settings['error'] or settings['file'] + ('' if settings['exists'] else ' (none)')}"
    )
    for found in report["voices"]:
        rows.append(f"voice {found['name']}: {found['error'] or 'whole, ' + found['licence']}")
    if "error" in speed:
        return [*rows, f"speed: {speed['error']}"]
    rows.append(
        f"speed of {speed['voice']}, {speed['preset']}:"
        f" first sound {1000 * speed['first_sound_seconds']:.0f} ms"
        f" ({1000 * speed['load_and_first_sound_seconds']:.0f} ms with loading),"
        f" {speed['speech_seconds']:.2f} s of speech in {speed['seconds']:.2f} s"
        f" (real-time factor {speed['real_time_factor']:.3f})"
    )
    return rows
