"""What a second `ito voice new` may choose anew."""

import msgspec
import pytest

from itoaudio.making import stages
from itoaudio.making.plan import runs_of
from itoaudio.making.settings import SCRATCH, Making, Recipe
from itoaudio.strict import ConfigError

DONE = {"check": 1.0, "prepare": 1.0, "measure": 1.0}


@pytest.fixture
def making(tmp_path):
    made = Making(name="me", corpus="/c", consent="Yes.", speaker="I", done=DONE, steps=SCRATCH)
    made.save(tmp_path)
    return made


def test_nothing_new_changes_nothing(making, tmp_path):
    assert making.changed(tmp_path, recipe=Recipe(), speaker="I") == making


def test_other_hours_are_measured_anew(making, tmp_path):
    changed = making.changed(tmp_path, recipe=Recipe(hours=5.0))
    assert changed.recipe.hours == 5.0
    assert changed.steps is None
    assert changed.done.keys() == {"check", "prepare"}
    assert Making.load(tmp_path) == changed


def test_other_settings_are_prepared_anew(making, tmp_path):
    assert making.changed(tmp_path, recipe=Recipe(loudness_lufs=-20.0)).done == {}


def test_a_licence_changes_nothing_else(making, tmp_path):
    changed = making.changed(tmp_path, licence="CC0-1.0")
    assert changed == msgspec.structs.replace(making, licence="CC0-1.0")


def test_a_training_that_began_keeps_its_settings(making, tmp_path):
    (tmp_path / "runs").mkdir()
    with pytest.raises(ConfigError, match="leave --hours and --settings out, or give another --work"):
        making.changed(tmp_path, recipe=Recipe(hours=5.0))
    assert making.changed(tmp_path, licence="CC0-1.0").done == DONE


def test_a_cut_file_is_named(tmp_path):
    (tmp_path / "making.json").write_text('{"name":')
    with pytest.raises(ConfigError, match=r"making\.json: cut or altered"):
        Making.load(tmp_path)


@pytest.mark.parametrize("chosen", ["32-true", "bf16-mixed"])
def test_the_faster_precision_is_kept_by_all_stages_and_told(making, tmp_path, monkeypatch, chosen):
    said = []
    monkeypatch.setattr(stages, "faster_precision", lambda: (chosen, 0.5))
    monkeypatch.setattr(stages, "seconds_a_step", lambda *_, **__: 1.0)
    measured = stages._measure(
        making, stages.Work(tmp_path, tmp_path / "voice", said.append, accelerator="cpu")
    )
    assert measured.precision == chosen
    assert f"precision: {chosen}, 0.50 of the time" in said[0]
    assert {run.loop.precision for run in runs_of(measured, tmp_path).values()} == {chosen}


def test_a_precision_that_was_asked_for_is_not_measured(making, tmp_path, monkeypatch):
    monkeypatch.setattr(stages, "seconds_a_step", lambda *_, **__: 1.0)
    monkeypatch.setattr(stages, "faster_precision", lambda: pytest.fail("measured"))
    exact = msgspec.structs.replace(making, recipe=Recipe(precision="32-true"))
    work = stages.Work(tmp_path, tmp_path / "voice", lambda _: None, accelerator="cpu")
    assert stages._measure(exact, work).precision == "32-true"
