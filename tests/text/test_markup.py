"""Inline marks, Markdown and the user's lexicon."""

import pytest

from itoaudio.text import English, LexiconError, MarkupError, NothingToSay, load_lexicon
from itoaudio.text.markup import parse, strip_markdown
from itoaudio.text.spans import Silence, Sound, Text

english = English()


def test_marks_become_spans():
    assert parse("Say [tomato](/təˈmɑtoʊ/) [pause:300ms]now") == [
        Text("Say "),
        Sound("tomato", "təmˈɑtoʊ"),
        Text(" "),
        Silence(0.3),
        Text("now"),
    ]


def test_a_given_sound_keeps_word_marks_and_genitive():
    (sentence,) = english.read('He said "[Привет](/pɹɪvjˈɛt/)," and [Ngu](/wˈɪn/)\'s dog.')
    assert sentence.phonemes == 'hˌi sˈɛd "pɹɪvjˈɛt," ænd wˈɪnz dˈɔɡ.'
    assert [word.written for word in sentence.words][2:5] == ['"Привет,"', "and", "Ngu's"]


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("two [tomato](/təmˈɑtoʊ/)es", "tˈu təmˈɑtoʊ ˈiz."),
        ("[un](/ʌn/)happy", "ʌn hˈæpi."),
        ("pre[fix](/fɪks/) it", "pɹˈi fɪks ɪt."),
        ("[a](/eɪ/)[b](/bi/)", "eɪ bi."),
        ("½[kilo](/kˈiloʊ/)", "wˈʌn hˈæf kˈiloʊ."),
        ("[we](/wi/)'ll go", "wi əl ɡˌoʊ."),
        ("O'[Neil](/nˈil/)", "ˈoʊ nˈil."),
        ("[Q](/kju/)&A", "kju ænd ə."),
        ("<speak><phoneme ph='ʌn'>un</phoneme>happy</speak>", "ʌn hˈæpi."),
    ],
)
def test_a_given_sound_is_heard_though_letters_touch_it(text, phonemes):
    assert [sentence.phonemes for sentence in english.read(text)] == [phonemes]


def test_a_word_of_the_lexicon_may_touch_a_given_sound():
    (sentence,) = English({"es": "ɪz"}).read("[tomato](/təmˈɑtoʊ/)es")
    assert sentence.phonemes == "təmˈɑtoʊ ɪz."


def test_pauses_first_between_and_last():
    first, second = english.read("[pause:1s][pause:0.5s]Hello [pause:250ms] world [pause:2s]")
    assert (first.silence_before, first.silence_after, second.silence_before, second.silence_after) == (
        1.5,
        0.25,
        0,
        2,
    )
    assert (first.phonemes, first.pause, second.phonemes) == ("həlˈoʊ,", "clause", "wˈɜɹld.")


@pytest.mark.parametrize(
    ("mark", "seconds"),
    [
        ("[Pause:1s]", 1.0),
        ("<break time='1s'/>", 1.0),
        ('<break time="300ms" />', 0.3),
        ('<break strength="strong"></break>', 0.8),
        ("<BREAK/>", 0.4),
    ],
)
@pytest.mark.parametrize("kind", ["auto", "text", "markdown"])
def test_every_way_to_write_a_pause(mark, seconds, kind):
    assert parse(f"Hi {mark} there.", kind) == [Text("Hi "), Silence(seconds), Text(" there.")]


@pytest.mark.parametrize("text", ["H<sub>2</sub>O", "x <p and q> s", "a < b", "<i>so</i>", "<breakfast>"])
def test_what_is_no_tag_of_ssml_stays(text):
    assert parse(text) == [Text(text)]


def test_a_pause_between_sentences_changes_no_mark():
    assert [sentence.phonemes for sentence in english.read("Yes. [pause:1s] No?")] == ["jˈɛs.", "nˈoʊ?"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a [pause:soon] b", r"'\[pause:soon\]' at character 3: 'soon' is no duration"),
        ("[pause] b", "a pause needs its length"),
        ("[pause:99s] b", "longer than 60 s"),
        ("[word](/wж/)", r"'ж' \(U\+0436\) at position 1"),
        ("[word](/ˈ/)", "there is no phoneme"),
        ("a <break time=1s/> b", "at character 3: a break is written <break time="),
        ("a <break tim='1s'/> b", "a break is written"),
        ("a <break time='soon'/> b", "'soon' is no duration"),
        ("a <break strength='huge'/> b", "strength 'huge' is none of"),
        (
            "Hi</speak>",
            "'</speak>' at character 3: a tag of SSML outside <speak>: put <speak>…</speak> around",
        ),
        ("Hi <speak>a</speak>", "'<speak>' at character 4"),
        ('a <prosody rate="fast">b</prosody>', "a tag of SSML outside <speak>"),
        ('a <sub alias="b">c</sub>', "a tag of SSML outside <speak>"),
        ("<p>a</p>", "'<p>' at character 1: a tag of SSML outside <speak>"),
    ],
)
def test_malformed_marks_are_named_with_their_place(text, message):
    with pytest.raises(MarkupError, match=message):
        english.read(text)


def test_only_pauses_are_nothing_to_say():
    with pytest.raises(NothingToSay):
        english.read("[pause:1s]")


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("**bold** and _it_ and ***both***", "bold and it and both"),
        ("`code` and ~~gone~~", "code and gone"),
        ("see [here](https://example.com) or ![alt](a.png)", "see here or alt"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("> quoted", "quoted"),
        ("```python\nx\n```", "\nx\n"),
    ],
)
def test_markdown_marks_go(marked, plain):
    assert strip_markdown(marked) == plain


def test_headings_and_items_are_paragraphs():
    read = english.read("# Title\nText here\n- one\n- two")
    assert [sentence.phonemes for sentence in read] == ["tˈaɪɾᵊl.", "tˈɛkst hˈɪɹ.", "wˈʌn.", "tˈu."]
    assert {sentence.pause for sentence in read} == {"paragraph"}


def test_a_lexicon_file_changes_what_is_said(tmp_path):
    path = tmp_path / "words.tsv"
    path.write_text("# mine\nNguyen\tˈwɪn\nsql\tˈsikwəl\nC++\tsˈiplˌʌs\n", encoding="utf-8")
    (sentence,) = English(load_lexicon(path)).read("Nguyen's SQL, nguyen C++.")
    assert sentence.phonemes.startswith("wˈɪnz sˈikwəl, ")
    assert sentence.phonemes.endswith(" sˈiplˌʌs.")
    assert sentence.words[0].written == "Nguyen's"
    assert "wˈɪn " not in sentence.phonemes


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("word", "line 1: 'word' has no tab"),
        ("two words\tə", "is not one word"),
        ("word\tж", "unknown symbol 'ж'"),
    ],
)
def test_a_wrong_lexicon_line_is_named(tmp_path, line, message):
    path = tmp_path / "words.tsv"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        load_lexicon(path)


def test_a_lexicon_in_another_encoding_is_named_with_the_mend(tmp_path):
    path = tmp_path / "words.tsv"
    path.write_bytes("# mine\ncafé\ta".encode("latin-1"))
    with pytest.raises(LexiconError, match=r"words\.tsv, line 2: the file is not in UTF-8; save it as UTF-8"):
        load_lexicon(path)
