"""`ito completion`: the script that lets a shell finish what is typed. Click's own."""

import click

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of SHELL.

    \b
    bash: echo 'eval "$(ito completion bash)"' >> ~/.bashrc
    zsh:  echo 'eval "$(ito completion zsh)"' >> ~/.zshrc
    fish: ito completion fish > ~/.config/fish/completions/ito.fish
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None  # click knows all of SHELLS
    click.echo(found(context.find_root().command, {}, "ito", "_ITO_COMPLETE").source())
