import msgspec
import pytest

from itoaudio.export.config import presets
from itoaudio.runtime.voice_format import decode


@pytest.fixture
def spec(toy_folder):
    return decode((toy_folder / "voice.json").read_bytes())


def test_presets_draw_the_sound_from_the_noise_that_the_graphs_know(spec):
    few = msgspec.structs.replace(spec.vocoder.few, temperature=0.4)
    made = presets(spec.acoustic, msgspec.structs.replace(spec.vocoder, few=few))
    assert [made[name].vocoder.temperature for name in ("fast", "balanced", "best", "exact")] == [0.4] * 3 + [
        1.0
    ]
    assert made["fast"].acoustic.temperature == 0.3


def test_presets_project_no_less_than_the_graphs_were_trained_with(spec):
    few = msgspec.structs.replace(spec.vocoder.few, projections=20)
    made = presets(spec.acoustic, msgspec.structs.replace(spec.vocoder, few=few))
    assert [made[name].vocoder.projections for name in ("fast", "balanced", "best")] == [20, 20, 32]


def test_without_few_step_graphs_there_is_one_preset(spec):
    alone = [msgspec.structs.replace(stage, few=None) for stage in (spec.acoustic, spec.vocoder)]
    assert list(presets(*alone)) == ["exact"]
