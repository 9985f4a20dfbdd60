"""Wheel, sdist and container: what they hold and weigh, and that the wheel alone speaks without a network."""

import json
import os
import re
import shlex
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
import soundfile

from itoaudio.cli import main

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SOUND = {".wav", ".flac", ".mp3", ".ogg", ".opus", ".pcm", ".ckpt", ".pt", ".safetensors"}
BASE = {
    "cffi",
    "click",
    "flatbuffers",
    "hibari-tts",
    "msgspec",
    "numpy",
    "onnxruntime",
    "packaging",
    "platformdirs",
}
BASE |= {"protobuf", "pycparser", "soundfile", "soxr", "threadpoolctl", "typing-extensions", "itoaudio"}
MEGABYTE = 2**20
MOST_OURS = 40 * MEGABYTE
MOST_IN_ALL = 200 * MEGABYTE  # after a first sentence, with the bytecode that it left
SEEDS = {"pip", "setuptools"}  # of every new environment
ROUNDING = 0.05  # what a size in the documents may differ from the measured one, in parts
ROW = r"^\| ([\w `-]+) \| (\d+) MB \| (\d+) MB \| (\d+) MB \|"

NO_SOCKETS = """
import sys

def refuse(event, arguments):
    if event in ("socket.__new__", "socket.connect", "socket.bind", "socket.getaddrinfo"):
        raise OSError("sockets are forbidden here")

sys.addaudithook(refuse)
"""
SIZES = """
import json, os, sysconfig
from collections import defaultdict
from importlib.metadata import distributions

# [bytes on the disk as `du` counts them, those of bytecode among them] of each package in site-packages
place = sysconfig.get_paths()["purelib"]
files = [(one.name.lower().replace("_", "-"), file) for one in distributions() for file in one.files or ()]
owners = {file.parts[0]: name for name, file in files}
sizes = defaultdict(lambda: [0, 0])
for folder, _, names in os.walk(place):
    for path in [folder, *(os.path.join(folder, name) for name in names)]:
        top, used = os.path.relpath(path, place).split(os.sep)[0], 512 * os.lstat(path).st_blocks
        kept = sizes[owners.get(top, "others")]
        kept[0] += used
        kept[1] += used if "__pycache__" in path else 0
print(json.dumps(sizes))
"""


def python_floor(specifier):
    """'>=3.11' -> (3, 11)."""
    found = re.search(r">=\s*3\.(\d+)", specifier or "")
    return (3, int(found[1])) if found else (3, 0)


def test_declared_pythons_are_those_of_the_pinned_dependencies():
    names = [re.split(r"[<>=\[ ]", line)[0] for line in PROJECT["dependencies"]]
    floors = [python_floor(distribution(name).metadata["Requires-Python"]) for name in names]
    assert python_floor(PROJECT["requires-python"]) == max(floors)


def test_the_container_copies_what_is_there_and_serves():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]
    copied = [shlex.split(rest)[:-1] for word, rest in lines if word == "COPY" and "--from" not in rest]
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert sorted(name.removeprefix("./") for names in copied for name in names) == sorted(kept)
    assert all((ROOT / name).exists() for name in kept)
    users = [rest for word, rest in lines if word == "USER"]
    assert users == [next(rest for word, rest in lines if word == "RUN" and "useradd" in rest).split()[-2]]
    program, command, *arguments = json.loads(next(rest for word, rest in reversed(lines) if word == "CMD"))
    assert program == "ito"
    context = main.get_command(None, command).make_context(command, arguments)
    assert context.params["host"] == "0.0.0.0"
    assert ["EXPOSE", str(context.params["port"])] in lines


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """Folder with wheel and sdist, made as `make dist` makes them."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def alone(packages, tmp_path_factory):
    """Environment with the wheel and what it asks for, in which no socket can be opened."""
    folder = tmp_path_factory.mktemp("alone") / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    wheel = next(packages.glob("*.whl"))
    install = ["-m", "pip", "install", "-q", "--no-compile", "-c", str(ROOT / "constraints.txt"), str(wheel)]
    subprocess.run([folder / "bin" / "python", *install], check=True)
    libraries = next((folder / "lib").glob("python*")) / "site-packages"
    (libraries / "sitecustomize.py").write_text(NO_SOCKETS)
    return folder


def run(*command, folder):
    """In an empty folder, with nothing of this environment's settings."""
    environment = {"PATH": os.defpath, "HOME": str(folder), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_the_voice(packages):
    names = zipfile.ZipFile(next(packages.glob("*.whl"))).namelist()
    source = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*.py")}
    assert source <= set(names)
    assert "itoaudio/voices/kathleen/voice.json" in names
    assert "itoaudio/py.typed" in names
    assert [name for name in names if not name.startswith(("itoaudio/", "itoaudio-"))] == []
    assert [name for name in names if Path(name).suffix in SOUND] == []


@pytest.mark.slow
def test_the_sdist_leaves_out_checkpoints_prompts_runs_and_sound(packages):
    with tarfile.open(next(packages.glob("*.tar.gz"))) as archive:
        names = [name.split("/", 1)[1] for name in archive.getnames() if "/" in name]
    assert {"pyproject.toml", "LICENSE", "src/itoaudio/__init__.py", "tests/test_packages.py"} <= set(names)
    assert {name.split("/")[0] for name in names} & {
        "checkpoints",
        "prompts",
        "runs",
        "cache",
        "site",
    } == set()
    assert [name for name in names if Path(name).suffix in SOUND | {".pyc"}] == []


@pytest.mark.slow
def test_the_wheel_alone_speaks_with_sockets_forbidden(alone, tmp_path):
    code, _, told = run(alone / "bin" / "python", "-c", "import socket; socket.socket()", folder=tmp_path)
    assert code == 1
    assert "sockets are forbidden here" in told
    said = run(alone / "bin" / "ito", "say", "Hello from an empty room.", "-o", "hello.wav", folder=tmp_path)
    assert said[0] == 0, said[2]
    samples, rate = soundfile.read(tmp_path / "hello.wav")
    assert 0.8 < len(samples) / rate < 6
    assert abs(samples).max() > 0.05


def sizes_of(environment, folder):
    """Package -> [bytes, of which bytecode] of what was installed into an environment."""
    code, told, error = run(environment / "bin" / "python", "-c", SIZES, folder=folder)
    assert code == 0, error
    return {name: size for name, size in json.loads(told).items() if name not in SEEDS}


@pytest.mark.slow
def test_the_installed_size_is_the_one_that_is_told(alone, tmp_path, capsys):
    said = run(alone / "bin" / "ito", "say", "Hello.", "-o", "hello.wav", folder=tmp_path)
    assert said[0] == 0, said[2]
    spoken = sizes_of(alone, tmp_path)
    libraries = next((alone / "lib").glob("python*")) / "site-packages"
    run(alone / "bin" / "python", "-m", "compileall", "-qq", libraries, folder=tmp_path)  # as pip's default
    compiled = sizes_of(alone, tmp_path)
    assert set(spoken) <= BASE | {"others"}
    sizes = {name: [size - code, size, compiled[name][0]] for name, (size, code) in spoken.items()}
    sizes["in all"] = [sum(column) for column in zip(*sizes.values())]
    with capsys.disabled():
        for name, size in sizes.items():
            print(*(f"{one / MEGABYTE:7.1f}" for one in size), "MB ", name)
    assert sizes["itoaudio"][0] <= MOST_OURS
    assert sizes["in all"][1] <= MOST_IN_ALL
    for page in ("README.md", "docs/packaging.md"):
        rows = re.findall(ROW, (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
        shown = {name.strip("` "): [*map(float, columns)] for name, *columns in rows}
        for name in ("itoaudio", "numpy", "onnxruntime", "hibari-tts", "in all"):
            measured = [size / MEGABYTE for size in sizes[name]]
            assert shown[name] == pytest.approx(measured, rel=ROUNDING, abs=0.6), (page, name)
