"""The test over HTTP: what a rater's browser gets, and what it must not get."""

import json
import re

import pytest
import simulated_raters
from fastapi.testclient import TestClient

from itoaudio.listen import spec
from itoaudio.listen.app import build

EQUAL = {"good": 3.0, "fair": 3.0, "poor": 3.0, "reference": 4.5, "anchor-3500": 1.5}


@pytest.fixture
def serve(make_test, clock):
    def start(kind="mos", **options):
        folder = make_test(kind, **options)
        client = TestClient(build(folder, clock=clock))
        return client, simulated_raters.Rater(simulated_raters.Ears(folder), EQUAL, 1)

    return start


@pytest.mark.parametrize("kind", ["mos", "cmos", "ab", "mushra"])
def test_the_whole_way(serve, clock, kind):
    client, rater = serve(kind, items=3, reference=True, headphones="require", practice=1, attention=1)
    token, step = simulated_raters.rate_over_http(client, rater, wait=clock.wait)
    assert step["step"] == "done"
    assert client.get(f"/api/raters/{token}").json() == step


def test_nothing_that_is_served_names_a_system_a_sentence_or_a_file(serve, clock):
    client, rater = serve("mushra", systems=("zebra", "yak"), items=2, reference=True)
    test = rater.ears.test
    token = client.post("/api/raters", json={"consent": True}).json()["token"]
    step = client.get(f"/api/raters/{token}")
    sounds = [
        client.get(f"/sound/{token}/0/{place}") for place in [*range(step.json()["sounds"]), "reference"]
    ]
    told = client.get("/api/test").text + step.text + "".join(str(dict(sound.headers)) for sound in sounds)
    secrets = [*(s.name for s in test.systems if s.name != "reference"), *test.items]
    secrets += [name for stimulus in test.stimuli for name in (stimulus.file, stimulus.source_sha256)]
    assert [secret for secret in secrets if secret and secret in told] == []
    assert not {"etag", "last-modified", "content-disposition"} & set(sounds[0].headers)
    assert sum(sound.content == sounds[-1].content for sound in sounds) == 2  # the hidden reference is there


def test_the_page_asks_nobody_else(serve):
    client, _ = serve()
    page = client.get("/")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    names = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert set(names) == {"data:,", "page/listen.css", "page/main.js"}
    scripts = [client.get(f"/page/{name}.js") for name in ("main", "dom", "screens", "player")]
    assert all(script.headers["content-type"].startswith("text/javascript") for script in scripts)
    everything = page.text + client.get("/page/listen.css").text + "".join(script.text for script in scripts)
    assert re.findall(r"https?://|@import|//\w+\.\w+/", everything) == []
    assert client.get("/docs").status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("/api/raters", {"consent": False}, 422, "without consent"),
        ("/api/raters", {"agree": True}, 422, "agree"),
        ("/api/raters", {"consent": True, "external": "x" * 101}, 422, "length"),
        ("/api/raters/nobody/answers", {"number": 0, "values": [1], "plays": [1]}, 404, "does not know you"),
        ("/api/raters/nobody/answers", {"number": "0", "values": [1], "plays": [1]}, 422, "number"),
        ("/api/raters/nobody/tones", {"attempt": 0, "trial": 0}, 422, "choice"),
    ],
)
def test_errors_say_what_is_wrong(serve, path, body, status, message):
    client, _ = serve()
    answer = client.post(path, json=body)
    assert answer.status_code == status
    assert message in answer.json()["error"]["message"]


def test_no_path_leads_out_of_the_folder(serve):
    client, _ = serve()
    token = client.post("/api/raters", json={"consent": True}).json()["token"]
    client.get(f"/api/raters/{token}")
    for path in (
        "/page/..%2f..%2ftest.json",
        "/page/__init__.py",
        f"/sound/{token}/0/..%2ftest.json",
        f"/sound/{token}/0/-1",
        "/test.json",
    ):
        assert client.get(path).status_code in (404, 422)


def test_a_long_body_is_refused(serve):
    client, _ = serve()
    assert client.post("/api/raters", content=b" " * 70_000).status_code == 413


def test_words_of_the_test_may_be_edited(make_test):
    folder = make_test()
    path = folder / spec.SPEC
    raw = json.loads(path.read_text())
    raw["labels"] = ["Ausgezeichnet", "Gut", "Ordentlich", "Dürftig", "Schlecht"]
    path.write_text(json.dumps(raw))
    choices = TestClient(build(folder)).get("/api/test").json()["choices"]
    assert choices[0] == {"value": 5, "label": "Ausgezeichnet"}
