"""What loads when, and that nothing reaches for the network: in a fresh process each."""

import subprocess
import sys


def run(code, *arguments):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()


def test_import_is_light():
    loaded = run("import sys, itoaudio; print(*sys.modules)")
    assert not {"numpy", "onnxruntime", "msgspec", "soundfile", "torch"} & set(loaded)


def test_speaking_loads_no_torch(toy_folder):
    code = "import sys, itoaudio; itoaudio.load(sys.argv[1]).say('Hello.'); print(*sys.modules)"
    loaded = run(code, toy_folder)
    assert "onnxruntime" in loaded
    assert not {"torch", "lightning", "onnx", "librosa", "numba", "matplotlib"} & set(loaded)


def test_speaking_opens_no_socket(toy_folder):
    code = """
import sys

def refuse(event, arguments):
    if event.startswith("socket.") or event == "urllib.Request":
        raise RuntimeError(f"{event} {arguments}")

sys.addaudithook(refuse)
import itoaudio
print(itoaudio.load(sys.argv[1]).say("Hello, I cost $5.").duration_seconds)
"""
    assert float(run(code, toy_folder)[0]) > 0
