from pathlib import Path

import pytest

from itoaudio.strict import ConfigError
from itoaudio.train.config import load_run, save_yaml
from itoaudio.train.vocoder import VocoderRun

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
