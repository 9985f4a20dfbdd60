"""Ctrl-C and SIGTERM: cleaned up, with a code of its own."""

import signal

import pytest
from click.testing import CliRunner

from itoaudio.cli import main


def run(*arguments, **more):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], **more)


def test_an_interruption_is_130(toy_folder, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("itoaudio.runtime.Voice.stream", interrupted)
    done = run("say", "Hello.", "-o", tmp_path / "out.wav", "--voice", toy_folder)
    assert done.exit_code == 130
    assert done.stderr.splitlines()[-1] == "ito: error: interrupted"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["say", "Hello."], ["vocode", "-"]])
def test_a_termination_cleans_up_and_is_143(toy_folder, tmp_path, monkeypatch, recording, command):
    """As Ctrl-C, and what was set for SIGTERM before is set again."""
    before = sorted(tmp_path.iterdir())
    former = signal.getsignal(signal.SIGTERM)

    def terminated(writer, *_):
        assert len(list(tmp_path.iterdir())) > len(before)  # the half file, aside
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr("itoaudio.audio.writer.SoundWriter.write", terminated)
    where = ["-o", tmp_path / "out.wav", "--voice", toy_folder]
    if command[0] == "vocode":
        monkeypatch.setattr("itoaudio.runtime.Audio.encode", lambda *_: signal.raise_signal(signal.SIGTERM))
    done = run(*command, *where, input=recording.read_bytes())
    assert done.exit_code == 143
    assert done.stderr.splitlines()[-1] == "ito: error: terminated"
    assert sorted(tmp_path.iterdir()) == before
    assert signal.getsignal(signal.SIGTERM) is former
