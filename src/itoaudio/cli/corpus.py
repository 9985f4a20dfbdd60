"""`ito corpus`: what is wrong with recordings and texts, and where their words lie."""

from pathlib import Path

import click

PATH = click.Path(path_type=Path)
CORPUS = click.argument("corpus", type=PATH)
RECIPE = click.option("--recipe", default="auto", help="Layout: see docs/corpora.md.")
WORKERS = click.option("--workers", type=click.IntRange(1), default=2, help="Processes.")


@click.group("corpus")
def command() -> None:
    """Check and align corpora. They are only read, never changed."""


@command.command("check")
@CORPUS
@RECIPE
@WORKERS
@click.option("--json", "plain", is_flag=True, help="All findings as JSON on stdout.")
@click.option("--report", type=PATH, help="HTML page with pictures to write.")
@click.option("--manifest", type=PATH, help="Cleaned .jsonl manifest to write, for `ito prepare`.")
@click.option("--voice", help="Voice that lays text and sound beside each other; by default the first one.")
@click.option("--align/--no-align", default=True, help="Whether text and sound are compared (slow).")
def check_corpus(
    corpus: Path,
    recipe: str,
    workers: int,
    plain: bool,
    report: Path | None,
    manifest: Path | None,
    voice: str | None,
    align: bool,
) -> None:
    """Name what is wrong with CORPUS: a folder, a file list or a manifest."""
    import msgspec

    from itoaudio.corpus.check import as_json, check, write_clean
    from itoaudio.corpus.report import write_report
    from itoaudio.runtime.voice_folder import find

    for target in (report, manifest):
        if target is not None and target.resolve().is_relative_to(corpus.resolve()):
            raise click.UsageError(f"{target} lies in the corpus, which is never changed: give another place")
    checked = check(corpus, recipe=recipe, voice=find(voice) if align else None, workers=workers)
    if report is not None:
        write_report(checked, report)
    if manifest is not None:
        write_clean(checked, manifest)
    if plain:
        click.echo(msgspec.json.format(msgspec.json.encode(as_json(checked)), indent=2))
    else:
        _print(checked)


@command.command("align")
@CORPUS
@RECIPE
@WORKERS
@click.option("--voice", help="Voice to align with; by default the first one.")
@click.option("-o", "--output", type=PATH, required=True, help="Folder for ID.TextGrid files.")
def align_words(corpus: Path, recipe: str, workers: int, voice: str | None, output: Path) -> None:
    """Write a TextGrid with words and phones for every recording of CORPUS; the folder goes to stdout."""
    from itoaudio.corpus.textgrid import align_corpus
    from itoaudio.runtime.voice_folder import find

    if output.resolve().is_relative_to(corpus.resolve()):
        raise click.UsageError(f"{output} lies in the corpus, which is never changed: give another place")
    failed = align_corpus(corpus, output, voice=find(voice), recipe=recipe, workers=workers)
    for name, reason in failed.items():
        click.echo(f"left out {name}: {reason}", err=True)
    click.echo(output)


def _print(checked: "object") -> None:
    from itoaudio.corpus.check import Checked
    from itoaudio.corpus.finding import KINDS

    assert isinstance(checked, Checked)
    for finding in checked.findings:
        if finding.severity != "note":
            click.echo(f"{finding.place}\t{finding.kind}\t{finding.detail}")
    sources, kept = list(checked.listing.sources), checked.kept
    click.echo(
        f"{len(sources)} recordings, {checked.minutes(sources):.1f} minutes ({checked.listing.recipe});"
        f" {len(kept)} are good, {checked.minutes(kept):.1f} minutes",
        err=True,
    )
    for kind, count in checked.counts.items():
        click.echo(f"{count:6d} {KINDS[kind].title} ({KINDS[kind].severity})", err=True)
