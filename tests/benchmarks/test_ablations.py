"""The ablations compare what they say they compare, and their whole path runs on a toy corpus."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from itoaudio.audio.files import write_wav
from itoaudio.data.acoustic import load, statistics
from itoaudio.data.config import CorpusConfig
from itoaudio.data.prepare import prepare
from itoaudio.networks.acoustic import AcousticNetworkConfig, ConditionConfig, ScoreConfig, TextConfig
from itoaudio.networks.vocoder import FrameVocoderConfig
from itoaudio.networks.waveform import WaveformConfig
from itoaudio.sde import PARAMETRISATIONS, SDES, Denoiser, GaussianMixture
from itoaudio.train.acoustic import AcousticModule, AcousticRun
from itoaudio.train.checkpoint import save_weights
from itoaudio.train.config import OptimiserConfig, SDEConfig, save_yaml
from itoaudio.train.vocoder import VocoderModule, VocoderRun
from itoaudio.train.waveform import WaveformModule, WaveformRun

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "benchmarks"))

from ablations_arms import arms  # noqa: E402
from ablations_drawing import Way, draw  # noqa: E402
from ablations_report import tables  # noqa: E402
from ablations_tasks import energies  # noqa: E402

WIDTH = 512  # Langevin's step is set by norms, which vary much in few dimensions
DATA = GaussianMixture(np.array([1.0]), np.zeros((1, WIDTH)), np.full((1, WIDTH), 0.6))


def drawn(family, way, count=40, calls=None):
    """Draws of a Gaussian with its exact score."""

    def network(state, level):
        if calls is not None:
            calls.append(level)
        return DATA.network(state, level)

    denoiser = Denoiser(SDES[family](), network, PARAMETRISATIONS["v"])
    return draw(denoiser, (count, WIDTH), way, seed=1)


@pytest.mark.parametrize("family", ["ve", "vp", "vp_cosine", "sub_vp"])
def test_the_flow_leaves_differences_to_the_networks(family):
    way = Way(kind="flow", calls=16)
    torch.testing.assert_close(drawn(family, way), drawn("vp_cosine", way), atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("kind", ["flow", "predictor", "pc"])
@pytest.mark.parametrize("family", ["ve", "vp", "vp_cosine", "sub_vp"])
def test_every_way_draws_the_data_by_as_many_calls_as_it_says(kind, family):
    made: list = []
    state = drawn(family, Way(kind=kind, calls=256), calls=made)
    assert len(made) == 256
    assert state.std().item() == pytest.approx(0.6, rel=0.06)


@pytest.mark.parametrize("family", ["ve", "vp"])
def test_a_thousand_calls_with_the_corrector_do_no_harm_where_the_score_is_exact(family):
    state = drawn(family, Way(kind="pc", calls=1000))
    assert state.std().item() == pytest.approx(0.6, rel=0.03)


def test_one_call_is_the_posterior_mean_of_noise():
    made: list = []
    assert drawn("vp", Way(kind="flow", calls=1), calls=made).abs().max() < 0.1
    assert len(made) == 1


def test_energy_of_true_draws_is_the_truths_own_distance():
    rng = np.random.default_rng(0)
    target, made = rng.standard_normal(500), list(rng.standard_normal((3, 500)))
    energy = energies(target, made, lambda x, y, item: abs(x[item] - y[item]), 500)
    assert energy.shape == (3, 500)
    assert energy.mean() == pytest.approx(2 / np.pi**0.5, rel=0.1)  # E|x - y| of two normal numbers


def figures(name, seed, values):
    arm = {"task": "mel", "coordinates": "plain", "decoders": 4, "family": "vp", "seed": seed}
    found = {"flow 4": {"energy": values.tolist()}}
    return {"question": "family", "name": name, "seed": seed, "arm": arm, "values": found}


def test_a_difference_is_called_one_only_beyond_its_interval():
    rng = np.random.default_rng(0)
    base = [rng.uniform(1, 2, (3, 8)) for _ in range(3)]
    results = []
    for seed, values in enumerate(base):
        results += [
            figures("first", seed, values),
            figures("worse", seed, values + 0.5 + 0.01 * seed),
            figures("alike", seed, values + (0.5, -0.6, 0.2)[seed]),
        ]
    summary = tables(results)
    rows = {row["name"]: row for row in summary.rows}
    assert rows["worse"]["difference"] == pytest.approx(0.51)
    # Student's t of 3 trainings at 97.5 %, times the standard error of 0, 0.01, 0.02.
    assert rows["worse"]["half_interval"] == pytest.approx(4.3027 * 0.01 / 3**0.5, rel=1e-3)
    assert rows["worse"]["significant"]
    assert not rows["alike"]["significant"]
    assert "difference" not in rows["first"]
    assert "**+0.510 ± 0.025**" in summary.text


def test_every_question_of_the_issue_has_its_arms():
    asked = {(arm.question, arm.task) for arm in arms(3, quick=False)}
    both = {
        (question, task)
        for question in ("NFE", "Langevin", "sampling", "family", "grid")
        for task in ("wave", "mel")
    }
    pulse = {("pulse", "wave"), ("pulse end game", "wave")}
    assert asked == both | pulse | {("decoders", "mel"), ("NFE", "clip"), ("sampling", "clip")}
    decoders = {(a.decoders, a.shared) for a in arms(1, quick=False) if a.question == "decoders"}
    assert decoders == {(1, False), (2, False), (4, False), (4, True), (8, True)}
    names = [(arm.question, arm.name, arm.seed) for arm in arms(3, quick=False)]
    assert len(set(names)) == len(names)
    nfe = next(arm for arm in arms(1, quick=False) if arm.question == "NFE" and arm.task == "wave")
    assert {1, 1000} <= {way.calls for way in nfe.ways}


@pytest.fixture(scope="module")
def toy(tmp_path_factory) -> Path:
    """A corpus of gliding tones, prepared, and two tiny checkpoints, untrained."""
    root = tmp_path_factory.mktemp("toy")
    wavs = root / "corpus/wavs"
    wavs.mkdir(parents=True)
    t = np.arange(22050) / 22050
    texts = ("One.", "Two.", "Three.", "Four.", "Five.", "Six.", "Seven.", "Eight.")
    for index, _ in enumerate(texts):
        phase = 2 * np.pi * (120 + 15 * index) * (t + 0.1 * t**2)
        sound = sum(0.1 / k * np.cos(k * phase) for k in range(1, 25)).astype(np.float32)
        write_wav(wavs / f"{index}.wav", sound, 22050)
    rows = "".join(f"{index}|{text}|{text}\n" for index, text in enumerate(texts))
    (root / "corpus/metadata.csv").write_text(rows, encoding="utf-8")
    corpus = CorpusConfig(
        name="tones", recipe="ljspeech", folder=str(root / "corpus"), validation=0.4, test=0.0
    )
    folder = prepare(corpus, root / "cache", workers=1)
    common = {"corpus": corpus, "optimiser": OptimiserConfig(steps=1)}
    network = FrameVocoderConfig(width=16, condition_blocks=1, score_blocks=1, pitch_width=16, pitch_blocks=1)
    vocoder = VocoderRun(name="vocoder", network=network, **common)
    acoustic = AcousticRun(
        name="acoustic",
        network=AcousticNetworkConfig(
            text=TextConfig(width=16, blocks=2, attentions=1, heads=2, predictor_width=8),
            condition=ConditionConfig(width=16, blocks=1),
            score=ScoreConfig(width=16, blocks=1, level_width=8, decoders=2, head_width=8),
        ),
        **common,
    )
    waveform = WaveformRun(
        name="waveform",
        sde=SDEConfig(family="ve", parameters={"sigma_min": 1e-3, "sigma_max": 100.0}, clock="time"),
        network=WaveformConfig(channels=4, layers=2, level_width=8, fourier_width=8),
        **common,
    )
    for module in (VocoderModule(vocoder), AcousticModule(acoustic), WaveformModule(waveform)):
        run = module.run_config
        if isinstance(module, AcousticModule):
            module.networks.set_statistics(statistics(load(folder, "train")))
        (root / run.name).mkdir()
        save_yaml(run, root / run.name / "config.yaml")
        save_weights(module.networks, root / run.name, step=1)
    return root


def ablations(toy: Path, *options: str) -> subprocess.CompletedProcess:
    paths = ["--folder", toy / "kept", "--cache", toy / "cache"]
    paths += ["--vocoder", toy / "vocoder", "--acoustic", toy / "acoustic", "--waveform", toy / "waveform"]
    command = [sys.executable, "-W", "ignore", ROOT / "benchmarks/ablations.py", "--quick", *paths, *options]
    return subprocess.run([str(word) for word in command], capture_output=True, text=True)


@pytest.mark.slow
def test_the_whole_command_answers_every_question_and_keeps_what_it_found(toy):
    done = ablations(toy, "--json", str(toy / "all.json"), "--picture", str(toy / "all.png"))
    assert done.returncode == 0, done.stderr
    found = json.loads((toy / "all.json").read_text(encoding="utf-8"))
    asked = {(arm.question, arm.name, arm.seed) for arm in arms(2, quick=True)}
    assert {(one["question"], one["name"], one["seed"]) for one in found["arms"]} == asked
    assert all(np.isfinite(row["mean"]) for row in found["tables"])
    assert (toy / "all.png").stat().st_size > 10_000
    before = {file: file.stat().st_mtime_ns for file in (toy / "kept").glob("*.json")}
    again = ablations(toy)
    assert again.stdout == done.stdout
    assert {file: file.stat().st_mtime_ns for file in (toy / "kept").glob("*.json")} == before


@pytest.mark.slow
def test_an_unknown_arm_is_refused_by_the_names_there_are(toy):
    done = ablations(toy, "--only", "nothing")
    assert done.returncode == 2
    assert "decoders mel plain vp decoders 2" in done.stderr
    assert "pulse wave whitened vp without pulse" in done.stderr
