"""`ito corpus check`: every recording examined, in parallel, and what is wrong named. It only reads."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from itoaudio.corpus import sound
from itoaudio.corpus.examine import Examined, Fit, examine, fit_of
from itoaudio.corpus.finding import KINDS, Finding
from itoaudio.corpus.settings import Limits
from itoaudio.data.manifest import path_from
from itoaudio.data.parallel import each
from itoaudio.data.recipes import read_corpus
from itoaudio.data.source import Listing, Source
from itoaudio.whole import write_whole

SLOWEST_PHONES, FASTEST_PHONES = 4.0, 25.0  # a second; beyond them nobody reads aloud
FEW_PHONES, LEAST_SPREAD = 10, 0.08
DECOY_SHARE = 0.9


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A corpus with what was found. examined: by id, in the order of the listing."""

    folder: Path
    listing: Listing
    examined: dict[str, Examined]
    findings: tuple[Finding, ...]
    limits: Limits

    @property
    def dropped(self) -> frozenset[str]:
        """Ids that the cleaned manifest leaves out."""
        return frozenset(finding.place for finding in self.findings if finding.severity == "drop")

    @property
    def kept(self) -> list[Source]:
        """What is left to train on."""
        return [source for source in self.listing.sources if source.id not in self.dropped]

    @property
    def counts(self) -> dict[str, int]:
        """Findings by kind, the gravest first."""
        found = Counter(finding.kind for finding in self.findings)
        return {kind: found[kind] for kind in KINDS if found[kind]}

    def minutes(self, sources: list[Source]) -> float:
        """Length of recordings, as far as they could be read."""
        known = (self.examined[source.id].measures for source in sources)
        return sum(found.seconds for found in known if found is not None) / 60


def check(
    folder: Path,
    *,
    recipe: str = "auto",
    limits: Limits | None = None,
    voice: Path | None = None,
    workers: int = 2,
) -> Checked:
    """Examine all of a corpus. voice: a folder, to lay text and sound beside each other; None leaves it out.

    CorpusError when there is nothing to examine.
    """
    limits, listing = limits or Limits(), read_corpus(folder, recipe)
    examined = each(
        partial(examine, voice=voice),
        listing.sources,
        workers=workers,
        title="check",
        lost=lambda source: Examined(audio_error="reading it killed the process"),
    )
    known = {source.id: answer for source, answer in zip(listing.sources, examined)}
    findings = [Finding(fault.kind, fault.place, fault.detail) for fault in listing.faults]
    findings += _alone(known, limits)
    measures = {name: answer.measures for name, answer in known.items() if answer.measures is not None}
    findings += sound.together(measures, limits)
    findings += _same_texts(listing)
    # What is bad already must not say what is usual.
    bad = {finding.place for finding in findings if finding.severity == "drop"}
    known_good = {name: answer for name, answer in known.items() if name not in bad}
    findings += _rates(known_good, limits)
    if voice is not None:
        findings += _misfits(listing, known_good, voice, limits, workers)
    order = {kind: place for place, kind in enumerate(KINDS)}
    findings.sort(key=lambda finding: order[finding.kind])
    return Checked(folder=folder, listing=listing, examined=known, findings=tuple(findings), limits=limits)


def write_clean(checked: Checked, path: Path) -> None:
    """The manifest of what is kept, for `ito prepare`: paths are relative to it. Aside, then renamed."""
    base = path.resolve().parent
    rows = [
        {
            "id": source.id,
            "audio": path_from(base, source.audio),
            "text": source.text,
            **({"speaker": source.speaker} if source.speaker else {}),
        }
        for source in checked.kept
    ]
    if not rows:
        raise ValueError(f"{checked.folder}: no recording is left to keep; see what was found")
    base.mkdir(parents=True, exist_ok=True)
    write_whole(path, b"".join(msgspec.json.encode(row) + b"\n" for row in rows))


def as_json(checked: Checked) -> dict[str, object]:
    """Plain values for `--json`."""
    return {
        "folder": str(checked.folder),
        "recipe": checked.listing.recipe,
        "speakers": list(checked.listing.speakers),
        "recordings": len(checked.listing.sources),
        "kept": len(checked.kept),
        "minutes": round(checked.minutes(list(checked.listing.sources)), 2),
        "minutes_kept": round(checked.minutes(checked.kept), 2),
        "counts": checked.counts,
        "findings": [
            {"kind": f.kind, "severity": f.severity, "place": f.place, "detail": f.detail}
            for f in checked.findings
        ],
    }


def _alone(known: dict[str, Examined], limits: Limits) -> Iterator[Finding]:
    for name, answer in known.items():
        if answer.audio_error:
            yield Finding("unreadable", name, answer.audio_error)
        if answer.text_error:
            yield Finding("unknown_symbol", name, answer.text_error)
        if answer.unknown_words:
            yield Finding("unknown_word", name, ", ".join(answer.unknown_words))
        if answer.measures is not None:
            yield from sound.alone(name, answer.measures, limits)


def _same_texts(listing: Listing) -> Iterator[Finding]:
    first: dict[tuple[str, str], str] = {}
    for source in listing.sources:
        letters = "".join(filter(str.isalnum, source.text.lower()))
        earlier = first.setdefault((source.speaker, letters), source.id)
        if earlier != source.id:
            yield Finding("duplicate_text", source.id, f"as {earlier}")


def _rates(known: dict[str, Examined], limits: Limits) -> Iterator[Finding]:
    """Phones a second, against all others and against what people can do."""
    rates = {
        name: answer.phones / answer.measures.speech_seconds
        for name, answer in known.items()
        if answer.measures is not None
        and answer.phones >= FEW_PHONES
        and answer.measures.speech_seconds > 0.1
    }
    far = deviations({name: float(np.log(rate)) for name, rate in rates.items()}, least=LEAST_SPREAD)
    for name, rate in rates.items():
        if abs(far[name]) > limits.rate_deviations or not SLOWEST_PHONES <= rate <= FASTEST_PHONES:
            detail = f"{rate:.1f} phones a second, {far[name]:+.1f} deviations from the others"
            yield Finding("odd_rate", name, detail)


def _misfits(
    listing: Listing, known: dict[str, Examined], voice: Path, limits: Limits, workers: int
) -> Iterator[Finding]:
    """Sound far from its text: far beyond the others, or as far as from somebody else's text."""
    fits = {name: answer.fit for name, answer in known.items() if answer.fit is not None}
    for name, answer in known.items():
        if answer.measures is not None and answer.phonemes is not None and answer.fit is None:
            detail = f"{answer.phones} phones do not fit into {answer.measures.speech_seconds:.1f} s of sound"
            yield Finding("text_misfit", name, detail)
    whole = deviations({name: fit.distance for name, fit in fits.items()}, least=0.1)
    worst = deviations({name: fit.worst for name, fit in fits.items()}, least=0.25)
    suspects = [s for s in listing.sources if s.id in fits and max(whole[s.id], worst[s.id]) > 2.0]
    decoys = each(
        partial(_against_another, known=known, voice=voice),
        suspects,
        workers=workers,
        title="doubts",
        lost=lambda source: None,
    )
    for source, decoy in zip(suspects, decoys):
        fit, far = fits[source.id], max(whole[source.id], worst[source.id])
        alike = decoy is not None and fit.distance > DECOY_SHARE * decoy.distance
        if far > limits.fit_deviations or alike:
            ratio = "" if decoy is None else f", {fit.distance / decoy.distance:.2f} of that to another text"
            detail = f"{far:.1f} deviations from the others, worst at {fit.worst_seconds:.1f} s{ratio}"
            yield Finding("text_misfit", source.id, detail)


def _against_another(source: Source, known: dict[str, Examined], voice: Path) -> Fit | None:
    """The recording under another's text of about the same length."""
    own = known[source.id]
    others = [o for o in known.values() if o.phonemes and o.phonemes != own.phonemes]
    if not others:
        return None
    nearest = min(others, key=lambda other: abs(other.phones - own.phones))
    assert nearest.phonemes is not None
    return fit_of(source.audio, nearest.phonemes, voice)


def deviations(values: dict[str, float], *, least: float) -> dict[str, float]:
    """Distance of each value from the median in robust standard deviations, which are at least `least`."""
    if not values:
        return {}
    array = np.array(list(values.values()))
    middle = float(np.median(array))
    spread = max(1.4826 * float(np.median(np.abs(array - middle))), least)
    return {name: (value - middle) / spread for name, value in values.items()}
