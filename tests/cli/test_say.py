"""`ito say`: what goes in, and what comes out."""

import io
import json

import pytest
import soundfile
from click.testing import CliRunner

from itoaudio.audio import writer
from itoaudio.cli import main, options, texts
from itoaudio.text import markup


def run(*arguments, **more):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], **more)


def test_a_text_becomes_a_file(toy_folder, tmp_path):
    done = run("say", "Hello.", "-o", tmp_path / "out.wav", "--voice", toy_folder)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == ""
    assert "out.wav" in done.stderr
    assert soundfile.info(tmp_path / "out.wav").samplerate == 22050


def test_json_tells_programs_what_was_made(toy_folder, tmp_path, recording):
    out = tmp_path / "out.wav"
    for command in (["say", "Hello."], ["vocode", recording]):
        done = run(*command, "-o", out, "--json", "--voice", toy_folder)
        assert done.exit_code == 0, done.stderr
        told, written = json.loads(done.stdout), soundfile.info(out)
        assert (told["output"], told["voice"], told["sample_rate"]) == (str(out), "toy", written.samplerate)
        assert told["seconds"] == pytest.approx(written.duration)


def test_a_text_that_begins_with_a_dash_goes_behind_two(toy_folder, tmp_path):
    done = run("say", "-o", tmp_path / "out.wav", "--voice", toy_folder, "--", "-dash")
    assert done.exit_code == 0, done.stderr
    assert soundfile.info(tmp_path / "out.wav").frames == 7 * 5 * 256  # five for each symbol


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_stdin_to_stdout(toy_folder, tmp_path, arguments):
    done = run("say", *arguments, "-o", "-", "--voice", toy_folder, input="Hello.")
    assert done.exit_code == 0, done.stderr
    run("say", "Hello.", "-o", tmp_path / "out.wav", "--voice", toy_folder)
    header, whole = done.stdout_bytes[:44], (tmp_path / "out.wav").read_bytes()
    assert header[4:8] == header[40:44] == b"\xff" * 4  # of a length that nobody knows yet
    assert done.stdout_bytes[44:] == whole[44:]
    assert (
        len(soundfile.read(io.BytesIO(done.stdout_bytes))[0]) == soundfile.info(tmp_path / "out.wav").frames
    )


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3", "ogg", "opus", "pcm"])
@pytest.mark.parametrize("way", ["suffix", "format", "stdout"])
def test_every_kind_of_file_every_way(toy_folder, tmp_path, kind, way):
    output = {"suffix": f"out.{kind}", "format": "out.dat", "stdout": "-"}[way]
    chosen = [] if way == "suffix" else ["--format", kind]
    target = output if output == "-" else tmp_path / output
    done = run("say", "Hello.", "-o", target, *chosen, "--voice", toy_folder)
    assert done.exit_code == 0, done.stderr
    data = done.stdout_bytes if way == "stdout" else target.read_bytes()
    raw = {"samplerate": 22050, "channels": 1, "format": "RAW", "subtype": "PCM_16"} if kind == "pcm" else {}
    if (kind, way) == ("flac", "stdout"):  # it does not say how long it is, which soundfile wants to know
        data = data[:18] + (int.from_bytes(data[18:26]) + 9 * 5 * 256).to_bytes(8) + data[26:]
    sound, rate = soundfile.read(io.BytesIO(data), **raw)
    assert rate == (24000 if kind == "opus" else 22050)
    assert len(sound) / rate == pytest.approx(9 * 5 * 256 / 22050, abs=0.1)


def test_markdown_and_ssml_by_suffix_and_by_name(toy_folder, tmp_path):
    def length(*arguments):
        done = run("say", *arguments, "-o", tmp_path / "out.wav", "--voice", toy_folder)
        assert done.exit_code == 0, done.stderr
        return soundfile.info(tmp_path / "out.wav").frames

    (tmp_path / "a.ssml").write_text('<speak>Hello.<break time="1s"/></speak>')
    (tmp_path / "a.md").write_text("# Hello.")
    plain = length("Hello.")
    assert length("--file", tmp_path / "a.ssml") == plain + 22050
    assert length("--file", tmp_path / "a.md") == plain
    assert length("# Hello.", "--format-in", "text") > plain


@pytest.mark.parametrize("suffix", [".json", ".srt", ".vtt", ".TextGrid"])
def test_timestamps_end_with_the_sound(toy_folder, tmp_path, suffix):
    done = run(
        "say", "One, two. [pause:0.5s]", "-o", tmp_path / "a.wav", "--timestamps", tmp_path / f"a{suffix}",
        "--voice", toy_folder,
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    written = (tmp_path / f"a{suffix}").read_text()
    end = soundfile.info(tmp_path / "a.wav").duration
    clock = f"00:00:{int(end):02}{',' if suffix == '.srt' else '.'}{round(end % 1 * 1000):03}"
    last = {".json": f"{end}", ".TextGrid": f"{end:.9f}"}.get(suffix, clock)
    assert last in written
    assert "One" in written


def test_play_alone_writes_no_file(toy_folder, tmp_path, monkeypatch):
    played = []

    class Card:
        def __init__(self, rate):
            self.rate = rate

        def __enter__(self):
            return self

        def __exit__(self, *_):
            played.append("end")

        def play(self, samples):
            played.append(len(samples))

    monkeypatch.setattr("itoaudio.audio.play.Player", Card)
    monkeypatch.chdir(tmp_path)
    done = run("say", "Hello.", "--play", "--voice", toy_folder)
    assert done.exit_code == 0, done.stderr
    assert played[-1] == "end"
    assert sum(played[:-1]) == 9 * 5 * 256
    assert list(tmp_path.iterdir()) == []


def test_names_that_help_shows_are_those_of_the_runtime():
    assert tuple(writer.KINDS) == options.KINDS
    assert texts.MARKUPS == markup.KINDS
