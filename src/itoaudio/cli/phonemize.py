"""`ito phonemize`: what will be said, before it is said."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from itoaudio.cli import texts

if TYPE_CHECKING:
    from itoaudio.text import Sentence


@click.command("phonemize")
@click.argument("text", required=False)
@texts.file_option
@texts.format_in_option
@texts.lexicon_option
@click.option("--spoken", is_flag=True, help="Print the words that are said instead of their phonemes.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object for each sentence, with all its words.")
def command(
    text: str | None,
    source: str | None,
    markup: str | None,
    lexicon: str | None,
    spoken: bool,
    as_json: bool,
) -> None:
    """Print the phonemes of TEXT, a sentence a line; - or nothing reads it from stdin.

    \b
    ito phonemize "Dr. Smith paid $5."
    ito phonemize --spoken --file chapter.md
    ito phonemize --json "I read it." | jq .phonemes
    """
    written, kind = texts.read(text, source, markup)
    from itoaudio.text import English, load_lexicon

    for sentence in English(load_lexicon(lexicon) if lexicon else {}).sentences(written, markup=kind):
        if as_json:
            import json

            click.echo(json.dumps(_told(sentence), ensure_ascii=False))
        elif spoken:
            click.echo(" ".join(word.spoken for word in sentence.words))
        else:
            click.echo(sentence.phonemes)


def _told(sentence: "Sentence") -> dict[str, Any]:
    return {"phonemes": sentence.phonemes, **asdict(sentence)}
