"""Where a text comes from: the command line, stdin or a file, and what marks it holds."""

import sys
from pathlib import Path

import click

from itoaudio.cli.options import NOT_EMPTY

MARKUPS = ("auto", "text", "markdown", "ssml")
_BY_SUFFIX = {".ssml": "ssml", ".xml": "ssml", ".md": "markdown", ".markdown": "markdown"}

file_option = click.option(
    "--file", "source", type=NOT_EMPTY, metavar="FILE", help="Read the text from FILE; - is stdin."
)
format_in_option = click.option(
    "--format-in",
    "markup",
    type=click.Choice(MARKUPS),
    show_default="by the file's suffix, else auto",
    help="Marks of the text; auto is SSML if it opens with <speak>, else Markdown.",
)
lexicon_option = click.option(
    "--lexicon",
    type=NOT_EMPTY,
    metavar="FILE",
    help="Your own pronunciations: a word, a tab, its IPA in each line.",
)


def read(text: str | None, source: str | None, markup: str | None) -> tuple[str, str]:
    """(text, kind of marks) of a command's TEXT, --file and --format-in; - or nothing is stdin."""
    if text is not None and source is not None:
        raise click.UsageError("give a TEXT or --file, not both")
    if source is not None and source != "-":
        kind = markup or _BY_SUFFIX.get(Path(source).suffix.lower(), "auto")
        return decoded(Path(source).read_bytes(), source), kind
    if text is None and source is None and sys.stdin.isatty():
        raise click.UsageError("give a TEXT, --file, or pipe one in")
    piped = text is None or text == "-"
    return (decoded(sys.stdin.buffer.read(), "standard input") if piped else text or ""), markup or "auto"


def decoded(data: bytes, name: str) -> str:
    """UTF-8 as text, with or without a byte order mark; ClickException names the byte that is none."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(
            f"{name}: byte {error.start} is not UTF-8: save the text as UTF-8"
        ) from None
