import json
import subprocess
import sys

import pytest

from itoaudio.text import hibari_parts


def test_reading_english_loads_no_synthesiser():
    """A command that says a word must not wait for SciPy, which only hibari's own voice needs."""
    code = (
        "import sys; from itoaudio.text import English; English().read('It costs $5, Zyxqua.')\n"
        "assert 'hibari' not in sys.modules and 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_threads_that_read_at_once_for_the_first_time_load_all_once():
    code = """
import time
from concurrent.futures import ThreadPoolExecutor
from itoaudio.text import English, hibari_parts

def noted(function):
    def slow(given):
        made.append(given if isinstance(given, str) else given.name)
        time.sleep(0.05)  # for the other threads to come
        return function(given)
    return slow

made = []
for name in ("module_from_spec", "_data"):
    setattr(hibari_parts, name, noted(getattr(hibari_parts, name)))
with ThreadPoolExecutor(4) as pool:
    sounds = {read[0].phonemes for read in pool.map(English().read, ["It costs $5, Zyxqua."] * 4)}
assert len(sounds) == 1, sounds
assert len(made) == len(set(made)), made
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("way", [{}, {"separators": (",", ":")}, {"indent": 1}])
def test_data_that_a_later_release_writes_otherwise_is_read(way, tmp_path, monkeypatch):
    monkeypatch.setattr(hibari_parts, "assets", lambda: tmp_path)
    golds = {"café": "kæfˈA", "read": {"VBD": "ɹˈɛd"}}
    tagger = {"tags": ["NN"], "tagdict": {"a": "DT"}, "vocab": ["é"], "weights": {"i suffix é": {"NN": 1.5}}}
    for name, data in (("lexicon_us_gold.json", golds), ("tagger.json", tagger)):
        (tmp_path / name).write_text(json.dumps(data, **way))
        assert hibari_parts._data(name) == data
