"""Real trainings of every kind, each in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .tones import make_corpus, write_config

Train = Callable[..., dict]


@pytest.fixture(scope="session")
def tones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a corpus of six tones. Read only."""
    folder = tmp_path_factory.mktemp("tones")
    make_corpus(folder)
    return folder


@pytest.fixture(scope="module")
def train(tones: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Train]:
    """`ito train KIND` of a tiny run of a name; answers code, stdout, stderr and the run's folder. end: a
    signal and the steps after which it comes; `more` are sections of the config."""
    root = tmp_path_factory.mktemp("training")
    nursery = subprocess.Popen(
        [sys.executable, Path(__file__).parent / "nursery.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )

    def run(kind: str, name: str, *, end: tuple[str, int] | None = None, **more: object) -> dict:
        config = root / f"{name}.yaml"
        write_config(config, tones, **more)
        places = ["--runs", str(root / "runs"), "--cache", str(root / "cache"), "--threads", "1"]
        words = ["train", kind, str(config), *places]
        assert nursery.stdin
        assert nursery.stdout
        nursery.stdin.write(json.dumps({"words": words, "end": end}) + "\n")
        nursery.stdin.flush()
        return {**json.loads(nursery.stdout.readline()), "folder": root / "runs" / name}

    with nursery:
        yield run
