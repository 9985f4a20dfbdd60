"""espeak-ng by its library, from the package espeakng-loader. It is GPL-3.0: `worker` runs this file in an
environment of its own, and nothing here imports it."""

import ctypes
import os

import espeakng_loader
import numpy as np

SYNCHRONOUS, POSITION_CHARACTER, UTF8 = 2, 1, 1
PIECE_MILLISECONDS = 50
CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def open_system(threads, voice="en-us"):
    """One thread is all it uses."""
    return Espeak(voice)


class Espeak:
    """`worker`'s system: formant synthesis, no noise to seed."""

    def __init__(self, voice):
        data = espeakng_loader.get_data_path()
        self.library = ctypes.CDLL(espeakng_loader.get_library_path())
        rate = self.library.espeak_Initialize(SYNCHRONOUS, PIECE_MILLISECONDS, os.fsencode(data), 0)
        if rate <= 0 or self.library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"espeak-ng cannot load its voice {voice!r} from {data}")
        self.sample_rate = rate
        self.facts = {"size": size(data) + os.path.getsize(espeakng_loader.get_library_path()) / 1e6}

    def read(self, text, seed, emit):
        """A piece for each buffer of 50 ms."""

        @CALLBACK
        def take(samples, count, events):
            if samples and count:
                emit(np.ctypeslib.as_array(samples, (count,)).astype(np.float32) / 32768)
            return 0

        self.library.espeak_SetSynthCallback(take)
        raw = text.encode()
        failed = self.library.espeak_Synth(raw, len(raw) + 1, 0, POSITION_CHARACTER, 0, UTF8, None, None)
        if failed or self.library.espeak_Synchronize():
            raise ValueError(f"espeak-ng cannot speak {text!r}")

    def copy(self, path, seed, emit):
        """Not espeak's."""
        raise NotImplementedError("espeak-ng has no vocoder of its own")


def size(folder):
    """MB of all files below."""
    return (
        sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(folder) for name in names)
        / 1e6
    )
