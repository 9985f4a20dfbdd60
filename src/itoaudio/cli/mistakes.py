"""What went wrong, in one line that says how to mend it."""

import click
from click.core import ParameterSource

from itoaudio.cli.extras import how_to_install
from itoaudio.cli.settings import config_path


def is_help(error: click.ClickException) -> bool:
    """Whether `error` is no mistake but the help of a group that was called without a command."""
    kind = getattr(click.exceptions, "NoArgsIsHelpError", ())  # click has it since 8.2
    return isinstance(error, kind)


def misused(error: click.ClickException) -> str:
    """A mistake that click or a command found; where to read on, if it is about how the command is called."""
    if not isinstance(error, click.UsageError):
        return error.format_message()
    place = error.ctx.command_path if error.ctx else "ito"
    return f"{error.format_message().rstrip('.')}{_origin(error)}{_dash(error)} (see `{place} --help`)"


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


def _dash(error: click.ClickException) -> str:
    """A text that begins with a dash was taken for an option: how it is said nevertheless."""
    if not isinstance(error, click.NoSuchOption) or error.ctx is None:
        return ""
    arguments = [one.name for one in error.ctx.command.params if isinstance(one, click.Argument)]
    looks_like_text = " " in error.option_name or not error.option_name.startswith("--")
    if "text" not in arguments or not looks_like_text:
        return ""
    return f"; a text that begins with a dash goes last, behind --: {error.ctx.command_path} -- '-5 degrees'"
