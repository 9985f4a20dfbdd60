import os
import signal
import subprocess
import sys
import tarfile

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


@pytest.mark.parametrize("end", [os.kill, os.killpg])
def test_a_termination_leaves_whole_shards_at_once(toy_folder, tmp_path, end):
    """SIGTERM to the command, and to its processes as well, as a supervisor sends it."""
    (tmp_path / "lines.txt").write_text("Hello there.\n" * 20_000, encoding="utf-8")
    where = ["--batch", str(tmp_path / "lines.txt"), "-d", str(tmp_path / "out"), "--voice", str(toy_folder)]
    command = [sys.executable, "-c", "from itoaudio.cli import main; main()", "say", *where]
    running = subprocess.Popen(
        [*command, "--processes", "1", "--shard-lines", "50"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert running.stderr is not None
    while line := running.stderr.readline():
        if not line.startswith("0/"):  # so a shard is done
            break
    end(running.pid, signal.SIGTERM)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 143
    assert told.splitlines()[-1] == "ito: error: terminated"
    assert "Traceback" not in told
    left = {path.name for path in (tmp_path / "out").iterdir()}
    shards = {name for name in left if name.endswith(".tar")}
    assert 0 < len(shards) < 20_000 / 50
    assert {name.replace(".tar", ".json") for name in shards} >= left - shards - {"job.json"}
    for name in shards:
        with tarfile.open(tmp_path / "out" / name) as shard:
            assert len(shard.getnames()) == 2 * 50


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
