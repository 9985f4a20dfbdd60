"""Ten examples of one idea each: short, and they run, with the toy voice for the embedded one."""

import runpy
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "examples"
FIGURE = "sde_zoo.py"  # a figure of docs/, made with matplotlib
EXAMPLES = sorted(path for path in FOLDER.glob("*.py") if path.name != FIGURE)
LONGEST = 30
SILENT = {"phonemes", "stream"}  # these print what they show


def test_there_are_ten():
    assert len(EXAMPLES) >= 10


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_short_and_runs(path, toy_folder, tmp_path, monkeypatch, capsys):
    assert len(path.read_text(encoding="utf-8").splitlines()) < LONGEST
    monkeypatch.setattr("itoaudio.runtime.voice_folder.EMBEDDED", toy_folder.parent)
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(path))
    written = [entry.name for entry in tmp_path.iterdir()]
    assert bool(written) == (path.stem not in SILENT)
    assert all(name.startswith(path.stem.rstrip("s")) for name in written)
    assert written or capsys.readouterr().out
