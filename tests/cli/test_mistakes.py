"""What a user does wrong: one line on stderr that says how to mend it, and nothing half written."""

import shutil

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from itoaudio.cli import main


def run(*arguments, **more):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], **more)


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
        (["say", "-well"], 2, "goes last, behind --: ito say -- -well"),
        (["say", "-dash"], 2, "goes last, behind --: ito say -- -dash"),
        (["say", "-out with it"], 2, "goes last, behind --: ito say -- '-out with it'"),
        (["say", "-okay"], 2, "goes last, behind --: ito say -- -okay"),
        (["say", "-over/there and back"], 2, "goes last, behind --: ito say -- '-over/there and back'"),
        (["phonemize", "-dash"], 2, "goes last, behind --: ito phonemize -- -dash"),
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


@pytest.mark.parametrize(
    "arguments",
    [
        ["say", "--json", "-oout", "-o", "-"],
        ["say", "--file", "a.txt", "--shard-lines", "3", "-oMy File.wav"],
        ["say", "--shard-lines", "3", "-oMy File.wav"],
        ["say", "--file", "a.txt", "-fmp3"],
        ["say", "--file=a.txt", "-okay"],
        ["say", "Hello.", "-okay"],
    ],
    ids=" ".join,
)
def test_who_swallowed_no_text_is_told_of_no_dash(arguments):
    done = run(*arguments)
    assert done.exit_code == 2
    assert "behind --" not in done.stderr


def test_a_failure_leaves_the_old_file(toy_folder, tmp_path):
    (tmp_path / "out.wav").write_bytes(b"old")
    assert (
        run("say", "Hello.", "-o", tmp_path / "out.wav", "--voice", toy_folder, "--steps", 0).exit_code == 2
    )
    assert (tmp_path / "out.wav").read_bytes() == b"old"


def test_very_verbose_shows_the_traceback(toy_folder):
    done = run("-vv", "say", "…", "--voice", toy_folder)
    assert isinstance(done.exception, ValueError)


def test_a_damaged_voice_leaves_nothing_half_written(toy_folder, tmp_path):
    shutil.copytree(toy_folder, tmp_path / "toy")
    path = tmp_path / "toy" / "vocoder_score_few.onnx"
    path.write_bytes(path.read_bytes()[:-1])
    done = run("say", "Hello.", "-o", tmp_path / "out.wav", "--voice", tmp_path / "toy")
    assert done.exit_code == 1
    assert "vocoder_score_few.onnx is damaged" in done.stderr
    assert done.stderr.count("\n") == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["toy"]
