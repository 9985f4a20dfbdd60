"""voice.json: strict, explained, and the same after a round trip."""

import json

import msgspec
import pytest

from itoaudio.runtime.errors import DamagedVoice
from itoaudio.runtime.voice_format import decode, encode


@pytest.fixture
def raw(toy_folder):
    return json.loads((toy_folder / "voice.json").read_bytes())


def test_round_trip(toy_folder):
    data = (toy_folder / "voice.json").read_bytes()
    assert encode(decode(data)) == data


def test_explicit_levels_may_stand_for_a_grid(raw):
    raw["presets"]["fast"]["vocoder"]["grid"] = [1.0, 0.5, 0.01]
    assert decode(json.dumps(raw).encode()).presets["fast"].vocoder.grid == (1.0, 0.5, 0.01)


def test_an_unknown_key_is_named_with_its_place_and_the_nearest_known_one(raw):
    raw["presets"]["fast"]["vocoder"]["stpes"] = 3
    with pytest.raises(DamagedVoice, match=r"my\.json: .*`stpes`.*presets.*`steps`"):
        decode(json.dumps(raw).encode(), source="my.json")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format_version": 99}, "format_version 99"),
        ({"mel_digest": "0"}, "mel_digest 0"),
        ({"sample_rate": 16000}, "sample_rate 16000"),
        ({"default_preset": "best"}, "'best'"),
        ({"gain_db": "loud"}, "gain_db"),
        ({"files": {"../escape.onnx": "0"}}, "escape"),
        ({"files": {}}, "no SHA-256 for .*acoustic_text"),
    ],
)
def test_what_does_not_fit_is_an_error_that_names_it(raw, change, message):
    with pytest.raises(DamagedVoice, match=message):
        decode(json.dumps(raw | change).encode())


def test_a_preset_needs_the_graphs_it_names(raw):
    del raw["vocoder"]["few"]
    with pytest.raises(DamagedVoice, match="'few'"):
        decode(json.dumps(raw).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"{not json"])
def test_what_is_no_voice_at_all(data):
    with pytest.raises(DamagedVoice):
        decode(data)


def test_graph_files_are_each_named_once(toy_folder):
    spec = decode((toy_folder / "voice.json").read_bytes())
    shared = msgspec.structs.replace(spec.vocoder.exact, condition=spec.vocoder.few.condition)
    spec = msgspec.structs.replace(spec, vocoder=msgspec.structs.replace(spec.vocoder, exact=shared))
    assert sorted(spec.graph_files()) == sorted(set(spec.files) - {"vocoder_condition_exact.onnx"})


@pytest.mark.parametrize("data", [b"", b'{"format_version": 1', b'{"name": "\xff"}'])
def test_a_cut_file_is_named_with_the_mend(data):
    with pytest.raises(DamagedVoice, match=r"^mine/voice\.json: .*copy the voice folder again"):
        decode(data, source="mine/voice.json")
