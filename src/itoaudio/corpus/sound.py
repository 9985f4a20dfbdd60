"""Findings in the sound: each recording by itself, then the recordings beside one another."""

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from itoaudio.corpus.finding import Finding
from itoaudio.corpus.measure import Measures
from itoaudio.corpus.settings import Limits


def alone(name: str, found: Measures, limits: Limits) -> Iterator[Finding]:
    """What is wrong with one recording, whatever the others are like."""

    def say(kind: str, detail: str) -> Finding:
        return Finding(kind, name, detail)

    if found.level_db < limits.silent_db:
        yield say(
            "silent", f"the loudest parts have {found.level_db:.0f} dBFS, {limits.silent_db:g} is the least"
        )
        return
    if found.speech_seconds < limits.shortest_seconds:
        yield say(
            "too_short", f"{found.speech_seconds:.2f} s of sound, {limits.shortest_seconds:g} is the least"
        )
    if found.seconds > limits.longest_seconds:
        yield say("too_long", f"{found.seconds:.1f} s, {limits.longest_seconds:g} is the most")
    if found.clipped_runs >= limits.clipped_runs:
        yield say("clipped", f"{found.clipped_runs} flat tops at {found.peak:.2f} of full scale")
    if found.snr_db < limits.snr_db and found.speech_seconds >= limits.shortest_seconds:
        yield say("noisy", f"speech is {found.snr_db:.0f} dB above the noise, {limits.snr_db:g} is the least")
    if found.sample_rate < limits.sample_rate:
        yield say("low_sample_rate", f"{found.sample_rate} Hz, the voice has {limits.sample_rate} Hz")
    elif found.bright_db < limits.narrow_db:
        yield say("narrow_band", f"{found.bright_db:.0f} dB of the energy is above 4 kHz: it was resampled")
    if found.channels > 1:
        yield say("stereo", f"{found.channels} channels")
    if found.side_db > 6.0:
        yield say("out_of_phase", f"the channels' difference is {found.side_db:.0f} dB above their mean")


def together(measures: Mapping[str, Measures], limits: Limits) -> Iterator[Finding]:
    """Copies, and rates that differ."""
    rates = Counter(found.sample_rate for found in measures.values())
    usual = rates.most_common(1)[0][0] if rates else 0
    for name, found in measures.items():
        if found.sample_rate != usual:
            yield Finding("other_sample_rate", name, f"{found.sample_rate} Hz, most have {usual} Hz")
    for name, (first, same) in copies(measures, limits).items():
        how = "the same samples as" if same == 1.0 else f"sounds as ({same:.4f})"
        yield Finding("duplicate_audio", name, f"{how} {first}")


def copies(measures: Mapping[str, Measures], limits: Limits) -> dict[str, tuple[str, float]]:
    """Recording -> (the earlier one that it is a copy of, how alike from 0 to 1).

    The same samples, or contours that are nearly one line at lengths that differ by a hundredth at most.
    """
    names = sorted(measures, key=lambda name: (measures[name].speech_seconds, name))
    order = {name: place for place, name in enumerate(measures)}
    contours = np.array([measures[name].contour for name in names])
    found: dict[str, tuple[str, float]] = {}
    digests: dict[str, str] = {}
    for name in measures:
        first = digests.setdefault(measures[name].digest, name)
        if first != name:
            found[name] = (first, 1.0)
    for place, name in enumerate(names):
        seconds = measures[name].speech_seconds
        stop = place + 1
        while stop < len(names) and measures[names[stop]].speech_seconds <= 1.01 * seconds:
            stop += 1
        alike = contours[place + 1 : stop] @ contours[place]
        for offset in np.flatnonzero(alike > limits.same_sound):
            first, second = sorted((name, names[place + 1 + int(offset)]), key=order.__getitem__)
            found.setdefault(second, (first, float(alike[offset])))
    return found
