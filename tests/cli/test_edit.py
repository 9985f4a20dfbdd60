"""`ito edit`: files in and out, and mistakes in one line."""

import json

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from itoaudio.cli import main

OLD, NEW = "The cat sat on the old mat.", "The cat sat on the blue mat."


def run(*arguments, **more):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], **more)


@pytest.fixture(scope="module")
def take(toy_folder, tmp_path_factory):
    path = tmp_path_factory.mktemp("take") / "take.wav"
    assert run("say", OLD, "-o", path, "--voice", toy_folder).exit_code == 0
    return path


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_samples_outside_the_change_are_the_files(toy_folder, take, tmp_path, suffix):
    out = tmp_path / f"out{suffix}"
    done = run("edit", take, "--text", OLD, "--new", NEW, "-o", out, "--json", "--voice", toy_folder)
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    first, last = told["spans"][0], told["spans"][-1]
    old, new = (soundfile.read(path, dtype="int16")[0] for path in (take, out))
    assert told["sample_rate"] == 22050
    assert np.array_equal(new[: first["start"]], old[: first["old_start"]])
    assert np.array_equal(new[last["stop"] :], old[last["old_stop"] :])
    assert "new from" in done.stderr


def test_the_kind_of_file_and_the_volume_of_the_new_words(toy_folder, take, tmp_path):
    where = ["--text", OLD, "--new", NEW, "-o", tmp_path / "out.dat", "--json", "--voice", toy_folder]
    loudness = []
    for volume in (0, -20):
        done = run("edit", take, *where, "--format", "flac", "--volume", volume)
        assert done.exit_code == 0, done.stderr
        span = json.loads(done.stdout)["spans"][0]
        sound = soundfile.read(tmp_path / "out.dat")[0][span["start"] : span["stop"]]
        loudness.append(np.abs(sound).mean())
    assert (tmp_path / "out.dat").read_bytes().startswith(b"fLaC")
    assert loudness[1] < loudness[0]


def test_stdin_to_stdout(toy_folder, take, tmp_path):
    done = run(
        "edit", "-", "--text", OLD, "--new", NEW, "-o", "-", "--voice", toy_folder, input=take.read_bytes()
    )
    assert done.exit_code == 0, done.stderr
    assert done.stdout_bytes.startswith(b"RIFF")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["take", "--text", OLD, "--new", OLD], 1, "nothing to edit"),
        (["take", "--text", OLD], 2, "--new"),
        (["take", "--text", OLD, "--new", NEW, "-o", "-", "--json"], 2, "both write to stdout"),
        (["stereo", "--text", OLD, "--new", NEW], 1, "2 channels"),
        (["short", "--text", OLD, "--new", NEW], 1, "too short for"),
        (["missing", "--text", OLD, "--new", NEW], 1, "No such file"),
        (["text", "--text", OLD, "--new", NEW], 1, "Error opening text.wav:"),
        (["take", "--text", OLD, "--new", NEW, "-o", "a.xyz"], 2, "'.xyz'"),
        (["take", "--text", OLD, "--new", NEW, "--steps", "0"], 2, "steps = 0"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_one_line(toy_folder, take, tmp_path, monkeypatch, arguments, code, message):
    monkeypatch.chdir(tmp_path)
    soundfile.write("stereo.wav", np.zeros((22050, 2)), 22050)
    soundfile.write("short.wav", np.zeros(2205), 22050)
    (tmp_path / "text.wav").write_text("no sound")
    before = sorted(tmp_path.iterdir())
    name, *rest = arguments
    done = run("edit", take if name == "take" else f"{name}.wav", *rest, "--voice", toy_folder)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (code, "", 1), done.stderr
    assert message in done.stderr
    assert sorted(tmp_path.iterdir()) == before
