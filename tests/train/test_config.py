from pathlib import Path

import msgspec
import pytest

from itoaudio.strict import ConfigError, convert
from itoaudio.train.config import (
    AdversarialConfig,
    CropConfig,
    DistributedConfig,
    LoopConfig,
    OptimiserConfig,
    RefineConfig,
    SDEConfig,
    load_run,
    refinement,
    save_yaml,
)
from itoaudio.train.vocoder import VocoderRun

from .test_devices import VOCODER

CONFIG = Path(__file__).parents[2] / "configs/vocoder.yaml"


def test_the_shipped_config_reads_and_saves_back_to_itself(tmp_path):
    run = load_run(CONFIG, VocoderRun)
    save_yaml(run, tmp_path / "again.yaml")
    assert load_run(tmp_path / "again.yaml", VocoderRun) == run


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("optimiser: {steps", "optimiser: {stepps: 1, steps", "did you mean `steps`"),
        ("recipe: ljspeech", "recipe: 3", "corpus.recipe"),
        ("network:", "sde: {family: vpp}\nnetwork:", "vp_cosine"),
        ("name: vocoder", "name: [", "not YAML"),
    ],
)
def test_a_wrong_config_says_what_and_where(tmp_path, old, new, message):
    path = tmp_path / "run.yaml"
    path.write_text(CONFIG.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_run(path, VocoderRun)


@pytest.mark.parametrize(
    ("kind", "raw", "message"),
    [
        (
            SDEConfig,
            {"family": "vp", "parameters": {"beta_mx": 3.0}},
            "must be of beta_min, beta_max, got beta_mx",
        ),
        (
            SDEConfig,
            {"family": "vp", "parameters": {"beta_max": -3.0}},
            "beta_min <= beta_max, got 0.1 and -3.0",
        ),
        (OptimiserConfig, {"steps": -1}, "steps must be 1 or more, got -1"),
        (OptimiserConfig, {"steps": 1, "rate": -0.01}, "rate must be above 0, got -0.01"),
        (OptimiserConfig, {"steps": 1, "warm_up_steps": -1}, "warm_up_steps must be 0 or more, got -1"),
        (
            OptimiserConfig,
            {"steps": 1, "final_rate_share": 2.0},
            "final_rate_share must be from 0 to 1, got 2.0",
        ),
        (OptimiserConfig, {"steps": 1, "betas": [1.5, 0.9]}, "betas must be from 0 to below 1, got"),
        (OptimiserConfig, {"steps": 1, "weight_decay": -1.0}, "weight_decay must be 0 or more, got -1.0"),
        (OptimiserConfig, {"steps": 1, "clip_norm": -1.0}, "clip_norm must be above 0.*, got -1.0"),
        (OptimiserConfig, {"steps": 1, "clip_norm": 0.0}, "clip_norm must be above 0.*, got 0.0"),
        (
            OptimiserConfig,
            {"steps": 1, "average_decay": 2.0},
            "average_decay must be from 0 to below 1, got 2.0",
        ),
        (LoopConfig, {"validate_every_steps": 0}, "validate_every_steps must be 1 or more, got 0"),
        (LoopConfig, {"log_every_steps": 0}, "log_every_steps must be 1 or more, got 0"),
        (LoopConfig, {"seed": -1}, "seed must be 0 or more, got -1"),
        (CropConfig, {"frames": 0}, "frames must be 1 or more, got 0"),
        (CropConfig, {"batch": 0}, "batch must be 1 or more, got 0"),
        (AdversarialConfig, {"rate": 0.0}, "rate must be above 0, got 0.0"),
        (AdversarialConfig, {"weight": -1.0}, "weight must be 0 or more, got -1.0"),
        (AdversarialConfig, {"width": 0}, "width must be 1 or more, got 0"),
        (RefineConfig, {"steps": []}, r"steps must be one number or more, as \[2\], got \[\]"),
        (RefineConfig, {"steps": [2, 0]}, r"steps must be 1 or more each, got \[2, 0\]"),
        (RefineConfig, {"t_end": 1.5}, "t_end must be below t_start, which is 1.0, got 1.5"),
        (RefineConfig, {"t_end": 0.0}, "t_end must be above 0, got 0.0"),
        (RefineConfig, {"repulsion": -3.0}, "repulsion must be 0 or more, got -3.0"),
        (RefineConfig, {"projections": -1}, "projections must be 0 or more, got -1"),
    ],
)
def test_a_value_out_of_its_range_is_named_with_the_mend(kind, raw, message):
    with pytest.raises(ConfigError, match=f"^run.yaml: .*{message}"):
        convert(raw, kind, source="run.yaml")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": None}, "a refinement needs `start: FOLDER`"),
        ({"refine": None}, "a refinement needs .* a section `refine`"),
        (
            {"refine": RefineConfig(t_start=2.0)},
            "refine.t_start must be at most 1.0, where the SDE ends, got 2.0",
        ),
        (
            {
                "refine": RefineConfig(adversarial=AdversarialConfig()),
                "distributed": DistributedConfig(strategy="fsdp"),
            },
            "strategy: fsdp.* does not shard the discriminators .*adversarial.*: use `strategy: ddp`",
        ),
    ],
)
def test_a_refinement_that_cannot_be_says_why(change, message):
    run = msgspec.structs.replace(VOCODER, **{"start": "runs/vocoder", **change})
    with pytest.raises(ValueError, match=message):
        refinement(run, run.refine)
