"""The training benchmark compares what it says it compares, and prints the ratios."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

import training  # noqa: E402
import training_ours  # noqa: E402

SECONDS = {"vocoder": 0.5, "acoustic": 1.0, "decoder": 0.25, "matcha": 3.0, "diffwave": 40.0}


def figures(name, share=1, precision="32-true"):
    step = SECONDS[name] * (2 if precision == "bf16-mixed" else 1)  # the faster one counts
    return {
        "what": name,
        "precision": precision,
        "weights": 1e6,
        "step_seconds": step / share,
        "step_cpu_seconds": step / 2,
        "peak_mb": 1.0,
    }


def test_ratios_and_the_scaling_of_processes(monkeypatch):
    def ours(kind, crops, steps, threads, device, *, processes=1):
        return figures(kind, 1 if processes == 1 else 1.5, device[1])

    monkeypatch.setattr(training, "ours", ours)
    monkeypatch.setattr(training, "answer", lambda command: figures(command[2]))
    done = CliRunner().invoke(
        training.main, ["--rivals", "python", "--crops", "4", "--processes", "1", "--processes", "2"]
    )
    assert done.exit_code == 0, done.output
    for line in (
        "acoustic is 3.0 times as fast as matcha, 3.0 by cpu (goal 3)",
        "decoder is 12.0 times as fast as matcha, 12.0 by cpu (goal 3)",
        "vocoder is 80.0 times as fast as diffwave, 80.0 by cpu (goal 30)",
    ):
        assert line in done.output
    one, two = (line.split() for line in done.output.splitlines()[-2:])
    audio = 8 * 64 * 256 / 22050
    assert [float(word) for word in one] == pytest.approx([1, audio / 0.5, 1.0, 0.25], abs=0.01)
    assert [float(word) for word in two] == pytest.approx([2, 1.5 * audio / 0.5, 0.75, 0.5], abs=0.01)


def test_the_decoder_alone_learns_the_decoder_alone():
    module, batches = training_ours.decoder(4, 1)
    module.log = lambda *_, **__: None
    loss = module.training_step(batches[0], 0)
    loss.backward()
    learned = {name.split(".")[0] for name, w in module.networks.named_parameters() if w.grad is not None}
    assert learned == {"score"}
    assert loss.item() > 0
    assert batches[0].frames.sum() == 4 * training.FRAMES


@pytest.mark.slow
@pytest.mark.parametrize("kind", training.OURS)
def test_a_step_of_ours_is_timed(kind):
    command = [sys.executable, training.__file__, "--worker", kind, "--crops", "2", "--steps", "1"]
    done = subprocess.run([*command, "--threads", "1"], capture_output=True, text=True)
    found = json.loads([line for line in done.stdout.splitlines() if line.startswith("{")][-1])
    assert found["step_seconds"] > 0
    assert found["peak_mb"] > 100
