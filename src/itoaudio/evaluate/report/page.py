"""One self-contained page: charts, sounds, tables and every setting. It asks for nothing from outside."""

from html import escape
from pathlib import Path

from itoaudio.evaluate.report import charts
from itoaudio.evaluate.report.pictures import player_source, spectrogram
from itoaudio.evaluate.report.tables import cells_table, pair_tables, settings_table
from itoaudio.evaluate.report.words import TASKS, provenance, shown
from itoaudio.evaluate.results import Column, Results, Row
from itoaudio.evaluate.sound import Sound

HERE = Path(__file__).parent
SENTENCES = 3
POLICY = "default-src 'none'; img-src data:; media-src data:; " + "; ".join(
    f"{kind}-src 'unsafe-inline'" for kind in ("style", "script")
)
QUALITY = ("distill_mos", "dnsmos", "pesq")
CURVES = ("distill_mos", "wer", "pesq")


def page(results: Results, folder: Path) -> str:
    """The page of a run whose sounds lie in `folder`."""
    tasks = list(dict.fromkeys(row.task for row in results.rows))
    body = "".join(
        [_head(results), *(_task(results, task, folder) for task in tasks), _curves(results), _foot(results)]
    )
    style, script = ((HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<title>{escape(results.title)}</title><link rel="icon" href="data:,"><style>{style}</style></head>'
        f"<body><main>{body}</main><script>{script}</script></body></html>\n"
    )


def _head(results: Results) -> str:
    systems = len({row.label for row in results.rows if not row.curve})
    failed = [row for row in results.rows if row.failed]
    missing = [column for column in results.columns if column.missing]
    lines = [f"{row.task}, {row.label}: the system cannot run: {row.failed}" for row in failed]
    lines += [f"{column.title}: the judge cannot run: {column.missing}" for column in missing]
    warning = "".join(f"<div>{escape(line)}</div>" for line in lines)
    return (
        f"<header><div><h1>{escape(results.title)}</h1>"
        f'<p class="soft">{systems} systems, {len(results.items)} sentences · {escape(results.date)} ·'
        f" commit <code>{escape(results.commit)}</code> · {escape(results.machine.processor)},"
        f" {results.machine.cores} cores</p></div>"
        '<button id="theme" aria-label="Light or dark">◐ theme</button></header>'
        '<div class="key"><span class="truth">recordings</span><span class="ours">this project</span>'
        '<span class="other">others</span></div>'
        + (f'<div class="card warn soft">{warning}</div>' if lines else "")
    )


def _task(results: Results, task: str, folder: Path) -> str:
    rows = shown(results, task)
    headline = [c for c in results.columns if c.headline and any(c.name in row.cells for row in rows)]
    what = {
        "copy": "A recording's mel and back to sound: what the vocoder alone loses.",
        "read": "Written words to sound: everything together.",
    }[task]
    dots = "A dot is the mean over sentences, the bar its 95 % interval."
    parts = [f"<h2>{TASKS[task]}</h2><p class='soft'>{what} {dots}</p>"]
    parts.append(f'<div class="card">{charts.forest([r for r in rows if not r.failed], headline)}</div>')
    parts.append(_speed(results, rows))
    parts.append(_sounds(results, rows, folder))
    parts.append(
        f'<h3>All figures</h3><div class="card">{cells_table(results, task)}</div>'
        f"<details><summary>Which differences are real? Paired tests, Holm's correction</summary>"
        f'<div class="card">{pair_tables(results, task)}</div></details>'
    )
    return "".join(parts)


def _speed(results: Results, rows: list[Row]) -> str:
    columns = {column.name: column for column in results.columns}
    quality = next((n for n in QUALITY if n in columns and any(n in row.cells for row in rows)), None)
    if quality is None or not any({"rtf_2", quality} <= row.cells.keys() for row in rows):
        return ""
    return (
        "<h3>Quality against speed</h3><p class='soft'>Higher is better, further right is faster (2 threads)."
        f'</p><div class="card">{charts.scatter(rows, columns["rtf_2"], columns[quality])}</div>'
    )


def _sounds(results: Results, rows: list[Row], folder: Path) -> str:
    """Spectrograms to look at and press: a line a system, a column a sentence."""
    heard = [row for row in rows if row.audio]
    chosen = [item for item in results.items if all(item.id in row.audio for row in heard)][:SENTENCES]
    chosen = chosen or results.items[:SENTENCES]
    if not heard:
        return ""
    parts = ["<div></div>", *(f'<div class="text">{escape(item.text or item.id)}</div>' for item in chosen)]
    for row in heard:
        parts.append(f'<div class="name {charts.family(row)}">{escape(row.label)}</div>')
        for item in chosen:
            paths = row.audio.get(item.id)
            parts.append(
                _player(Sound.read(folder / paths[0]), row.label) if paths else '<div class="none">–</div>'
            )
    columns = f"grid-template-columns:150px repeat({len(chosen)}, minmax(200px, 1fr))"
    return (
        "<h3>Listen and look</h3><p class='soft'>Press a picture to hear it: mel spectrograms, 0 to 8 kHz,"
        " all drawn equally wide. Players hold MP3; what was judged is the WAV.</p>"
        f'<div class="card"><div class="grid-sounds" style="{columns}">{"".join(parts)}</div></div>'
    )


def _player(sound: Sound, label: str) -> str:
    name = f"{label}, {sound.duration_seconds:.1f} s"
    return (
        f'<button class="play" aria-label="Play {escape(name)}" title="{escape(name)}">'
        f'<img alt="" src="{spectrogram(sound)}"><span class="cursor"></span><span class="sign">▶</span>'
        f'<audio preload="none" src="{player_source(sound)}"></audio></button>'
    )


def _curves(results: Results) -> str:
    parts = []
    for task, title in TASKS.items():
        rows = [row for row in results.rows if row.curve and row.task == task and not row.failed]
        drawn: list[Column] = [
            c for c in results.columns if c.name in CURVES and sum(c.name in row.cells for row in rows) > 1
        ]
        if drawn and sum("nfe" in row.cells for row in rows) > 1:
            figures = "".join(f'<div class="card">{charts.curve(rows, column)}</div>' for column in drawn)
            parts.append(f'<h3>{title}</h3><div class="pair">{figures}</div>')
    if not parts:
        return ""
    intro = "The exact networks under more and more steps of one sampler; the band is the 95 % interval."
    return f"<h2>What more evaluations buy</h2><p class='soft'>{intro}</p>{''.join(parts)}"


def _foot(results: Results) -> str:
    origin = "".join(
        f"<tr><td>{escape(name)}</td><td><code>{escape(text)}</code></td></tr>"
        for name, text in provenance(results)
    )
    empty = [
        f"{row.task}, {row.label}, {name}: {reason}"
        for row in results.rows
        for name, reason in row.notes.items()
    ]
    reasons = "".join(f"<div>{escape(line)}</div>" for line in empty)
    return (
        f'<h2>How each figure is made</h2><div class="card">{settings_table(results)}</div>'
        + (f'<h2>Empty cells</h2><div class="card soft">{reasons}</div>' if empty else "")
        + f'<h2>To get it again</h2><div class="card"><table class="settings">{origin}</table></div>'
    )
