"""Unicode to plain characters."""

import pytest

from itoaudio.text import UnreadableWord
from itoaudio.text.clean import clean


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("“Hi” – it’s", '"Hi" – it\'s'),
        ("a—b", "a— b"),
        ("wait...what", "wait… what"),
        ("Hello 😀 there 👨‍👩‍👧!", "Hello there !"),
        ("zero\u200bwidth\u00adhyphen", "zerowidthhyphen"),
        ("𝐇ello ２ ٣", "Hello 2 3"),
        ("cafe\u0301", "café"),
        ("Łódź Straße", "Lódź Strasse"),
        ("tab\tand\nline", "tab and line"),
        ("no!!!!!!", "no!!!"),
        ("=-=-=-=-=-=-", "=-=-=-"),
        ("1.1.1.1.1", "1.1.1.1.1"),
        ("20℃ №5 ＄3", "20°C No. 5 $3"),
        ("5⅕ ⅒", "5⅕ ⅒"),
        ("R&amp;D &lt; &#39;x&#39;", "R&D < 'x'"),
    ],
)
def test_clean(text, plain):
    assert clean(text) == plain


@pytest.mark.parametrize("word", ["Привет", "你好", "مرحبا", "ひらがな"])
def test_other_scripts_are_refused_by_name(word):
    with pytest.raises(UnreadableWord, match=word):
        clean(f"He said {word} there")
