"""States and weights are whole or refused by name; nothing is unpickled; a full disk loses nothing."""

import errno
import json
import os
import pickle
import shutil
import subprocess
from pathlib import Path

import pytest
import torch

from itoaudio.train import tensors as tensor_files
from itoaudio.train.checkpoint import WEIGHTS, load_weights, save_weights, saved_step
from itoaudio.train.state import STATE, StateIO
from itoaudio.train.tensors import read_tensors, write_tensors

CHECKPOINT = {
    "global_step": 7,
    "state_dict": {"w": torch.randn(3, 4), "b": torch.zeros(())},
    "optimizer_states": [
        {
            "state": {0: {"step": torch.tensor(7.0), "exp_avg": torch.randn(2).bfloat16()}},
            "param_groups": [{"betas": (0.9, 0.99), "lr": 1e-3 / 3, "foreach": None, "params": [0]}],
        }
    ],
    "lr_schedulers": [{"base_lrs": [0.1], "lr_lambdas": [None]}],
}


def equal(one, other):
    if isinstance(one, torch.Tensor):
        return one.dtype == other.dtype and torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return type(one) is type(other) and len(one) == len(other) and all(map(equal, one, other))
    return type(one) is type(other) and one == other


@pytest.fixture
def saved(tmp_path):
    StateIO().save_checkpoint(CHECKPOINT, tmp_path / STATE)
    return tmp_path / STATE


def tensors_of(path: Path) -> Path:
    return next(path.parent.glob("*.safetensors"))


def test_a_state_comes_back_as_it_was_and_is_readable(saved):
    assert equal(StateIO().load_checkpoint(saved), CHECKPOINT)
    assert json.loads(saved.read_text(encoding="utf-8"))["step"] == 7
    assert saved_step(saved.parent) == 7


def test_a_new_state_takes_the_place_of_the_old(saved):
    StateIO().save_checkpoint(CHECKPOINT | {"global_step": 8}, saved)
    assert saved_step(saved.parent) == 8
    assert len(list(saved.parent.iterdir())) == 2
    StateIO().remove_checkpoint(saved)
    assert list(saved.parent.iterdir()) == []


@pytest.mark.parametrize("damage", ["cut", "altered"])
@pytest.mark.parametrize("which", ["json", "tensors"])
def test_a_damaged_file_is_refused_by_name(saved, which, damage):
    file = saved if which == "json" else tensors_of(saved)
    data = bytearray(file.read_bytes())
    if damage == "cut":
        data = data[:-20]
    elif which == "json":
        data = data.replace(b'"step": 7,', b'"step": 9,')
    else:
        data[-3] ^= 1
    file.write_bytes(data)
    with pytest.raises(ValueError, match=f"{file.name}: (cut|altered)"):
        StateIO().load_checkpoint(saved)


def test_tensors_of_another_state_are_refused(saved):
    file = tensors_of(saved)
    write_tensors({"/state_dict/w": torch.ones(1)}, file, metadata={})
    with pytest.raises(ValueError, match="altered, it is not the file"):
        StateIO().load_checkpoint(saved)
    file.unlink()
    with pytest.raises(ValueError, match=r"last.json needs it"):
        StateIO().load_checkpoint(saved)


class Trap:
    def __reduce__(self):
        return (os.abort, ())


def test_a_pickle_is_never_opened(tmp_path):
    for name in (STATE, "last.ckpt"):
        (tmp_path / name).write_bytes(pickle.dumps(Trap()))
    with pytest.raises(ValueError, match="cut or altered"):
        saved_step(tmp_path)
    (tmp_path / STATE).unlink()
    with pytest.raises(ValueError, match=r"older version.*start:"):
        saved_step(tmp_path)
    (tmp_path / "last.ckpt").unlink()
    assert saved_step(tmp_path) is None


def test_what_a_state_cannot_hold_is_named(tmp_path):
    with pytest.raises(TypeError, match="/callbacks/mine: a set cannot be kept"):
        StateIO().save_checkpoint({"callbacks": {"mine": {1}}}, tmp_path / STATE)


def test_weights_are_checked_and_named(tmp_path):
    network = torch.nn.Linear(2, 3)
    save_weights(network, tmp_path, step=5)
    load_weights(torch.nn.Linear(2, 3), tmp_path)
    assert read_tensors(tmp_path / WEIGHTS)[1]["step"] == "5"
    with pytest.raises(ValueError, match="does not fit"):
        load_weights(torch.nn.Linear(2, 4), tmp_path)
    data = bytearray((tmp_path / WEIGHTS).read_bytes())
    data[-1] ^= 1
    (tmp_path / WEIGHTS).write_bytes(data)
    with pytest.raises(ValueError, match=f"{WEIGHTS}: altered"):
        load_weights(network, tmp_path)


def test_a_failed_write_leaves_the_old_state_whole(saved, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tensor_files, "save_file", full)
    with pytest.raises(OSError, match="disk is full") as caught:
        StateIO().save_checkpoint(CHECKPOINT | {"global_step": 8}, saved)
    assert caught.value.filename
    assert equal(StateIO().load_checkpoint(saved), CHECKPOINT)
    assert len(list(saved.parent.iterdir())) == 2


def test_a_disk_that_is_really_full_leaves_the_old_state_whole(tmp_path):
    mount = shutil.which("mount")
    disk = tmp_path / "disk"
    disk.mkdir()
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if not mount or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("NOT PROVEN HERE: no right to mount a small disk")
    try:
        StateIO().save_checkpoint(CHECKPOINT, disk / STATE)
        big = CHECKPOINT | {"global_step": 8, "state_dict": {"w": torch.randn(100_000)}}
        with pytest.raises(OSError, match=r"disk is full: 0\.4 MB are needed"):
            StateIO().save_checkpoint(big, disk / STATE)
        assert equal(StateIO().load_checkpoint(disk / STATE), CHECKPOINT)
        assert len(list(disk.iterdir())) == 2
    finally:
        subprocess.run(["umount", str(disk)], check=True)
