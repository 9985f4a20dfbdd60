"""A worker in the tests' own process, its pipes in memory."""

import io

import toy_voice
from itoaudio.serve.wire import LENGTH_BYTES, Failed, _answers
from itoaudio.serve.worker import Worker, WorkerSettings


def test_two_voices_of_one_name_are_refused(tmp_path):
    """One of them nobody could ask for, and it was silently gone."""
    folders = [str(toy_voice.build(tmp_path / place)) for place in ("old", "new")]
    answers = io.BytesIO()
    Worker(io.BytesIO(), answers).run(WorkerSettings(voices=tuple(folders), threads=1))
    told = _answers.decode(answers.getvalue()[LENGTH_BYTES:])
    assert isinstance(told, Failed)
    assert f"two voices are called 'toy': {folders[0]} and {folders[1]}; leave one out" in told.message
