"""`ito vocode`: any recording in, a file or a stream out."""

import io

import pytest
import soundfile
from click.testing import CliRunner

from itoaudio.cli import main


def run(*arguments, **more):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], **more)


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


@pytest.mark.parametrize("kind", ["wav", "mp3", "ogg"])
def test_what_came_through_a_pipe_can_be_vocoded(toy_folder, tmp_path, kind):
    piped = run("say", "Hello.", "-o", "-", "--format", kind, "--voice", toy_folder).stdout_bytes
    done = run("vocode", "-", "-o", tmp_path / "out.wav", "--voice", toy_folder, input=piped)
    assert done.exit_code == 0, done.stderr
    assert soundfile.info(tmp_path / "out.wav").duration == pytest.approx(9 * 5 * 256 / 22050, abs=0.1)


def test_a_flac_without_a_length_is_refused_by_name(toy_folder):
    piped = run("say", "Hello.", "-o", "-", "--format", "flac", "--voice", toy_folder).stdout_bytes
    done = run("vocode", "-", "-o", "-", "--voice", toy_folder, input=piped)
    assert done.exit_code == 1
    assert "standard input: does not say how long it is" in done.stderr
