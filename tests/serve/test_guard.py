"""Keys: who is let in, and that nothing else opens."""

import pytest

from itoaudio.serve.settings import ServerSettings, read_api_keys
from itoaudio.serve.worker import WorkerSettings

KEYS = ("first-key", "schlüssel")


@pytest.fixture(scope="module")
def guarded(client_of):
    return client_of(api_keys=KEYS)


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer first-ke", "Bearer first-key2", "Basic first-key", "first-key"],
)
def test_strangers_stay_out(guarded, header):
    headers = {"Authorization": header} if header is not None else {}
    for method, path in (("GET", "/v1/models"), ("POST", "/v1/audio/speech"), ("GET", "/metrics")):
        answer = guarded.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize("key", KEYS)
def test_each_key_opens(guarded, key):
    headers = {"Authorization": f"Bearer {key}".encode()}
    assert guarded.speak(headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/", "/health", "/page/main.js"])
def test_what_speaks_nothing_is_open(guarded, path):
    assert guarded.get(path).status_code == 200


def test_keys_from_a_file(tmp_path):
    path = tmp_path / "keys"
    path.write_text("# of the kitchen\nfirst-key\n\n  second-key \n", encoding="utf-8")
    assert read_api_keys(path) == ("first-key", "second-key")
    path.write_text("# none\n", encoding="utf-8")
    with pytest.raises(ValueError, match="holds no key"):
        read_api_keys(path)


def test_a_mark_of_byte_order_is_no_part_of_a_key(tmp_path):
    path = tmp_path / "keys"
    path.write_text("first-key\nsecond-key\n", encoding="utf-8-sig")
    assert read_api_keys(path) == ("first-key", "second-key")
    path.write_text("# of the kitchen\nfirst-key\n", encoding="utf-8-sig")
    assert read_api_keys(path) == ("first-key",)


def test_a_file_of_keys_that_is_not_utf_8_is_named(tmp_path):
    path = tmp_path / "keys"
    path.write_text("schlüssel\n", encoding="latin-1")
    with pytest.raises(ValueError, match=r"keys: not UTF-8 \(invalid start byte at byte 4\); save the file"):
        read_api_keys(path)


@pytest.mark.parametrize(
    "bad",
    [{"workers": 0}, {"port": 70_000}, {"time_limit": 0.0}, {"queue_size": -1}, {"max_steps": 0}],
    ids=str,
)
def test_settings_out_of_range_are_named(bad):
    with pytest.raises(ValueError, match=f"{next(iter(bad))} = "):
        ServerSettings(**bad)
    with pytest.raises(ValueError, match="max_seconds = 0"):
        ServerSettings(worker=WorkerSettings(max_seconds=0.0))
