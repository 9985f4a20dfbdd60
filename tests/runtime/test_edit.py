"""Words of a recording said anew: what stays stays bit by bit, what changes joins at its level."""

import numpy as np
import pytest

import itoaudio
from itoaudio.audio.files import to_int16
from itoaudio.runtime import Audio
from itoaudio.runtime.edit import edit
from itoaudio.runtime.edit_level import floor_matched
from itoaudio.runtime.edit_regions import Region, groups, kept, regions
from itoaudio.runtime.edit_text import Change

OLD = "The cat sat on the old mat."
NEW = {
    "replaced": "The cat sat on the blue mat.",
    "inserted": "The cat sat on the old blue mat.",
    "deleted": "The cat sat on the mat.",
    "at the start": "My cat sat on the old mat.",
    "at the end": "The cat sat on the old chair.",
    "two words": "The dog sat on the old chair.",
    "a sentence more": "The cat sat on the old mat. It slept.",
    "all": "Something else.",
}


@pytest.fixture(scope="module")
def voice(toy_folder):
    return itoaudio.load(toy_folder, threads=1)


@pytest.fixture(scope="module")
def recording(voice):
    """Of 16 bits, as a file is."""
    said = voice.say(OLD, seed=5)
    return Audio(said.int16().astype(np.float32) / 32768, said.sample_rate)


def at(audio, rate):
    return Audio(itoaudio.runtime.voice.resample(audio.samples, audio.sample_rate, rate), rate)


def assert_outside_is_kept(edited, recording):
    samples, old = to_int16(edited.audio.samples), to_int16(recording.samples)
    ends = [(0, 0), *((s.old_stop, s.stop) for s in edited.spans)]
    starts = [*((s.old_start, s.start) for s in edited.spans), (len(old), len(samples))]
    for (old_from, new_from), (old_to, new_to) in zip(ends, starts, strict=True):
        assert np.array_equal(samples[new_from:new_to], old[old_from:old_to])
    assert sum(s.old_stop - s.old_start for s in edited.spans) <= len(old)


@pytest.mark.parametrize("new", NEW.values(), ids=NEW)
def test_outside_the_change_every_bit_stays(voice, recording, new):
    edited = edit(voice, recording, OLD, new)
    assert_outside_is_kept(edited, recording)
    assert edited.audio.sample_rate == recording.sample_rate
    assert np.isfinite(edited.audio.samples).all()


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_bits_stay_at_any_sample_rate(voice, recording, rate):
    there = at(recording, rate)
    edited = edit(voice, there, OLD, NEW["replaced"])
    assert edited.audio.sample_rate == rate
    assert_outside_is_kept(edited, there)


def test_the_change_is_its_symbols_and_50_ms(voice, recording):
    """The toy says every symbol in 5 frames, so the length of an insertion is known."""
    edited = edit(voice, recording, OLD, NEW["inserted"])
    (span,) = edited.spans
    margin = round(0.05 * 22050)
    assert span.old_stop - span.old_start == 2 * margin
    assert len(edited.audio.samples) - len(recording.samples) == pytest.approx(5 * 5 * 256, abs=3 * 256)


def test_a_deletion_is_shorter_and_an_insertion_longer(voice, recording):
    lengths = [len(edit(voice, recording, OLD, NEW[kind]).audio.samples) for kind in ("deleted", "inserted")]
    assert lengths[0] < len(recording.samples) < lengths[1]


def test_the_new_words_are_drawn_and_seeded(voice, recording):
    first, again, other = (
        edit(voice, recording, OLD, NEW["replaced"], seed=seed).audio.samples for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert len(first) != len(other) or not np.array_equal(first, other)


@pytest.mark.parametrize(
    "option",
    [
        {"steps": 4},
        {"steps": (None, 4)},
        {"sampler": "er_sde_2"},
        {"sde": "vp"},
        {"grid": "log_snr"},
        {"corrector_snr": 0.1},
        {"temperature": 0.3},
        {"speed": 2.0},
        {"pitch": 3.0},
        {"energy": 6.0},
        {"volume": -12.0},
        {"preset": "exact"},
    ],
    ids=str,
)
def test_every_option_reaches_the_new_words(voice, recording, option):
    plain = edit(voice, recording, OLD, NEW["replaced"]).audio.samples
    other = edit(voice, recording, OLD, NEW["replaced"], **option).audio.samples
    assert len(plain) != len(other) or not np.array_equal(plain, other)


def test_louder_recordings_get_louder_words(voice, recording):
    def inside(audio):
        edited = edit(voice, audio, OLD, NEW["replaced"])
        (span,) = edited.spans
        return edited.audio.samples[span.start : span.stop].std()

    half = Audio(0.5 * recording.samples, recording.sample_rate)
    assert inside(half) / inside(recording) == pytest.approx(0.5, rel=0.1)


def test_voice_edit_is_the_same(voice, recording):
    ours = voice.edit(recording, OLD, NEW["replaced"], seed=3)
    assert np.array_equal(ours.samples, edit(voice, recording, OLD, NEW["replaced"], seed=3).audio.samples)


@pytest.mark.parametrize(
    ("new", "options", "message"),
    [
        (OLD, {}, "nothing to edit"),
        ("the CAT sat on the old mat.", {}, "nothing to edit"),
        ("…", {}, "nothing to say"),
        (f"[pause:1s] {OLD}", {}, "give plain words"),
        (NEW["all"], {"stpes": 3}, "nearest: 'steps'"),
        (NEW["all"], {"takes": 2}, "takes = 2"),
        (NEW["all"], {"pause": 0.5}, "pause = 0.5"),
        (NEW["all"], {"sampler": "ancestrl"}, "nearest: 'ancestral'"),
    ],
)
def test_what_is_refused(voice, recording, new, options, message):
    with pytest.raises(ValueError, match=message):
        edit(voice, recording, OLD, new, **options)


def test_a_sound_too_short_for_its_text(voice):
    with pytest.raises(ValueError, match=r"0\.10 s of sound are too short for 'The cat sat"):
        edit(voice, Audio(np.zeros(2205, np.float32), 22050), OLD, NEW["all"])
    with pytest.raises(ValueError, match=r"0\.0 s of sound: edit takes up to 300 s"):
        edit(voice, Audio(np.zeros(0, np.float32), 22050), OLD, NEW["all"])


@pytest.mark.parametrize(("misfit", "told"), [(0.0, True), (1e9, False)])
def test_a_sound_far_from_its_text_is_told(voice, recording, caplog, monkeypatch, misfit, told):
    monkeypatch.setattr("itoaudio.runtime.edit.MISFIT", misfit)
    edit(voice, recording, OLD, NEW["all"])
    assert ("is this its text and voice?" in caplog.text) == told


def is_told(voice, sound, text, caplog):
    caplog.clear()
    edit(voice, sound, text, f"Now {text}", steps=1)
    return "is this its text and voice?" in caplog.text


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 3])
def test_short_texts_are_told_only_when_they_are_wrong(caplog, seed):
    """Of one sentence and of two, between which there is digital silence."""
    voice = itoaudio.load("kathleen")
    texts = ["One two three.", "Hello there. How are you?", "Is it far? No.", "We meet on Monday."]
    said = [voice.say(text, seed=seed) for text in texts]
    assert [text for sound, text in zip(said, texts) if is_told(voice, sound, text, caplog)] == []
    for sound, text in zip(said, [texts[3], texts[0], "Hello.", texts[0]]):
        assert is_told(voice, sound, text, caplog), text


@pytest.mark.parametrize("given", [np.zeros(9000), "take.wav", None], ids=["array", "path", "none"])
def test_what_is_no_audio_is_refused(voice, given):
    with pytest.raises(ValueError, match=r"audio = .*: give an Audio, such as Audio\.read"):
        edit(voice, given, OLD, NEW["all"])


def test_what_is_no_text_or_no_number_is_named(voice, recording):
    with pytest.raises(ValueError, match="text = 5: it must be a text"):
        edit(voice, recording, 5, OLD)
    with pytest.raises(ValueError, match="new_text = None: it must be a text"):
        edit(voice, recording, OLD, None)
    with pytest.raises(ValueError, match=r"samples\[0\] = nan"):
        edit(voice, Audio(np.full(30000, np.nan, np.float32), 22050), OLD, NEW["all"])


def test_changes_closer_than_their_margins_are_one():
    frames = np.full(10, 4)
    near, far = [Change(1, 2, 1, 2), Change(3, 4, 3, 4)], [Change(1, 2, 1, 2), Change(6, 7, 6, 7)]
    assert regions(near, frames, frames, gap=8.6) == [Region(4, 16, 4, 16)]
    assert regions(far, frames, frames, gap=8.6) == [Region(4, 8, 4, 8), Region(24, 28, 24, 28)]
    assert [window for window, _ in groups(regions(far, frames, frames, gap=8.6), context=10, frames=40)] == [
        slice(0, 18),
        slice(14, 38),
    ]
    assert len(groups(regions(far, frames, frames, gap=8.6), context=16, frames=40)) == 1


def test_frames_near_a_change_are_drawn_even_when_nothing_is_put_in():
    stays = kept([Change(3, 5, 3, 3)], np.arange(20), np.full(8, 4))
    assert np.flatnonzero(~stays).tolist() == [10, 11, 12, 13]


def test_a_floor_is_replaced_and_speech_is_left():
    own, wanted = np.full(2, -6.0), np.array([-5.0, -8.0])
    mel = np.array([[-6.0, 0.0], [-6.0, 0.0]])
    assert floor_matched(mel, own, wanted) == pytest.approx(np.array([[-5.0, 0.0], [-8.0, 0.0]]), abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The birch canoe slid on the smooth planks.", "The birch table slid on the smooth planks."),
        ("We meet on Monday at the old bridge.", "We meet on Friday at the old bridge."),
        ("He wrote a long letter to her.", "He wrote a letter to her."),
    ],
)
def test_the_embedded_voice_joins_without_click_or_step(old, new):
    voice = itoaudio.load("kathleen")
    said = voice.say(old, seed=1)
    recording = Audio(said.int16().astype(np.float32) / 32768, said.sample_rate)
    edited = edit(voice, recording, old, new, seed=1)
    assert_outside_is_kept(edited, recording)
    out, half = edited.audio.samples, round(0.025 * recording.sample_rate)
    jumps = np.abs(np.diff(out, n=2))
    for span in edited.spans:
        inside = out[span.start : span.stop]
        assert len(inside) != span.old_stop - span.old_start or not np.array_equal(
            inside, recording.samples[span.old_start : span.old_stop]
        )
        for join, old_join in ((span.start, span.old_start), (span.stop - half, span.old_stop - half)):
            now, then = out[join : join + half], recording.samples[old_join : old_join + half]
            assert abs(20 * np.log10(now.std() / then.std())) < 2.0
        for edge in (span.start, span.stop):
            assert jumps[edge - 3 : edge + 2].max() <= jumps[edge - 2205 : edge + 2205].max() * 0.8
