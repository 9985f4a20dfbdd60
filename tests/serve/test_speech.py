"""`POST /v1/audio/speech` by the book: sound, headers, every field, every refusal."""

import base64
import io
import json
from dataclasses import fields

import numpy as np
import pytest
import soundfile

from itoaudio.runtime import Options
from itoaudio.serve.encode import CONTENT_TYPES, available_formats
from itoaudio.serve.requests import bodies
from itoaudio.serve.settings import ServerSettings

from .conftest import running_pool


def refused(response, status, *, param, code, says):
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert response.headers["content-type"] == "application/json"
    kind = "server_error" if status >= 500 else "invalid_request_error"
    assert (response.status_code, error["type"], error["param"], error["code"]) == (status, kind, param, code)
    assert says in error["message"]


@pytest.fixture(scope="module")
def plain(client):
    return client.speak().content


@pytest.mark.parametrize("name", available_formats())
def test_formats_have_their_type_and_length(client, name):
    answer = client.speak(response_format=name)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == CONTENT_TYPES[name]
    assert int(answer.headers["content-length"]) == len(answer.content) > 500
    if name in ("wav", "flac", "opus"):
        samples, rate = soundfile.read(io.BytesIO(answer.content))
        assert rate == (24000 if name == "opus" else 22050)
        assert np.abs(samples).max() > 0.001


def test_mp3_is_the_default(client):
    body = {"model": "tts-1", "voice": "toy", "input": "Hi."}
    assert client.request("POST", "/v1/audio/speech", json=body).headers["content-type"] == "audio/mpeg"


def test_a_stream_is_chunked_and_says_the_same(client):
    whole = client.speak(response_format="wav").content
    for more in ({"stream_format": "audio"}, {}):
        headers = {} if more else {"X-Stainless-Raw-Response": "stream"}
        answer = client.speak(response_format="wav", headers=headers, **more)
        assert "content-length" not in answer.headers
        assert answer.content[4:8] == answer.content[40:44] == b"\xff" * 4
        assert answer.content[44:] == whole[44:]


def test_events_bring_words_and_sound(client):
    text = "One word. Then [pause:0.5s] more words."
    answer = client.speak(text, stream_format="sse", timestamps=True)
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [json.loads(part.removeprefix("data: ")) for part in answer.text.split("\n\n") if part]
    assert events[-1] == {"type": "speech.audio.done"}
    sound = b"".join(base64.b64decode(event["audio"]) for event in events if "audio" in event)
    assert sound == client.speak(text, stream_format="audio").content
    words = [word for event in events for word in event.get("words", [])]
    assert [word["word"] for word in words] == ["One", "word.", "Then", "more", "words."]
    times = [time for word in words for time in (word["start"], word["end"])]
    assert times == sorted(times)
    assert times[0] > 0
    assert times[-1] <= len(sound) / 2 / 24000
    assert words[3]["start"] - words[2]["end"] >= 0.5


@pytest.mark.parametrize(
    "option",
    [
        {"preset": "fast"},
        {"steps": 4},
        {"steps": [None, 4]},
        {"steps": 4, "grid": "log_snr"},
        {"sampler": "ancestral"},
        {"sde": "vp"},
        {"corrector_snr": 0.16},
        {"temperature": 0.5},
        {"variant": "exact", "sampler": "ddim"},
        {"variant": "few", "steps": 4},
        {"speed": 1.3},
        {"pitch": 2},
        {"energy": 3.0},
        {"volume": -6.0},
        {"pause": 3.0, "input": "Hello. There."},
        {"takes": 3, "steps": 4},
        {"markup": "ssml", "input": "<speak>Hello <break time='1s'/> there.</speak>"},
        {"seed": 1},
        {"input": "Hello here."},
    ],
    ids=str,
)
def test_every_field_changes_the_sound(client, plain, option):
    text = option.pop("input", "Hello there.")
    answer = client.speak(text, **option)
    assert answer.status_code == 200
    assert answer.content != (client.speak(text).content if "pause" in option else plain)


def test_the_models_names_choose_presets(client, plain):
    assert client.speak(model="tts-1").content == plain
    assert client.speak(model="gpt-4o-mini-tts").content == plain
    assert client.speak(model="tts-1-hd").content == plain, "the toy voice has no preset best"


def test_the_same_request_says_the_same_sample_for_sample(client, plain):
    assert client.speak().content == plain
    assert client.speak(speed=1, seed=0, steps=None, preset=None).content == plain


def test_null_is_the_default(client, plain):
    speech, _ = bodies(ServerSettings())
    schema = speech.model_json_schema()
    optional = set(schema["properties"]) - {"model", "input", "voice"}
    assert all({"type": "null"} in schema["properties"][name]["anyOf"] for name in optional)
    nulls = dict.fromkeys(optional - {"response_format"} | {"instructions"})
    assert client.speak(**nulls).content == plain
    assert client.speak(response_format=None).headers["content-type"] == "audio/mpeg"


def test_nothing_of_the_runtime_is_out_of_reach():
    speech, _ = bodies(ServerSettings())
    assert {field.name for field in fields(Options)} <= set(speech.model_fields)


@pytest.mark.parametrize(
    ("change", "param", "code", "says"),
    [
        ({"spede": 2}, "spede", "unknown_parameter", "nearest: 'speed'"),
        (
            {"instructions": "whisper"},
            "instructions",
            "unknown_parameter",
            "'instructions': no voice here takes",
        ),
        ({"speaker": "bob"}, "speaker", "invalid_value", "'bob': toy has one speaker; leave it out"),
        ({"speed": 5}, "speed", "invalid_value", "speed = 5: should be less than or equal to 4"),
        ({"speed": "fast"}, "speed", "invalid_value", "valid number"),
        ({"speed": True}, "speed", "invalid_value", "valid number"),
        ({"seed": -1}, "seed", "invalid_value", "seed = -1"),
        ({"seed": 2**70}, "seed", "invalid_value", "less than"),
        ({"steps": 65}, "steps", "invalid_value", "less than or equal to 64"),
        ({"steps": [1, 2, 3]}, "steps", "invalid_value", "at most 2 items"),
        ({"response_format": "ogg"}, "response_format", "invalid_value", "'mp3', 'opus'"),
        ({"input": ""}, "input", "invalid_value", "at least 1 character"),
        ({"input": "x" * 4097}, "input", "string_above_max_length", "at most 4096 characters"),
        ({"input": "…"}, "input", "invalid_value", "nothing to say"),
        ({"input": "[pause:x]"}, "input", "invalid_value", "pause"),
        ({"input": None}, "input", "invalid_value", "valid string"),
        ({"voice": "alloy"}, "voice", "voice_not_found", "no voice 'alloy'; "),
        ({"voice": "../../etc"}, "voice", "voice_not_found", "no voice"),
        ({"voice": "https://example.org/v"}, "voice", "voice_not_found", "no voice"),
        ({"sampler": "huen_flow"}, "sampler", "invalid_value", "nearest: 'heun_flow'"),
        ({"preset": "bset"}, "preset", "invalid_value", "unknown preset 'bset'"),
        ({"variant": "few", "sampler": "heun_flow"}, "variant", "invalid_value", "was trained for sampler"),
        ({"variant": ["few", None], "steps": [3, 2]}, "variant", "invalid_value", "acoustic_score_few.onnx"),
        ({"timestamps": True}, "timestamps", "invalid_value", "stream_format 'sse'"),
    ],
    ids=str,
)
def test_what_is_refused(client, change, param, code, says):
    body = {"model": "itoaudio", "voice": "toy", "input": "Hello there.", **change}
    answer = client.request("POST", "/v1/audio/speech", json=body)
    refused(answer, 400, param=param, code=code, says=says)


def test_an_unknown_model_is_404_as_openais(client):
    refused(client.speak(model="gpt-5"), 404, param="model", code="model_not_found", says="no model 'gpt-5'")


@pytest.mark.parametrize("name", ["model", "input", "voice"])
def test_what_is_missing_is_named(client, name):
    body = {"model": "itoaudio", "voice": "toy", "input": "Hi."}
    del body[name]
    answer = client.request("POST", "/v1/audio/speech", json=body)
    refused(answer, 400, param=name, code="missing_required_parameter", says=f"the field '{name}' is missing")


@pytest.mark.parametrize(
    "content", [b"", b"x", b"[]", b"\xff\xfe", b'{"a":', b"[" * 50_000, b'{"\\ud800": 1}', b"NaN"], ids=repr
)
def test_a_body_that_is_no_object_is_refused(client, content):
    answer = client.request(
        "POST", "/v1/audio/speech", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"model": "\xff"}', "the body is not UTF-8: invalid start byte at byte 11"),
        (b"[" * 50_000, "the body is nested too deep"),
        (b"1" * 5000, "the body is not JSON that can be read: Exceeds the limit"),
        (b"[]", "the body must be a JSON object"),
    ],
    ids=["latin-1", "nested", "digits", "list"],
)
def test_a_body_that_cannot_be_read_says_why(client, content, says):
    headers = {"Content-Type": "application/json; charset=utf-8"}
    answer = client.request("POST", "/v1/audio/speech", content=content, headers=headers)
    refused(answer, 400, param=None, code="invalid_json", says=says)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"content": b'{"model": "tts-1"}'}, "`Content-Type: application/json`, which is missing"),
        ({"content": b"{}", "headers": {"Content-Type": "text/plain"}}, "not 'text/plain'"),
        ({"data": {"model": "tts-1"}}, "not 'application/x-www-form-urlencoded'"),
        ({"files": {"input": b"Hi."}}, "not 'multipart/form-data;"),
    ],
    ids=["none", "text", "form", "multipart"],
)
def test_another_content_type_is_named(client, more, says):
    answer = client.request("POST", "/v1/audio/speech", **more)
    refused(answer, 400, param=None, code="invalid_json", says=says)


def test_a_lone_surrogate_is_refused(client):
    body = b'{"model": "tts-1", "voice": "toy", "input": "\\ud800"}'
    answer = client.request(
        "POST", "/v1/audio/speech", content=body, headers={"Content-Type": "application/json"}
    )
    refused(answer, 400, param="input", code="invalid_value", says="unicode")


def test_a_heavy_body_is_refused_before_it_is_read(client_of):
    client = client_of(max_characters=10)
    refused(client.speak("x" * 50_000), 413, param=None, code="request_too_large", says="longer than")

    async def pieces():
        for _ in range(100):
            yield b" " * 1000

    answer = client.request(
        "POST", "/v1/audio/speech", content=pieces(), headers={"Content-Type": "application/json"}
    )
    refused(answer, 413, param=None, code="request_too_large", says="longer than")


@pytest.fixture(scope="module")
def short(loop, toy_folder, client_of):
    """A client of a server that says at most ten seconds."""
    with running_pool(loop, toy_folder, max_seconds=10.0) as pool:
        yield client_of(pool)


ENDLESS = "Hi." + "[pause:60s]" * 300 + "Ho."


def test_marks_of_silence_cannot_make_hours(short):
    says = "more than 10 s of sound, this server's limit for one request: send the text in parts"
    refused(short.speak(ENDLESS), 400, param="input", code="invalid_value", says=says)
    assert short.speak("Hi. [pause:8s] Ho.").status_code == 200


def test_a_stream_ends_at_the_limit_of_sound(short):
    answer = short.speak(ENDLESS, stream_format="sse")
    events = [json.loads(part.removeprefix("data: ")) for part in answer.text.split("\n\n") if part]
    assert (events[-1]["type"], events[-1]["error"]["param"]) == ("error", "input")
    sound = b"".join(base64.b64decode(event["audio"]) for event in events[:-1])
    assert 8 < len(sound) / 2 / 24000 <= 10


def test_an_alias_is_a_voice(client_of, plain):
    client = client_of(aliases={"alloy": "toy"})
    assert client.speak(voice="alloy").content == plain
    with pytest.raises(ValueError, match="no voice 'nobody'; known: toy"):
        client_of(aliases={"alloy": "nobody"})
