"""How a system is named, and what the ones that need no network do."""

import sys
from pathlib import Path

import numpy as np
import pytest

from itoaudio.audio import files
from itoaudio.audio.mel import MelSpec, log_mel
from itoaudio.evaluate.systems import KINDS, presets, system
from itoaudio.evaluate.systems.speak_classic import griffin_lim, world
from itoaudio.evaluate.systems.speak_voice import evaluations
from itoaudio.runtime import Options, Voice

SPEC = MelSpec()


def test_a_voice_with_options():
    found = system("voice:kathleen,preset=exact,steps=8/4,corrector-snr=0.16,clips=5")
    assert found.arguments == {
        "voice": "kathleen",
        "preset": "exact",
        "steps": [8, 4],
        "corrector_snr": 0.16,
    }
    assert (found.clips, found.ours, found.seeded, found.tasks) == (5, True, True, ("copy", "read"))
    assert found.label == "kathleen exact steps 8/4 corrector_snr 0.16"


def test_a_label_of_ones_own():
    assert system("Piper joe=piper").label == "Piper joe"
    assert system("mine=command:say {text} -o {output} -x a=b,c").label == "mine"


def test_a_command_is_taken_whole():
    found = system("command:say --rate=3,4 '{text}' {output}")
    assert found.arguments == {"command": "say --rate=3,4 '{text}' {output}"}
    assert found.tasks == ("read",)
    assert system("command:vocode {recording} {output}").tasks == ("copy",)


def test_rivals_run_in_their_own_python():
    found = system("piper", rivals="/opt/python")
    assert (found.python, found.ours, found.tasks) == ("/opt/python", False, ("read",))
    assert Path(found.target).is_file()
    assert system("hibari").python == sys.executable


@pytest.mark.parametrize(
    ("spec", "word"),
    [
        ("pipper", "nearest: 'piper'"),
        ("voice:kathleen,stepps=3", "nearest: 'steps'"),
        ("voice:kathleen,fast", "option=value"),
        ("folder:nowhere", "no such folder"),
        ("command:say {text}", "{output}"),
        ("paper:runs/waveform,temperature=1", "known: clips, snr, steps"),
        ("espeak:en-gb", "no options"),
    ],
)
def test_a_slip_is_named_with_its_mend(spec, word):
    with pytest.raises(ValueError, match=word.replace("{", r"\{").replace("}", r"\}")):
        system(spec)


def test_presets_of_a_voice(toy_folder):
    found = presets(str(toy_folder))
    assert found
    assert all(spec.startswith(f"voice:{toy_folder},preset=") for spec in found)
    assert {"voice", "recordings", "griffin-lim", "world", "espeak", "piper", "hibari", "paper"} <= set(KINDS)


@pytest.mark.parametrize(
    ("options", "calls"),
    [
        ({"steps": 5, "sampler": "dpm_solver_pp_2m"}, 5),
        ({"steps": 5, "sampler": "heun_flow"}, 10),
        ({"steps": 5, "sampler": "reverse_diffusion", "corrector_snr": 0.16, "sde": "vp"}, 9),
    ],
)
def test_evaluations_are_counted(toy_folder, options, calls):
    """One or two a step; a Langevin step after every step but the last."""
    acoustic, _ = Voice.load(toy_folder).plans(Options.of({"variant": "exact", **options}))
    assert evaluations(acoustic) == calls


def test_griffin_lim_keeps_the_mel_and_the_length(tone):
    sound = tone(150)
    made = griffin_lim(sound.samples, SPEC, 0)
    assert len(made) == len(sound.samples)
    true, heard = (np.exp(log_mel(each, SPEC)) for each in (sound.samples, made))
    assert np.abs(true - heard).sum() < 0.25 * true.sum()
    assert not np.array_equal(made, griffin_lim(sound.samples, SPEC, 1))


def test_world_keeps_pitch_and_length(tone):
    from itoaudio.evaluate.pitch import track

    sound = tone(150)
    made = world(sound.samples, SPEC, 0)
    assert abs(len(made) - len(sound.samples)) <= SPEC.hop_samples
    np.testing.assert_allclose(track(made, SPEC).f0[30:55], 150, rtol=0.02)


def test_the_papers_network_copies_from_a_run_folder(tmp_path, tone):
    """Untrained and tiny: what is proven is the way from a folder to a sound of the right length."""
    torch = pytest.importorskip("torch")
    from itoaudio.data.config import CorpusConfig
    from itoaudio.evaluate.systems.speak_paper import open_system
    from itoaudio.networks.waveform import WaveformConfig, WaveformVocoder
    from itoaudio.train.checkpoint import save_weights
    from itoaudio.train.config import OptimiserConfig, save_yaml
    from itoaudio.train.waveform import WaveformRun

    torch.manual_seed(0)
    network = WaveformConfig(channels=4, layers=2, dilation_cycle=2, level_width=8, fourier_width=8)
    run = WaveformRun(
        name="tiny",
        corpus=CorpusConfig(name="none", recipe="ljspeech", folder="none"),
        network=network,
        optimiser=OptimiserConfig(steps=1),
    )
    save_yaml(run, tmp_path / "config.yaml")
    save_weights(WaveformVocoder(network, run.corpus.mel), tmp_path, step=1)
    files.write_wav(tmp_path / "a.wav", tone(150, seconds=0.3).samples, 22050)
    opened, heard = open_system(threads=1, folder=str(tmp_path), steps=3), []
    opened.copy(str(tmp_path / "a.wav"), 0, heard.append)
    assert len(heard[0]) == 6615
    assert np.isfinite(heard[0]).all()
    assert opened.facts["nfe"] == 6
    with pytest.raises(ValueError, match=r"nowhere holds no config\.yaml: .*ito train waveform"):
        open_system(threads=1, folder=str(tmp_path / "nowhere"))
    (tmp_path / "weights.safetensors").unlink()
    with pytest.raises(ValueError, match=r"holds no weights\.safetensors: .*ito train waveform"):
        open_system(threads=1, folder=str(tmp_path))
