"""What went wrong, in one line that says how to mend it."""

import re
import shlex
from collections.abc import Sequence

import click
from click.core import ParameterSource

from itoaudio.cli.extras import how_to_install
from itoaudio.cli.settings import config_path

_LIKE_TEXT = re.compile(r"-[\w']{2,}|-\d|--?[^=]* .*", re.DOTALL)  # and unlike -h, -o- or --voice=x


def is_help(error: click.ClickException) -> bool:
    """Whether `error` is no mistake but the help of a group that was called without a command."""
    kind = getattr(click.exceptions, "NoArgsIsHelpError", ())  # click has it since 8.2
    return isinstance(error, kind)


def misused(error: click.ClickException, words: Sequence[str]) -> str:
    """A mistake that click or a command found in `words`; where to read on, if it is about how the command is
    called."""
    if not isinstance(error, click.UsageError):
        return error.format_message()
    place = error.ctx.command_path if error.ctx else "ito"
    return f"{error.format_message().rstrip('.')}{_origin(error)}{_dash(error, words)} (see `{place} --help`)"


def failed(error: Exception, command: str) -> str:
    """Anything else that kept `ito command` from its work."""
    if isinstance(error, ModuleNotFoundError) and error.name is not None:
        return f"{error.name!r} is not installed; this needs `{how_to_install(error.name, command)}`"
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def _origin(error: click.ClickException) -> str:
    """Where a refused value stands that nobody typed."""
    if not isinstance(error, click.BadParameter) or error.ctx is None or error.param is None:
        return ""
    source = error.ctx.get_parameter_source(error.param.name or "")
    if source is ParameterSource.ENVIRONMENT:
        return f"; it comes from the variable {error.param.envvar}"
    return f"; it comes from {config_path()}" if source is ParameterSource.DEFAULT_MAP else ""


def _dash(error: click.UsageError, words: Sequence[str]) -> str:
    """A text that begins with a dash was taken for an option, or for -d or -o with its value ("-dash"): how
    it is said nevertheless."""
    if error.ctx is None:
        return ""
    options, given = error.ctx.command.params, error.ctx.params
    if "text" not in [one.name for one in options if isinstance(one, click.Argument)]:
        return ""
    if any(word.split("=")[0] in ("--file", "--batch") for word in words):
        return ""
    if isinstance(error, click.NoSuchOption):
        begins = (error.option_name,)
    elif isinstance(error, click.BadParameter) or given.get("text"):
        return ""
    else:
        values = [(name, given.get(one.name)) for one in options for name in one.opts if len(name) == 2]
        begins = tuple(name + value for name, value in values if value and _is_about(value, error.message))
    text = next((word for word in words if word.startswith(begins) and _LIKE_TEXT.fullmatch(word)), "")
    shown = text if len(text) <= 40 else text[:40] + "…"
    mend = f"{error.ctx.command_path} -- {shlex.quote(shown)}"
    return f"; a text that begins with a dash goes last, behind --: {mend}" if text else ""


def _is_about(value: str, message: str) -> bool:
    """Whether `message` refuses the value of -o or of -d."""
    return message.startswith((f"{value}: ", f"{value} is ", "cannot write '", "--batch and -d go together"))
