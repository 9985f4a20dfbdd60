"""`ito voice new`: a voice of your own, from a folder of recordings to the list of `ito voices`."""

import logging
import sys
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

PATH = click.Path(path_type=Path)


@click.group("voice")
def command() -> None:
    """Make voices. To look at those there are: `ito voices`."""


@command.command("new")
@click.argument("corpus", type=PATH)
@click.option("--name", required=True, help="Name of the voice: letters, digits, - and _.")
@click.option("--speaker", help="Whose voice it is; asked for when it is not given.")
@click.option("--consent", help="Who agreed to what, in a sentence for the model card; asked for otherwise.")
@click.option("--licence", default="unknown", help="Of the voice, for its card.")
@click.option(
    "--start", help="Folder of run folders to fine-tune from; none: from nothing.", default="shipped"
)
@click.option("--hours", type=click.FloatRange(0.01), help="Train as long as this, not as is usual.")
@click.option("--settings", type=PATH, help="YAML with sizes and steps of the stages.")
@click.option("--work", type=PATH, show_default="NAME-voice", help="Folder to work in, and to go on in.")
@click.option("-o", "--output", type=PATH, show_default="among your voices", help="Voice folder to write.")
@click.option("--estimate", is_flag=True, help="Stop after saying how long it would take.")
@click.option(
    "--accelerator", type=click.Choice(["auto", "cpu", "cuda", "mps"]), default="auto", help="Device."
)
@click.option("--threads", type=click.IntRange(1), show_default="torch's", help="CPU threads.")
@click.option("--workers", type=click.IntRange(1), default=2, help="Processes that read recordings.")
def new(
    corpus: Path,
    name: str,
    speaker: str | None,
    consent: str | None,
    licence: str,
    start: str,
    hours: float | None,
    settings: Path | None,
    work: Path | None,
    output: Path | None,
    estimate: bool,
    accelerator: str,
    threads: int | None,
    workers: int,
) -> None:
    """Make a voice of CORPUS: check, prepare, train, refine, export, install. Its folder goes to stdout.

    Stopped by anything, the same command goes on where it was, with what was chosen at first; other options
    count as long as the training has not begun.
    """
    from itoaudio.making.settings import Making
    from itoaudio.making.stages import Work, make

    if not corpus.exists():
        raise click.UsageError(f"{corpus}: no such corpus; give a folder, a file list or a manifest")
    folder = work or Path(f"{name}-voice")
    making = Making.load(folder)
    target = _target(name, output, begun=making is not None)
    if making is None:
        recipe = _recipe(settings, hours)
        speaker, consent = _consent(speaker, consent)
        making = Making(
            name=name,
            corpus=str(corpus.resolve()),
            consent=consent,
            speaker=speaker,
            licence=licence,
            start=_start(start),
            recipe=recipe,
        )
        making.save(folder)
        origin = f"the weights in {making.start}" if making.start else "nothing but the recordings"
        click.echo(f"begins from {origin}", err=True)
    elif making.name != name or Path(making.corpus) != corpus.resolve():
        raise click.UsageError(
            f"{folder} holds the voice {making.name!r} of {making.corpus}: give another --work for a new one"
        )
    else:
        making = making.changed(folder, **_chosen_anew(making))
        click.echo(f"goes on; done: {', '.join(making.done) or 'nothing yet'}", err=True)
    # Lightning tells of devices and products at every start; the progress line says what is of use.
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    place = Work(folder, target, lambda text: click.echo(text, err=True), threads or 0, accelerator, workers)
    with redirect_stdout(sys.stderr):
        made = make(making, place, estimate_only=estimate)
    if made is not None:
        click.echo(made)


def _target(name: str, output: Path | None, *, begun: bool) -> Path:
    """Where the voice will lie: never over one that this work did not make."""
    from itoaudio.runtime.voice_folder import known_voices, user_voices

    if not name or not all(letter.isalnum() or letter in "-_" for letter in name):
        raise click.UsageError(f"--name {name!r}: use letters, digits, - and _ only")
    if output is not None:
        return output
    if name in known_voices() and not begun:
        raise click.UsageError(
            f"there is a voice {name!r} already ({known_voices()[name]}): choose another --name"
        )
    return user_voices() / name


def _consent(speaker: str | None, consent: str | None) -> tuple[str, str]:
    """(whose voice, the sentence for the card). Without an agreement nothing is made."""
    today = date.today().isoformat()
    if consent is not None:
        if not consent.strip():
            raise click.UsageError("--consent is empty: say who agreed to what")
        return speaker or "one speaker", f"{consent.strip().rstrip('.')} (stated on {today})."
    if not sys.stdin.isatty():
        raise click.UsageError('nobody to ask: give --consent "WHO agreed that ..." and --speaker')
    speaker = speaker or click.prompt("Whose voice is in these recordings?", err=True)
    agreed = click.confirm(
        f"Has {speaker} agreed that a synthetic voice is made of them, and to what it is for?", err=True
    )
    if not agreed:
        raise click.ClickException("without the speaker's consent no voice is made")
    sentence = f"{speaker} agreed that a synthetic voice is made of these recordings (stated on {today})."
    return speaker or "", sentence


def _chosen_anew(making: Any) -> dict[str, Any]:
    """Fields of `making` that options of this second call name."""
    import msgspec

    context = click.get_current_context()
    given = {
        name: value
        for name, value in context.params.items()
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT
    }
    chosen: dict[str, Any] = {name: given[name] for name in ("speaker", "licence") if name in given}
    if "consent" in given:
        chosen["speaker"], chosen["consent"] = _consent(
            given.get("speaker", making.speaker), given["consent"]
        )
    if "start" in given:
        chosen["start"] = _start(given["start"])
    if "settings" in given:
        chosen["recipe"] = _recipe(given["settings"], given.get("hours", making.recipe.hours))
    elif "hours" in given:
        chosen["recipe"] = msgspec.structs.replace(making.recipe, hours=given["hours"])
    return chosen


def _start(start: str) -> str | None:
    from itoaudio.making.plan import shipped_start

    if start == "none":
        return None
    found = shipped_start() if start == "shipped" else Path(start)
    if found is None:
        return None
    for stage in ("acoustic", "vocoder"):
        if not (found / stage / "weights.safetensors").is_file():
            raise click.UsageError(f"--start {found}: holds no {stage}/weights.safetensors")
    return str(found.resolve())


def _recipe(settings: Path | None, hours: float | None) -> Any:
    import msgspec

    from itoaudio.making.settings import Recipe
    from itoaudio.strict import convert
    from itoaudio.train.config import read_yaml

    recipe = convert(read_yaml(settings), Recipe, source=str(settings)) if settings else Recipe()
    return msgspec.structs.replace(recipe, hours=hours) if hours else recipe
