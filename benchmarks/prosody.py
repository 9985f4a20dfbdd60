"""How a voice speaks beside the recordings it learned from: melody, rate, questions, commas, pauses, voicing.

    python benchmarks/prosody.py --cache cache/kathleen-DIGEST --voice kathleen

The upper table is of held-out recordings and of the same sentences said by the voice. Questions and commas
are pairs of sentences (benchmarks/texts) that differ in little else. Means with 95 % bootstrap intervals over
sentences.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import click
import numpy as np
from scipy.ndimage import median_filter

from held_out import held_out
from itoaudio.audio import files
from itoaudio.audio.mel import MelSpec
from itoaudio.data.manifest import read_manifest
from itoaudio.evaluate.pitch import track
from itoaudio.evaluate.statistic import interval
from itoaudio.runtime import Voice
from itoaudio.text.questions import rises

TEXTS = Path(__file__).parent / "texts"
SPEC = MelSpec()
FRAMES_A_SECOND = SPEC.sample_rate / SPEC.hop_samples
ENDING_FRAMES = 26  # 0.3 s of voiced speech, whose slope makes a question
SILENT_DB = 30.0  # below a sentence's loud frames
SHORTEST_PAUSE_FRAMES = 5
CLICK_SAMPLES, CLICK_AROUND, CLICK_DB = 16, 29, 15.0  # 29 frames are 21 ms

Measure = Callable[[np.ndarray], float]


@click.command()
@click.option("--voice", default="kathleen", show_default=True)
@click.option("--preset")
@click.option("--cache", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--count", default=30, show_default=True, help="Held-out sentences.")
def main(voice: str, preset: str | None, cache: Path, count: int) -> None:
    """Print the tables."""
    speaker = Voice.load(voice)

    def say(text: str) -> np.ndarray:
        return speaker.say(text, preset=preset).samples

    chosen = held_out(cache, count)
    recorded = [files.read(Path(item.audio), sample_rate=SPEC.sample_rate)[0] for item in chosen]
    spoken = [say(item.text) for item in chosen]
    click.echo(f"{voice}, {preset or 'default preset'}, {len(chosen)} held-out sentences")
    click.echo(f"{'':44}{'recordings':>24}{'voice':>24}")
    for name, measure in MEASURES.items():
        row(name, [measure(x) for x in recorded], [measure(x) for x in spoken])
    rates = [
        [len(item.phonemes) / speech_seconds(x) for item, x in zip(chosen, sounds)]
        for sounds in (recorded, spoken)
    ]
    row("phonemes a second of speech", *rates)
    click.echo(f"{'  their spread over sentences':44}{np.std(rates[0]):24.3f}{np.std(rates[1]):24.3f}")
    asking = [
        ending(files.read(Path(item.audio), sample_rate=SPEC.sample_rate)[0])
        for item in read_manifest(cache / "manifest.jsonl")
        if rises(item.text.rstrip("?").split(), item.text[-1:])
    ]
    click.echo(
        f"\n{len(asking)} recorded questions for a yes or a no, last 0.3 s: {figure(asking)} st/s,"
        f" median {np.median(asking):.1f}, {np.mean(np.array(asking) > 0):.0%} rise"
    )
    click.echo(f"\n{'pairs of sentences':44}{'with':>24}{'without':>24}")
    asked, stated = said_pairs("questions.tsv", say)
    row("question: slope of the last 0.3 s, st/s", *[[ending(x) for x in side] for side in (asked, stated)])
    row("  steeper than its statement, share", [float(ending(a) > ending(b)) for a, b in zip(asked, stated)])
    comma, none = said_pairs("commas.tsv", say)
    row("comma: pauses inside, seconds", *[[pauses(x) for x in side] for side in (comma, none)])


def said_pairs(name: str, say: Callable[[str], np.ndarray]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Both columns of a table of texts, said."""
    rows = [line.split("\t") for line in (TEXTS / name).read_text(encoding="utf-8").splitlines()]
    return [say(one) for one, _ in rows], [say(other) for _, other in rows]


def row(name: str, *columns: Sequence[float]) -> None:
    """A line of the table: mean and interval of each column."""
    click.echo(f"{name:44}" + "".join(f"{figure(column):>24}" for column in columns))


def figure(values: Sequence[float]) -> str:
    """Mean with its 95 % interval."""
    found = np.asarray(values, dtype=float)
    low, high = interval(found, np.ones(len(found)))
    return f"{found.mean():.3f} [{low:.3f}, {high:.3f}]"


def levels(sound: np.ndarray) -> np.ndarray:
    """Level of each frame in dB below the loud ones, (F,)."""
    frames = sound[: len(sound) // SPEC.hop_samples * SPEC.hop_samples].reshape(-1, SPEC.hop_samples)
    db = 10 * np.log10(np.mean(np.square(frames, dtype=np.float64), axis=1) + 1e-12)
    return db - np.percentile(db, 95)


def inside(sound: np.ndarray) -> np.ndarray:
    """Levels from the first to the last frame of speech."""
    found = levels(sound)
    speech = np.flatnonzero(found > -SILENT_DB)
    return found[speech[0] : speech[-1] + 1]


def pauses(sound: np.ndarray) -> float:
    """Seconds of silence inside a sentence, in runs of 58 ms at least."""
    silent = np.concatenate([[0], inside(sound) < -SILENT_DB, [0]]).astype(int)
    edges = np.flatnonzero(np.diff(silent)).reshape(-1, 2)
    lengths = edges[:, 1] - edges[:, 0]
    return float(lengths[lengths >= SHORTEST_PAUSE_FRAMES].sum() / FRAMES_A_SECOND)


def speech_seconds(sound: np.ndarray) -> float:
    """From the first to the last frame of speech, without pauses."""
    return len(inside(sound)) / FRAMES_A_SECOND - pauses(sound)


def log_f0_spread(sound: np.ndarray) -> float:
    """Standard deviation of log-F0 over voiced frames, in semitones."""
    pitch = track(sound, SPEC)
    return float(12 * np.std(np.log2(pitch.f0[pitch.voiced])))


def log_f0_mean(sound: np.ndarray) -> float:
    """Mean log-F0 over voiced frames, as Hz."""
    pitch = track(sound, SPEC)
    return float(np.exp(np.mean(np.log(pitch.f0[pitch.voiced]))))


def voiced_periodicity(sound: np.ndarray) -> float:
    """Mean periodicity of voiced frames."""
    pitch = track(sound, SPEC)
    return float(pitch.periodicity[pitch.voiced].mean())


def floor(sound: np.ndarray) -> float:
    """Fifth percentile of the frames' levels, dB below the loud ones: the noise between words."""
    return float(np.percentile(levels(sound), 5))


def ending(sound: np.ndarray) -> float:
    """Slope of log-F0 over the last voiced 0.3 s, in semitones a second."""
    pitch = track(sound, SPEC)
    last = np.flatnonzero(pitch.voiced)[-ENDING_FRAMES:]
    semitones = 12 * np.log2(pitch.f0[last])
    return float(np.polyfit(last / FRAMES_A_SECOND, semitones, 1)[0])


def clicks(sound: np.ndarray) -> float:
    """Clicks a second: frames of 0.7 ms whose second difference is CLICK_DB above the frames around, which
    in speech are few: where a stop bursts."""
    frames = np.square(np.diff(sound.astype(np.float64), n=2))
    frames = frames[: len(frames) // CLICK_SAMPLES * CLICK_SAMPLES].reshape(-1, CLICK_SAMPLES).mean(axis=1)
    around = median_filter(frames, size=CLICK_AROUND) + np.mean(frames) * 1e-2
    return float(np.sum(frames > 10 ** (CLICK_DB / 10) * around) * SPEC.sample_rate / len(sound))


MEASURES: dict[str, Measure] = {
    "log-F0: mean, Hz": log_f0_mean,
    "log-F0: spread in a sentence, semitones": log_f0_spread,
    "periodicity of voiced frames": voiced_periodicity,
    "pauses inside, seconds": pauses,
    "noise floor below the loud frames, dB": floor,
    "clicks a second": clicks,
}


if __name__ == "__main__":
    main()
