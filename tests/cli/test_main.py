"""The command line as a whole, in processes of its own."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import itoaudio
from itoaudio.cli import COMMANDS, main
from itoaudio.cli.train import KINDS
from itoaudio.sde import GRIDS, PREDICTORS, SDES

START = "from itoaudio.cli import main; main()"


def test_help_loads_nothing_heavy():
    call = "main(['say', '--help'], standalone_mode=False)"
    code = f"from itoaudio.cli import main; {call}; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "--corrector-snr" in done.stdout
    assert not {"numpy", "onnxruntime", "torch", "soundfile"} & set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    done = CliRunner().invoke(main, [command, "--help"])
    assert done.exit_code == 0
    assert command in CliRunner().invoke(main, ["--help"]).stdout


def test_help_shows_defaults_and_only_names_that_exist():
    shown = CliRunner().invoke(main, ["say", "--help"]).stdout
    assert "[default: 1.0]" in shown
    named = set(re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", shown)) | set(re.findall(r"--sde ([a-z]+)", shown))
    assert {"dpm_solver_pp_2m", "log_snr", "vp"} <= named
    assert named <= {*PREDICTORS, *SDES, *GRIDS}


def test_version():
    assert itoaudio.__version__ in CliRunner().invoke(main, ["--version"]).stdout


def test_no_traceback_and_exit_code_of_the_process():
    done = subprocess.run(
        [sys.executable, "-c", START, "say", "Hi.", "--voice", "./none"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.startswith("ito: error: none: no voice folder")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("group", [[], ["voices"], ["corpus"], ["voice"], ["listen"]], ids=" ".join)
def test_a_group_alone_shows_its_help(group):
    done = CliRunner().invoke(main, group)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == CliRunner().invoke(main, [*group, "--help"]).stdout


@pytest.mark.parametrize(
    ("command", "module", "extra"),
    [
        (["say", "Hello."], "miniaudio", "'itoaudio[play]'"),
        (["voice", "new"], "torch", "'itoaudio[train]'"),
        (["serve"], "uvicorn", "'itoaudio[serve]'"),
        (["listen", "serve"], "uvicorn", "'itoaudio[listen]'"),
        (["evaluate"], "starlette", "'itoaudio[evaluate]'"),
        (["watch", "Hello."], "PIL.Image", "'itoaudio[watch]'"),
        (["say", "Hello."], "msgspec.json", "msgspec"),
        (["train"], "yaml", "'itoaudio[train]'"),
    ],
)
def test_a_missing_module_names_the_extra_that_holds_it(monkeypatch, command, module, extra):
    def missing(*_):
        raise ModuleNotFoundError(name=module)

    monkeypatch.setattr(click.Group, "invoke", missing)
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 1
    assert done.stderr == f"ito: error: {module!r} is not installed; this needs `pip install {extra}`\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["serve", "--time-limit", "0"], "--time-limit"),
        (["serve", "--host", "999.1.1.1"], "--host 999.1.1.1: "),
        (["listen", "serve", ".", "--host", "999.1.1.1"], "--host 999.1.1.1: "),
    ],
)
def test_a_server_is_not_started_on_a_mistake(arguments, message):
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert "--port" not in done.stderr


@pytest.mark.parametrize(
    ("encoding", "command", "shown"),
    [("cp932", ["--help"], "ItôTTS"), ("cp1252", ["phonemize", "Hello there."], "həlˈoʊ ðˈɛɹ.")],
)
def test_a_redirected_stdout_is_utf8_whatever_the_code_page(encoding, command, shown):
    done = subprocess.run(
        [sys.executable, "-c", START, *command],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert shown in done.stdout.decode()


def test_a_terminal_keeps_its_encoding():
    read, write = os.openpty()
    subprocess.run(
        [sys.executable, "-c", START, "--help"],
        stdout=write,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        check=True,
    )
    assert "ItôTTS".encode("latin-1") in os.read(read, 1000)
    os.close(write)
    os.close(read)


def test_a_closed_pipe_is_quiet():
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-c", START, "voices", "samplers"], stdout=write, stderr=subprocess.PIPE
    )
    os.close(write)
    assert done.returncode == 1
    assert done.stderr == b""


def test_train_offers_what_can_be_trained():
    source = Path(itoaudio.__file__).parent / "train" / "start.py"
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "RECIPES":
            assert set(ast.literal_eval(node.value)) == set(KINDS)
            return
    pytest.fail("train.start has no RECIPES")
