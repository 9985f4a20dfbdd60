"""From systems to a report: empty cells stay empty, the page needs nothing from outside, JSON comes back."""

import json
import re
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from itoaudio.audio import files
from itoaudio.cli import main
from itoaudio.evaluate.making import Making
from itoaudio.evaluate.metrics import Metric, Settings, Unavailable, metrics
from itoaudio.evaluate.report.axes import axis, spread
from itoaudio.evaluate.report.markdown import markdown
from itoaudio.evaluate.report.page import page
from itoaudio.evaluate.results import Row, read_results
from itoaudio.evaluate.run import compared, evaluate
from itoaudio.evaluate.samples import BEGIN, END, write_samples
from itoaudio.evaluate.statistic import cell
from itoaudio.evaluate.systems import System, system
from itoaudio.evaluate.testlist import Item, read_recordings, read_texts

SCRIPT = """
import numpy as np
def open_system(threads, level):
    return Hum(level)
class Hum:
    sample_rate, facts = 22050, {"nfe": 4}
    def __init__(self, level):
        self.level = level
    def read(self, text, seed, emit):
        emit(self.level * (1 + 0.01 * len(text)) * np.sin(np.arange(22050) / 20))
"""
ITEMS = [Item(f"i{n}", "word " * (n + 1)) for n in range(8)]


def level(take):
    return float(np.abs(take.sound.samples).max())


def broken(take):
    raise Unavailable("the model is not here")


def column(name, measure, **more):
    return Metric(
        name=name, title=name, unit="", better="higher", settings=f"how {name} is made", measure=measure,
        headline=True, **more,
    )  # fmt: skip


METRICS = {
    "level": column("level", level),
    "broken": column("broken", broken),
    "nfe": metrics(Settings())["nfe"],
    "rtf_2": metrics(Settings())["rtf_2"],
    "pesq": metrics(Settings())["pesq"],
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    (folder / "hum.py").write_text(SCRIPT)

    def hum(label, loud, **more):
        return System(
            label=label, kind="test", spec=label, tasks=("read",), target=str(folder / "hum.py"),
            python=sys.executable, arguments={"level": loud}, **more,
        )  # fmt: skip

    lines = []
    results = evaluate(
        [
            hum("soft <b>", 0.2),
            hum("loud", 0.4, ours=True),
            hum("also loud", 0.4),
            system("piper", rivals=str(folder / "no-python")),
            hum("curve 1", 0.1, curve=True),
            hum("curve 2", 0.2, curve=True),
        ],
        ITEMS,
        ["read"],
        METRICS,
        Making(folder=folder, timed=1, threads=2),
        title="A run",
        command="ito evaluate",
        test_list="eight hums",
        say=lines.append,
    )
    return results, folder, lines


def test_words_count_in_a_comparison_as_in_the_table():
    """A errs less by the words of the whole list, and more by the mean of sentences."""
    made = {
        "task": "read",
        "spec": "",
        "kind": "test",
        "ours": False,
        "note": "",
        "curve": False,
        "seeds": [0],
    }
    words = np.array([2.0] * 12 + [30.0] * 8)
    rates = {"A": np.array([0.4] * 12 + [0.01] * 8), "B": np.array([0.0] * 12 + [0.13] * 8)}
    metric = column("wer", level)
    rows = [
        Row(
            label=label,
            **made,
            cells={"wer": cell(rate[:, None], words)},
            values={"wer": rate[:, None].tolist()},
            weights={"wer": words.tolist()},
        )
        for label, rate in rates.items()
    ]
    (test,) = compared(rows, "read", metric)
    means = [row.cells["wer"].mean for row in rows]
    assert test.difference == pytest.approx(means[0] - means[1])
    assert test.difference < 0 < (rates["A"] - rates["B"]).mean()


def test_figures_and_who_differs(ran):
    results, _, _ = ran
    expected = 0.4 * np.mean([1 + 0.01 * len(item.text) for item in ITEMS])
    assert results.row("read", "loud").cells["level"].mean == pytest.approx(expected, rel=1e-3)
    tests = {(t.first, t.second): t for t in results.tests if t.metric == "level"}
    assert len(tests) == 3
    assert tests["soft <b>", "loud"].p == pytest.approx(3 * 2 / 2**8)
    assert tests["soft <b>", "loud"].difference < 0
    assert tests["loud", "also loud"].p == 1


def test_what_cannot_run_is_said_aloud_and_stays_empty(ran):
    results, _, lines = ran
    assert [line for line in lines if "JUDGE CANNOT RUN: broken: the model is not here" in line]
    assert [line for line in lines if "SYSTEM CANNOT RUN: read piper" in line]
    assert all("broken" not in row.cells for row in results.rows)
    assert not results.row("read", "piper").cells
    assert next(c for c in results.columns if c.name == "broken").missing == "the model is not here"
    text = markdown(results)
    row = next(line for line in text.splitlines() if line.startswith("| loud"))
    assert row.count("–") == 1  # the broken judge's; PESQ, which no item can have, is no column
    assert "Could not run: the model is not here" in text
    assert not re.search(r"\| 0(\.0+)? ", row)


def test_every_row_says_how_long_it_took(ran):
    results, _, lines = ran
    assert [line for line in lines if re.search(r"loud .* made in +[\d.]+ s, judged in +[\d.]+ s", line)]
    assert results.row("read", "loud").made_seconds > 0


def test_json_comes_back(ran):
    results, folder, _ = ran
    results.write(folder / "results.json")
    assert read_results(folder / "results.json") == results
    assert json.loads((folder / "results.json").read_text())["commit"]
    with pytest.raises(ValueError, match="not the results"):
        read_results(folder / "hum.py")


def test_the_page_stands_alone_and_shows_everything(ran):
    results, folder, _ = ran
    text = page(results, folder)
    assert not re.findall(r"(?:src|href)=[\"'](?!data:)", text)
    assert not re.findall(r"url\((?!data:)|@import|https?://", text)
    assert "default-src 'none'" in text
    assert "soft &lt;b&gt;" in text
    assert "soft <b>" not in text
    for word in (
        "<svg",
        "data:audio/mpeg",
        "data:image/png",
        results.commit,
        "ito evaluate",
        "how level is made",
    ):
        assert word in text
    assert "What more evaluations buy" not in text  # both points have one NFE and no figure that is drawn


def test_markdown_has_what_replication_needs(ran):
    results, _, _ = ran
    text = markdown(results)
    for word in (results.commit, results.date, "eight hums: 8 items", "how level is made", "95 %"):
        assert word in text


def test_axes_hold_their_values():
    place, marks = axis([1.0, 4.0], (0.0, 90.0))
    assert (place(1.0), place(4.0)) == (0.0, 90.0)
    assert marks == [1, 2, 3, 4]
    place, marks = axis([1.0, 100.0], (0.0, 100.0), logarithmic=True)
    assert place(10.0) == pytest.approx(50)
    assert marks == [1, 10, 100]
    assert axis([3.0, 3.0], (0.0, 10.0))[0](3.0) == pytest.approx(5)
    assert spread([0.0, 1.0, 40.0], 15) == [0.0, 15.0, 40.0]


def test_lists_of_texts(tmp_path):
    table = tmp_path / "texts.tsv"
    table.write_text("a\tOne text.\n\nb|raw|Two texts.\nThree texts.\n")
    assert [(item.id, item.text) for item in read_texts(table)] == [
        ("a", "One text."),
        ("b", "Two texts."),
        ("004", "Three texts."),
    ]
    table.write_text("a\tx\na\ty\n")
    with pytest.raises(ValueError, match="twice"):
        read_texts(table)
    with pytest.raises(ValueError, match="no such"):
        read_texts(tmp_path / "none.tsv")


def test_lists_of_recordings(tmp_path):
    for name in ("x", "y"):
        files.write_wav(tmp_path / f"{name}.wav", np.zeros(10), 22050)
    (tmp_path / "x.txt").write_text("Text of x.\n")
    assert [(item.id, item.text) for item in read_recordings(tmp_path)] == [("x", "Text of x."), ("y", None)]
    corpus = tmp_path / "corpus"
    (corpus / "wavs").mkdir(parents=True)
    lines = []
    for number in range(40):
        files.write_wav(corpus / "wavs" / f"c{number}.wav", np.zeros(10), 22050)
        lines.append(f"c{number}|raw|Sentence {number}")
    (corpus / "metadata.csv").write_text("\n".join(lines))
    assert {item.id: item.text for item in read_recordings(corpus)}["c3"] == "Sentence 3"
    config = tmp_path / "run.yaml"
    config.write_text(f"corpus: {{name: c, recipe: ljspeech, folder: {corpus}, validation: 0.3}}\n")
    held_out, rest = (read_recordings(config, part=part) for part in ("validation", "train"))
    assert 3 <= len(held_out) <= 25
    assert not {item.text for item in held_out} & {item.text for item in rest}
    with pytest.raises(ValueError, match="nowhere"):
        read_recordings(tmp_path / "nowhere")


def test_the_command_writes_all_three(toy_folder, tmp_path):
    texts = tmp_path / "texts.tsv"
    texts.write_text("a\tHello.\n")
    arguments = ["evaluate", f"toy=voice:{toy_folder}", "--texts", str(texts), "-o", str(tmp_path / "out")]
    done = CliRunner().invoke(main, [*arguments, "--metrics", "rtf_2,nfe,size", "--threads", "1"])
    assert done.exit_code == 0, done.output
    assert {"results.json", "table.md", "report.html", "audio"} <= {
        p.name for p in (tmp_path / "out").iterdir()
    }
    assert "| toy | 1 |" in (tmp_path / "out" / "table.md").read_text()


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ([], "test list"),
        (["--texts", "x", "--recordings", "y"], "not both"),
        (["--texts", "nowhere.tsv"], "no such table"),
        (["--texts", "{texts}", "--metrics", "pesk"], "unknown metric 'pesk'"),
        (["--texts", "{texts}", "hibari", "hibari"], "two systems"),
        (["--texts", "{texts}", "hibari", "--nfe", "1,2"], "voice:NAME"),
        (["--texts", "{texts}", "voice:x", "--nfe", "1,b"], "whole numbers"),
    ],
)
def test_misuse_ends_in_one_line(tmp_path, more, word):
    texts = tmp_path / "texts.tsv"
    texts.write_text("a\tHello.\n")
    arguments = [part.format(texts=texts) for part in more]
    done = CliRunner().invoke(main, ["evaluate", *arguments, "-o", str(tmp_path / "out")])
    assert done.exit_code in (1, 2)
    assert word in done.output
    assert "Traceback" not in done.output


def test_samples_for_a_page_of_every_system_at_the_same_sentences(ran, tmp_path):
    results, folder, _ = ran
    results.write(folder / "results.json")
    page = tmp_path / "page.md"
    page.write_text("before\n")
    with pytest.raises(ValueError, match="has no lines"):
        write_samples(folder, page)
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_samples(folder, page)
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert results.command in text
    links = re.findall(r"\]\((audio/[^)]+)\)", text)
    assert len(links) == 9  # three systems that ran, three sentences; neither a curve nor one that cannot run
    assert sorted(links) == sorted(f"audio/{path.name}" for path in (tmp_path / "audio").iterdir())
    sound, rate = files.read(tmp_path / links[0])
    assert len(sound) / rate == pytest.approx(1.0, abs=0.1)
    again = page.read_text()
    write_samples(folder, page)
    assert page.read_text() == again
