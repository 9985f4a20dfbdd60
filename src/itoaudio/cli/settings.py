"""Where options come from beside the command line: variables, then `config.toml`, a table for each command.

Both call an option by its long flag: `--format-in` of `ito say` is ITOAUDIO_SAY_FORMAT_IN, and `format-in` or
`format_in` below `[say]`; a command of a group has a table inside the group's, such as `[voices.list]`.
"""

from pathlib import Path
from typing import Any

import click

from itoaudio.cli.options import PerStage

PREFIX = "ITOAUDIO"


def config_path() -> Path:
    """Where a user's `config.toml` lies, if there is one."""
    return Path(click.get_app_dir("itoaudio")) / "config.toml"


def name_variables(command: click.Command, prefix: str = PREFIX) -> None:
    """Give every option of `command`, and of the commands in it, the variable that its flag names."""
    for flag, option in _options(command).items():
        option.envvar = f"{prefix}_{flag}".replace("-", "_").upper()
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            name_variables(inner, f"{prefix}_{name}")


def settings(group: click.Group, name: str | None) -> dict[str, Any]:
    """`default_map` of click for the command `name` alone, so that a mistake in its table stops no other.

    Empty without a file. UsageError for a file that cannot be read, an unknown table or key, a value of
    another type.
    """
    tables = _tables(group)
    if name not in tables:
        return {}
    return {name: _table(_command(group, name), name, tables[name])}


def mistake(group: click.Group) -> str | None:
    """The first of the file that any command would stop at."""
    try:
        for name, values in _tables(group).items():
            _table(_command(group, name), name, values)
    except click.UsageError as error:
        return error.message
    return None


def _tables(group: click.Group) -> dict[str, Any]:
    path = config_path()
    if not path.is_file():
        return {}
    import tomllib

    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))  # editors may write a mark
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(str(error)) from None
    for name in tables:
        _command(group, name)
    return tables


def _command(group: click.Group, name: str, place: str = "") -> click.Command:
    context = click.Context(group)
    command = group.get_command(context, name)
    if command is None:
        raise _wrong(f"no command {place + name!r} to set{_near(name, group.list_commands(context))}")
    return command


def _table(command: click.Command, place: str, table: Any) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise _wrong(f"{place} = {table!r}: give a table, [{place}]")
    if isinstance(command, click.Group):
        inner = {name: _command(command, name, f"{place}.") for name in table}
        return {name: _table(inner[name], f"{place}.{name}", values) for name, values in table.items()}
    options, found = _options(command), {}
    for key, value in table.items():
        flag = key.replace("_", "-")
        if flag not in options:
            raise _wrong(f"unknown key {key!r} in [{place}]{_near(flag, options)}")
        option = options[flag]
        typed = _typed(option, value, f"[{place}] {key}")
        if typed is not None:
            assert option.name is not None  # click derives one from the flag
            found[option.name] = typed
    return found


def _typed(option: click.Option, value: Any, key: str) -> Any:
    """`value` as it is typed behind the flag, so that click reads both alike; None is a flag left out."""
    if option.is_flag:
        if not isinstance(value, bool):
            raise _wrong(f"{key} = {value!r}: give true or false")
        return value if option.is_bool_flag else option.flag_value if value else None
    several = isinstance(value, list)
    parts = value if several else [value]
    if any(isinstance(part, bool | dict | list) for part in parts):
        raise _wrong(f"{key} = {value!r}: give a number or a text")
    words = [str(part) for part in parts]
    if option.multiple:
        return words
    if several and not isinstance(option.type, PerStage):
        raise _wrong(f"{key} = {value!r}: give one value")
    return ",".join(words)


def _options(command: click.Command) -> dict[str, click.Option]:
    """Options that have a value, by their long flags."""
    options = (option for option in command.params if isinstance(option, click.Option))
    return {max(one.opts, key=len).lstrip("-"): one for one in options if one.expose_value}


def _near(name: str, known: Any) -> str:
    from itoaudio.runtime.errors import suggestion

    return suggestion(name, known)


def _wrong(message: str) -> click.UsageError:
    return click.UsageError(f"{config_path()}: {message}")
