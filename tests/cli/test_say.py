"""`ito say` and `ito vocode`: what goes in, what comes out, what is refused."""

import io

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from itoaudio.cli import main


def run(*arguments, **more):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], **more)


@pytest.fixture
def recording(tmp_path):
    """Stereo at 44.1 kHz."""
    path = tmp_path / "in.flac"
    soundfile.write(path, 0.1 * np.random.default_rng(0).standard_normal((22050, 2)), 44100)
    return path


def test_a_text_becomes_a_file(toy_folder, tmp_path):
    done = run("say", "Hello.", "-o", tmp_path / "out.wav", "--voice", toy_folder)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == ""
    assert "out.wav" in done.stderr
    assert soundfile.info(tmp_path / "out.wav").samplerate == 22050


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_stdin_to_stdout(toy_folder, tmp_path, arguments):
    done = run("say", *arguments, "-o", "-", "--voice", toy_folder, input="Hello.")
    assert done.exit_code == 0, done.stderr
    run("say", "Hello.", "-o", tmp_path / "out.wav", "--voice", toy_folder)
    assert done.stdout_bytes == (tmp_path / "out.wav").read_bytes()


def test_vocode_any_rate_channels_and_format(toy_folder, tmp_path, recording):
    done = run("vocode", recording, "-o", tmp_path / "out.ogg", "--voice", toy_folder, "--steps", ",4")
    assert done.exit_code == 0, done.stderr
    info = soundfile.info(tmp_path / "out.ogg")
    assert (info.samplerate, info.channels) == (22050, 1)
    assert info.duration == pytest.approx(0.5, abs=0.01)


def test_vocode_from_stdin_to_stdout(toy_folder, recording):
    done = run("vocode", "-", "-o", "-", "--voice", toy_folder, input=recording.read_bytes())
    assert done.exit_code == 0, done.stderr
    assert len(soundfile.read(io.BytesIO(done.stdout_bytes))[0]) == 11025


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["say", ""], 1, "nothing to say"),
        (["say", "…"], 1, "nothing to say"),
        (["say", "Hello.", "--steps", "0"], 1, "steps = 0"),
        (["say", "Hello.", "--steps", "four"], 2, "'four' is not a whole number"),
        (["say", "Hello.", "--sampler", "heun_folw"], 1, "nearest: 'heun_flow'"),
        (["say", "Hello.", "--preset", "balancd"], 1, "nearest: 'balanced'"),
        (["say", "Hello.", "--speed", "9"], 1, "speed = 9.0: it must be from 0.25 to 4.0"),
        (["say", "Hello.", "--voice", "nobody"], 1, "no voice 'nobody'"),
        (["say", "Hello.", "--stpes", "4"], 2, "--steps"),
        (["say", "Hello.", "-o", "out.txt"], 1, "'.txt'"),
        (["say", "Hello.", "-o", "no/where/out.wav"], 2, "there is no folder no/where"),
        (["vocode", "missing.wav"], 1, "missing.wav: No such file"),
        (["vocode", "text.wav"], 1, "text.wav: not an audio file"),
        (["vocode", "empty.wav"], 1, "empty.wav: holds no sound"),
        (["shout", "Hello."], 2, "No such command 'shout'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_users_mistake_is_one_line_on_stderr(toy_folder, tmp_path, monkeypatch, arguments, code, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.wav").write_text("no sound")
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 22050)
    before = sorted(tmp_path.iterdir())
    if arguments[0] != "shout" and "--voice" not in arguments:
        arguments = [*arguments, "--voice", toy_folder]
    done = run(*arguments)
    assert done.exit_code == code, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("ito: error: ")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_a_failure_leaves_the_old_file(toy_folder, tmp_path):
    (tmp_path / "out.wav").write_bytes(b"old")
    assert (
        run("say", "Hello.", "-o", tmp_path / "out.wav", "--voice", toy_folder, "--steps", 0).exit_code == 1
    )
    assert (tmp_path / "out.wav").read_bytes() == b"old"


def test_an_interruption_is_130(toy_folder, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("itoaudio.runtime.Voice.stream", interrupted)
    done = run("say", "Hello.", "-o", tmp_path / "out.wav", "--voice", toy_folder)
    assert done.exit_code == 130
    assert done.stderr.splitlines()[-1] == "ito: error: interrupted"
    assert list(tmp_path.iterdir()) == []


def test_very_verbose_shows_the_traceback(toy_folder):
    done = run("-vv", "say", "Hello.", "--steps", 0, "--voice", toy_folder)
    assert isinstance(done.exception, ValueError)
