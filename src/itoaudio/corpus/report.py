"""The report of a check as one HTML page: no script, nothing fetched, light and dark."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from itoaudio.corpus.check import Checked
from itoaudio.corpus.examine import Examined
from itoaudio.corpus.finding import KINDS, Finding
from itoaudio.corpus.pictures import histogram, wave
from itoaudio.whole import write_whole

MOST_ROWS = 100  # of one kind; the JSON has all
STYLE = """
:root { color-scheme: light dark; --ink: #1b1e23; --paper: #fbfaf8; --dim: #666c75; --line: #dcd9d2;
  --bar: #3b6ea5; --drop: #b3261e; --warn: #8a5a00; --note: #3b6ea5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --paper: #15171a; --dim: #9aa0a8;
  --line: #33373d; --bar: #7fb0e6; --drop: #ff8a80; --warn: #f0b860; --note: #7fb0e6; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 62rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; } .dim { color: var(--dim); }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 1rem; }
figure { margin: 0; } figcaption { color: var(--dim); font-size: 0.85rem; }
svg { width: 100%; fill: var(--bar); } svg text { fill: var(--dim); font-size: 11px; }
svg .axis { stroke: var(--line); } svg .limit { stroke: var(--drop); stroke-width: 1.5; }
svg.wave { width: 10rem; height: 2.2rem; } svg.wave path { stroke: var(--bar); fill: none; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: 0.3rem 0.7rem 0.3rem 0;
  border-bottom: 1px solid var(--line); }
.drop { color: var(--drop); } .warn { color: var(--warn); } .note { color: var(--note); }
"""
DROPPED = {"drop": "left out of the cleaned manifest", "warn": "kept, look at it", "note": "kept"}


def write_report(checked: Checked, path: Path) -> None:
    """Write the page aside, then rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, page(checked))


def page(checked: Checked) -> str:
    """The whole page."""
    name = escape(checked.folder.resolve().name)
    sections = "".join(_section(checked, kind) for kind in checked.counts)
    verdict = sections or "<p>Nothing was found. Train on it.</p>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{name}: corpus check</title><style>{STYLE}</style></head><body>"
        f"<h1>{name}</h1>{_summary(checked)}{_figures(checked)}{verdict}</body></html>"
    )


def _summary(checked: Checked) -> str:
    sources, kept = list(checked.listing.sources), checked.kept
    speakers = [speaker for speaker in checked.listing.speakers if speaker]
    voices = f", {len(speakers)} speakers ({escape(', '.join(speakers[:12]))})" if speakers else ""
    rows = "".join(
        f'<tr><td class="{KINDS[kind].severity}">{KINDS[kind].title}</td><td>{count}</td>'
        f"<td>{DROPPED[KINDS[kind].severity]}</td><td>{KINDS[kind].mend}</td></tr>"
        for kind, count in checked.counts.items()
    )
    table = (
        f"<table><tr><th>Found</th><th>Count</th><th>And then</th><th>Mend</th></tr>{rows}</table>"
        if rows
        else ""
    )
    return (
        f"<p>{len(sources)} recordings, {checked.minutes(sources):.1f} minutes, layout"
        f" <code>{checked.listing.recipe}</code>{voices}. <b>{len(kept)} are kept"
        f' ({checked.minutes(kept):.1f} minutes).</b></p><div class="scroll">{table}</div>'
    )


def _figures(checked: Checked) -> str:
    known, limits = list(checked.examined.values()), checked.limits
    sounds = [answer.measures for answer in known if answer.measures is not None]
    fits = [answer.fit.distance for answer in known if answer.fit is not None]
    rates = [rate for answer in known if (rate := _rate(answer)) is not None]
    seconds, snr = [sound.seconds for sound in sounds], [sound.snr_db for sound in sounds]
    figures = [
        histogram(seconds, "Length", "s", limit=limits.longest_seconds),
        histogram([sound.loudness for sound in sounds], "Loudness", "LUFS"),
        histogram(snr, "Speech over noise", "dB", limit=limits.snr_db),
        histogram(rates, "Speaking rate", "phones/s"),
        histogram(fits, "Distance of sound and text", ""),
    ]
    return f'<div class="figures">{"".join(figures)}</div>'


def _rate(answer: Examined) -> float | None:
    if answer.measures is None or not answer.phones or answer.measures.speech_seconds < 0.1:
        return None
    return answer.phones / answer.measures.speech_seconds


def _section(checked: Checked, kind: str) -> str:
    found = [finding for finding in checked.findings if finding.kind == kind]
    texts = {source.id: source.text for source in checked.listing.sources}
    rows = "".join(_row(checked, finding, texts) for finding in found[:MOST_ROWS])
    more = (
        f"<p class='dim'>and {len(found) - MOST_ROWS} more, see --json</p>" if len(found) > MOST_ROWS else ""
    )
    about = KINDS[kind]
    return (
        f'<h2 class="{about.severity}">{about.title} ({len(found)})</h2><p class="dim">{about.mend}</p>'
        f'<div class="scroll"><table>{rows}</table></div>{more}'
    )


def _row(checked: Checked, finding: Finding, texts: dict[str, str]) -> str:
    answer = checked.examined.get(finding.place)
    envelope: Sequence[float] = ()
    at = None
    if answer is not None and answer.measures is not None:
        envelope = answer.measures.envelope
        if finding.kind == "text_misfit" and answer.fit is not None:
            at = min(answer.fit.worst_seconds / answer.measures.seconds, 1.0)
    cells = (
        f"<code>{escape(finding.place)}</code>",
        escape(finding.detail),
        escape(texts.get(finding.place, "")),
        wave(envelope, at=at),
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
