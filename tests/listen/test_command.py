"""`ito listen` from a shell."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest
import simulated_raters
from click.testing import CliRunner

from itoaudio.cli import main


@pytest.fixture
def run(tmp_path, monkeypatch):
    simulated_raters.write_folders(tmp_path, ("ours", "theirs", "wavs"), 3)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["listen", *arguments])


OURS, THEIRS = ("--system", "ours=ours"), ("--system", "theirs=theirs")


def test_new_and_report(run, tmp_path):
    done = run("new", "test", "--kind", "mushra", *OURS, *THEIRS, "--reference", "wavs", "--seed", "7")
    assert done.exit_code == 0
    assert done.stdout == "test\n"
    assert "4 systems, 3 sentences; each rater: 3 screens, 2 for practice, 1 attention checks" in done.stderr
    assert json.loads((tmp_path / "test" / "test.json").read_text())["seed"] == 7
    assert "0 of 0 raters counted" in run("report", "test").stdout
    assert json.loads(run("report", "test", "--json").stdout)["kind"] == "mushra"
    assert run("report", "test", "--csv").stdout.startswith("rater,screen,phase")
    assert run("report", "test", "--raters-csv").stdout.startswith("rater,external,code")
    assert run("report", "test", "--html", "-o", "report.html").stdout == ""
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--kind", "mos", "--system", "ours"), 2, "'ours' is not NAME=FOLDER"),
        (("--kind", "mos", *OURS, *OURS), 2, "ours is given twice"),
        (("--kind", "mos", *OURS, "--ties"), 2, "--ties belongs to ab"),
        (("--kind", "mos", *OURS, "--baseline", "ours"), 2, "--baseline belongs to cmos and ab"),
        (("--kind", "mos", *OURS, "--level", "3"), 2, "'3' is neither a level"),
        (("--kind", "mos", "--system", "ours=nowhere"), 1, "nowhere: there is no such folder"),
        (("--kind", "ab", *OURS), 1, "ab compares two systems or more: 1 given"),
    ],
)
def test_mistakes_end_in_one_line(run, tmp_path, arguments, code, message):
    done = run("new", "test", *arguments)
    assert done.exit_code == code
    assert message in done.stderr
    assert not (tmp_path / "test").exists()


def test_a_folder_without_a_test(run):
    done = run("report", "wavs")
    assert done.exit_code == 1
    assert "`ito listen new` makes one" in done.stderr


def test_serve_tells_its_address_and_ends_when_interrupted(run, tmp_path):
    run("new", "test", "--kind", "mos", *OURS, *THEIRS)
    code = "from itoaudio.cli import main; main(['listen', 'serve', 'test', '--port', '0'])"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, env={**os.environ, "NO_COLOR": "1"}
    )
    try:
        address = re.search(r"http://127\.0\.0\.1:\d+/", process.stderr.readline())[0]
        with urllib.request.urlopen(f"{address}health", timeout=60) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode in (0, 130)
