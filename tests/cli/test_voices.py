"""`ito voices`."""

import json
import shutil

import pytest
from click.testing import CliRunner

from itoaudio.cli import main
from itoaudio.runtime import voice_folder
from itoaudio.sde import PREDICTORS


@pytest.fixture
def run(tmp_path, monkeypatch, toy_folder):
    shutil.copytree(toy_folder, tmp_path / "toy")
    monkeypatch.setattr(voice_folder, "EMBEDDED", tmp_path)
    monkeypatch.setattr(voice_folder, "user_voices", lambda: tmp_path / "none")
    return lambda *arguments: CliRunner().invoke(main, ["voices", *arguments])


def test_list(run, tmp_path):
    assert run("list").stdout == f"toy\ten-US\tCC0-1.0\t{tmp_path / 'toy'}\n"


def test_a_damaged_voice_is_named_and_the_others_still_listed(run, tmp_path):
    shutil.copytree(tmp_path / "toy", tmp_path / "cut")
    (tmp_path / "cut" / "voice.json").write_text('{"format_version": 1', encoding="utf-8")
    done = run("list")
    assert done.exit_code == 1
    assert done.stdout == f"toy\ten-US\tCC0-1.0\t{tmp_path / 'toy'}\n"
    assert done.stderr.startswith(f"cut: {tmp_path / 'cut' / 'voice.json'}: ")
    done = run("list", "--json")
    assert done.exit_code == 1
    cut, toy = json.loads(done.stdout)
    assert (cut["name"], cut["licence"], "voice.json" in cut["error"]) == ("cut", None, True)
    assert (toy["name"], toy["licence"], toy["error"]) == ("toy", "CC0-1.0", None)


def test_show(run):
    shown = run("show", "toy").stdout
    assert shown.startswith("toy: en-US, 22050 Hz, CC0-1.0")
    assert "preset balanced (default): acoustic 2 x dpm_solver_pp_2m (few" in shown
    assert run("show").stdout == shown


def test_verify(run, tmp_path):
    assert run("verify", "toy").stdout == "toy: 10 files are whole, all graphs can run\n"
    path = tmp_path / "toy" / "vocoder_score_exact.onnx"
    path.write_bytes(path.read_bytes() + b"x")
    done = run("verify", "toy")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "vocoder_score_exact.onnx is damaged" in done.stderr


def test_samplers(run):
    assert all(name in run("samplers").stdout for name in PREDICTORS)
