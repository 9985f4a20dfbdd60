import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itoaudio.text.hibari_parts import front_end
from itoaudio.text.unread import UnreadObject

NAMES = st.text(max_size=40) | st.text('"\\{}[]:,a', max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


def written(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@given(st.dictionaries(NAMES, VALUES, max_size=8), NAMES)
def test_holds_what_the_whole_object_holds(members, other):
    found = UnreadObject(written(members))
    assert dict(found) == members
    assert list(found) == list(members)
    assert len(found) == len(members)
    assert found.get(other) == members.get(other)
    assert (other in found) == (other in members)


def test_long_names_that_begin_alike_are_told_apart():
    members = {"a" * length: length for length in range(100)}
    found = UnreadObject(written(members))
    assert {name: found[name] for name in members} == members
    assert "a" * 100 not in found


@pytest.mark.parametrize("raw", [b"", b"[1,2]", b'{"a":1', b'{"a:1}'])
def test_what_is_no_object_is_refused(raw):
    with pytest.raises(ValueError, match="JSON"):
        UnreadObject(raw)


def test_lexicon_and_tagger_stay_unread():
    reader = front_end().G2P()
    lexicon = reader.lexicon
    assert isinstance(lexicon.golds.d, UnreadObject)
    assert isinstance(lexicon.silvers.d, UnreadObject)
    assert isinstance(reader.tagger.weights, UnreadObject)
    assert lexicon.golds.get("hello") == "həlˈO"
    assert lexicon.golds.get("read")["VBD"] == "ɹˈɛd"
    assert len(lexicon.golds.d) > 90_000
