"""An evaluation that is killed goes on: nothing that is finished is made or judged again, and the table is
that of a run that nobody killed."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import msgspec

from itoaudio.evaluate import kept
from itoaudio.evaluate.kept import forget, note_of
from itoaudio.evaluate.report.words import provenance
from itoaudio.evaluate.results import read_results
from itoaudio.evaluate.systems import System
from itoaudio.evaluate.testlist import Item

SYSTEM = """
import os, signal
from pathlib import Path
import numpy as np

def open_system(threads, log):
    return Hum(Path(log))

class Hum:
    sample_rate, facts = 22050, {"nfe": 4}
    def __init__(self, log):
        self.log = log
    def read(self, text, seed, emit):
        with self.log.open("a") as file:
            file.write(f"make {text} {seed}\\n")
        if (self.log.parent / "kill-maker").exists() and (text, seed) == ("text 2", 1):
            os.kill(os.getppid(), signal.SIGKILL)
        emit((0.2 + 0.01 * seed) * np.sin(np.arange(2000 + 100 * int(text[-1])) / 20))
"""
EVALUATION = """
import os, signal, sys
from pathlib import Path
from itoaudio.evaluate.making import Making
from itoaudio.evaluate.metrics import Metric
from itoaudio.evaluate.run import evaluate
from itoaudio.evaluate.systems import System
from itoaudio.evaluate.testlist import Item

folder = Path(sys.argv[1])
judged = 0

def length(take):
    global judged
    with (folder / "log").open("a") as file:
        file.write(f"judge {take.text}\\n")
    judged += 1
    if (folder / "kill-judge").exists() and judged == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return len(take.sound.samples) * abs(take.sound.samples).max()

system = System(
    label="hum", kind="test", spec="hum", tasks=("read",), target=str(folder / "hum.py"), seeded=True,
    arguments={"log": str(folder / "log")},
)
metric = Metric(name="length", title="", unit="", better="lower", settings="all", measure=length)
results = evaluate(
    [system], [Item(f"i{n}", f"text {n}") for n in range(4)], ["read"], {"length": metric},
    Making(folder=folder, seeds=(0, 1), timed=1), title="", command="", test_list="", say=print,
)
results.write(folder / "results.json")
"""
TAKES = [f"text {n} {seed}" for n in range(4) for seed in (0, 1)]


def evaluated(folder: Path) -> int:
    return subprocess.run([sys.executable, "-c", EVALUATION, folder], capture_output=True).returncode


def log(folder: Path) -> list[str]:
    """What was made or judged since the last call; warming up and timing, which keep no sound, ask too."""
    lines = (folder / "log").read_text().splitlines()
    (folder / "log").write_text("")
    return lines


def test_what_is_finished_is_neither_made_nor_judged_again(tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder in (whole, broken):
        folder.mkdir()
        (folder / "hum.py").write_text(SYSTEM)
    assert evaluated(whole) == 0

    (broken / "kill-maker").touch()
    assert evaluated(broken) == -signal.SIGKILL
    (broken / "kill-maker").unlink()
    made = [line.removeprefix("make ") for line in log(broken)][1:]
    assert made == TAKES[:6], "the last of them was being made"

    (broken / "kill-judge").touch()
    assert evaluated(broken) == -signal.SIGKILL
    (broken / "kill-judge").unlink()
    lines = log(broken)
    asked = [line.removeprefix("make ") for line in lines if line.startswith("make")]
    warmed_up, timed = 3, 3  # processes, each at its first text; one speed and two first sounds
    assert asked[1:4] == TAKES[5:], "what was finished is not made again"
    assert len(asked) == 3 + warmed_up + timed
    assert [line for line in lines if line.startswith("judge")] == [f"judge text {n // 2}" for n in range(4)]

    figures = [msgspec.json.decode(p.read_bytes()) for p in (broken / "unfinished").iterdir()]
    first = next(figure["measured"] for figure in figures if "first_sound_1" in figure["measured"])
    assert evaluated(broken) == 0
    assert log(broken) == [f"judge text {n // 2}" for n in range(3, 8)]
    results = [read_results(folder / "results.json") for folder in (whole, broken)]
    words = [dict(provenance(result))["seconds"] for result in results]
    assert [("without those of a stopped run that left 8 takes" in said) for said in words] == [False, True]
    one, other = (json.loads((f / "results.json").read_text())["rows"][0] for f in (whole, broken))
    for name in ("cells", "values", "audio", "notes"):
        assert one[name] == other[name]
    assert first.keys() == {"nfe", "rtf_1", "rtf_2", "first_sound_1", "first_sound_2", "peak_memory"}

    forget(broken)
    assert evaluated(broken) == 0
    assert len(log(broken)) == len(log(whole)), "a finished one begins anew"


def test_a_note_is_of_its_inputs_and_machine_only(tmp_path, monkeypatch):
    recording, script = tmp_path / "a.wav", tmp_path / "hum.py"
    recording.write_bytes(b"sound")
    script.write_text("one")

    def note(**more):
        fields = {"label": "hum", "kind": "test", "spec": "hum", "tasks": ("copy",), "target": str(script)}
        item = Item("a", more.pop("text", "Text."), recording)
        how = {"seed": more.pop("seed", 0), "threads": more.pop("threads", 2)}
        return note_of(tmp_path, System(**fields | more), "copy", item, **how)

    first = note()
    assert note() == first
    others = [note(text="Other."), note(seed=1), note(threads=1), note(arguments={"steps": 2})]
    script.write_text("another")
    others.append(note())
    recording.write_bytes(b"another sound")
    others.append(note())
    here = kept.this_machine()
    for more in ({"processor": "another"}, {"cores": here.cores + 1}):
        monkeypatch.setattr(kept, "this_machine", lambda: msgspec.structs.replace(here, **more))  # noqa: B023
        others.append(note())
    monkeypatch.setattr(kept, "this_machine", lambda: msgspec.structs.replace(here, load=99.0))
    assert note() == others[5]
    assert len({first, *others}) == 9
