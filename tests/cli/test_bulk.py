import pytest
from click.testing import CliRunner

from itoaudio.cli import main


def ito(*arguments, code=0):
    """Output of a call that ends with `code`."""
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    assert left.value.code == code


def test_a_batch_goes_into_shards_and_says_how_it_goes(toy_folder, tmp_path, capfd):
    (tmp_path / "lines.csv").write_text("a|One.\nb|Two.\nc|Three.\n", encoding="utf-8")
    where = ["--batch", tmp_path / "lines.csv", "-d", tmp_path / "out", "--voice", toy_folder]
    ito("say", *where, "--processes", 0, "--shard-lines", 2, "--seed", 1)
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "index.jsonl",
        "job.json",
        "shard-000000.json",
        "shard-000000.tar",
        "shard-000001.json",
        "shard-000001.tar",
    ]
    said = capfd.readouterr().err
    assert "2/3 lines" in said
    assert "2 shards, RTF " in said.splitlines()[-1]


def test_a_line_that_cannot_be_spoken_is_named_and_the_code_says_so(toy_folder, tmp_path, capfd):
    (tmp_path / "lines.csv").write_text("a|One.\nb|...\n", encoding="utf-8")
    where = ["--batch", tmp_path / "lines.csv", "-d", "memory://cli/out", "--voice", toy_folder]
    ito("say", *where, "--processes", 0, code=1)
    assert "b: " in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Hello.", "--ray", "auto"], "give --batch and -d too"),
        (["--batch", "a.csv", "-d", "out", "--processes", "1", "--timestamps", ".srt"], "not written into"),
    ],
)
def test_what_does_not_go_together_is_misuse(arguments, message):
    done = CliRunner().invoke(main, ["say", *arguments], standalone_mode=False)
    assert message in str(done.exception)
