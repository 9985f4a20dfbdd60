"""Every kind of training, killed in the midst of a step and ended by SIGTERM, goes on to equal bits; and one
that runs away stops with its step, its recordings and a state."""

import json
import signal

import pytest
import torch
from safetensors.torch import load_file

from itoaudio.train.checkpoint import WEIGHTS, saved_step
from itoaudio.train.state import STATE, StateIO

from .tones import ACOUSTIC, ADVERSARIAL, STEPS, VOCODER, WAVEFORM

pytestmark = pytest.mark.slow

STAGES = {
    "acoustic": ("acoustic", ACOUSTIC, None),
    "vocoder": ("vocoder", VOCODER, None),
    "waveform": ("waveform", WAVEFORM, None),
    "refine-acoustic": ("refine-acoustic", ACOUSTIC | {"refine": {"steps": [2]}}, "acoustic"),
    "refine-vocoder": ("refine-vocoder", VOCODER | {"refine": {"steps": [2, 1]}}, "vocoder"),
    "adversarial": ("refine-vocoder", VOCODER | {"refine": ADVERSARIAL}, "vocoder"),
}
"""Name -> (kind, its sections of a config, the stage whose weights it starts from)."""
TRAINED = ("state_dict", "optimizer_states", "lr_schedulers", "average", "sampler")


@pytest.fixture(scope="module")
def stage(train):
    """`stage(NAME, RUN, ...)` trains; what it starts from is trained once."""
    started = {}

    def run(name, run_name, **more):
        kind, sections, start = STAGES[name]
        if start is not None:
            if start not in started:
                started[start] = stage_of_nothing(start)
            sections = sections | {"start": str(started[start])}
        return train(kind, run_name, **sections | more)

    def stage_of_nothing(name):
        kind, sections, _ = STAGES[name]
        done = train(kind, f"start-{name}", **sections)
        assert done["code"] == 0, done["stderr"]
        return done["folder"]

    return run


def state_of(run):
    return StateIO().load_checkpoint(run["folder"] / STATE)


def assert_equal_bits(one, other, place=""):
    assert type(one) is type(other), place
    if isinstance(one, torch.Tensor):
        assert torch.equal(one, other), place
    elif isinstance(one, dict):
        assert one.keys() == other.keys(), place
        for key in one:
            assert_equal_bits(one[key], other[key], f"{place}/{key}")
    elif isinstance(one, (list, tuple)):
        assert len(one) == len(other), place
        for index, pair in enumerate(zip(one, other)):
            assert_equal_bits(*pair, f"{place}/{index}")
    else:
        assert one == other, place


def assert_discriminators_learnt(early, late):
    """All but the biases of the scores, which the hinge pulls both ways as long as no score is beyond it."""
    names = [name for name in late["state_dict"] if name.startswith("discriminators.")]
    assert names
    still = [name for name in names if torch.equal(early["state_dict"][name], late["state_dict"][name])]
    assert all(name.endswith("leave.bias") for name in still)
    optimiser = late["optimizer_states"][0]
    moments = [optimiser["state"][place] for place in optimiser["param_groups"][-1]["params"]]
    assert len(moments) == len(names)
    assert all(float(moment["step"]) == STEPS for moment in moments)
    assert sum(bool(moment["exp_avg"].any()) for moment in moments) >= len(names) - len(still)


@pytest.mark.parametrize("name", STAGES)
def test_a_run_that_is_killed_and_terminated_ends_with_equal_bits(stage, name):
    whole = stage(name, f"{name}-whole")
    assert whole["code"] == 0, whole["stderr"]

    killed = stage(name, f"{name}-broken", end=("SIGKILL", 5))
    assert killed["code"] == -signal.SIGKILL
    early = state_of(killed)
    assert early["global_step"] == 3, "the two steps after it are to be done again"

    terminated = stage(name, f"{name}-broken", end=("SIGTERM", 7))
    assert terminated["code"] == 128 + signal.SIGTERM, terminated["stderr"]
    assert "goes on from step 8" in terminated["stderr"]
    assert saved_step(terminated["folder"]) == 8

    broken = stage(name, f"{name}-broken")
    assert broken["code"] == 0, broken["stderr"]
    assert broken["stdout"].strip() == str(broken["folder"])
    assert_equal_bits(*(load_file(run["folder"] / WEIGHTS) for run in (whole, broken)))
    expected, found = (state_of(run) for run in (whole, broken))
    assert expected["global_step"] == found["global_step"] == STEPS
    for part in TRAINED:
        assert_equal_bits(expected[part], found[part], part)
    if name == "adversarial":
        assert_discriminators_learnt(early, found)


FAST = {"optimiser": {"steps": STEPS, "warm_up_steps": 1, "rate": 1e30}}
RUNAWAYS = {name: (name, FAST) for name in STAGES} | {
    "discriminators": ("adversarial", {"refine": {"steps": [1], "adversarial": {"width": 4, "rate": 1e30}}})
}


@pytest.mark.parametrize("name", RUNAWAYS)
def test_a_run_whose_weights_run_away_stops_with_step_recordings_and_state(stage, name):
    of, more = RUNAWAYS[name]
    done = stage(of, f"{name}-runs-away", **more)
    assert done["code"] == 1, done["stderr"]
    assert "Traceback" not in done["stderr"]
    failure = next(done["folder"].glob("failure-*"), None)
    assert failure is not None, done["stderr"]
    found = json.loads((failure / "failure.json").read_text(encoding="utf-8"))
    assert f"at step {found['step']}, batch of {', '.join(found['ids'])}. " in done["stderr"]
    assert {"0", "1", "2", "3", "4", "5"} >= set(found["ids"]) > set()
    kept = StateIO().load_checkpoint(failure / STATE)
    assert kept["global_step"] == found["step"] > 0
    assert all(tensor.isfinite().all() for tensor in kept["state_dict"].values())
    assert list(failure.glob("batch-0.safetensors"))
