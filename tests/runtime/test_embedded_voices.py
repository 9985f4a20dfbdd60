"""Every voice in the package is whole and speaks."""

import numpy as np
import pytest

from itoaudio.runtime import Audio, Options, Voice
from itoaudio.runtime.voice_folder import EMBEDDED, FILE_NAME, VoiceFolder

FOLDERS = sorted(path.parent for path in EMBEDDED.glob(f"*/{FILE_NAME}"))


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.name)
def test_it_is_whole_and_speaks(path):
    folder = VoiceFolder.open(path)
    folder.verify()
    assert folder.spec.name == path.name
    assert {entry.name for entry in path.iterdir()} == {*folder.spec.files, FILE_NAME}
    voice = Voice(folder, threads=1)
    for preset in folder.spec.presets:
        voice.build(preset=preset)
    audio = voice.say("Hello.", steps=2)
    assert 0.3 < audio.duration_seconds < 2.5
    assert np.isfinite(audio.samples).all()
    assert 0.01 < audio.samples.std() < 0.5


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.name)
def test_chunked_is_whole_within_a_thousandth_of_full_scale(path, monkeypatch):
    voice = Voice.load(path, threads=1)
    for name in (voice.spec.vocoder.pitch, voice.plans(Options())[1].graphs.score):
        if b"DynamicQuantizeLinear" in (path / name).read_bytes():
            pytest.skip(f"{name} shares a scale among all frames: export it again with --weights int8")
    text = "Nobody should hear that this was made in two pieces, one small and one large."
    parts = list(voice.stream(text))
    assert len(parts) > 1
    monkeypatch.setattr("itoaudio.runtime.voice.FIRST_FRAMES", 10**6)
    whole = voice.say(text)
    joined = Audio.join(part.audio for part in parts)
    assert np.abs(joined.samples - whole.samples).max() < 1e-3
