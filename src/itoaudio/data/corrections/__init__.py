"""Corrected transcripts of known corpora: tables of `text as given<TAB>text as spoken`."""

from importlib import resources


def load(name: str) -> dict[str, str]:
    """Transcript -> corrected transcript. ValueError for a name without a table."""
    table = resources.files(__name__) / f"{name}.tsv"
    if not table.is_file():
        raise ValueError(f"corrections {name!r}: there is no table of this name")
    lines = table.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines if line and not line.startswith("#"))
