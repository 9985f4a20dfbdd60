"""Every voice in the package is whole and speaks."""

import numpy as np
import pytest

from itoaudio.runtime import Voice
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
