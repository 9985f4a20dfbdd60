"""`ito doctor` and `ito completion`."""

import json
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from itoaudio.cli import main
from itoaudio.cli.completion import SHELLS
from itoaudio.runtime import voice_folder


@pytest.fixture
def run(tmp_path, monkeypatch, toy_folder):
    shutil.copytree(toy_folder, tmp_path / "toy")
    monkeypatch.setattr(voice_folder, "EMBEDDED", tmp_path)
    monkeypatch.setattr(voice_folder, "user_voices", lambda: tmp_path / "none")
    return lambda *arguments: CliRunner().invoke(main, ["doctor", *arguments])


def test_json(run):
    done = run("--json", "--threads", "1")
    assert done.exit_code == 0, done.stdout
    told = json.loads(done.stdout)
    assert told["system"]["threads"] == 1
    assert all(told["packages"].values())
    assert {"play", "watch", "train", "listen", "serve", "cluster", "evaluate", "av"} == told["extras"].keys()
    assert told["settings"]["error"] is None
    assert {"numpy", "onnxruntime", "hibari-tts"} <= told["packages"].keys()
    assert told["voices"][0]["name"] == "toy"
    assert told["voices"][0]["error"] is None
    speed = told["speed"]
    assert speed["real_time_factor"] == pytest.approx(speed["seconds"] / speed["speech_seconds"])
    assert 0 < speed["first_sound_seconds"] <= speed["seconds"]


def test_for_people(run):
    shown = run("--threads", "1").stdout
    assert "voice toy: whole, CC0-1.0" in shown
    assert "real-time factor" in shown
    assert "MISSING" not in shown


def test_a_damaged_voice_is_named_and_the_rest_still_told(run, tmp_path):
    path = tmp_path / "toy" / "acoustic_text.onnx"
    path.write_bytes(path.read_bytes()[:-1])
    done = run("--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert "acoustic_text.onnx is damaged" in told["voices"][0]["error"]
    assert "damaged" in told["speed"]["error"]
    assert told["packages"]


@pytest.mark.parametrize("text", ["[say]\nstpes = 3", "[syn]", "[say", "[doctor]\nthreads = 'two'"])
def test_a_mistake_in_the_settings_is_told_and_stops_nothing(run, tmp_path, monkeypatch, text):
    monkeypatch.setattr("click.get_app_dir", lambda name: str(tmp_path))
    (tmp_path / "config.toml").write_text(text)
    if "threads" in text:
        assert "config.toml" in run().stderr  # its own table is another matter
        return
    done = run("--json", "--threads", "1")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert "config.toml" in told["settings"]["error"]
    assert told["speed"]["voice"] == "toy"


def test_no_voice(run, tmp_path):
    shutil.rmtree(tmp_path / "toy")
    done = run()
    assert done.exit_code == 1
    assert "speed: no voice" in done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_scripts(shell):
    done = CliRunner().invoke(main, ["completion", shell])
    assert done.exit_code == 0
    assert "_ITO_COMPLETE" in done.stdout


def test_the_shell_is_answered():
    """As bash asks: which words go on from here."""
    code = "from itoaudio.cli import main; main()"
    asked = {"_ITO_COMPLETE": "bash_complete", "COMP_WORDS": "ito say --format-in ", "COMP_CWORD": "3"}
    done = subprocess.run([sys.executable, "-c", code], env=asked, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["plain,auto", "plain,text", "plain,markdown", "plain,ssml"]
