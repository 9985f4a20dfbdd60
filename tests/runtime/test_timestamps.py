"""When words are heard: measured on the joined sound, pauses included, to its very end."""

import json
import re

import pytest

import itoaudio
from itoaudio.runtime.timestamps import WRITERS, writer_of
from itoaudio.runtime.timing import Interval, Timeline, lines, tier
from toy_voice import FRAMES_PER_SYMBOL

TEXT = '[pause:0.5s] Hello, "dear" world & all. The second one costs $5. [pause:0.25s]'
SYMBOL = FRAMES_PER_SYMBOL * 256


@pytest.fixture(scope="module")
def voice(toy_folder):
    return itoaudio.load(toy_folder, threads=1)


@pytest.fixture(scope="module")
def timeline(voice):
    found = Timeline(voice.sample_rate, voice.spec.mel.hop_samples)
    for spoken in voice.stream(TEXT):
        found.add(spoken)
    return found


def test_words_and_phonemes_stand_where_their_symbols_are(voice):
    found = Timeline(voice.sample_rate, 256)
    for spoken in voice.stream("[pause:0.1s] Two, boys."):  # _tˈu, bˈɔɪz._
        found.add(spoken)
    begun = round(0.1 * voice.sample_rate)
    at = [begun + symbol * SYMBOL for symbol in range(20)]
    assert found.words == [Interval("Two,", at[1], at[4]), Interval("boys.", at[6], at[11])]
    assert [(p.text, p.start, p.end) for p in found.phonemes] == [
        ("t", at[1], at[2]),
        ("ˈu", at[2], at[4]),
        ("b", at[6], at[7]),
        ("ˈɔɪ", at[7], at[10]),
        ("z", at[10], at[11]),
    ]


def test_the_length_is_that_of_the_file_and_the_pauses_are_in_it(voice, timeline):
    audio = voice.say(TEXT)
    assert timeline.length == len(audio.samples)
    assert timeline.words[0].start >= 0.5 * voice.sample_rate
    assert timeline.words[-1].end <= timeline.length - 0.25 * voice.sample_rate
    starts = [word.start for word in timeline.words]
    assert starts == sorted(starts)


def test_every_written_word_is_there_once(timeline):
    written = re.sub(r"\[pause[^]]*\]", "", TEXT).split()
    assert " ".join(word.text for word in timeline.words).split() == written


def test_a_tier_has_no_hole():
    said = [Interval("a", 10, 20), Interval("b", 20, 30), Interval("c", 35, 40)]
    found = tier(said, 50)
    assert [i.text for i in found] == ["", "a", "b", "", "c", ""]
    assert [i.start for i in found] == [0, *(i.end for i in found[:-1])]
    assert found[-1].end == 50


def test_lines_are_short_and_of_one_sentence(timeline):
    found = lines(timeline, longest=20)
    assert [word for line in found for word in line] == timeline.words
    assert all(sum(len(word.text) + 1 for word in line) <= 21 for line in found)
    assert any(line[-1].text == "all." for line in found)


def test_json(timeline):
    told = json.loads(WRITERS[".json"](timeline))
    assert told["duration"] == timeline.length / timeline.sample_rate
    for name in ("words", "phonemes"):
        assert told[name][0] == {"text": "", "start": 0.0, "end": told[name][1]["start"]}
        assert told[name][-1]["end"] == told["duration"]


def test_srt_and_vtt_end_with_the_sound(timeline):
    end = timeline.length / timeline.sample_rate
    for suffix, mark in ((".srt", ","), (".vtt", ".")):
        clocks = re.findall(rf"(\d+):(\d\d):(\d\d){re.escape(mark)}(\d\d\d)", WRITERS[suffix](timeline))
        seconds = [int(h) * 3600 + int(m) * 60 + int(s) + int(ms) / 1000 for h, m, s, ms in clocks]
        assert max(seconds) == pytest.approx(end, abs=6e-4)
        assert seconds == sorted(seconds) or suffix == ".vtt"
    assert WRITERS[".vtt"](timeline).startswith("WEBVTT\n\n")
    assert "&amp;" in WRITERS[".vtt"](timeline)
    assert WRITERS[".srt"](timeline).startswith("1\n00:00:0")


def test_textgrid_intervals_touch(timeline):
    written = WRITERS[".textgrid"](timeline)
    end = f"{timeline.length / timeline.sample_rate:.9f}"
    for part in written.split("item [")[2:]:
        spans = re.findall(r"xmin = (\S+)\n\s+xmax = (\S+)\n\s+text", part)
        assert spans[0][0] == "0.000000000"
        assert spans[-1][1] == end
        assert [a for a, _ in spans[1:]] == [b for _, b in spans[:-1]]
        assert f"intervals: size = {len(spans)}\n" in part
    assert '""dear""' in written


def test_an_unknown_kind_is_named():
    with pytest.raises(ValueError, match=r"'\.ass'"):
        writer_of(".ass")
    assert writer_of(".TextGrid") is WRITERS[".textgrid"]
