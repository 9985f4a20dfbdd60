"""`ito` in processes that share one import of torch: each is a fork of this one, and may end at a step.

    python nursery.py < requests > answers

A request is a line of JSON, {"words": [...], "end": [signal, step]}: arguments of `ito`, and, where it is to
end, the name of a signal that comes in the midst of the step that follows so many. The answer is a line too,
{"code", "stdout", "stderr"}; a code below zero is the signal that ended the process.
"""

import json
import os
import signal
import sys
import tempfile
import warnings

from itoaudio.cli import main
from itoaudio.train import acoustic_refine, vocoder_adversarial, waveform  # noqa: F401  (all that a stage imports)
from itoaudio.train.module import Module


def ended_at(name, step):
    """Send this process a signal between the loss of a step and its gradient."""
    whole = Module.on_before_backward

    def on_before_backward(self, loss):
        if self.global_step == step:
            os.kill(os.getpid(), signal.Signals[name])
        whole(self, loss)

    Module.on_before_backward = on_before_backward


def answered(request):
    """Wait for a child that does the request. In the child: never comes back."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        if (child := os.fork()) == 0:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            warnings.simplefilter("ignore")  # Lightning's own
            if request["end"]:
                ended_at(*request["end"])
            try:
                main(request["words"])
            except SystemExit as ended:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(ended.code)  # libraries would wait for threads, which a fork has not
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said = [file.seek(0) or file.read().decode() for file in (out, err)]
    return {"code": code, "stdout": said[0], "stderr": said[1]}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answered(json.loads(line))), flush=True)
