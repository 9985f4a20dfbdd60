"""Where an option comes from: flag, then variable, then config.toml, then the default."""

from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from itoaudio.cli import main
from itoaudio.runtime import Audio, Voice


@pytest.fixture
def said(toy_folder, tmp_path, monkeypatch):
    """Runs `ito say` and answers the options that reached the voice."""
    found = {}

    def stream(self, text, **options):
        found.update(options)
        return iter([SimpleNamespace(audio=Audio(np.zeros(10, np.float32), 22050))])

    monkeypatch.setattr(Voice, "stream", stream)
    monkeypatch.setattr("click.get_app_dir", lambda name: str(tmp_path))

    def called(*arguments, settings="", **environment):
        (tmp_path / "config.toml").write_text(settings)
        command = ["say", "Hello.", "-o", str(tmp_path / "a.wav"), "--voice", str(toy_folder), *arguments]
        done = CliRunner().invoke(main, command, env=environment)
        if done.exit_code:
            return done.stderr
        return dict(found)

    return called


def test_what_is_not_given_is_left_to_the_preset(said):
    usual = {"speed": 1.0, "pitch": 0.0, "energy": 0.0, "volume": 0.0, "pause": 1.0, "seed": 0, "takes": 1}
    assert said() == usual | {"markup": "auto"}


def test_the_order(said):
    toml = "[say]\nsteps = 3\nsampler = 'heun_flow'\ncorrector-snr = 0.1"
    found = said("--steps", "5", settings=toml, ITOAUDIO_SAY_SAMPLER="unipc", ITOAUDIO_SAY_STEPS="4,2")
    assert (found["steps"], found["sampler"], found["corrector_snr"]) == (5, "unipc", 0.1)
    assert said(settings=toml, ITOAUDIO_SAY_STEPS="4,2")["steps"] == (4, 2)
    assert said(settings=toml)["steps"] == 3
    assert said(settings="[say]\nsteps = [3, 2]")["steps"] == (3, 2)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("[say]\nstpes = 3", "unknown key 'stpes' in [say]; nearest: 'steps'"),
        ("[sya]\nsteps = 3", "no command 'sya' to set; nearest: 'say'"),
        ("[say]\nsteps = 'three'", "'three' is not a whole number"),
        ("steps = 3", "no command 'steps'"),
        ("[say", "config.toml"),
    ],
)
def test_a_mistake_in_the_file_is_named(said, settings, message):
    assert message in said(settings=settings)
