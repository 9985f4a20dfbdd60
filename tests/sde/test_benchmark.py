"""How `benchmarks/samplers.py` judges: the ratios that its figures stand for."""

import sys
from functools import partial
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def samplers(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    monkeypatch.delitem(sys.modules, "samplers", raising=False)
    import samplers

    yield samplers
    sys.modules.pop("samplers")


def row(name, error, *, order=2, calls=4, noise=0.0, kind="flow"):
    return {"kind": kind, "order": order, "name": name, "calls": calls, "error": error, "noise": noise}


def test_each_order_is_judged_alone_at_each_number_of_calls(samplers):
    rows = [
        row("itoaudio a", 0.2), row("itoaudio b", 0.1), row("azula c", 0.2), row("diffusers d", 0.4),
        row("itoaudio e", 0.3, order=3, calls=2), row("azula f", 0.25, order=3, calls=2),
        row("itoaudio g", 0.9, order=4), row("itoaudio h", 0.9, kind="sde"),
    ]  # fmt: skip
    assert samplers.worst_ratio(rows) == (pytest.approx(1.2), ("flow", 3, 2))


def test_what_chance_hides_is_ignored(samplers):
    rows = [row("itoaudio a", 0.1), row("azula b", 0.1)]
    ours_hidden = [
        row("itoaudio a", 0.04, kind="sde", noise=0.05),
        row("azula b", 0.01, kind="sde", noise=0.0),
    ]
    rival_hidden = [
        row("itoaudio a", 0.06, kind="sde", noise=0.05),
        row("azula b", 0.04, kind="sde", noise=0.05),
    ]
    for hidden in (ours_hidden, rival_hidden):
        assert samplers.worst_ratio([*rows, *hidden]) == (1.0, ("flow", 2, 4))


def test_overhead_is_the_median_of_seven_pairs_with_the_leanest_rival(samplers):
    pairs = [1.0, 1.0, 1.0, 1.5, 2.0, 2.0, 2.0]
    runs = lambda scale: [scale * pair + rest for pair in pairs for rest in (0.0, 3.0, 1.0, 9.0, 4.0)]  # noqa: E731
    times = {"2M": {"itoaudio a": runs(1.0), "azula b": runs(2.0), "diffusers c": [1.0] * 35}}
    assert samplers.overhead_ratios(times) == {"2M": 1.5}


def test_two_calls_a_step_are_counted(samplers):
    assert len(samplers.grid_for("k-diffusion heun", 8)) == 5
    assert samplers.grid_for("k-diffusion heun", 3) is None
    assert len(samplers.grid_for("k-diffusion dpmpp_2m_sde heun", 8)) == 9
    assert len(samplers.grid_for("itoaudio ddim", 8)) == 9


def test_quick_accuracy_of_ours(samplers, monkeypatch):
    """The measuring itself, without the rivals: orders 1 and 2 fall with the calls."""
    data = samplers.mixture()
    denoiser = samplers.Denoiser(samplers.SDE, data.network, samplers.PARAMETRISATIONS["v"])
    own = {
        ("flow", order, f"itoaudio {name}"): partial(samplers.ours, denoiser, samplers.PREDICTORS[name])
        for order, name in ((1, "ddim"), (2, "adams_2"))
    }
    monkeypatch.setattr(samplers, "contenders", lambda _: own)
    rows = samplers.accuracy(quick=True)
    assert [r["calls"] for r in rows] == [2, 3, 4, 6, 8] * 2
    errors = {r["name"]: r["error"] for r in rows}  # at 8 calls
    assert errors["itoaudio adams_2"] < errors["itoaudio ddim"] < 0.5
