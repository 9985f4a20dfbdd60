"""`ito watch`: files by their suffix, and mistakes in one line."""

import json

import pytest
from click.testing import CliRunner
from PIL import Image

from itoaudio.cli import main


def run(*arguments, **more):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], **more)


@pytest.mark.parametrize(
    ("name", "starts"), [("a.png", b"\x89PNG"), ("a.GIF", b"GIF8"), ("a.html", b"<!doctype html")]
)
def test_a_file_by_its_suffix(toy_folder, tmp_path, name, starts):
    done = run("watch", "Hello.", "-o", tmp_path / name, "--moments", 3, "--steps", 3, "--voice", toy_folder)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == ""
    assert "3 moments of mel of toy: 3 steps of dpm_solver_pp_2m on vp_cosine" in done.stderr
    assert (tmp_path / name).read_bytes().startswith(starts)


def test_json_tells_programs_what_was_made(toy_folder, tmp_path):
    asked = ["--moments", 3, "--steps", 3, "--json", "--voice", toy_folder]
    done = run("watch", "Hello.", "-o", tmp_path / "a.png", *asked)
    told = json.loads(done.stdout)
    assert (told["output"], told["moments"]) == (str(tmp_path / "a.png"), 3)


@pytest.mark.parametrize("text", [[], ["-"]])
def test_stdin(toy_folder, tmp_path, text):
    asked = ["--moments", 3, "--steps", 3, "--voice", toy_folder]
    done = run("watch", *text, "-o", tmp_path / "a.html", *asked, input="Hello there.\n")
    assert done.exit_code == 0, done.stderr
    assert "Hello there." in (tmp_path / "a.html").read_text()


def test_options_reach_the_draw(toy_folder, tmp_path):
    options = ["--stage", "vocoder", "--sampler", "er_sde_2", "--sde", "ve", "--steps", "4", "--seed", "3"]
    done = run("watch", "Hello.", "-o", tmp_path / "a.png", "--voice", toy_folder, *options)
    assert done.exit_code == 0, done.stderr
    assert "sound of toy: 4 steps of er_sde_2 on ve, seed 3" in done.stderr
    with Image.open(tmp_path / "a.png") as image:
        assert image.width > 500


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["Hello.", "-o", "a.svg"], 2, "cannot write '.svg' files"),
        (["Hello.", "-o", "no/where/a.png"], 2, "there is no folder no/where"),
        (["One. Two.", "-o", "a.png"], 1, "2 sentences"),
        (["…", "-o", "a.png"], 1, "nothing to say"),
        (["Hello.", "-o", "a.png", "--moments", "1"], 2, "--moments"),
        (["Hello.", "-o", "a.png", "--stage", "both"], 2, "'both'"),
        (["Hello.", "-o", "a.png", "--sampler", "heun_folw"], 2, "nearest: 'heun_flow'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_one_line(toy_folder, tmp_path, monkeypatch, arguments, code, message):
    monkeypatch.chdir(tmp_path)
    done = run("watch", *arguments, "--voice", toy_folder)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (code, "", 1)
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []
