"""Text to sound on numpy and onnxruntime alone: voice folders, graphs and `Voice`. Never torch."""

from itoaudio.runtime.errors import DamagedVoice, UnknownOption, UnknownVoice, VoiceError
from itoaudio.runtime.options import Options
from itoaudio.runtime.sound import Audio
from itoaudio.runtime.spoken import Spoken
from itoaudio.runtime.voice import Voice
from itoaudio.runtime.voice_folder import known_voices

__all__ = [
    "Audio",
    "DamagedVoice",
    "Options",
    "Spoken",
    "UnknownOption",
    "UnknownVoice",
    "Voice",
    "VoiceError",
    "known_voices",
]
