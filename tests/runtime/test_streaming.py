"""Sound in stretches: the same as at once, soon, in little memory, with networks that look around."""

import tracemalloc
from itertools import islice

import numpy as np
import pytest

import toy_voice
from itoaudio.runtime import Audio, Options, Voice, vocoder
from itoaudio.runtime.solve import evaluations
from itoaudio.runtime.timing import Timeline
from itoaudio.runtime.vocoder import cores
from itoaudio.runtime.voice import FIRST_FRAMES

REACH = 3
TEXT = "One sentence of some length, spoken in a few stretches that nobody should hear. And a second one."


@pytest.fixture(scope="module")
def voice(tmp_path_factory):
    return Voice.load(
        toy_voice.build(tmp_path_factory.mktemp("voices") / "wide", reach=REACH, gain_db=20.0), threads=1
    )


def test_offline_is_the_joined_stream(voice):
    parts = list(voice.stream(TEXT, seed=5))
    joined = Audio.join(part.audio for part in parts)
    assert np.array_equal(joined.samples, voice.say(TEXT, seed=5).samples)
    assert len(parts) > 3
    assert len(parts[0].audio.samples) <= FIRST_FRAMES * 256


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"preset": "exact", "sampler": "ancestral", "steps": 3},
        {"sampler": "heun_flow", "steps": 4},
        {"corrector_snr": 0.16, "steps": 3},
    ],
    ids=str,
)
def test_chunked_is_whole_within_a_thousandth_of_full_scale(voice, monkeypatch, options):
    stretches = list(voice.stream(TEXT, **options))
    monkeypatch.setattr("itoaudio.runtime.voice.FIRST_FRAMES", 10**6)
    monkeypatch.setattr("itoaudio.runtime.voice.LONGEST_CORE", 10**6)
    whole = voice.say(TEXT, **options)
    joined = Audio.join(part.audio for part in stretches)
    assert joined.samples.shape == whole.samples.shape
    assert np.abs(joined.samples - whole.samples).max() < 1e-3
    assert whole.samples.std() > 0.02


def test_many_windows_are_one(voice, monkeypatch):
    """The vocoder alone, cut every 40 frames, the phase of the pulse carried across each cut."""
    _, plan = voice.plans(Options())
    log_mel = np.random.default_rng(0).normal(-5, 1.5, (1, 80, 400)).astype(np.float32)
    whole = voice._vocoder.sound(log_mel, plan=plan, seed=1)
    monkeypatch.setattr(vocoder, "LONGEST_CORE", 40)
    pieces = list(voice._vocoder.stream(log_mel, plan=plan, seed=1, first=40))
    assert len(pieces) > 5
    assert np.abs(np.concatenate(pieces) - whole).max() < 1e-4 * np.abs(whole).max()


def test_less_context_would_be_heard(voice, monkeypatch):
    """The reach is needed: one frame short of each network's, and the cut shows."""
    _, plan = voice.plans(Options())
    log_mel = np.random.default_rng(0).normal(-5, 1.5, (1, 80, 400)).astype(np.float32)
    whole = voice._vocoder.sound(log_mel, plan=plan, seed=1)
    monkeypatch.setattr(vocoder, "LONGEST_CORE", 40)
    monkeypatch.setattr(voice._vocoder, "reach", lambda plan: REACH)
    pieces = list(voice._vocoder.stream(log_mel, plan=plan, seed=1, first=40))
    assert np.abs(np.concatenate(pieces) - whole).max() > 1e-2 * np.abs(whole).max()


def test_reach_counts_every_evaluation(voice):
    def asked(**options):
        return evaluations(voice.plans(Options(**options))[1])

    assert asked(steps=4) == 4
    assert asked(steps=4, sampler="heun_flow") == 8
    assert voice._vocoder.reach(voice.plans(Options(corrector_snr=0.1))[1]) is None


@pytest.mark.parametrize("frames", [1, 31, 32, 40, 1000, 5000])
def test_cores_cover_all_and_grow(frames):
    found = list(cores(frames, 10, first=32, longest=1024))
    assert [part.start for part in found] == [0, *(part.stop for part in found[:-1])]
    assert found[-1].stop == frames
    lengths = [part.stop - part.start for part in found[:-1]]
    assert lengths == [32, 256, 1024, 1024, 1024, 1024][: len(lengths)]


def test_a_sentence_comes_with_its_first_stretch(voice):
    parts = list(voice.stream("[pause:0.2s] " + TEXT))
    begins = [part for part in parts if len(part.frames)]
    assert len(begins) == 2 < len(parts)
    assert begins[0] is parts[0]
    assert [len(part.sentence.words) > 0 for part in parts] == [len(part.frames) > 0 for part in parts]
    hop, rate = 256, voice.sample_rate
    length = sum(part.frames.sum() for part in begins) * hop + round(0.2 * rate) + round(0.2 * rate)
    assert sum(len(part.audio.samples) for part in parts) == length


def test_long_silences_come_second_by_second(voice):
    """Marks add up: in one piece, a line of them would take gigabytes."""
    text = "[pause:60s]" * 2 + "[pause:0.25s] Hi." + "[pause:60s]" * 3 + "[pause:0.5s] Ho."
    parts, rate = list(voice.stream(text)), voice.sample_rate
    spoken = [part for part in parts if part.audio.samples.any()]
    assert len(parts) - len(spoken) == 120 + 180
    assert all(len(part.audio.samples) == rate for part in parts if part not in spoken)
    assert parts[0].sentence.words
    short = "[pause:0.25s] Hi. [pause:0.5s] Ho."
    silent = np.zeros(60 * rate, np.float32)
    said = np.split(voice.say(short).samples, [len(next(voice.stream(short)).audio.samples)])
    expected = [silent, silent, said[0], silent, silent, silent, said[1]]
    assert np.array_equal(Audio.join(part.audio for part in parts).samples, np.concatenate(expected))
    timeline = Timeline(rate, 256)
    for part in parts:
        timeline.add(part)
    begun = [part.frames[0] * 256 for part in parts if len(part.frames)]
    assert timeline.words[0].start == round(120.25 * rate) + begun[0]
    assert timeline.words[1].start == len(np.concatenate(expected[:-1])) + begun[1]


def test_sentences_are_read_and_spoken_when_they_are_asked_for(voice, monkeypatch):
    read = []
    monkeypatch.setattr("itoaudio.text.front_end.normalise", lambda text: read.append(text) or [(text, text)])
    stream = voice.stream("Word one. " * 500)
    first = next(stream)
    assert len(read) <= 4
    assert first.sentence.words
    list(islice(stream, 20))
    assert len(read) < 30


def test_memory_does_not_grow_with_the_number_of_sentences(voice):
    def peak(sentences):
        tracemalloc.start()
        for _ in voice.stream("Hello there, this is one more sentence. " * sentences):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(2)  # the front end's tables
    few, many = peak(3), peak(24)
    assert many < 1.2 * few + 200_000


def test_a_word_without_a_sound_deep_in_a_text_is_told_at_once(voice):
    with pytest.raises(ValueError, match="cannot read 'Привет"):
        voice.stream("Fine. " * 200 + "Привет.")


def test_vocode_of_a_long_recording_is_that_of_one_window(voice, monkeypatch):
    noise = Audio(np.random.default_rng(0).normal(0, 0.1, 60000).astype(np.float32), 22050)
    whole = voice.vocode(noise)
    monkeypatch.setattr("itoaudio.runtime.voice.MEL_BLOCK_FRAMES", 50)
    monkeypatch.setattr(vocoder, "LONGEST_CORE", 60)
    np.testing.assert_allclose(voice.vocode(noise).samples, whole.samples, atol=1e-3)
