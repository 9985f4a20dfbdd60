"""`ito listen`: make a listening test, serve it to raters, report what they said."""

import sys
from pathlib import Path
from typing import Any

import click

from itoaudio.cli.serve import check_host
from itoaudio.whole import write_whole

KINDS = ("mos", "cmos", "ab", "mushra")
FOLDER = click.Path(path_type=Path, file_okay=False)


class NamedFolder(click.ParamType):
    """NAME=FOLDER."""

    name = "name=folder"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """'ours=out/ours' -> ('ours', Path('out/ours'))."""
        if isinstance(value, tuple):
            return value
        name, equals, folder = str(value).partition("=")
        if not (name and equals and folder):
            self.fail(f"{value!r} is not NAME=FOLDER", param, ctx)
        return name, Path(folder)


class Level(click.ParamType):
    """dBov, or "keep"."""

    name = "level"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """'-26' -> -26.0, 'keep' -> 'keep'."""
        if value == "keep":
            return value
        try:
            level = float(value)
        except ValueError:
            level = 1.0
        if not -60 <= level <= -10:
            self.fail(f"{value!r} is neither a level from -60 to -10 dBov nor `keep`", param, ctx)
        return level


@click.group("listen")
def command() -> None:
    """Listening tests in a browser: MOS, CMOS, AB and MUSHRA.

    \b
    ito listen new test --kind mos --system ours=out/ours --system theirs=out/theirs --reference wavs
    ito listen serve test
    ito listen report test
    """


@command.command("new")
@click.argument("folder", type=FOLDER)
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What raters are asked.")
@click.option(
    "--system",
    "systems",
    type=NamedFolder(),
    multiple=True,
    required=True,
    metavar="NAME=FOLDER",
    help="A system and its .wav files, named alike in all folders. Give it once for each system.",
)
@click.option("--reference", type=FOLDER, help="Recordings: hidden among the systems, and open in MUSHRA.")
@click.option(
    "--anchor",
    "anchors",
    type=click.IntRange(100),
    multiple=True,
    metavar="HZ",
    show_default="3500 and 7000 in MUSHRA, else none",
    help="Add recordings low-passed at HZ.",
)
@click.option("--no-anchors", is_flag=True, help="No anchors, in MUSHRA too.")
@click.option(
    "--trials",
    type=click.IntRange(1),
    show_default="one for each sentence",
    help="Screens of each rater, besides practice and attention checks.",
)
@click.option("--practice", type=click.IntRange(0), default=2, help="Screens at the start that do not count.")
@click.option(
    "--attention",
    type=click.IntRange(0),
    show_default="a tenth of the trials",
    help="Attention checks of each rater.",
)
@click.option(
    "--headphones",
    type=click.Choice(["require", "record", "skip"]),
    default="require",
    help="The headphone check: turn away who fails, only note it, or leave it out.",
)
@click.option("--ties", is_flag=True, help='AB: allow "no preference".')
@click.option("--baseline", metavar="NAME", help="CMOS, AB: compare every system with this one only.")
@click.option(
    "--level",
    type=Level(),
    default=-26.0,
    metavar="DBOV|keep",
    help="Active speech level (ITU-T P.56) of all copies, or `keep` as they are.",
)
@click.option("--common", is_flag=True, help="Leave out sentences that some folder lacks.")
@click.option("--title", default="Listening test", help="Shown to raters; name no system here.")
@click.option(
    "--consent", type=click.File(encoding="utf-8"), help="Text file with your own words of consent."
)
@click.option(
    "--completion-code",
    metavar="CODE",
    show_default="each rater gets their own",
    help="The one code that a panel asks for.",
)
@click.option("--seed", type=int, default=0, help="Of the design: who hears what in which order.")
def new(
    folder: Path,
    systems: tuple[tuple[str, Path], ...],
    level: Any,
    anchors: tuple[int, ...],
    no_anchors: bool,
    consent: Any,
    **options: Any,
) -> None:
    """Make a test in FOLDER, which must not exist, from folders of equally named .wav files.

    The files are checked and copied under blind names, at one level and one sample rate; they are only read.
    What you should look at goes to stderr; FOLDER/test.json may be edited by hand before the first rater.
    """
    names = [name for name, _ in systems]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise click.UsageError(f"--system {min(twice)} is given twice: name each system otherwise")
    if no_anchors and anchors:
        raise click.UsageError("--anchor and --no-anchors exclude each other")
    if options["ties"] and options["kind"] != "ab":
        raise click.UsageError(f"--ties belongs to ab; {options['kind']} has a middle of its own or none")
    if options["baseline"] and options["kind"] not in ("cmos", "ab"):
        raise click.UsageError("--baseline belongs to cmos and ab")
    from itoaudio.listen.create import create, minutes

    test, notes = create(
        folder,
        systems=dict(systems),
        anchors_hz=[] if no_anchors else (anchors or None),
        level_dbov=None if level == "keep" else level,
        consent=consent.read() if consent else None,
        **options,
    )
    for note in notes:
        click.echo(f"note: {note}", err=True)
    click.echo(
        f"{len(test.systems)} systems, {len(test.items)} sentences; each rater: {test.trials} screens, "
        f"{test.practice} for practice, {test.attention} attention checks, about {minutes(test)} minutes",
        err=True,
    )
    click.echo(folder)


@command.command("serve")
@click.argument("folder", type=FOLDER)
@click.option("--host", default="127.0.0.1", help="Address to listen on; 0.0.0.0 opens it to the network.")
@click.option("--port", type=click.IntRange(0, 65535), default=8010, help="Port; 0 takes a free one.")
@click.option("--root-path", default="", metavar="PATH", help="Path below which a reverse proxy shows it.")
def serve(folder: Path, host: str, port: int, root_path: str) -> None:
    """Serve the test in FOLDER until interrupted. Answers are saved in FOLDER/answers.sqlite as they come."""
    check_host(host)
    from itoaudio.listen.serving import serve as run

    run(
        folder,
        host=host,
        port=port,
        root_path=root_path,
        log_level="info" if click.get_current_context().find_root().params["verbose"] else "warning",
        announce=lambda address: click.echo(f"raters go to {address} ; end with Ctrl+C", err=True),
    )


@command.command("report")
@click.argument("folder", type=FOLDER)
@click.option("--json", "form", flag_value="json", help="The whole report as JSON.")
@click.option("--csv", "form", flag_value="csv", help="Every answer, one in a line.")
@click.option("--raters-csv", "form", flag_value="raters", help="Every rater, with completion code.")
@click.option("--html", "form", flag_value="html", help="One page with a picture, that needs nothing else.")
@click.option("-o", "--output", default="-", metavar="FILE", help="Where it goes; - is stdout.")
@click.option(
    "--half-width",
    type=click.FloatRange(0, min_open=True),
    show_default="0.1 MOS, 0.2 CMOS, 0.05 AB, 3 MUSHRA",
    help="Ask for the number of raters that gives an interval of +- this.",
)
@click.option(
    "--attention-failures",
    type=click.IntRange(0),
    default=0,
    help="Failed attention checks that are forgiven.",
)
@click.option(
    "--min-correlation",
    type=click.FloatRange(-1, 1),
    help="Drop raters who agree less with the others. Read the documentation before you do.",
)
@click.option("--partial", is_flag=True, help="Count raters who did not finish.")
def report(folder: Path, form: str | None, output: str, half_width: float | None, **rules: Any) -> None:
    """What the raters of the test in FOLDER said, as text, JSON, CSV or HTML."""
    from itoaudio.listen import text
    from itoaudio.listen.html import as_html
    from itoaudio.listen.report import as_json, make_report
    from itoaudio.listen.screening import Screening

    if form == "csv":
        told = text.answers_csv(folder)
    else:
        found = make_report(folder, screening=Screening(**rules), half_width=half_width)
        forms = {"json": as_json, "html": as_html, "raters": text.raters_csv, None: text.as_text}
        told = forms[form](found)
    told = told if told.endswith("\n") else told + "\n"
    if output == "-":
        sys.stdout.write(told)
        return
    write_whole(output, told)
