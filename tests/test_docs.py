"""The documents do not lie: python blocks run, commands are ones the programs know, names and links exist.

What speaks to a server does so. Other shell blocks are not run (they train and install for minutes); each
line is parsed by the program it calls.
"""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import click
import pytest
import soundfile
import yaml

from ito_server import Server
from itoaudio.cli import main
from itoaudio.text import English

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
KINDS = {"python", "bash", "yaml", "text", "math"}  # formulas are checked by test_site.py
ADDRESS = "http://127.0.0.1:8000"  # of `ito serve`
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    page: Path
    language: str
    code: str


BLOCKS = [Block(page, *found) for page in PAGES for found in FENCE.findall(page.read_text(encoding="utf-8"))]
COMMANDS = [
    (block.page.name, line)
    for block in BLOCKS
    if block.language == "bash" and ADDRESS not in block.code
    for line in block.code.replace("\\\n", " ").splitlines()
    if line.strip() and not line.startswith("#")
]


def name_of(page):
    return page.name


def test_every_block_is_of_a_kind_that_is_checked():
    assert BLOCKS
    assert {block.language for block in BLOCKS} <= KINDS


@pytest.mark.parametrize("page", sorted({b.page for b in BLOCKS if b.language == "python"}), ids=name_of)
def test_python_blocks_run(page, toy_folder, tmp_path, monkeypatch, capsys):
    """One after the other as a reader would, with the toy voice for the embedded one."""
    monkeypatch.setattr("itoaudio.runtime.voice_folder.EMBEDDED", toy_folder.parent)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in BLOCKS:
        if block.page == page and block.language == "python" and ADDRESS not in block.code:
            exec(compile(block.code, f"{page.name}: {block.code.splitlines()[0]}", "exec"), names)


@pytest.fixture(scope="module")
def server(toy_folder):
    """A running server, whose voice answers to the name of the embedded one."""
    server = Server(toy_folder, "--alias", "kathleen=toy")
    yield server
    assert server.end() == 0


@pytest.mark.parametrize(
    "block", [block for block in BLOCKS if ADDRESS in block.code], ids=lambda block: block.language
)
def test_what_speaks_to_a_server_gets_a_file_of_sound(block, server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = block.code.replace(ADDRESS, server.url)
    if block.language == "python":
        exec(compile(code, block.page.name, "exec"), {})
    elif shutil.which("curl") is None:
        print("\nNOT PROVEN: no curl here (Debian: apt-get install curl)", file=sys.__stderr__)
        pytest.skip("NOT PROVEN: no curl here (Debian: apt-get install curl)")
    else:
        subprocess.run(["bash", "-ec", code], check=True, env={"PATH": os.environ["PATH"]})
    (made,) = tmp_path.iterdir()
    assert soundfile.info(made).format == made.suffix[1:].upper()
    assert abs(soundfile.read(made)[0]).max() > 0.001


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_commands_are_known(page, line, tmp_path, monkeypatch):
    """Read where a user stands: beside the configs, with the run folders that training leaves."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    for run in re.findall(r"runs/\w+", line):
        (tmp_path / run).mkdir(parents=True, exist_ok=True)
    program, *arguments = shlex.split(line.split(" > ")[0].split(" < ")[0], comments=True)
    assert Path(program).name in PROGRAMS, f"{page}: teach this test what {program} takes"
    PROGRAMS[Path(program).name](arguments)


def parse_ito(arguments):
    """Down to the command that is meant, whose own parser then reads the rest; nothing is called."""
    command, context, rest = find_command([word for word in arguments if word != "--help"])
    if "--help" not in arguments:
        command.make_context(context.info_name, rest, parent=context.parent)


def find_command(arguments):
    command, name, parent = main, "ito", None
    rest = list(arguments)
    while isinstance(command, click.Group):
        parent = click.Context(command, info_name=name, parent=parent)
        name = rest.pop(0)
        found = command.get_command(parent, name)
        assert found is not None, f"`{parent.command_path}` has no command {name!r}"
        command = found
    return command, click.Context(command, info_name=name, parent=parent), rest


def parse_make(arguments):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for argument in arguments:
        if "=" in argument:
            assert re.search(rf"^{argument.split('=')[0]} \?=", makefile, re.MULTILINE)
        else:
            assert re.search(rf"^{argument}:", makefile, re.MULTILINE)


def parse_pip(arguments):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for extra in re.findall(r"itoaudio\[([\w,]+)\]", " ".join(arguments)):
        assert set(extra.split(",")) <= set(project["optional-dependencies"])


def parse_nothing(arguments):
    """A program of others', whose arguments are theirs."""


def parse_inner(arguments):
    """A program of others' that runs ours."""
    parse_ito(arguments[arguments.index("ito") + 1 :])


def parse_docker(arguments):
    if arguments[0] == "build":
        assert (ROOT / arguments[-1] / "Dockerfile").is_file()
    elif "ito" in arguments:
        parse_inner(arguments)


PROGRAMS = {
    "ito": parse_ito,
    "make": parse_make,
    "pip": parse_pip,
    "tensorboard": parse_nothing,
    "docker": parse_docker,
    "torchrun": parse_inner,
    "srun": parse_inner,
}


def test_blocks_of_text_are_units_of_systemd_or_text_and_no_commands():
    for block in BLOCKS:
        if block.language == "text" and block.code.startswith("[Service]"):
            unit = ConfigParser()
            unit.read_string(block.code)
            parse_inner([Path(word).name for word in shlex.split(unit["Service"]["ExecStart"])])
        elif block.language == "text" and "   " not in block.code:  # no table
            lines = [line.removeprefix("$ ").split() for line in block.code.splitlines() if line.strip()]
            first = {Path(words[0]).name for words in lines}
            assert not first & {*PROGRAMS, "curl", "python"}, f"{block.page.name}: commands are `bash` blocks"
            if re.search(r"[\[<*#]", block.code):  # marks, which must be ones that are read
                English().read(block.code)


def test_files_that_commands_name_exist():
    named = {word for _, line in COMMANDS for word in shlex.split(line) if word.startswith("configs/")}
    assert [word for word in sorted(named) if not (ROOT / word).is_file()] == []


def test_yaml_blocks_are_sections_of_a_run():
    from itoaudio.data.config import CorpusConfig
    from itoaudio.strict import convert

    for block in BLOCKS:
        if block.language == "yaml":
            section = yaml.safe_load(block.code)
            assert convert(section["corpus"], CorpusConfig, source=block.page.name)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_between_files_hold(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert [link for link in targets if link and not (page.parent / link).exists()] == []


def test_the_papers_table_names_what_exists():
    text = (ROOT / "docs" / "paper.md").read_text(encoding="utf-8")
    proofs = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert len(proofs) > 10
    for file, test in proofs:
        body = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
        assert test in {node.name for node in body if isinstance(node, ast.FunctionDef)}, f"{file}::{test}"
    for name in re.findall(r"`(itoaudio(?:\.\w+)+)`", text):
        assert resolve(name) is not None, name


def resolve(name):
    """The object of a dotted name: the longest prefix that is a module, then attributes."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    return None


def test_every_pinned_package_has_its_licence_named():
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in pins if not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    listed = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    words = set(re.findall(r"[\w.-]+", listed))
    assert [line for line in pins if line.split("==")[0] not in words] == []


def test_no_page_names_a_machine():
    private = re.compile(r"/(?:root|home|work|tmp)/|index-url|simple/")
    for path in [*PAGES, ROOT / "constraints.txt", ROOT / "Makefile", ROOT / "pyproject.toml"]:
        assert not private.search(path.read_text(encoding="utf-8")), path
