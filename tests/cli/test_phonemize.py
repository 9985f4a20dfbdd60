"""`ito phonemize`: what will be said."""

import json

import pytest
from click.testing import CliRunner

from itoaudio.cli import main


def run(*arguments, **more):
    return CliRunner().invoke(main, ["phonemize", *map(str, arguments)], **more)


def test_a_sentence_a_line():
    assert run("Hello, world. Two.").stdout == "həlˈoʊ, wˈɜɹld.\ntˈu.\n"


def test_the_words_that_are_said():
    assert run("--spoken", "Dr. Smith paid $5.").stdout == "Doctor Smith paid five dollars.\n"


def test_json_has_written_and_spoken_side_by_side():
    first, second = map(json.loads, run("--json", "It costs $5. [pause:1s] Yes.").stdout.splitlines())
    assert first["words"][2]["written"] == "$5."
    assert first["words"][2]["spoken"] == "five dollars."
    assert first["silence_after"] == 1.0
    assert second["phonemes"] == "jˈɛs."


@pytest.mark.parametrize("arguments", [[], ["-"], ["--file", "-"]])
def test_stdin(arguments):
    assert run(*arguments, input="Two.").stdout == "tˈu.\n"


def test_files_and_marks(tmp_path):
    (tmp_path / "a.ssml").write_text("<speak>Two<break/></speak>")
    assert run("--file", tmp_path / "a.ssml").stdout == "tˈu.\n"
    (tmp_path / "words.tsv").write_text("two\twˈʌn\n", encoding="utf-8")
    assert run("two", "--lexicon", tmp_path / "words.tsv").stdout == "wˈʌn.\n"
    assert "SSML" in run("two", "--format-in", "ssml").stderr
