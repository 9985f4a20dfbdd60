import pytest

from itoaudio.bulk import Line, read_lines


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", "One.\n\nThree.\n", [Line("00001", "One."), Line("00003", "Three.")]),
        ("a.csv", 'x|raw|"said"\ny|two\n', [Line("x", '"said"'), Line("y", "two")]),
        ("a.jsonl", '{"id": "k-1", "text": "Hi"}\n\n', [Line("k-1", "Hi")]),
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
        ("a.pdf", "x", "is one of .txt, .csv, .jsonl"),
    ],
)
def test_names_what_is_wrong(tmp_path, name, content, message):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_lines(str(tmp_path / name))


@pytest.mark.parametrize("url", ["nowhere/lines.txt", "nosuch://lines.txt"])
def test_a_manifest_that_is_not_there_is_named(url):
    with pytest.raises(ValueError, match=r"lines\.txt: "):
        read_lines(url)
