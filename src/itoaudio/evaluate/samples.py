"""Some sounds of an evaluation for a page of documentation, every system at the same sentences.

python -m itoaudio.evaluate.samples evaluation docs/evaluating.md

writes MP3s into `audio/` beside the page, and a table of links into it, between the lines BEGIN and END.
"""

import re
import shutil
import sys
from pathlib import Path

from itoaudio.evaluate.report.words import shown
from itoaudio.evaluate.results import Results, Row, Sentence, read_results
from itoaudio.evaluate.sound import Sound
from itoaudio.runtime import Audio
from itoaudio.whole import write_whole

BEGIN, END = "<!-- samples: by make samples -->", "<!-- end of samples -->"
TASK, SENTENCES, RATE = "read", 3, 22050


def write_samples(run: Path, page: Path) -> None:
    """Of the run in folder `run`. ValueError when the page has no place for them, or the run none to give."""
    text, results = page.read_text(encoding="utf-8"), read_results(run / "results.json")
    if BEGIN not in text or END not in text:
        raise ValueError(f"{page}: has no lines {BEGIN!r} and {END!r}")
    rows = [row for row in shown(results, TASK) if row.audio]
    items = [item for item in results.items if rows and all(item.id in row.audio for row in rows)]
    if not items:
        raise ValueError(f"{run}: no sentence was read by every system")
    folder = page.parent / "audio"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    chosen = items[:SENTENCES]
    for row in rows:
        for item in chosen:
            sound = Sound.read(run / row.audio[item.id][0])
            Audio(sound.at(RATE), RATE).write(folder / _name(row, item))
    before, _, rest = text.partition(BEGIN)
    table = _table(results, rows, chosen)
    write_whole(page, f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.partition(END)[2]}")


def _table(results: Results, rows: list[Row], items: list[Sentence]) -> str:
    """Markdown: a line a system, a column a sentence."""
    lines = [["", *(item.text or item.id for item in items)], ["---"] * (len(items) + 1)]
    for row in rows:
        lines.append([row.label, *(f"[listen](audio/{_name(row, item)})" for item in items)])
    table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
    return (
        f"The first {len(items)} sentences of the list, seed {rows[0].seeds[0]}, none picked; {results.date},"
        f" commit {results.commit}, by\n\n```bash\n{results.command}\n```\n\n{table}"
    )


def _name(row: Row, item: Sentence) -> str:
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", f"{row.label}-{item.id}").strip("-")
    return f"{safe}.mp3"


if __name__ == "__main__":
    write_samples(Path(sys.argv[1]), Path(sys.argv[2]))
