"""`settings.ini`: a user's own defaults, a section for each command. Flags and variables go before them."""

from pathlib import Path
from typing import Any

import click


def settings(group: click.Group) -> dict[str, dict[str, Any]]:
    """`default_map` of click; empty without a file. UsageError names an unknown section or key."""
    path = Path(click.get_app_dir("itoaudio")) / "settings.ini"
    if not path.is_file():
        return {}
    from configparser import ConfigParser, Error

    parser = ConfigParser(interpolation=None)
    try:
        parser.read(path, encoding="utf-8")
    except Error as error:
        raise click.UsageError(f"{path}: {error}") from None
    return {section: _section(group, path, section, dict(parser[section])) for section in parser.sections()}


def _section(group: click.Group, path: Path, section: str, values: dict[str, str]) -> dict[str, str]:
    from itoaudio.runtime.errors import suggestion

    context = click.Context(group)
    command = group.get_command(context, section)
    if command is None:
        known = group.list_commands(context)
        raise click.UsageError(f"{path}: unknown section [{section}]{suggestion(section, known)}")
    options = {option.name for option in command.params if isinstance(option, click.Option)}
    named = {key.replace("-", "_"): value for key, value in values.items()}
    for key in named:
        if key not in options:
            raise click.UsageError(f"{path}: unknown key {key!r} in [{section}]{suggestion(key, options)}")
    return named
