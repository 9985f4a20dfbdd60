"""Networks -> graphs -> voice folder: small random networks of both models, exported once for all tests."""

import json
import shutil
import signal

import msgspec
import numpy as np
import onnx
import pytest
import torch
from click.testing import CliRunner

from itoaudio.cli import main
from itoaudio.export import parity, voice_writer
from itoaudio.export.checkpoint import TrainedAcoustic, TrainedVocoder, check_refined
from itoaudio.export.config import VoiceConfig
from itoaudio.export.parity import ParityError, relative_error
from itoaudio.export.voice_writer import export_voice
from itoaudio.networks.vocoder import FrameVocoder
from itoaudio.runtime import Options, Voice
from itoaudio.runtime.sessions import PITCH
from itoaudio.sde import PARAMETRISATIONS, Denoiser, VPCosine, sample
from itoaudio.train.acoustic import AcousticRun, new_networks
from itoaudio.train.acoustic_sampling import speak
from itoaudio.train.checkpoint import save_weights
from itoaudio.train.config import save_yaml
from itoaudio.train.depth import KeptBlocks, shallower
from itoaudio.train.vocoder import VocoderRun

COMMON = {
    "corpus": {"name": "none", "recipe": "ljspeech", "folder": "none"},
    "optimiser": {"steps": 1},
}
ACOUSTIC = {
    "name": "acoustic",
    "network": {
        "text": {"width": 16, "blocks": 1, "attentions": 1, "heads": 2, "predictor_width": 8},
        "condition": {"width": 16, "blocks": 1},
        "score": {"width": 16, "blocks": 2, "level_width": 8, "decoders": 2, "head_width": 8},
    },
}
VOCODER = {
    "name": "vocoder",
    "network": {
        "type": "frame",
        "width": 16,
        "condition_blocks": 1,
        "score_blocks": 1,
        "level_width": 8,
        "pitch_width": 8,
        "pitch_blocks": 1,
    },
}
REFINE = {"start": "exact", "refine": {"steps": [2, 1]}}


def frame_vocoder(run):
    return FrameVocoder(run.network, run.corpus.mel)


def made(folder, raw, kind, build, *, start=None):
    """A run folder with random weights, or with those of `start` and a random change of what is refined."""
    folder.mkdir()
    run = msgspec.convert(COMMON | raw, kind)
    save_yaml(run, folder / "config.yaml")
    torch.manual_seed(0)  # whatever was drawn before: a toy whose answer is nearly 0 has no parity
    networks = build(run)
    if start is not None:
        networks.load_state_dict(start.state_dict())
    generator = torch.Generator().manual_seed(len(folder.name))
    with torch.no_grad():
        for name, weight in networks.named_parameters():
            if start is None or name.startswith(("pitch.", "condition.", "score.")):
                weight += 0.1 * torch.randn(weight.shape, generator=generator)
    save_weights(networks, folder, step=1)
    return networks


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Run folders acoustic, acoustic_few, vocoder and vocoder_few."""
    root = tmp_path_factory.mktemp("runs")
    for raw, kind, build in (
        (ACOUSTIC, AcousticRun, new_networks),
        (VOCODER, VocoderRun, frame_vocoder),
    ):
        exact = made(root / raw["name"], raw, kind, build)
        made(root / f"{raw['name']}_few", raw | REFINE, kind, build, start=exact)
    return root


@pytest.fixture(scope="module")
def folder(runs, tmp_path_factory):
    """The voice of all four."""
    names = ("acoustic", "vocoder", "acoustic_few", "vocoder_few")
    config = VoiceConfig(name="tiny", licence="CC0-1.0", corpus="random numbers", gain_db=-20.0)
    target = tmp_path_factory.mktemp("voices") / "tiny"
    return export_voice(config, target, **{name: runs / name for name in names}).path


def test_the_voice_speaks_under_every_preset(folder):
    voice = Voice.load(folder, threads=1)
    sounds = [voice.say("Hello.", preset=preset).samples for preset in ("fast", "balanced", "best", "exact")]
    assert all(np.isfinite(sound).all() and sound.std() > 0 for sound in sounds)
    assert not np.array_equal(sounds[0], sounds[1])
    assert len(sounds[1]) == len(sounds[2])  # two steps are both the first and the most
    assert not np.array_equal(sounds[1], sounds[2])  # but more rounds of projection


def test_onnx_says_what_torch_says(folder, runs):
    """The whole acoustic path, noise and all, against the sampler that training uses."""
    trained = TrainedAcoustic.load(runs / "acoustic")
    voice = Voice.load(folder, threads=1)
    ids = [3, 20, 30, 40]
    way = voice.plans(Options(preset="exact", temperature=0.0, steps=4))[0]
    mel = voice._acoustic.say(ids, plan=way, seed=0)
    durations = torch.from_numpy(mel.frames)[None]
    expected, _ = speak(
        trained.networks,
        torch.tensor([ids]),
        VPCosine(),
        PARAMETRISATIONS["v"],
        steps=4,
        temperature=0.0,
        durations=durations,
    )
    assert relative_error(mel.log_mel, expected.numpy()) < 2e-3


def test_onnx_sounds_as_torch_sounds(folder, runs):
    """The whole vocoder path, from a state without noise, against torch's networks and MDCT."""
    networks = TrainedVocoder.load(runs / "vocoder").networks
    voice = Voice.load(folder, threads=1)
    mel = (2 * np.random.default_rng(0).standard_normal((1, 80, 40)) - 5).astype(np.float32)
    # The pitch graph is the refined run's, so the torch side takes what it says.
    pitch = voice._vocoder._graphs("vocoder_pitch.onnx", PITCH)({"mel": mel})
    heard = {"mel": mel, **pitch, "pulse": voice._vocoder._pulse(pitch["log_f0"][0], pitch["voicing"][0])}
    tensors = {name: torch.from_numpy(value) for name, value in heard.items()}
    way = voice.plans(Options(preset="exact", temperature=(None, 0.0), steps=4, projections=2))[1]
    with torch.no_grad():
        condition, log_envelope = networks.condition(**tensors)
        denoiser = Denoiser(
            VPCosine(),
            lambda state, level: networks.score(state, torch.full((1,), level), condition, tensors["pulse"]),
            PARAMETRISATIONS["v"],
        )
        zeros = torch.zeros_like(log_envelope)
        u = sample(denoiser, zeros, grid=way.times, predictor=way.predictor, noise=lambda: zeros)
        sound = networks.colour(u, log_envelope)
        expected = networks.project(sound, tensors["mel"], way.projections)[0].numpy()
    assert relative_error(voice._vocoder.sound(mel, plan=way, seed=0), expected) < 5e-3


def test_what_voice_json_says(folder):
    said = json.loads((folder / "voice.json").read_bytes())
    assert said["acoustic"]["few"]["steps"] == [2, 1]
    assert said["vocoder"]["few"]["level_start"] == 1.0
    assert said["acoustic"]["sde"]["name"] == "vp_cosine"
    assert said["default_preset"] == "fast"
    assert said["gain_db"] == -20.0
    assert "MODEL_CARD.md" in said["files"]
    assert len(said["files"]) == 11


def test_the_card_names_licence_presets_and_errors(folder):
    card = (folder / "MODEL_CARD.md").read_text()
    assert "Licence: CC0-1.0" in card
    assert "| fast (default) | 1 x dpm_solver_pp_2m, few, temperature 0.3 |" in card
    assert "vocoder_score_few.onnx" in card


def test_no_file_tells_of_the_machine_that_made_it(folder):
    for path in folder.iterdir():
        data = path.read_bytes()
        assert b"/src/itoaudio" not in data
        assert b".py" not in data


def test_weights_are_stored_in_half_precision(folder):
    model = onnx.load(folder / "vocoder_score_exact.onnx")
    large = [tensor for tensor in model.graph.initializer if np.prod(tensor.dims) >= 256]
    assert {tensor.data_type for tensor in large} == {onnx.TensorProto.FLOAT16}


def test_reach_is_the_sum_of_the_kernels(folder):
    said = json.loads((folder / "voice.json").read_bytes())
    assert said["vocoder"]["exact"]["score_reach_frames"] == 1 + 3 + 2  # enter, block, spectrum to MDCT
    assert said["vocoder"]["exact"]["condition_reach_frames"] == 3 + 3
    assert said["vocoder"]["pitch_reach_frames"] == 2 + 3
    assert said["acoustic"]["exact"]["condition_reach_frames"] == 3 + 3 * 4  # a block, the contour's three
    assert said["acoustic"]["exact"]["score_reach_frames"] == 2 * (3 + 6) + 1  # of pairs of frames


def test_parity_fails_on_other_weights(runs, folder):
    other = TrainedVocoder.load(runs / "vocoder_few").sources()["score"]
    with pytest.raises(ParityError, match=r"vocoder_score_exact\.onnx: output of 1 frames"):
        parity.check(other, folder / "vocoder_score_exact.onnx", weights="float16")


def test_a_failed_export_leaves_the_old_voice(runs, tmp_path, monkeypatch, toy_folder):
    shutil.copytree(toy_folder, tmp_path / "voice")
    monkeypatch.setattr(parity, "LENGTHS", (3,))
    monkeypatch.setitem(parity.TOLERANCES, "float16", 0.0)
    with pytest.raises(ParityError):
        export_voice(
            VoiceConfig(name="x"), tmp_path / "voice", acoustic=runs / "acoustic", vocoder=runs / "vocoder"
        )
    assert [path.name for path in tmp_path.iterdir()] == ["voice"]
    assert Voice.load(tmp_path / "voice").spec.name == "toy"


def test_a_termination_leaves_the_old_voice_and_is_143(runs, tmp_path, monkeypatch, toy_folder):
    shutil.copytree(toy_folder, tmp_path / "voice")
    monkeypatch.setattr(parity, "check", lambda *_, **__: signal.raise_signal(signal.SIGTERM))
    trained = ["--acoustic", runs / "acoustic", "--vocoder", runs / "vocoder"]
    done = CliRunner().invoke(main, ["export", *map(str, trained), "-o", str(tmp_path / "voice")])
    assert done.exit_code == 143
    assert done.stderr.splitlines()[-1] == "ito: error: terminated"
    assert [path.name for path in tmp_path.iterdir()] == ["voice"]
    assert Voice.load(tmp_path / "voice").spec.name == "toy"


def test_a_voice_that_cannot_be_put_in_place_leaves_the_old_one(tmp_path):
    (tmp_path / "voice").mkdir()
    with pytest.raises(FileNotFoundError):
        voice_writer._swap(tmp_path / "voice", tmp_path / "never made", tmp_path / "old")
    assert [path.name for path in tmp_path.iterdir()] == ["voice"]


@pytest.mark.parametrize(
    ("acoustic", "few", "message"),
    [
        ("acoustic", "acoustic", "'acoustic' has no section `refine`"),
        ("acoustic_few", "acoustic_few", "'acoustic' is a refined one"),
        ("nowhere", None, "no such config"),
    ],
)
def test_runs_that_do_not_belong_together(runs, tmp_path, acoustic, few, message):
    with pytest.raises(ValueError, match=message):
        export_voice(
            VoiceConfig(name="x"),
            tmp_path / "voice",
            acoustic=runs / acoustic,
            vocoder=runs / "vocoder",
            acoustic_few=few and runs / few,
        )
    assert list(tmp_path.iterdir()) == []


def test_a_few_step_network_of_another_width_is_refused(runs, tmp_path):
    wider = VOCODER | REFINE | {"network": VOCODER["network"] | {"spectrum_samples": 512}}
    made(tmp_path / "few", wider, VocoderRun, frame_vocoder)
    with pytest.raises(ValueError, match="'vocoder' and 'vocoder' differ in mel or network"):
        check_refined(TrainedVocoder.load(runs / "vocoder"), TrainedVocoder.load(tmp_path / "few"))


def test_a_few_step_network_with_fewer_blocks_sees_less_far(runs, tmp_path):
    deep = VOCODER | {"name": "deep", "network": VOCODER["network"] | {"score_blocks": 2}}
    exact = made(tmp_path / "deep", deep, VocoderRun, frame_vocoder)
    kept = KeptBlocks(condition=(0,), score=(1,))
    light = frame_vocoder(msgspec.convert(COMMON | VOCODER, VocoderRun))
    light.load_state_dict(shallower(exact.state_dict(), kept, source=tmp_path / "deep"))
    made(tmp_path / "light", VOCODER | REFINE, VocoderRun, frame_vocoder, start=light)
    voice = export_voice(
        VoiceConfig(name="x"),
        tmp_path / "voice",
        acoustic=runs / "acoustic",
        vocoder=tmp_path / "deep",
        vocoder_few=tmp_path / "light",
    )
    stage = voice.spec.vocoder
    assert stage.few.score_reach_frames == stage.exact.score_reach_frames - 3
    sound = Voice.load(voice.path, threads=1).say("Hello.", preset="fast").samples
    assert np.isfinite(sound).all()
    assert sound.std() > 0


def test_a_folder_of_something_else_is_not_replaced(runs, tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(ValueError, match="no voice folder"):
        export_voice(VoiceConfig(name="x"), tmp_path, acoustic=runs / "acoustic", vocoder=runs / "vocoder")


def test_a_wider_pitch_is_further_from_its_centre(runs):
    """By the factor, at every symbol; at the centre nothing moves."""
    trained = TrainedAcoustic.load(runs / "acoustic")
    ids = torch.arange(12).unsqueeze(0)
    mean, deviation = trained.networks.pitch_statistics.tolist()
    centre = (np.log(150.0) - mean) / deviation
    before = trained.networks.text(ids).pitch - centre
    trained.widen_pitch(1.5, around_hz=150.0)
    torch.testing.assert_close(trained.networks.text(ids).pitch - centre, 1.5 * before, atol=1e-4, rtol=1e-4)
    with pytest.raises(ValueError, match="pitch_range 0"):
        trained.widen_pitch(0.0, around_hz=150.0)
