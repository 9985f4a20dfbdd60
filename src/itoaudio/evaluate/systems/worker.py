"""A system in a process of its own: `python worker.py TARGET '{"argument": ...}'`.

TARGET is a module's name or a script whose function `open_system(**arguments)` answers an object with

    read(text, seed, emit)      speak, calling emit(samples) for each piece as soon as it is there
    copy(path, seed, emit)      copy synthesis of a recording
    sample_rate, facts          Hz; {"size": MB, "nfe": evaluations, ...}, as far as known

and raises ValueError for what it cannot do. One JSON request a line comes in, one JSON answer a line goes
out. Standard library and numpy only, so that it also runs in another environment's Python.
"""

import sys

if __name__ == "__main__":
    sys.path.pop(0)  # this folder, whose modules must not hide others of their names

import contextlib
import importlib
import json
import os
import resource
import runpy
import time
import wave

import numpy as np


def main():
    """Load, say so, and answer requests until stdin ends."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print must not come between answers
    target, arguments = sys.argv[1], json.loads(sys.argv[2])
    begun = time.perf_counter()
    try:
        system = opened(target, arguments)
    except (ValueError, OSError, ImportError) as error:
        answer(out, {"error": f"{type(error).__name__}: {error}"})
        return
    answer(out, {"facts": dict(system.facts), "load_seconds": time.perf_counter() - begun})
    for line in sys.stdin:
        with contextlib.suppress(BrokenPipeError):
            answer(out, handled(system, json.loads(line)))


def opened(target, arguments):
    """The system that `target` makes of `arguments`."""
    if target.endswith(".py"):
        return runpy.run_path(target)["open_system"](**arguments)
    return importlib.import_module(target).open_system(**arguments)


def handled(system, request):
    """Do one request; its sound goes to the file `to`, if that is given."""
    pieces, first, begun = [], [], time.perf_counter()

    def emit(samples):
        first.append(time.perf_counter() - begun)
        pieces.append(np.asarray(samples, dtype=np.float32))

    try:
        if "recording" in request:
            system.copy(request["recording"], request["seed"], emit)
        else:
            system.read(request["text"], request["seed"], emit)
    except (ValueError, OSError, ImportError, NotImplementedError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    taken = time.perf_counter() - begun
    samples = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)
    if len(samples) == 0:
        return {"error": "no sound came out"}
    if request.get("to"):
        write(request["to"], samples, system.sample_rate)
    return {
        "seconds": taken,
        "first_seconds": first[0],
        "sound_seconds": len(samples) / system.sample_rate,
        "peak_memory": peak_memory(),
    }


def write(path, samples, sample_rate):
    """16-bit WAV, written aside and renamed; what is beyond full scale is clipped."""
    whole = np.round(np.clip(samples, -1, 32767 / 32768) * 32768).astype("<i2")
    aside = f"{path}.{os.getpid()}.part"
    try:
        with wave.open(aside, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(sample_rate)
            file.writeframes(whole.tobytes())
        os.replace(aside, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(aside)
        raise


def peak_memory():
    """Highest resident set in MB of this process, or of a process that it started."""
    theirs = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    try:
        # Not getrusage's, which begins at what the process that started this one held.
        with open("/proc/self/status", encoding="utf-8") as status:
            ours = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    except OSError:
        ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return max(ours, theirs)


def answer(out, message):
    """One line of JSON."""
    out.write(json.dumps(message) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
