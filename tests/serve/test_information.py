"""What the server tells of itself, its page, and what every answer carries."""

import re

import pytest

from itoaudio.sde import PREDICTORS
from itoaudio.serve.page_files import FOLDER


def test_health(client):
    assert client.request("HEAD", "/health").status_code == 200
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["workers_ready"] == answer.json()["workers"] == 1


def test_models_as_openai_lists_them(client):
    listed = client.get("/v1/models").json()
    assert listed["object"] == "list"
    assert [model["id"] for model in listed["data"]] == ["itoaudio", "tts-1", "tts-1-hd", "gpt-4o-mini-tts"]
    assert client.get("/v1/models/tts-1").json() == listed["data"][1]
    assert client.get("/v1/models/tts-9").json()["error"]["code"] == "model_not_found"


def test_voices_and_choices(client):
    (voice,) = client.get("/v1/audio/voices").json()["voices"]
    assert (voice["id"], voice["licence"], voice["sample_rate"]) == ("toy", "CC0-1.0", 22050)
    assert voice["default_preset"] in voice["presets"]
    choices = client.get("/v1/audio/choices").json()
    assert choices["samplers"] == sorted(PREDICTORS)
    assert {"mp3", "opus", "flac", "wav", "pcm"} <= set(choices["formats"])


def test_metrics_count_what_was_said(client):
    def value(name):
        found = re.search(rf"^{re.escape(name)} (\S+)$", client.get("/metrics").text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    spoken = 'itoaudio_requests_total{method="POST",path="/v1/audio/speech",status="200"}'
    before = value(spoken), value("itoaudio_audio_seconds_total"), value("itoaudio_characters_total")
    sound = client.speak("Count me.").content
    assert value(spoken) == before[0] + 1
    assert value("itoaudio_audio_seconds_total") == pytest.approx(before[1] + len(sound) / 48000, abs=0.01)
    assert value("itoaudio_characters_total") == before[2] + len("Count me.")
    assert value("itoaudio_workers_ready") == 1
    assert value("itoaudio_first_sound_seconds_count") > 0


def test_a_client_cannot_make_metrics_without_end(client):
    for number in range(3):
        client.get(f"/no/such/{number}")
        client.request(f"INVENTED{number}", "/health")
    told = client.get("/metrics").text
    assert "/no/such/" not in told
    assert "INVENTED" not in told
    assert 'method="other",path="/health",status="405"' in told


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/none", 404, "unknown_url"),
        ("GET", "/v1/audio/speech", 405, "method_not_allowed"),
        ("GET", "/page/../requests.py", 404, "unknown_url"),
        ("GET", "/page/..%2frequests.py", 404, "unknown_url"),
        ("GET", "/docs", 404, "unknown_url"),
    ],
)
def test_what_is_not_there_is_said_in_the_envelope(client, method, path, status, code):
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code


def test_request_ids_are_the_clients_own_if_harmless(client):
    assert client.get("/health", headers={"X-Request-ID": "mine-1.2"}).headers["x-request-id"] == "mine-1.2"
    for bad in ("a b", "x" * 65, "<script>"):
        made = client.get("/health", headers={"X-Request-ID": bad}).headers["x-request-id"]
        assert re.fullmatch(r"[0-9a-f]{32}", made)


def test_the_page_is_served_whole(client):
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    for name in re.findall(r'(?:src|href)="(page/[^"]+)"', page.text):
        assert client.get(f"/{name}").status_code == 200


def test_the_page_asks_nobody_else():
    for path in FOLDER.iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|//[a-z]+\.[a-z]|@import|url\(", text), path.name
        for module in re.findall(r'from "([^"]+)"', text):
            assert (FOLDER / module).is_file()


def test_trajectory_goes_from_noise_to_speech(client):
    import base64
    import json

    import numpy as np

    body = {"voice": "toy", "input": "Hello.", "steps": 6, "variant": "exact", "sampler": "ddim"}
    answer = client.request("POST", "/v1/audio/trajectory", json=body)
    events = [json.loads(part.removeprefix("data: ")) for part in answer.text.split("\n\n") if part]
    *moments, done = events
    assert done == {"type": "trajectory.done"}
    assert [moment["step"] for moment in moments] == list(range(7))
    levels = [moment["level"] for moment in moments]
    assert levels == sorted(levels, reverse=True)
    for moment in moments:
        shades = base64.b64decode(moment["spectrogram"])
        assert len(shades) == moment["bands"] * moment["frames"]
        sound = np.frombuffer(base64.b64decode(moment["audio"]), "<i2")
        assert len(sound) == moment["frames"] * 256
        assert sound.any()


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"input": "One. Two."}, "input"),
        ({"stage": "both"}, "stage"),
        ({"model": "tts-1"}, "model"),
        ({"input": "x" * 301}, "input"),
        ({"show": "all"}, "show"),
        ({"variant": "few", "steps": 3}, "variant"),
    ],
    ids=str,
)
def test_trajectory_refuses_by_name(client, change, param):
    answer = client.request(
        "POST", "/v1/audio/trajectory", json={"voice": "toy", "input": "Hello.", **change}
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


@pytest.mark.parametrize(
    "change", [{"stage": "acoustic"}, {"show": "guess"}, {"seed": 1}, {"steps": 3}], ids=str
)
def test_every_field_of_a_trajectory_changes_it(client, change):
    body = {"voice": "toy", "input": "Hello."}
    plain = client.request("POST", "/v1/audio/trajectory", json=body)
    changed = client.request("POST", "/v1/audio/trajectory", json={**body, **change})
    assert changed.status_code == 200
    assert changed.text != plain.text
