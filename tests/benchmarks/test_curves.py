"""Training curves: no logged value is lost, and a run without any is named."""

import sys
from pathlib import Path

from click.testing import CliRunner

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

import curves  # noqa: E402


def test_the_last_values_are_drawn():
    assert curves.smooth([1, 2, 3, 4, 5, 6], [1.0, 1.0, 1.0, 1.0, 3.0, 5.0]) == ([2.5, 5.5], [1.0, 4.0])
    assert curves.smooth([1], [2.0]) == ([1.0], [2.0])


def test_runs_whose_folders_share_a_name_are_two(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(curves, "read", lambda log: drawn.append(log) or {"validation/loss": ([1], [1.0])})
    runs = [tmp_path / "a" / "run", tmp_path / "b" / "run"]
    for run in runs:
        run.mkdir(parents=True)
    done = CliRunner().invoke(curves.main, [*map(str, runs), "--picture", str(tmp_path / "curves.svg")])
    assert done.exit_code == 0, done.output
    assert drawn == [run / "log" for run in runs]
    picture = (tmp_path / "curves.svg").read_text(encoding="utf-8")
    assert [run for run in runs if f"<!-- {run} -->" not in picture] == []


def test_a_run_without_curves_is_named(tmp_path):
    (tmp_path / "log").mkdir()
    done = CliRunner().invoke(curves.main, [str(tmp_path), "--picture", str(tmp_path / "curves.png")])
    assert done.exit_code == 1
    assert f"{tmp_path}: its log holds no curves" in done.output
    assert not (tmp_path / "curves.png").exists()
