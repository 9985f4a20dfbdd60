"""Fixtures of all tests: the toy voice."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))  # so that tests of any folder may `import toy_voice`


@pytest.fixture(scope="session")
def toy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy voice's folder. Read only: make your own copy to change it."""
    import toy_voice

    return toy_voice.build(tmp_path_factory.mktemp("voices") / "toy")


@pytest.fixture(scope="session")
def duo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the toy of two speakers, in which every option of a call can be told. Read only."""
    import toy_voice

    return toy_voice.build_duo(tmp_path_factory.mktemp("voices") / "duo")
