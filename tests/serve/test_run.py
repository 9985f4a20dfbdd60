"""What `serve` refuses before it starts anything."""

import pytest

from itoaudio.serve.run import serve
from itoaudio.serve.settings import ServerSettings
from itoaudio.serve.worker import WorkerSettings


def test_a_lexicon_that_is_not_there_is_named_before_a_worker_starts(tmp_path, monkeypatch):
    monkeypatch.setattr("itoaudio.serve.run.Pool", None)
    settings = ServerSettings(worker=WorkerSettings(lexicon=str(tmp_path / "nolex")), port=0)
    with pytest.raises(ValueError, match=r"nolex: no lexicon .*give a file with a word, a tab"):
        serve(settings)
