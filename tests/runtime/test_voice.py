"""Text -> sound through the one synthesis path, with the toy voice."""

import re
import time
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import itoaudio
import toy_voice
from itoaudio.runtime import Audio, Options, UnknownOption, Voice
from itoaudio.text import English, NothingToSay

TEXT = "Hello there, world."


@pytest.fixture(scope="module")
def voice(toy_folder):
    return itoaudio.load(toy_folder, threads=1)


def same(first, second):
    return first.samples.shape == second.samples.shape and np.array_equal(first.samples, second.samples)


def test_it_speaks_in_under_a_second(toy_folder):
    English().read("Load the lexicon.")  # a time that is the text front end's
    begun = time.process_time()
    audio = Voice.load(toy_folder, threads=1).say("Hello.")
    assert time.process_time() - begun < 1.0
    assert audio.sample_rate == 22050
    assert audio.samples.dtype == np.float32
    assert audio.samples.ndim == 1
    assert audio.samples.std() > 0


def test_length_is_the_durations(voice):
    first, *others = voice.stream("Hello.")
    assert first.frames.tolist() == [toy_voice.FRAMES_PER_SYMBOL] * len("_həlˈoʊ._")
    assert sum(len(part.audio.samples) for part in [first, *others]) == first.frames.sum() * 256


@pytest.mark.parametrize(
    "option",
    [
        {"preset": "fast"},
        {"sampler": "ancestral"},
        {"steps": 4, "grid": "log_snr"},
        {"sde": "vp"},
        {"corrector_snr": 0.16},
        {"temperature": 0.5},
        {"temperature": (None, 0.5)},
        {"speed": 1.3},
        {"pitch": 2.0},
        {"energy": 3.0},
        {"volume": -3.0},
        {"pause": 2.0},
        {"seed": 1},
        {"takes": 3, "seed": 4},
    ],
    ids=str,
)
def test_every_option_changes_the_sound(voice, option):
    usual = {"steps": option.get("steps"), "seed": option.get("seed", 0) if "takes" in option else 0}
    text = "Hello there. World."
    assert not same(voice.say(text, **usual), voice.say(text, **option))


def test_every_option_has_its_test_of_change():
    source = "".join(
        path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].rglob("test_*.py")
    )
    names = [field.name for field in fields(Options)]
    assert [name for name in names if not re.search(rf'"{name}"|\b{name}=', source)] == []


@pytest.mark.parametrize("steps", [4, (4, None), (None, 4)])
def test_steps_change_either_model(voice, steps):
    assert not same(voice.say(TEXT), voice.say(TEXT, steps=steps))


def test_same_seed_same_samples(voice, toy_folder):
    options = {"seed": 7, "sampler": "ancestral", "steps": 3}
    first = voice.say(TEXT, **options)
    assert same(first, voice.say(TEXT, **options))
    assert same(first, Voice.load(toy_folder, threads=1).say(TEXT, **options))


def sentences(voice, text, **options):
    """(frames, sound) of each sentence, its stretches joined."""
    found = []
    for part in voice.stream(text, **options):
        if len(part.frames):
            found.append((part.frames, []))
        found[-1][1].append(part.audio)
    return [(frames, Audio.join(parts)) for frames, parts in found]


def test_a_sentence_sounds_the_same_alone_and_within_a_text(voice):
    alone = voice.say("The second one.", seed=3)
    _, (_, within) = sentences(voice, "The first one. The second one.", seed=3)
    np.testing.assert_allclose(alone.samples, within.samples, atol=1e-5)


def test_a_sampler_that_leaves_the_road_still_makes_finite_sound(voice):
    assert np.isfinite(voice.say(TEXT, sampler="euler_maruyama", steps=2).samples).all()


def test_volume_and_pause_do_what_they_say(voice):
    text = "One. Two."
    plain, pauses = voice.say(text), voice.say(text, pause=3.0)
    np.testing.assert_allclose(
        voice.say(text, volume=-6.0).samples, plain.samples * 10 ** (-6 / 20), rtol=1e-5
    )
    assert len(pauses.samples) - len(plain.samples) == round(0.6 * 22050) - round(0.2 * 22050)
    assert len(plain.samples) - len(voice.say(text, pause=0.0).samples) == round(0.2 * 22050)
    marked = "One. [pause:0.5s] Two."
    assert same(voice.say(marked), voice.say(marked, pause=3.0))


def test_loud_speech_stays_below_the_ceiling(voice):
    loud = voice.say("One. Two.", volume=20.0, energy=12.0).samples
    louder = voice.say("One. Two.", volume=20.0, energy=20.0).samples
    for samples in (loud, louder):
        assert np.abs(samples).max() < 10 ** (-0.95 / 20)


def test_markup_says_how_marks_are_read(voice):
    def phonemes(**options):
        return next(voice.stream("# Hello.", **options)).sentence.phonemes

    assert phonemes() == phonemes(markup="markdown") == "həlˈoʊ."
    assert phonemes(markup="text") != phonemes()
    with pytest.raises(UnknownOption, match="'markdwon'; nearest: 'markdown'"):
        voice.stream("Hello.", markup="markdwon")
    with pytest.raises(ValueError, match="SSML"):
        voice.stream("Hello.", markup="ssml")


def test_the_best_of_takes_is_one_of_them(voice):
    """The toy's score is exact, so a take of a lower temperature than the data's is the most likely."""
    takes = [voice.say("Hello.", seed=seed) for seed in (5, 6, 7)]
    best = voice.say("Hello.", seed=5, takes=3)
    assert [same(best, take) for take in takes].count(True) == 1


def test_the_likelier_mel_is_found(voice):
    model, plan = voice._acoustic, voice.plans(Options(preset="exact"))[0]
    text, condition, _ = model.graphs(plan)
    spoken = text({"ids": np.full((1, 12), 7)})
    aligned = {name: np.repeat(spoken[name], 5, axis=-1) for name in ("hidden", "pitch", "energy")}
    mean = condition(aligned)["mean"]
    noise = np.random.default_rng(0).standard_normal(mean.shape, dtype=np.float32)
    misfits = model.misfit([mean + np.float32(scale) * noise for scale in (0.5, 1.5, 3.0)], aligned)
    assert misfits == sorted(misfits)


def test_speed_two_is_half_as_long(voice):
    text = "One sentence. And a second one, after a pause."
    assert voice.say(text, speed=2).duration_seconds == pytest.approx(
        voice.say(text).duration_seconds / 2, abs=0.03
    )


def test_pauses_stand_between_sentences_only(voice):
    found = sentences(voice, "One. Two.\n\nThree.")
    silences = [len(sound.samples) - frames.sum() * 256 for frames, sound in found]
    assert silences == [round(0.2 * 22050), round(0.5 * 22050), 0]


def test_silences_of_the_text_are_exact_first_and_last_included(voice):
    plain = voice.say("One.").samples
    quiet = voice.say("[pause:0.5s] One. [pause:250ms]", speed=1.0).samples
    before, after = round(0.5 * 22050), round(0.25 * 22050)
    assert len(quiet) == before + len(plain) + after
    assert not quiet[:before].any()
    assert not quiet[-after:].any()


def test_ssml_prosody_reaches_the_models(voice):
    def marked(attribute):
        return voice.say(f"<speak><prosody {attribute}>One sentence.</prosody></speak>")

    plain = voice.say("One sentence.")
    assert marked('rate="200%"').duration_seconds == pytest.approx(plain.duration_seconds / 2, abs=0.02)
    np.testing.assert_allclose(marked('volume="+6dB"').samples, plain.samples * 10 ** (6 / 20), rtol=1e-5)
    assert same(marked('pitch="+2st"'), voice.say("One sentence.", pitch=2.0))


def test_a_lexicon_changes_what_is_said(toy_folder, tmp_path):
    (tmp_path / "words.tsv").write_text("Nguyen\twˈɪn\n", encoding="utf-8")
    voice = Voice.load(toy_folder, threads=1, lexicon=tmp_path / "words.tsv")
    spoken, *_ = voice.stream("Nguyen.")
    assert spoken.sentence.phonemes == "wˈɪn."


def test_joins_begin_and_end_at_zero(voice):
    for frames, sound in sentences(voice, "One. Two."):
        spoken = sound.samples[: frames.sum() * 256]
        assert abs(spoken[0]) < 1e-3 * abs(spoken).max() + 1e-9
        assert abs(spoken[-1]) < 0.02 * abs(spoken).max()


def test_the_gain_is_the_voices_alone(voice, tmp_path):
    louder = Voice.load(toy_voice.build(tmp_path / "loud", gain_db=0.0), threads=1)
    np.testing.assert_allclose(voice.say(TEXT).samples * 10 ** (6 / 20), louder.say(TEXT).samples, rtol=1e-5)


def test_errors_in_options_and_text_come_before_any_sound(voice):
    with pytest.raises(UnknownOption, match="'spede'; nearest: 'speed'"):
        voice.stream(TEXT, spede=2)
    with pytest.raises(UnknownOption, match="preset 'bset'; "):
        voice.stream(TEXT, preset="bset")
    with pytest.raises(NothingToSay):
        voice.stream("…")


@pytest.mark.parametrize("text", ["a", "No.", "1", "?!a"])
def test_short_texts_speak(voice, text):
    assert voice.say(text).duration_seconds > 0


def test_vocode_takes_arrays_of_any_kind(voice):
    sound = 0.3 * np.sin(np.arange(8000) / 9)
    expected = voice.vocode(Audio(sound.astype(np.float32), 16000))
    stereo = np.stack([sound, sound], axis=1)
    for array in (sound, stereo, sound.astype(np.float32)):
        np.testing.assert_allclose(
            voice.vocode(array, sample_rate=16000).samples, expected.samples, atol=1e-4
        )
    coarse = voice.vocode(np.round(sound * 32768).astype(np.int16), sample_rate=16000)
    assert np.corrcoef(coarse.samples, expected.samples)[0, 1] > 0.9
    with pytest.raises(ValueError, match=r"shape \(2, 2, 2\)"):
        voice.vocode(np.zeros((2, 2, 2)))


@pytest.mark.parametrize("rate", [8000, 22050, 48000])
@pytest.mark.parametrize("seconds", [0.001, 0.5])
def test_vocode_keeps_the_length(voice, rate, seconds):
    audio = Audio(
        np.random.default_rng(0).standard_normal(int(rate * seconds)).astype(np.float32) * 0.1, rate
    )
    copy = voice.vocode(audio)
    assert copy.sample_rate == 22050
    assert copy.duration_seconds == pytest.approx(audio.duration_seconds, abs=1 / 8000)
    assert not same(copy, voice.vocode(audio, seed=1))


def test_vocode_takes_lists(voice):
    wave = 0.3 * np.sin(np.arange(8000) / 9)
    assert same(voice.vocode(wave.tolist()), voice.vocode(wave))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_vocode_names_the_sample_that_is_no_number(voice, bad):
    sound = np.zeros(8000, np.float32)
    sound[5] = bad
    for audio in (sound, Audio(sound, 22050)):
        with pytest.raises(ValueError, match=rf"samples\[5\] = {bad}: each must be a finite number"):
            voice.vocode(audio)


def test_vocode_knows_no_rate_of_0(voice):
    with pytest.raises(ValueError, match="sample_rate = 0: it must be from 1"):
        voice.vocode(np.zeros(8000), sample_rate=0)


def test_vocode_of_nothing(voice):
    with pytest.raises(ValueError, match="0 samples"):
        voice.vocode(Audio(np.zeros(0, np.float32), 22050))


def test_a_voice_of_another_language_is_refused(tmp_path):
    folder = toy_voice.build(tmp_path / "toy", language="tlh")
    with pytest.raises(UnknownOption, match="language 'tlh'"):
        Voice.load(folder)
