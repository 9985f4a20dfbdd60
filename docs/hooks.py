"""What the site needs beyond MkDocs: formulas as MathML, the help of each command, files of the repository.

A formula is LaTeX in a block of the language `math` or between $` and `$, which code hosts show as well. A
link that leaves docs/, such as ../examples/speak.py, leads to a copy of that file under tree/ in the site.
"""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import click
from latex2mathml.converter import convert
from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from mkdocs.structure.files import File, Files

from itoaudio.cli import main

ROOT = Path(__file__).parents[1]
PAGES = ("CONTRIBUTING.md", "CHANGELOG.md", "THIRD_PARTY.md")
TREE = (*PAGES, "LICENSE", "examples/*.py", "configs/*.yaml")
OUTWARD = re.compile(r"\]\((?:\.\./)+([\w./-]+)")
BLOCK = re.compile(r"^```math\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"\$`([^`\n]+)`\$")
COMMANDS = "<!-- commands -->"
WIDTH = 80  # characters that a block of code shows without scrolling
CODE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)


def mathml(latex: str, display: str) -> str:
    """A `<math>` element that reads the LaTeX aloud where it cannot be shown."""
    element: str = convert(latex.strip(), display=display)
    return element.replace("<math ", f'<math aria-label="{escape(latex.strip(), quote=True)}" ', 1)


class Formulas(Preprocessor):
    """Puts MathML where a formula stands, outside all other code."""

    def run(self, lines: list[str]) -> list[str]:
        text = BLOCK.sub(lambda found: f"\n\n{self._kept(found[1], 'block')}\n\n", "\n".join(lines))
        parts = CODE.split(text)
        parts[::2] = [INLINE.sub(lambda found: self._kept(found[1], "inline"), part) for part in parts[::2]]
        return "".join(parts).split("\n")

    def _kept(self, latex: str, display: str) -> str:
        html = mathml(latex, display)
        kept: str = self.md.htmlStash.store(
            f'<div class="formula">{html}</div>' if display == "block" else html
        )
        return kept


class FormulaExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        # Before blocks of code are found (25) and lines are normalised away (30).
        md.preprocessors.register(Formulas(md), "formulas", 29)


def on_config(config: Any) -> Any:
    config.markdown_extensions.append(FormulaExtension())
    return config


def on_files(files: Files, *, config: Any) -> Files:
    for pattern in TREE:
        for path in sorted(ROOT.glob(pattern)):
            name = f"tree/{path.relative_to(ROOT).as_posix()}"
            if path.suffix == ".md":
                files.append(File.generated(config, name, content=path.read_text(encoding="utf-8")))
            else:
                files.append(File.generated(config, name, abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Files) -> str:
    """Help for the commands; links out of docs/ lead into tree/, those of the repository's pages back."""
    depth = page.file.src_uri.count("/")
    if COMMANDS in markdown:
        context = click.Context(main, info_name="ito", terminal_width=WIDTH)
        markdown = markdown.replace(COMMANDS, "\n\n".join(helps(main, context)))
    if page.file.src_uri.startswith("tree/"):
        return re.sub(r"\]\(docs/", "](../", markdown)
    return OUTWARD.sub(
        lambda found: f"]({'../' * depth}tree/{found[1]}" if leaves(found[0], depth) else found[0], markdown
    )


def leaves(link: str, depth: int) -> bool:
    return link.count("../") > depth


def helps(command: click.Command, context: click.Context) -> Iterator[str]:
    """A section for the command, and for each below it."""
    yield f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from helps(below, click.Context(below, info_name=name, parent=context))
