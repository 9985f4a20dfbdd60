"""`ito serve` as a process of its own, spoken to by the real OpenAI client; killed, drowned and ended."""

import io
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import openai
import pytest
import soundfile

from ito_server import PATIENCE_SECONDS, START, Server

pytestmark = pytest.mark.slow

KEY = "key-of-a-test"
LONG = {"input": "A sentence that takes a while. " * 16, "extra_body": {"preset": "exact", "steps": 60}}


def client_of(server, key=KEY, **more):
    options = {"max_retries": 0, "timeout": PATIENCE_SECONDS, **more}
    return openai.OpenAI(base_url=f"{server.url}/v1", api_key=key, **options)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "keys.txt"
    path.write_text(KEY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def server(toy_folder, keys):
    server = Server(toy_folder, "--api-keys", str(keys), "--alias", "alloy=toy", "--queue", "4")
    yield server
    assert server.end() == 0
    assert "Traceback" not in "".join(server.lines)


@pytest.fixture(scope="module")
def client(server):
    with client_of(server) as client:
        yield client


def speak(client, text="Hello there.", **more):
    options = {"model": "tts-1", "voice": "alloy", "response_format": "wav", "input": text, **more}
    return client.audio.speech.create(**options)


def test_it_binds_to_this_machine_alone(server):
    assert server.url.startswith("http://127.0.0.1:")


def test_speech_to_a_file(client, tmp_path):
    speak(client).write_to_file(tmp_path / "speech.wav")
    samples, rate = soundfile.read(tmp_path / "speech.wav")
    assert rate == 22050
    assert abs(samples).max() > 0.001


@pytest.mark.parametrize("name", ["mp3", "opus", "flac", "wav", "pcm"])
def test_all_formats(client, name):
    content = speak(client, response_format=name).content
    if name != "pcm":
        assert soundfile.info(io.BytesIO(content)).duration > 0.5


def test_speed_and_our_own_fields(client):
    plain = len(speak(client).content)
    assert len(speak(client, speed=2.0).content) < 0.6 * plain
    assert speak(client, extra_body={"seed": 5}).content != speak(client).content


def test_a_stream_begins_before_it_ends(client):
    options = {"model": "tts-1", "voice": "toy", "response_format": "pcm", **LONG}
    with client.audio.speech.with_streaming_response.create(**options) as response:
        assert "content-length" not in response.headers
        begun = time.monotonic()
        chunks = response.iter_bytes(4096)
        next(chunks)
        first = time.monotonic() - begun
        size = sum(map(len, chunks))
        whole = time.monotonic() - begun
    assert size > 48000 * 10
    assert first < 0.5 * whole


def test_models(client):
    assert [model.id for model in client.models.list()] == [
        "itoaudio",
        "tts-1",
        "tts-1-hd",
        "gpt-4o-mini-tts",
    ]
    assert client.models.retrieve("tts-1").owned_by == "itoaudio"


@pytest.mark.parametrize(
    ("change", "kind", "param", "code"),
    [
        ({"speed": 9.0}, openai.BadRequestError, "speed", "invalid_value"),
        ({"voice": "nova"}, openai.BadRequestError, "voice", "voice_not_found"),
        ({"model": "gpt-5"}, openai.NotFoundError, "model", "model_not_found"),
        ({"input": ""}, openai.BadRequestError, "input", "invalid_value"),
        ({"response_format": "ogg"}, openai.BadRequestError, "response_format", "invalid_value"),
        ({"instructions": "whisper"}, openai.BadRequestError, "instructions", "unknown_parameter"),
        ({"extra_body": {"spede": 2}}, openai.BadRequestError, "spede", "unknown_parameter"),
    ],
    ids=str,
)
def test_errors_are_the_clients_own(client, change, kind, param, code):
    with pytest.raises(kind) as error:
        speak(client, **change)
    assert (error.value.param, error.value.code, error.value.type) == (param, code, "invalid_request_error")
    assert error.value.request_id


def test_a_wrong_key(server):
    with client_of(server, "wrong") as stranger, pytest.raises(openai.AuthenticationError) as error:
        stranger.models.list()
    assert error.value.code == "invalid_api_key"


def test_a_killed_worker_is_a_500_and_the_next_request_is_spoken(server, client):
    with ThreadPoolExecutor(4) as threads:
        doomed = threads.submit(speak, client, **LONG)
        server.wait(lambda: server.health()["running"] == 1)
        waiting = [threads.submit(speak, client) for _ in range(3)]
        server.wait(lambda: server.health()["waiting"] == 3)
        os.kill(server.workers()[0], signal.SIGKILL)
        error = doomed.exception(PATIENCE_SECONDS)
        assert isinstance(error, openai.InternalServerError)
        assert (error.status_code, error.code, error.type) == (500, "worker_died", "server_error")
        assert all(call.result(PATIENCE_SECONDS).content for call in waiting)


def test_a_full_queue_is_a_503_that_says_when(server, client):
    with ThreadPoolExecutor(8) as threads:
        long = threads.submit(speak, client, **LONG)
        server.wait(lambda: server.health()["running"] == 1)
        calls = [threads.submit(speak, client) for _ in range(7)]
        failed = [error for call in calls if (error := call.exception(PATIENCE_SECONDS))]
        assert len(failed) == 3, "one is spoken and four wait"
        assert long.result(PATIENCE_SECONDS).content
        for error in failed:
            assert error.status_code == 503
            assert error.code == "server_overloaded"
            assert int(error.response.headers["retry-after"]) >= 1
        assert all(call.result().content for call in calls if not call.exception())


def test_a_client_that_goes_away_frees_the_worker(server, client):
    pids = server.workers()
    with pytest.raises(openai.APITimeoutError):
        speak(client.with_options(timeout=0.1), **LONG)
    server.wait(lambda: server.health()["running"] == 0)
    assert speak(client).content
    assert server.workers() == pids


def test_the_end_waits_for_what_was_begun(toy_folder, keys):
    server = Server(toy_folder, "--api-keys", str(keys), "--alias", "alloy=toy")
    with client_of(server) as client, ThreadPoolExecutor(2) as threads:
        running = threads.submit(speak, client, **LONG)
        server.wait(lambda: server.health()["running"] == 1)
        waiting = threads.submit(speak, client)
        server.wait(lambda: server.health()["waiting"] == 1)
        workers = server.workers()
        server.process.send_signal(signal.SIGTERM)
        assert soundfile.info(io.BytesIO(running.result(PATIENCE_SECONDS).content)).duration > 10
        assert waiting.result(PATIENCE_SECONDS).content
    assert server.ended() == 0
    assert not any(os.path.exists(f"/proc/{pid}") for pid in workers)


def test_no_server_without_a_voice_or_a_free_port(server, tmp_path):
    for arguments, message in (
        (["--voice", str(tmp_path / "none")], "no voice folder"),
        (["--port", server.url.rsplit(":", 1)[1]], "choose another --port"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", START, "serve", "--port", "0", *arguments],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode == 1
        assert message in done.stderr
        assert "Traceback" not in done.stderr
