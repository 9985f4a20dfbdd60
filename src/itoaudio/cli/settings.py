"""`config.toml`: a user's own defaults, a table for each command. Flags and variables go before them."""

from pathlib import Path
from typing import Any

import click


def settings(group: click.Group) -> dict[str, dict[str, Any]]:
    """`default_map` of click; empty without a file. UsageError names an unknown table or key."""
    path = Path(click.get_app_dir("itoaudio")) / "config.toml"
    if not path.is_file():
        return {}
    import tomllib

    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path}: {error}") from None
    return {name: _table(group, path, name, values) for name, values in tables.items()}


def _table(group: click.Group, path: Path, name: str, values: Any) -> dict[str, Any]:
    from itoaudio.runtime.errors import suggestion

    context = click.Context(group)
    command = group.get_command(context, name)
    if command is None or not isinstance(values, dict):
        known = group.list_commands(context)
        raise click.UsageError(f"{path}: no command {name!r} to set{suggestion(name, known)}")
    options = {option.name for option in command.params if isinstance(option, click.Option)}
    named = {key.replace("-", "_"): value for key, value in values.items()}
    for key in named:
        if key not in options:
            raise click.UsageError(f"{path}: unknown key {key!r} in [{name}]{suggestion(key, options)}")
    return named
