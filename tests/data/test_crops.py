"""Crops: a function of (seed, step), true to the recording, and of other speakers' size where asked."""

import numpy as np
import pytest

from itoaudio.audio.mel import MelSpec
from itoaudio.data.crops import CropSettings, VocoderCrops, resampled
from itoaudio.data.features import Features, make_features
from itoaudio.data.manifest import Utterance, write_manifest

SPEC = MelSpec()
F0 = 180.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One utterance of a steady voice."""
    made = tmp_path_factory.mktemp("cache")
    t = np.arange(int(2.0 * 22050)) / 22050
    sound = sum(0.1 / k * np.cos(2 * np.pi * k * F0 * t) for k in range(1, 20)).astype(np.float32)
    features = make_features(sound, SPEC)
    features.save(made / "one.npz")
    item = Utterance(
        id="one", text="Ah.", phonemes="ɑ", audio="one.wav", part="train", frames=features.frames
    )
    write_manifest(made / "manifest.jsonl", [item])
    return made


def crops(folder, **settings) -> VocoderCrops:
    chosen = CropSettings(**{"frames": 48, "batch": 8, "gain": 0.0} | settings)
    return VocoderCrops(folder, "train", SPEC, chosen, seed=1, steps=4)


def test_a_step_is_always_the_same_batch(folder):
    one, again, other = crops(folder)[3], crops(folder)[3], crops(folder)[2]
    assert all(np.array_equal(one[name], again[name]) for name in one)
    assert not np.array_equal(one["audio"], other["audio"])


def test_stretched_crops_carry_the_pitch_that_they_have(folder):
    """Half of the crops change rate; each one's F0 track agrees with its own spectrum and its own pulse."""
    batch = crops(folder, stretch=0.25)[0]
    rates = np.exp(batch["log_f0"].mean(axis=1)) / F0
    assert 1 <= np.sum(np.abs(rates - 1) > 0.02) <= 7
    assert np.abs(np.log(rates)).max() < 0.26
    hertz = np.fft.rfftfreq(batch["audio"].shape[1], 1 / 22050)
    for sound, rate in zip(batch["audio"], rates):
        loudest = hertz[np.abs(np.fft.rfft(sound * np.hanning(len(sound)))).argmax()]
        assert loudest == pytest.approx(rate * F0, rel=0.01)


@pytest.mark.parametrize("rate", [0.8, 1.0, 1.25])
def test_resampling_plays_faster(rate):
    tone = np.sin(2 * np.pi * 300 * np.arange(22050) / 22050).astype(np.float32)
    made = resampled(tone, 1000, 8000, rate)
    assert len(made) == 8000
    at = np.arange(8000) * rate + 1000
    expected = np.sin(2 * np.pi * 300 * at / 22050)
    assert np.abs(made - expected)[200:-200].max() < 0.02


def test_an_acoustic_models_mels_come_with_the_samples_they_belong_to(folder):
    """Each frame of the made mel is its own number: it tells where a crop was cut."""
    item = Features.load(folder / "one.npz")
    made = np.tile(np.arange(item.frames, dtype=np.float32), (SPEC.bands, 1))
    chosen = CropSettings(frames=48, batch=8, gain=0.0)
    dealt = VocoderCrops(
        folder, "train", SPEC, chosen, seed=1, steps=4, acoustic_mels={"one": made}, share=0.5
    )
    assert dealt.shares.tolist() == pytest.approx([0.5, 0.5])
    rows = [(m, a) for step in range(4) for m, a in zip(dealt[step]["mel"], dealt[step]["audio"])]
    modelled = [(mel, audio) for mel, audio in rows if mel[0, 1] - mel[0, 0] == 1.0]
    assert 4 <= len(modelled) <= 28
    for mel, audio in modelled:
        start = int(mel[0, 0])
        np.testing.assert_array_equal(mel, made[:, start : start + 48])
        np.testing.assert_allclose(audio, item.audio[start * 256 : (start + 48) * 256], atol=1e-6)


OTHER_SPECS = [
    MelSpec(n_fft=2048, window_samples=2048),
    MelSpec(hop_samples=128),
    MelSpec(hop_samples=512),
    MelSpec(hop_samples=300),
]


@pytest.mark.parametrize("spec", [SPEC, *OTHER_SPECS])
@pytest.mark.parametrize("stretch", [0.0, 0.2, 0.7])
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_the_shortest_utterance_that_is_taken_can_be_cropped(tmp_path, spec, stretch, share):
    chosen = CropSettings(frames=48, batch=8, stretch=stretch)
    frames = chosen.frames_needed(spec) + 1
    write_silence(tmp_path, spec, frames)
    made = {"one": np.zeros((spec.bands, frames), np.float32)} if share else None
    dealt = VocoderCrops(tmp_path, "train", spec, chosen, seed=1, steps=8, acoustic_mels=made, share=share)
    for step in range(8):
        assert dealt[step]["audio"].shape == (8, 48 * spec.hop_samples)


def test_a_shorter_utterance_is_refused_by_what_is_needed(tmp_path):
    write_silence(tmp_path, OTHER_SPECS[0], 55)
    with pytest.raises(ValueError, match="no train utterance is longer than 55 frames"):
        VocoderCrops(tmp_path, "train", OTHER_SPECS[0], CropSettings(frames=48), seed=1, steps=1)


@pytest.mark.parametrize("stretch", [0.0, 0.1, 0.2, 0.25])
def test_the_default_mel_needs_what_it_always_did(stretch):
    needed = CropSettings(frames=64, stretch=stretch).frames_needed(SPEC)
    assert needed == 4 + int(np.ceil(64 * np.exp(stretch)))


def write_silence(folder, spec, frames):
    """A corpus of one utterance without sound."""
    samples, track = np.zeros(frames * spec.hop_samples, np.float32), np.zeros(frames, np.float32)
    mel = np.zeros((spec.bands, frames), np.float32)
    Features(samples, mel, track, track, samples).save(folder / "one.npz")
    item = Utterance(id="one", text="Ah.", phonemes="ɑ", audio="one.wav", part="train", frames=frames)
    write_manifest(folder / "manifest.jsonl", [item])
