import pytest

from itoaudio.audio.writer import SUFFIXES
from itoaudio.bulk import Line, read_lines
from itoaudio.bulk.manifest import LONGEST_ID
from itoaudio.bulk.shards import offsets, tarred


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", "One.\n\nThree.\n", [Line("00001", "One."), Line("00003", "Three.")]),
        ("a.csv", 'x|raw|"said"\ny|two\n', [Line("x", '"said"'), Line("y", "two")]),
        ("a.jsonl", '{"id": "k-1", "text": "Hi"}\n\n', [Line("k-1", "Hi")]),
        ("a.txt", "One.\u2028Two.\nThree.", [Line("00001", "One.\u2028Two."), Line("00002", "Three.")]),
        ("a.csv", "x|One.\u2028Two.\n", [Line("x", "One.\u2028Two.")]),
        ("a.jsonl", '{"id": "x", "text": "One.\u2028Two.\x85"}\n', [Line("x", "One.\u2028Two.\x85")]),
        ("a.csv", f"x|{'word ' * 30000}\n", [Line("x", "word " * 30000)]),
    ],
)
def test_reads_the_layouts(tmp_path, name, content, expected):
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert read_lines(str(tmp_path / name)) == expected


def test_reads_any_url():
    import fsspec

    with fsspec.open("memory://books/lines.txt", "wb") as file:
        file.write(b"Once.\n")
    assert read_lines("memory://books/lines.txt") == [Line("00001", "Once.")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "\n", "no line to speak"),
        ("a.csv", "x\n", r"a\.csv:1: 'x' is not `id\|text`"),
        ("a.csv", "x|a\nx|b\n", "'x' is there twice"),
        ("a.csv", "../x|a\n", "may hold letters"),
        ("a.jsonl", '{"id": "x", "txt": "a"}\n', r"a\.jsonl:1: .*txt"),
        ("a.csv", f"x|a\n{'n' * 91}|b\n", r"a\.csv:2: id 'n{91}' has 91 bytes: give at most 90"),
        ("a.csv", f"{'é' * 46}|b\n", "has 92 bytes"),
        ("a.pdf", "x", "is one of .txt, .csv, .jsonl"),
    ],
)
def test_names_what_is_wrong(tmp_path, name, content, message):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_lines(str(tmp_path / name))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_end_as_any_system_writes_them(tmp_path, end):
    (tmp_path / "a.csv").write_bytes(f"x|One.{end}{end}y|Two.{end}".encode())
    assert read_lines(str(tmp_path / "a.csv")) == [Line("x", "One."), Line("y", "Two.")]


def test_the_longest_id_has_its_place_in_a_shard(tmp_path):
    (tmp_path / "a.csv").write_text(f"{'é' * (LONGEST_ID // 2)}|Hi.\n", encoding="utf-8")
    (line,) = read_lines(str(tmp_path / "a.csv"))
    names = [f"{line.id}{suffix}" for suffix in (*SUFFIXES, ".json")]
    assert list(offsets(tarred([(name, b"x") for name in names]))) == names


@pytest.mark.parametrize("url", ["nowhere/lines.txt", "nosuch://lines.txt"])
def test_a_manifest_that_is_not_there_is_named(url):
    with pytest.raises(ValueError, match=r"lines\.txt: "):
        read_lines(url)
