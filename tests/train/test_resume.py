"""A second start may change how a run goes on, never what it is."""

import msgspec
import pytest

from itoaudio.train.config import OptimiserConfig, SDEConfig, save_yaml
from itoaudio.train.resume import differing
from itoaudio.train.run import fit

from .test_devices import VOCODER
from .toy_job import Toy, run, train

pytestmark = pytest.mark.filterwarnings("ignore")  # Lightning's own


def changed(run, **sections):
    """`run` with other values of some keys of its sections."""
    replace = msgspec.structs.replace
    return replace(run, **{name: replace(getattr(run, name), **new) for name, new in sections.items()})


def test_what_a_run_is_may_not_change():
    other = msgspec.structs.replace(VOCODER, sde=SDEConfig(parametrisation="denoised"), refine=None)
    found = differing(VOCODER, changed(other, network={"width": 32}))
    assert "sde.parametrisation was v, now denoised" in found
    assert "network.width was 16, now 32" in found
    assert "refine.temperature was 1.0, now not there" in found


def test_how_it_goes_on_may():
    other = changed(
        VOCODER,
        optimiser={"steps": 99, "rate": 1e-4, "betas": (0.5, 0.9)},
        loop={"validate_every_steps": 7},
        distributed={"accumulate": 2},
    )
    assert differing(VOCODER, other) == []


def test_a_folder_that_was_moved_is_the_same_and_another_one_is_not():
    def placed(start, corpus):
        return changed(msgspec.structs.replace(VOCODER, start=start), corpus={"folder": corpus})

    kept = placed("runs/acoustic", "mine/clean.jsonl")
    assert differing(kept, placed("/elsewhere/runs/acoustic", "/home/clean.jsonl")) == []
    assert differing(kept, placed("runs/other", "mine/clean.jsonl")) == [
        "start was runs/acoustic, now runs/other"
    ]


def test_a_refused_start_leaves_state_and_config_as_they_were(tmp_path):
    train(tmp_path, run(steps=2))
    kept = {path.name: path.read_bytes() for path in (tmp_path / "toy").iterdir() if path.is_file()}
    other = msgspec.structs.replace(run(steps=4), sde=SDEConfig(parametrisation="denoised"))
    with pytest.raises(ValueError, match=r"config\.yaml: sde\.parametrisation was v, now denoised"):
        train(tmp_path, other)
    assert kept == {path.name: path.read_bytes() for path in (tmp_path / "toy").iterdir() if path.is_file()}


def test_a_state_that_does_not_fit_leaves_the_config_as_it_was(tmp_path, monkeypatch):
    """The network has grown in the code, not in the config."""
    train(tmp_path, run(steps=1))
    kept = (tmp_path / "toy" / "config.yaml").read_bytes()
    monkeypatch.setitem(train.__globals__, "WIDTH", 5)
    with pytest.raises(ValueError, match="does not fit the configured network"):
        train(tmp_path, run(steps=2))
    assert (tmp_path / "toy" / "config.yaml").read_bytes() == kept


def test_a_config_that_is_older_than_a_key_has_its_default(tmp_path):
    train(tmp_path, run(steps=1))
    path = tmp_path / "toy" / "config.yaml"
    path.write_text(path.read_text().replace("  clock: level\n", ""))
    assert max(train(tmp_path, run(steps=2))[1]) == 2


def test_without_a_state_any_config_begins(tmp_path):
    save_yaml(msgspec.structs.replace(run(), sde=SDEConfig(family="straight")), tmp_path / "config.yaml")
    (tmp_path / "toy").mkdir()
    (tmp_path / "config.yaml").rename(tmp_path / "toy" / "config.yaml")
    train(tmp_path, run(steps=1))
    assert "family: vp_cosine" in (tmp_path / "toy" / "config.yaml").read_text()


def test_a_run_without_a_step_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"optimiser\.steps 0 trains nothing: give 1 or more"):
        fit(Toy(run(0)), run(0), None, runs=tmp_path, accelerator="cpu")
    with pytest.raises(ValueError, match="steps must be 1 or more, got -5"):
        OptimiserConfig(steps=-5)
    assert not (tmp_path / "toy").exists()
