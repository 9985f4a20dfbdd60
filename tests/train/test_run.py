"""The runner resumes exactly, stops before weights are spoilt, and shares a batch without changing it."""

import json
import signal
from pathlib import Path

import msgspec
import pytest
import torch
from lightning.pytorch.utilities.exceptions import SIGTERMException

from itoaudio.train import devices
from itoaudio.train import state as state_files
from itoaudio.train.checkpoint import WEIGHTS, saved_precision, saved_step
from itoaudio.train.config import read_yaml
from itoaudio.train.guard import NotFinite
from itoaudio.train.module import Module
from itoaudio.train.state import STATE, StateIO
from itoaudio.train.tensors import read_tensors

from .toy_job import Utterances, run, train

pytestmark = pytest.mark.filterwarnings("ignore")  # Lightning's own


def weights(folder: Path):
    return read_tensors(folder / "toy" / WEIGHTS)[0]


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    return folder, *train(folder, run())


@pytest.mark.parametrize("stop", [1, 4, 5])
def test_a_run_stopped_at_any_step_ends_with_equal_bits(whole, tmp_path, stop):
    folder, module, losses = whole
    with pytest.raises(OSError, match="stopped by the test"):
        train(tmp_path, run(), stop=stop)
    assert (saved_step(tmp_path / "toy") or 0) in (stop, stop - 1)
    again, later = train(tmp_path, run())
    assert same(module.state_dict(), again.state_dict())
    assert same(weights(folder), weights(tmp_path))
    assert all(losses[step] == loss for step, loss in later.items())
    assert max(later) == 6
    assert min(later) > stop - 1


@pytest.mark.parametrize("end", [3, -4], ids=["training", "validation"])
def test_sigterm_loses_no_step(whole, tmp_path, end, caplog):
    """What SLURM, docker and `kill` send: the step is finished, saved, and gone on from."""
    with pytest.raises(SystemExit) as ended:
        train(tmp_path, run(minutes=1e6), end=end)
    assert ended.value.code == 128 + signal.SIGTERM
    assert saved_step(tmp_path / "toy") == abs(end)
    assert f"goes on from step {abs(end)}" in caplog.text
    module, _ = train(tmp_path, run(minutes=1e6))
    assert same(module.state_dict(), whole[1].state_dict())
    assert same(weights(whole[0]), weights(tmp_path))


@pytest.mark.parametrize("end", [1, 3])
def test_sigterm_waits_for_all_parts_of_its_step(tmp_path, end):
    """It comes in the first of two: what is saved lies between two steps, never between two parts."""
    whole, _ = train(tmp_path / "whole", run(accumulate=2))
    with pytest.raises(SystemExit):
        train(tmp_path, run(accumulate=2, minutes=1e6), end=end)
    assert saved_step(tmp_path / "toy") == end
    module, _ = train(tmp_path, run(accumulate=2, minutes=1e6))
    assert same(module.state_dict(), whole.state_dict())
    assert same(weights(tmp_path / "whole"), weights(tmp_path))


def test_a_run_that_is_terminated_before_its_first_step_begins_anew(tmp_path, monkeypatch, caplog):
    def end(*_):
        raise SIGTERMException

    monkeypatch.setattr(Module, "on_train_batch_start", end)
    with pytest.raises(SystemExit):
        train(tmp_path, run())
    assert "the same command begins anew, nothing was saved yet" in caplog.text


def test_a_finished_state_has_its_weights_whatever_came_after_it(whole, tmp_path, monkeypatch):
    def cut(*_):
        raise OSError("cut")

    monkeypatch.setattr(Module, "on_validation_batch_start", cut)  # the last step ends in a validation
    with pytest.raises(OSError, match="cut"):
        train(tmp_path, run(4))
    monkeypatch.undo()
    assert saved_step(tmp_path / "toy") == 4
    train(tmp_path / "other", run(4))
    train(tmp_path, run(4))
    assert same(weights(tmp_path / "other"), weights(tmp_path))


def test_accumulated_gradients_are_those_of_the_whole_batch_and_can_change_between_starts(whole, tmp_path):
    """Parts of the toy differ in frames, so its mean over parts is near that of the whole, not equal."""
    with pytest.raises(OSError, match="stopped"):
        train(tmp_path, run(accumulate=4), stop=3)
    module, losses = train(tmp_path, run(accumulate=2))
    assert sorted(losses)[-1] == 6
    for name, tensor in whole[1].state_dict().items():
        torch.testing.assert_close(module.state_dict()[name], tensor, atol=2e-2, rtol=0)


def test_a_loss_that_is_no_number_stops_with_step_recordings_and_state(tmp_path):
    with pytest.raises(NotFinite, match=r"loss nan .* at step 3, batch of .*utterance-3-5") as caught:
        train(tmp_path, run(), poison=(3, 5))
    assert "failure-3" in str(caught.value)
    folder = tmp_path / "toy" / "failure-3"
    found = json.loads((folder / "failure.json").read_text(encoding="utf-8"))
    assert found["step"] == 3
    assert found["ids"] == [f"utterance-3-{row}" for row in range(8)]
    kept = StateIO().load_checkpoint(folder / STATE)["state_dict"]
    assert all(tensor.isfinite().all() for tensor in kept.values())
    assert read_tensors(folder / "batch-0.safetensors")[0]["x"].isnan().any()
    assert saved_step(tmp_path / "toy") == 3


@pytest.mark.parametrize("row", [4, 5], ids=["first part", "second part"])
def test_of_a_steps_parts_the_one_that_is_no_number_is_kept(tmp_path, row):
    """Row r lies in part r % 2."""
    with pytest.raises(NotFinite, match="loss nan with gradient norm nan"):
        train(tmp_path, run(accumulate=2), poison=(3, row))
    assert read_tensors(tmp_path / "toy" / "failure-3" / "batch-0.safetensors")[0]["x"].isnan().any()


def test_a_run_goes_on_by_the_optimiser_that_its_config_says_now(tmp_path, monkeypatch):
    """`lower optimiser: rate`, as the guard advises, for what is saved already."""
    train(tmp_path, run(steps=3))
    longer = run(steps=6)
    changes = {"rate": 1e-3, "betas": (0.5, 0.6), "weight_decay": 0.5, "final_rate_share": 1.0}
    longer = msgspec.structs.replace(longer, optimiser=msgspec.structs.replace(longer.optimiser, **changes))
    used = []
    monkeypatch.setattr(
        Module, "on_before_optimizer_step", lambda _, made: used.extend(made.param_groups), raising=False
    )
    train(tmp_path, longer)
    groups = [(group["lr"], group["betas"], group["weight_decay"]) for group in used]
    assert groups == [(pytest.approx(1e-3), (0.5, 0.6), decay) for decay in (0.5, 0.0)] * 3
    assert read_yaml(tmp_path / "toy" / "config.yaml")["optimiser"]["rate"] == 1e-3


def test_a_run_goes_on_in_the_precision_it_began_in(tmp_path, monkeypatch):
    """Another measurement at a later start would change its bits."""

    def auto(faster):
        monkeypatch.setattr(devices, "faster_precision", lambda: (faster, 0.5))
        settings = run()
        return msgspec.structs.replace(
            settings, loop=msgspec.structs.replace(settings.loop, precision="auto")
        )

    whole, _ = train(tmp_path / "whole", auto("32-true"))
    with pytest.raises(OSError, match="stopped by the test"):
        train(tmp_path, auto("32-true"), stop=3)
    assert saved_precision(tmp_path / "toy") == "32-true"
    again, _ = train(tmp_path, auto("bf16-mixed"))
    assert same(whole.state_dict(), again.state_dict())


def test_a_full_disk_stops_the_run_and_the_state_before_goes_on(whole, tmp_path, monkeypatch):
    real = state_files.write_tensors

    def full_at_three(tensors, path, **more):
        if "-3" in path.name:
            raise OSError(28, "the disk is full", str(path))
        return real(tensors, path, **more)

    monkeypatch.setattr(state_files, "write_tensors", full_at_three)
    with pytest.raises(OSError, match="disk is full"):
        train(tmp_path, run())
    monkeypatch.undo()
    assert saved_step(tmp_path / "toy") == 2
    module, _ = train(tmp_path, run())
    assert same(module.state_dict(), whole[1].state_dict())


def test_the_pickle_of_an_older_version_is_refused(tmp_path):
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "last.ckpt").write_bytes(b"old")
    with pytest.raises(ValueError, match=r"last\.ckpt: a pickle of an older version"):
        train(tmp_path, run())


def test_a_state_of_another_network_is_refused(tmp_path, monkeypatch):
    train(tmp_path, run(steps=1))
    monkeypatch.setattr("tests.train.toy_job.WIDTH", 5, raising=False)
    monkeypatch.setitem(train.__globals__, "WIDTH", 5)
    with pytest.raises(ValueError, match="does not fit the configured network"):
        train(tmp_path, run(steps=2))


def test_an_accelerator_that_is_not_here_is_refused():
    assert devices.found("cpu") == "cpu"
    with pytest.raises(ValueError, match="'tpu' is unknown"):
        devices.found("tpu")
    if not torch.cuda.is_available():
        assert devices.found("auto") == "cpu"
        with pytest.raises(ValueError, match="finds no such device here; it has cpu"):
            devices.found("cuda")


def test_shares_of_a_batch_are_its_rows():
    batches = Utterances(3)
    whole = batches[1]["x"]
    for share in range(4):
        part = batches.share(1, share, 4)["x"]
        assert (whole[share::4, : part.shape[1]] == part).all()
