"""`ito`: speak, copy, export and look at voices from a shell. One file a command, imported when it is called.

Data goes to stdout, in UTF-8 unless that is a terminal, all else to stderr. Exit codes: 0 done, 1 cannot be
done, 2 misused, 130 interrupted, 143 terminated.
"""

import io
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from itoaudio.cli import mistakes
from itoaudio.cli.ending import EXIT_CODE, Terminated
from itoaudio.cli.settings import PREFIX, name_variables, settings

COMMANDS = (
    "say",
    "vocode",
    "edit",
    "watch",
    "phonemize",
    "voices",
    "doctor",
    "completion",
    "serve",
    "export",
    "corpus",
    "prepare",
    "train",
    "voice",
    "evaluate",
    "listen",
)


class Commands(click.Group):
    """Finds a command in the module of its name, and ends every mistake of a user's in one line on stderr."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"itoaudio.cli.{cmd_name}").command
        name_variables(command, f"{PREFIX}_{cmd_name}")
        return command

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run; exit with a code, unless `standalone_mode=False`: then answer or raise as click does."""
        if not standalone_mode:
            return super().main(args, "ito", complete_var, standalone_mode=False, **extra)
        code, words = 1, sys.argv[1:] if args is None else args
        try:
            _write_utf8()
            code = super().main(args, "ito", complete_var, standalone_mode=False, **extra) or 0
        except (click.Abort, KeyboardInterrupt):
            code = _failed("interrupted", 130)
        except Terminated:
            code = _failed("terminated", EXIT_CODE)
        except click.ClickException as error:
            if mistakes.is_help(error):
                click.echo(error.format_message(), err=True)
                code = error.exit_code
            else:
                code = _failed(mistakes.misused(error, words), error.exit_code)
        except BrokenPipeError:
            # Who read our stdout has gone, as `head` does: point it elsewhere, or its flush at exit fails.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (ValueError, OSError, ModuleNotFoundError) as error:
            if logging.getLogger("itoaudio").isEnabledFor(logging.DEBUG):
                raise
            called = next((word for word in words if word in COMMANDS), "")
            code = _failed(mistakes.failed(error, called), 1)
        sys.exit(code)


@click.group(cls=Commands, context_settings={"show_default": True})
@click.option("-v", "--verbose", count=True, help="Say more on stderr; twice for all, tracebacks included.")
@click.version_option(package_name="itoaudio", prog_name="ito")
@click.pass_context
def main(context: click.Context, verbose: int) -> None:
    """Speech by linear stochastic differential equations (ItôTTS and ItôWave), on a plain CPU.

    Every option may also come from a variable (ITOAUDIO_SAY_STEPS is `ito say --steps`) or from the file
    config.toml in the folder for applications' settings (`steps = 4` below `[say]`).
    """
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("itoaudio").setLevel((logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)])
    try:
        context.default_map = settings(main, context.invoked_subcommand)
    except click.UsageError:
        if context.invoked_subcommand != "doctor":  # which tells what is wrong
            raise


name_variables(main)


def _write_utf8() -> None:
    """Windows has a file or pipe in a code page, which holds neither IPA nor, as cp932, the ô of our name."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", errors=sys.stdout.errors)


def _failed(message: str, code: int) -> int:
    click.echo(f"ito: error: {' '.join(message.split())}", err=True)
    return code
