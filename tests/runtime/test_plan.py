"""From preset and options to how a stage is sampled."""

import msgspec
import numpy as np
import pytest

from itoaudio.runtime.errors import UnknownOption
from itoaudio.runtime.options import Options
from itoaudio.runtime.plan import plan
from itoaudio.runtime.voice_format import decode
from itoaudio.sde import PREDICTORS, VE, VPCosine


@pytest.fixture
def spec(toy_folder):
    return decode((toy_folder / "voice.json").read_bytes())


def plan_of(spec, **options):
    """The vocoder's plan."""
    return plan(spec.vocoder, spec.presets["balanced"].vocoder, Options.of(options).of_stage(1))


def test_the_preset_as_it_is(spec):
    found = plan_of(spec)
    assert found.graphs == spec.vocoder.few
    assert found.sde == VPCosine()
    np.testing.assert_allclose(found.times, [0.999, 0.5, 0.001])
    assert found.corrector is None


@pytest.mark.parametrize(
    ("options", "variant"),
    [
        ({"steps": 4}, "few"),
        ({"steps": 3}, "exact"),
        ({"sampler": "euler_flow"}, "exact"),
        ({"grid": "log_snr"}, "exact"),
        ({"sde": "vp_cosine"}, "exact"),
        ({"corrector_snr": 0.16}, "exact"),
        ({"temperature": (1.0, 0.9)}, "few"),
        ({"variant": "exact"}, "exact"),
        ({"variant": "few", "steps": 3}, "few"),
    ],
)
def test_few_step_graphs_serve_only_what_they_were_trained_for(spec, options, variant):
    assert plan_of(spec, **options).graphs == getattr(spec.vocoder, variant)


@pytest.mark.parametrize(
    ("options", "temperature"),
    [
        ({}, 0.4),
        ({"steps": 3}, 1.0),
        ({"variant": "exact"}, 1.0),
        ({"steps": 3, "temperature": (1.0, 0.9)}, 0.9),
        ({"projections": 3}, 0.4),
    ],
)
def test_graphs_trained_from_quieter_noise_get_it_and_the_score_model_does_not(spec, options, temperature):
    vocoder = msgspec.structs.replace(
        spec.vocoder, few=msgspec.structs.replace(spec.vocoder.few, temperature=0.4)
    )
    preset = msgspec.structs.replace(spec.presets["balanced"].vocoder, temperature=0.4)
    assert plan(vocoder, preset, Options.of(options).of_stage(1)).temperature == temperature
    exact = spec.presets["exact"].vocoder
    assert plan(vocoder, exact, {"variant": "few"}).temperature == 0.4


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"steps": 3}, True),
        ({"steps": 2}, False),
        ({}, False),
        ({"sampler": "heun_flow"}, True),
        ({"grid": "log_snr"}, True),
        ({"sde": "vp"}, True),
        ({"corrector_snr": 0.16}, True),
        ({"temperature": 0.5}, False),
    ],
    ids=str,
)
def test_few_step_graphs_that_are_asked_for_more_tell_what_they_know(spec, caplog, options, told):
    plan_of(spec, variant="few", **options)
    warned = "vocoder_score_few.onnx was trained for sampler 'dpm_solver_pp_2m', grid 'uniform' and"
    assert (warned in caplog.text) == told


def test_few_step_graphs_under_the_preset_of_others_tell_it_too(spec, caplog):
    plan(spec.vocoder, spec.presets["exact"].vocoder, {"variant": "few"})
    assert "variant = 'few': vocoder_score_few.onnx was trained for" in caplog.text


def test_a_pair_is_for_acoustic_and_vocoder():
    options = Options(steps=(4, 2), sampler="heun_flow", grid=("log_snr", None), temperature=0.7)
    assert options.of_stage(0) == {"steps": 4, "sampler": "heun_flow", "grid": "log_snr", "temperature": 0.7}
    assert options.of_stage(1) == {"steps": 2, "sampler": "heun_flow"}


def test_ends_are_noise_levels_on_any_clock(spec):
    found = plan_of(spec, sde="ve", steps=5)
    assert found.sde == VE()
    assert found.times[0] == found.sde.t_max  # VE stops short of the level 0.999
    assert found.sde.noise_level(found.times[-1]) == pytest.approx(0.001)


def test_levels_instead_of_a_named_grid(spec):
    way = msgspec.structs.replace(spec.presets["balanced"].vocoder, grid=(1.0, 0.4, 0.01))
    np.testing.assert_allclose(plan(spec.vocoder, way, {}).times, [1.0, 0.4, 0.01])
    np.testing.assert_allclose(plan(spec.vocoder, way, {"steps": 4}).times, [1.0, 0.7, 0.4, 0.205, 0.01])
    assert plan(spec.vocoder, way, {"sde": "ve"}).times[0] == 1.0  # VE's end, which is short of level 1


def test_the_papers_sampler(spec):
    found = plan_of(spec, sampler="reverse_diffusion", corrector_snr=0.16, steps=10)
    assert found.predictor == PREDICTORS["reverse_diffusion"]
    assert found.corrector.snr == 0.16


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stpes": 3}, "'stpes'; nearest: 'steps'"),
        ({"sampler": "heun_flwo"}, "sampler 'heun_flwo'; nearest: 'heun_flow'"),
        ({"grid": "unifrom"}, "nearest: 'uniform'"),
        ({"sde": "vp_cosin"}, "nearest: 'vp_cosine'"),
        ({"variant": "fewer"}, "nearest: 'few'"),
    ],
)
def test_unknown_names_are_answered_with_the_nearest(spec, options, message):
    with pytest.raises(UnknownOption, match=message):
        plan_of(spec, **options)


@pytest.mark.parametrize(
    "options",
    [
        {"steps": 0},
        {"steps": -1},
        {"temperature": (1.0, -0.1)},
        {"corrector_snr": -1.0},
        {"speed": 0.1},
        {"speed": float("nan")},
        {"pitch": 100.0},
        {"seed": -1},
        {"steps": (1, 2, 3)},
    ],
)
def test_numbers_out_of_range_are_named(spec, options):
    with pytest.raises(ValueError, match=next(iter(options))):
        plan_of(spec, **options)
