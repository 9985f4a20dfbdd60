"""`ito say` and `ito vocode`: what goes in, what comes out, what is refused."""

import io
import json
import shutil
import signal

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from itoaudio.audio import writer
from itoaudio.cli import main, options, texts
from itoaudio.text import markup


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


def test_json_tells_programs_what_was_made(toy_folder, tmp_path, recording):
    out = tmp_path / "out.wav"
    for command in (["say", "Hello."], ["vocode", recording]):
        done = run(*command, "-o", out, "--json", "--voice", toy_folder)
        assert done.exit_code == 0, done.stderr
        told, written = json.loads(done.stdout), soundfile.info(out)
        assert (told["output"], told["voice"], told["sample_rate"]) == (str(out), "toy", written.samplerate)
        assert told["seconds"] == pytest.approx(written.duration)


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
        (["say", "Hello.", "--steps", "0"], 2, "steps = 0"),
        (["say", "Hello.", "--steps", "four"], 2, "'four' is not a whole number"),
        (["say", "Hello.", "--sampler", "heun_folw"], 2, "nearest: 'heun_flow'"),
        (["say", "Hello.", "--preset", "balancd"], 2, "nearest: 'balanced'"),
        (["say", "Hello.", "--speed", "9"], 2, "speed = 9.0: it must be from 0.25 to 4.0"),
        (["say", "Hello.", "--seed", "-1"], 2, "seed = -1"),
        (["say", "Hello.", "--steps", ","], 2, "',' is not a whole number"),
        (["say", "Hello.", "--steps", ""], 2, "'' is not a whole number"),
        (["say", "Hello.", "--steps", "4,2,1"], 2, "'4,2,1' is not a whole number"),
        (["say", "Hello.", "-o", ""], 2, "'' is empty"),
        (["say", "Hello.", "--shard-lines", "3"], 2, "--shard-lines is of a --batch"),
        (["say", "-5 degrees"], 2, "goes last, behind --: ito say -- '-5 degrees'"),
        (["say", "Hello.", "-o", "a.json", "--format", "wav", "--timestamps", "./a.json"], 2, "name another"),
        (["say", "Hello.", "--voice", "nobody"], 1, "no voice 'nobody'"),
        (["say", "Hello.", "--voice", "./"], 1, "or a name of `ito voices list`"),
        (["say", "--batch", "text.wav", "-d", "text.wav"], 2, "-d text.wav is a file"),
        (["say", "--batch", "text.wav", "-d", "out", "--speed", "99"], 2, "speed = 99.0"),
        (["say", "--batch", "text.wav", "-d", "out", "--sampler", "euler"], 2, "unknown sampler 'euler'"),
        (["say", "--batch", "text.wav", "-d", "out", "--processes", "0", "--seed", "-1"], 2, "seed = -1"),
        (["say", "Hello.", "-o", "/dev/full", "--format", "wav"], 1, "/dev/full: No space left on device\n"),
        (["vocode", "empty.wav", "--preset", ""], 2, "'' is empty"),
        (["say", "Hello.", "--stpes", "4"], 2, "--steps"),
        (["say", "Hello.", "-o", "out.txt"], 2, "'.txt'"),
        (["say", "Hello.", "-o", "no/where/out.wav"], 2, "there is no folder no/where"),
        (["say", "Hello.", "-o", "."], 2, ". is a folder"),
        (["say", "Hello.", "--format", "aac"], 2, "'aac' is not one of"),
        (["say", "Hello.", "--timestamps", "x.doc"], 2, "cannot write timestamps as '.doc'"),
        (["say", "Hello.", "--takes", "0"], 2, "takes = 0"),
        (["say", "Hello.", "--volume", "99"], 2, "volume = 99.0"),
        (["say", "Hello.", "--pause", "-1"], 2, "pause = -1.0"),
        (["say", "Hello.", "--format-in", "html"], 2, "'html' is not one of"),
        (["say", "<speak><audio/></speak>"], 1, "<audio> is not supported"),
        (["say", "Hello.", "--format-in", "ssml"], 1, "SSML line 1"),
        (["say", "Привет."], 1, "cannot read"),
        (["say", "--file", "missing.txt"], 1, "missing.txt: No such file"),
        (["say", "Hello.", "--file", "text.wav"], 2, "not both"),
        (["say", "--file", "latin1.txt"], 1, "latin1.txt: byte 3 is not UTF-8"),
        (["say", "Hello.", "--lexicon", "text.wav"], 1, "text.wav, line 1"),
        (["say", "--batch", "text.wav"], 2, "--batch and -d go together"),
        (["say", "Hello.", "--batch", "text.wav", "-d", "out"], 2, "leave out TEXT"),
        (["say", "--json", "--batch", "text.wav", "-d", "out"], 2, "leave out TEXT"),
        (["say", "Hello.", "-o", "-", "--json"], 2, "both write to stdout"),
        (["vocode", "text.wav", "-o", "-", "--json"], 2, "both write to stdout"),
        (["phonemize", "…"], 1, "nothing to say"),
        (["vocode", "missing.wav"], 1, "missing.wav: No such file"),
        (["vocode", "text.wav"], 1, "text.wav: not an audio file that can be read (Error opening text.wav:"),
        (["vocode", "empty.wav"], 1, "empty.wav: holds no sound"),
        (["shout", "Hello."], 2, "No such command 'shout'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_users_mistake_is_one_line_on_stderr(toy_folder, tmp_path, monkeypatch, arguments, code, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.wav").write_text("no sound")
    (tmp_path / "latin1.txt").write_bytes("Café.".encode("latin-1"))
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 22050)
    before = sorted(tmp_path.iterdir())
    if arguments[0] not in ("shout", "phonemize") and "--voice" not in arguments:
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
        run("say", "Hello.", "-o", tmp_path / "out.wav", "--voice", toy_folder, "--steps", 0).exit_code == 2
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


def test_very_verbose_shows_the_traceback(toy_folder):
    done = run("-vv", "say", "…", "--voice", toy_folder)
    assert isinstance(done.exception, ValueError)


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


def test_batch_speaks_what_is_missing(toy_folder, tmp_path):
    (tmp_path / "list.csv").write_text("a|Hello.|\nb|Two|Two, as it is read.\nbad|…|\n")
    command = ["say", "--batch", tmp_path / "list.csv", "-d", tmp_path / "out", "--format", "flac"]
    command += ["--timestamps", ".srt", "--voice", toy_folder]
    done = run(*command)
    assert done.exit_code == 1
    assert "bad: nothing to say" in done.stderr
    assert "2 spoken" in done.stderr
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["a.flac", "a.srt", "b.flac", "b.srt"]
    (tmp_path / "out" / "a.flac").unlink()
    kept = (tmp_path / "out" / "b.flac").stat().st_mtime_ns
    assert "1 spoken" in run(*command).stderr
    assert (tmp_path / "out" / "b.flac").stat().st_mtime_ns == kept


@pytest.mark.parametrize("lost", ["0001.srt", "0001.wav"])
def test_batch_speaks_again_what_lacks_a_file(toy_folder, tmp_path, lost):
    (tmp_path / "lines.txt").write_text("Hello.\nTwo.\n")
    command = ["say", "--batch", tmp_path / "lines.txt", "-d", tmp_path / "out", "--voice", toy_folder]
    assert "2 spoken" in run(*command).stderr
    assert "2 spoken" in run(*command, "--timestamps", ".srt").stderr
    (tmp_path / "out" / lost).unlink()
    assert "1 spoken (0.5 s), 1 there already" in run(*command, "--timestamps", ".srt").stderr
    assert (tmp_path / "out" / lost).is_file()


def test_a_sound_appears_after_its_timestamps(toy_folder, tmp_path, monkeypatch):
    """What a kill between the two leaves is spoken again, as the sound is missing."""

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("itoaudio.cli.outlets.Timestamps.write", killed)
    (tmp_path / "lines.txt").write_text("Hello.\n")
    command = ["say", "--batch", tmp_path / "lines.txt", "-d", tmp_path / "out", "--voice", toy_folder]
    assert run(*command, "--timestamps", ".srt").exit_code == 130
    assert list((tmp_path / "out").iterdir()) == []


def test_batch_of_lines_is_numbered(toy_folder, tmp_path):
    (tmp_path / "lines.txt").write_text("Hello.\n\nTwo.\n")
    done = run("say", "--batch", tmp_path / "lines.txt", "-d", tmp_path / "out", "--voice", toy_folder)
    assert done.exit_code == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0001.wav", "0003.wav"]


@pytest.mark.parametrize(
    ("line", "message"),
    [("../x|Hello.", "is not NAME|TEXT"), ("Hello.", "is not NAME|TEXT"), ("a|A\na|B", "two")],
)
def test_a_bad_list_is_refused_whole(toy_folder, tmp_path, line, message):
    (tmp_path / "list.csv").write_text(line)
    done = run("say", "--batch", tmp_path / "list.csv", "-d", tmp_path / "out", "--voice", toy_folder)
    assert done.exit_code == 1
    assert message in done.stderr
    assert not (tmp_path / "out").exists()


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


def test_a_damaged_voice_leaves_nothing_half_written(toy_folder, tmp_path):
    shutil.copytree(toy_folder, tmp_path / "toy")
    path = tmp_path / "toy" / "vocoder_score_few.onnx"
    path.write_bytes(path.read_bytes()[:-1])
    done = run("say", "Hello.", "-o", tmp_path / "out.wav", "--voice", tmp_path / "toy")
    assert done.exit_code == 1
    assert "vocoder_score_few.onnx is damaged" in done.stderr
    assert done.stderr.count("\n") == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["toy"]


def test_names_that_help_shows_are_those_of_the_runtime():
    assert tuple(writer.KINDS) == options.KINDS
    assert texts.MARKUPS == markup.KINDS
