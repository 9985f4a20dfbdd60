"""Where an option comes from: flag, then variable, then config.toml, then the default."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from itoaudio.cli import main
from itoaudio.cli.settings import settings
from itoaudio.runtime import Audio, Voice


@pytest.fixture
def said(toy_folder, tmp_path, monkeypatch):
    """Runs `ito say` and answers the options that reached the voice."""
    found = {}

    def stream(self, text, **options):
        found.update(options)
        return iter([SimpleNamespace(audio=Audio(np.zeros(10, np.float32), 22050))])

    monkeypatch.setattr(Voice, "stream", stream)
    monkeypatch.setattr("click.get_app_dir", lambda name: str(tmp_path))

    def called(*arguments, settings="", **environment):
        (tmp_path / "config.toml").write_text(settings)
        command = ["say", "Hello.", "-o", str(tmp_path / "a.wav"), "--voice", str(toy_folder), *arguments]
        done = CliRunner().invoke(main, command, env=environment)
        if done.exit_code:
            return done.stderr
        return dict(found)

    return called


def test_what_is_not_given_is_left_to_the_preset(said):
    usual = {"speed": 1.0, "pitch": 0.0, "energy": 0.0, "volume": 0.0, "pause": 1.0, "seed": 0, "takes": 1}
    assert said() == usual | {"markup": "auto"}


def test_the_order(said):
    toml = "[say]\nsteps = 3\nsampler = 'heun_flow'\ncorrector-snr = 0.1"
    found = said("--steps", "5", settings=toml, ITOAUDIO_SAY_SAMPLER="unipc", ITOAUDIO_SAY_STEPS="4,2")
    assert (found["steps"], found["sampler"], found["corrector_snr"]) == (5, "unipc", 0.1)
    assert said(settings=toml, ITOAUDIO_SAY_STEPS="4,2")["steps"] == (4, 2)
    assert said(settings=toml)["steps"] == 3
    assert said(settings="[say]\nsteps = [3, 2]")["steps"] == (3, 2)


def test_variables_and_keys_are_called_as_the_flags(said):
    assert said(ITOAUDIO_SAY_FORMAT_IN="text")["markup"] == "text"
    for key in ("format-in", "format_in"):
        assert said(settings=f"[say]\n{key} = 'text'")["markup"] == "text"
    assert "unknown key 'markup'" in said(settings="[say]\nmarkup = 'text'")
    assert said(ITOAUDIO_SAY_MARKUP="text")["markup"] == "auto"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs `ito` with settings and variables."""
    monkeypatch.setattr("click.get_app_dir", lambda name: str(tmp_path))

    def called(*arguments, settings="", **environment):
        (tmp_path / "config.toml").write_text(settings)
        return CliRunner().invoke(main, [*arguments], env=environment)

    return called


@pytest.mark.parametrize(
    ("settings", "environment"),
    [("[say]\nformat = 'mp3'\njson = false", {}), ("", {"ITOAUDIO_SAY_FORMAT": "mp3"})],
)
def test_the_format_of_a_stream(run, toy_folder, settings, environment):
    done = run(
        "say", "Hello.", "-o", "-", "--voice", str(toy_folder), settings=settings, **environment
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert done.stdout_bytes[0] == 0xFF  # the frame of an MP3


@pytest.mark.parametrize(
    ("settings", "environment"),
    [("[voices.list]\njson = true", {}), ("", {"ITOAUDIO_VOICES_LIST_JSON": "1"})],
)
def test_commands_in_groups(run, settings, environment):
    json.loads(run("voices", "list", settings=settings, **environment).stdout)
    assert run("voices", "samplers", settings=settings, **environment).exit_code == 0


@pytest.mark.parametrize(
    ("settings", "found"),
    [("voice = 'a'", ("a",)), ("voice = ['a', 'b']", ("a", "b")), ("alias = 'x=y'", ())],
)
def test_options_that_are_given_several_times(run, monkeypatch, settings, found):
    heard = {}
    monkeypatch.setattr("itoaudio.serve.run.serve", lambda settings, announce: heard.update(all=settings))
    done = run("serve", "--max-seconds", "60", settings=f"[serve]\n{settings}")
    assert done.exit_code == 0, done.stderr
    assert heard["all"].worker.max_seconds == 60
    assert heard["all"].worker.voices == (found or (None,))
    assert heard["all"].aliases == ({} if found else {"x": "y"})


@pytest.mark.parametrize("form", ["json", "csv", "html"])
def test_flags_that_exclude_each_other(tmp_path, monkeypatch, form):
    """All of `ito listen report` set one parameter."""
    monkeypatch.setattr("click.get_app_dir", lambda name: str(tmp_path))
    (tmp_path / "config.toml").write_text(f"[listen.report]\n{form} = true\nraters-csv = false")
    command = main.get_command(None, "listen").commands["report"]
    table = settings(main, "listen")
    assert table == {"listen": {"report": {"form": form}}}
    context = command.make_context("report", ["folder"], default_map=table["listen"]["report"])
    assert context.params["form"] == form
    typed = command.make_context("report", ["folder", "--raters-csv"], default_map=table["listen"]["report"])
    assert typed.params["form"] == "raters"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("[say]\nstpes = 3", "unknown key 'stpes' in [say]; nearest: 'steps'"),
        ("[sya]\nsteps = 3", "no command 'sya' to set; nearest: 'say'"),
        ("[say]\nsteps = 'three'", "'three' is not a whole number"),
        ("steps = 3", "no command 'steps'"),
        ("[say", "config.toml"),
        ("say = 3", "say = 3: give a table, [say]"),
        ("[say]\nseed = 1.5", "'1.5' is not a valid integer; it comes from"),
        ("[say]\nseed = true", "[say] seed = True: give a number or a text"),
        ("[say]\njson = 'yes'", "[say] json = 'yes': give true or false"),
        ("[say]\nvoice = ['a', 'b']", "give one value"),
    ],
)
def test_a_mistake_in_the_file_is_named(said, settings, message):
    assert message in said(settings=settings)


def test_a_mark_of_byte_order_is_no_part_of_the_file(said):
    """Editors of Windows may write one."""
    assert said(settings="\ufeff[say]\nsteps = 3")["steps"] == 3


def test_a_mistake_stops_the_command_of_its_table_alone(run, said):
    wrong = "[voices.lst]\njson = true\n[serve]\nprot = 1"
    assert "no command 'voices.lst' to set; nearest: 'list'" in run("voices", "list", settings=wrong).stderr
    assert said(settings=wrong)["seed"] == 0


def test_a_refused_variable_is_named(said):
    assert "it comes from the variable ITOAUDIO_SAY_SEED" in said(ITOAUDIO_SAY_SEED="one")
