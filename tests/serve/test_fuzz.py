"""The HTTP API against its own schema: schemathesis makes requests, good and bad; none may break it."""

import pytest

from ito_server import Server

pytestmark = pytest.mark.slow

EXAMPLES = 80
PATHS = [
    ("POST", "/v1/audio/speech"),
    ("POST", "/v1/audio/trajectory"),
    ("GET", "/v1/models/{model}"),
    ("GET", "/v1/audio/voices"),
    ("GET", "/health"),
]


@pytest.fixture(scope="module")
def schema(toy_folder):
    import schemathesis

    server = Server(toy_folder, "--max-characters", "200", "--max-steps", "3")
    yield schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    assert server.health()["status"] == "ok"
    assert server.end() == 0
    assert "Traceback" not in "".join(server.lines)


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [(*path, "positive") for path in PATHS] + [(*path, "negative") for path in PATHS if path[0] == "POST"],
)
def test_no_request_breaks_the_server(schema, method, path, kind):
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis import GenerationMode
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        negative_data_rejection,
        response_schema_conformance,
        status_code_conformance,
    )

    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    ]
    if kind == "negative":
        checks.append(negative_data_rejection)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(schema[path][method].as_strategy(generation_mode=GenerationMode(kind)))
    def check(case):
        if kind == "positive" and isinstance(case.body, dict):
            # Names that the schema cannot know: with others no request would come as far as the voice.
            case.body |= {"voice": "toy"} | ({"model": "itoaudio"} if "model" in case.body else {})
        case.call_and_validate(checks=checks)

    check()
