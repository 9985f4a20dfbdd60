"""Fixtures: folders of tiny sounds, listening tests made of them, a clock that waits at once."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))  # so that tests here may `import simulated_raters`

import simulated_raters

from itoaudio.listen.create import create


@pytest.fixture
def clock():
    return simulated_raters.Clock()


@pytest.fixture
def make_test(tmp_path):
    """A test folder of so many systems and sentences; further options are `create`'s."""

    def make(
        kind="mos", systems=("good", "fair", "poor"), items=6, *, reference=False, seconds=0.08, **options
    ):
        root = tmp_path / f"wavs-{kind}"
        names = [*systems, *(["reference"] if reference else [])]
        folders = simulated_raters.write_folders(root, names, items, seconds=seconds)
        recordings = folders.pop("reference", None)
        options = {"headphones": "skip", "practice": 0, "attention": 0, **options}
        create(tmp_path / kind, kind=kind, systems=folders, reference=recordings, **options)
        return tmp_path / kind

    return make
