"""The supported subset of SSML, and clear refusals."""

import pytest

from itoaudio.text import English, MarkupError, Prosody
from itoaudio.text.ssml import parse_ssml

english = English()


def read(inside):
    return english.read(f"<speak>{inside}</speak>")


def spoken(inside):
    return " ".join(word.spoken for sentence in read(inside) for word in sentence.words)


def test_paragraphs_and_sentences():
    pauses = [sentence.pause for sentence in read("<p><s>One</s><s>two</s></p>\n\n<p>Three</p>")]
    assert pauses == ["sentence", "paragraph", "paragraph"]


@pytest.mark.parametrize(
    ("mark", "seconds"),
    [
        ('time="300ms"', 0.3),
        ('time="1.5s"', 1.5),
        ('strength="strong"', 0.8),
        ('strength="none"', 0.0),
        ("", 0.4),
    ],
)
def test_breaks(mark, seconds):
    first, second = read(f"Hello <break {mark}/> world")
    assert (first.silence_after, first.phonemes, second.phonemes) == (seconds, "həlˈoʊ,", "wˈɜɹld.")


def test_a_break_first_and_last():
    (sentence,) = read('<break time="1s"/>Hello<break time="2s"/>')
    assert (sentence.silence_before, sentence.silence_after) == (1.0, 2.0)


def test_sub_phoneme_and_say_as():
    assert spoken('<sub alias="World Wide Web">WWW</sub> it') == "World Wide Web it"
    (sentence,) = read('a <phoneme alphabet="ipa" ph="pɪˈkɑːn">pecan</phoneme>.')
    assert (sentence.phonemes, sentence.words[1].written) == ("ə pɪkˈɑːn.", "pecan.")


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("characters", "ab1", "A B one"),
        ("spell-out", "Ito", "I T O"),
        ("cardinal", "1234", "one thousand two hundred thirty four"),
        ("ordinal", "3", "third"),
        ("digits", "2024", "two zero two four"),
        ("telephone", "555-0199", "five five five, zero one nine nine"),
        ("telephone", "+1 (555) 0199", "plus one, five five five, zero one nine nine"),
        ("characters", "a.b@c", "A dot B at C"),
        ("characters", "é-mail, ☃", "É dash M A I L comma snowman"),
        ("cardinal", "-1,234.5", "minus one thousand two hundred thirty four point five"),
        ("cardinal", "+5", "plus five"),
        ("digits", "12-34", "one two three four"),
    ],
)
def test_say_as(kind, content, words):
    assert spoken(f'<say-as interpret-as="{kind}">{content}</say-as>') == words


@pytest.mark.parametrize(
    "opening",
    [
        "\ufeff",
        " \n",
        "<!-- a > b -->",
        "<!DOCTYPE speak>\n",
        '<?xml version="1.0" encoding="UTF-16"?>\n<!-- a -->\n<!DOCTYPE speak SYSTEM "a.dtd">',
        '\ufeff\n<?xml version="1.0"?>',
    ],
)
def test_what_may_stand_before_speak(opening):
    assert english.read(f"{opening}<speak>Hello</speak>")[0].phonemes == "həlˈoʊ."


def test_prosody_nests_and_ends():
    inner = 'two <prosody rate="50%" volume="-6dB">three</prosody>'
    inside = f'One <prosody rate="200%" pitch="+2st">{inner}</prosody> four'
    assert [(sentence.phonemes, sentence.prosody) for sentence in read(inside)] == [
        ("wˈʌn", Prosody()),
        ("tˈu", Prosody(rate=2.0, pitch_semitones=2.0)),
        ("θɹˈi", Prosody(rate=1.0, volume_db=-6.0, pitch_semitones=2.0)),
        ("fˈɔɹ.", Prosody()),
    ]


@pytest.mark.parametrize(
    ("attribute", "prosody"),
    [
        ('rate="fast"', Prosody(rate=1.5)),
        ('rate="+20%"', Prosody(rate=1.2)),
        ('rate="0.5"', Prosody(rate=0.5)),
        ('volume="loud"', Prosody(volume_db=6.0)),
        ('pitch="+100%"', Prosody(pitch_semitones=12.0)),
        ('pitch="low"', Prosody(pitch_semitones=-2.0)),
    ],
)
def test_every_prosody_value_counts(attribute, prosody):
    assert read(f"<prosody {attribute}>one</prosody>")[0].prosody == prosody


@pytest.mark.parametrize("opening", ["<SPEAK>", "<ssml:speak>", "<!DOCTYPE speak [<!ENTITY a 'b'>]><speak>"])
def test_a_wrong_opening_is_an_error_of_ssml_and_not_read_aloud(opening):
    with pytest.raises(MarkupError, match="SSML line 1, column 1"):
        english.read(f"{opening}a</speak>")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("<speak>a <b>c</speak>", "column 10: <b> is not supported"),
        ("<speak>a <s>c</speak>", "line 1, column 16: mismatched tag"),
        ("<speak>\n<emphasis>c</emphasis></speak>", "line 2, column 1: <emphasis> is not supported"),
        ('<speak><audio src="x"/></speak>', "<audio> is not supported"),
        ('<!DOCTYPE speak [<!ENTITY a "b">]><speak>&a;</speak>', "document type is not allowed"),
        ("<speak>&a;</speak>", "undefined entity"),
        ('<!DOCTYPE speak SYSTEM "a.dtd"><speak>a &b;</speak>', "the entity &b; is not defined"),
        ("<SPEAK>a</SPEAK>", "<SPEAK> is not supported: write <speak>, small and without a prefix"),
        ("<ssml:speak>a</ssml:speak>", "<ssml:speak> is not supported: write <speak>"),
        ("<speak><Break/>a</speak>", "<Break> is not supported: write <break>"),
        ('<speak><say-as interpret-as="ordinal">-2.5</say-as></speak>', "'-2.5' is no whole number"),
        ('<speak><say-as interpret-as="cardinal">3-4</say-as></speak>', "'3-4' is no number, such as"),
        ('<speak><say-as interpret-as="digits">-2.5</say-as></speak>', "'-2.5' is no number in digits"),
        ('<speak><say-as interpret-as="telephone">1+2</say-as></speak>', "'1+2' is no telephone number"),
        ('<speak><say-as interpret-as="characters"> </say-as></speak>', "nothing to say in ' '"),
        ('<?xml version="1.0"?>\n<speak><b/></speak>', "line 2, column 8: <b> is not supported"),
        ("<speak><?php x?>a</speak>", "processing instruction 'php'"),
        ('<speak><break tim="1s"/>a</speak>', "<break> has no attribute 'tim'; known: strength, time"),
        ('<speak><break strength="huge"/>a</speak>', "strength 'huge' is none of none, x-weak"),
        ("<speak><break>a</break></speak>", "<break> must be empty"),
        ("<speak><sub>a</sub></speak>", "<sub> needs the attribute 'alias'"),
        ('<speak><phoneme alphabet="x-sampa" ph="a">a</phoneme></speak>', "alphabet 'x-sampa'"),
        ('<speak><phoneme ph="ə"/></speak>', "needs the written word"),
        ('<speak><say-as interpret-as="date">1</say-as></speak>', "say-as 'date' is not supported"),
        ('<speak><say-as interpret-as="digits">x</say-as></speak>', "'x' is no number"),
        ("<speak><prosody>a</prosody></speak>", "needs rate, volume or pitch"),
        ('<speak><prosody rate="quick">a</prosody></speak>', "rate 'quick'"),
        ('<speak><prosody rate="900%">a</prosody></speak>', "rate comes to 9, outside 0.25 to 4"),
        ('<speak><prosody pitch="200Hz">a</prosody></speak>', "pitch '200Hz'"),
        ('<speak><prosody volume="7">a</prosody></speak>', "volume '7'"),
        ('<speak xml:lang="de">a</speak>', "language 'de'"),
        ("<speak><speak>a</speak></speak>", "outermost"),
        ("<speak><s><sub alias='x'>a<p>b</p></sub></s></speak>", "<p> cannot stand inside <sub>"),
    ],
)
def test_refusals_name_what_and_where(document, message):
    with pytest.raises(MarkupError, match="SSML line ") as raised:
        parse_ssml(document)
    assert message in str(raised.value)
