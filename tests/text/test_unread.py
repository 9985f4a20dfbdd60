import json

import msgspec
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


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", b"[1,2]", b'{"a":1', b'{"a:1}', b"{1,2}", b'{"a":1}{"b":2}'),
        *(
            b'{"a": 1, "b": 2}',
            b'{"a" :1}',
            b'{ "a":1}',
            b'{"a":1\n}',
            b'{"a":[1, 2]}',
            b'{"a":1,"b" :2,"c":3}',
        ),
        *(rb'{"\u00e9":1}', rb'{"a\/b":1}', rb'{"a":1,"\u0022":2}', rb'{"\ud800":1}'),
    ],
)
def test_what_is_no_object_is_refused(raw):
    with pytest.raises(ValueError, match=r"JSON|truncated"):
        UnreadObject(raw)


def test_what_no_utf_8_holds_is_absent():
    found = UnreadObject(b'{"a":1}')
    assert found.get("\ud800") is None
    assert "\ud800" not in found


def test_what_msgspec_writes_is_held():
    members = {"": 0, 'a"b\\': " \n", "\x01\n\x7fé": [1, {"a b": 2}]}
    assert dict(UnreadObject(msgspec.json.encode(members))) == members
    assert dict(UnreadObject(b"{}")) == {}


def test_lexicon_and_tagger_stay_unread():
    reader = front_end().G2P()
    lexicon = reader.lexicon
    assert isinstance(lexicon.golds.d, UnreadObject)
    assert isinstance(lexicon.silvers.d, UnreadObject)
    assert isinstance(reader.tagger.weights, UnreadObject)
    assert lexicon.golds.get("hello") == "həlˈO"
    assert lexicon.golds.get("read")["VBD"] == "ɹˈɛd"
    assert len(lexicon.golds.d) > 90_000
