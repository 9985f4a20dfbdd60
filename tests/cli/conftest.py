"""A recording to copy or to be interrupted at."""

import numpy as np
import pytest
import soundfile


@pytest.fixture
def recording(tmp_path):
    """Stereo at 44.1 kHz."""
    path = tmp_path / "in.flac"
    soundfile.write(path, 0.1 * np.random.default_rng(0).standard_normal((22050, 2)), 44100)
    return path
