"""What a system is, and how one is named on the command line: `[LABEL=]KIND[:TARGET][,option=value...]`."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from itoaudio.runtime.errors import suggestion

Task = Literal["copy", "read"]
HERE = Path(__file__).parent
BOTH: tuple[Task, ...] = ("copy", "read")


@dataclass(frozen=True, kw_only=True)
class System:
    """One row of the table.

    target: what `worker` opens, a module or a script, with `arguments`; python: the interpreter it runs in.
    ours: made by this project; recorded: is given the recording in both tasks; folder: audio that is there
    already, instead of a target; clips: how many items it is given at most; curve: a point of a curve, not a
    row; slow: not warmed up, and timed once at one thread; note: what a reader should know.
    """

    label: str
    kind: str
    spec: str
    tasks: tuple[Task, ...]
    target: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    python: str = sys.executable
    ours: bool = False
    recorded: bool = False
    timed: bool = True
    seeded: bool = False
    curve: bool = False
    slow: bool = False
    folder: Path | None = None
    clips: int | None = None
    note: str = ""


def system(spec: str, *, rivals: str | None = None, curve: bool = False) -> System:
    """The system that `spec` names; `rivals` is the Python that has Piper and espeak-ng.

    ValueError for a kind, a target or an option that is not known.
    """
    found = re.fullmatch(r"(?:([^=:,]+)=)?([a-z0-9-]+)(?::(.*))?", spec, re.DOTALL)
    if found is None or found[2] not in KINDS:
        kind = found[2] if found else spec
        raise ValueError(f"unknown system {kind!r}{suggestion(kind, KINDS)}")
    label, kind, rest = found[1], found[2], found[3] or ""
    target, options = (rest, {}) if kind == "command" else _options(rest)
    clips = options.pop("clips", None)
    fields = {"label": label or _label(kind, target, options), "kind": kind, "spec": spec, "curve": curve}
    return KINDS[kind](target, options, {**fields, "clips": clips}, rivals)


def presets(voice: str | None) -> list[str]:
    """Specs of every preset of a voice that differs from those before it."""
    from itoaudio.runtime.voice_folder import VoiceFolder, find

    spec = VoiceFolder.open(find(voice)).spec
    found: dict[Any, str] = {}
    for name, preset in spec.presets.items():
        found.setdefault(preset, name)
    return [f"voice:{voice or spec.name},preset={name}" for name in found.values()]


def _voice(target: str, options: dict[str, Any], fields: dict[str, Any], rivals: str | None) -> System:
    from itoaudio.runtime import Options

    Options.of(options)
    arguments = {**options, **({"voice": target} if target else {})}
    module = "itoaudio.evaluate.systems.speak_voice"
    return System(
        **fields, target=module, arguments=arguments, tasks=BOTH, ours=True, seeded=True, note="this project"
    )


def _classic(target: str, options: dict[str, Any], fields: dict[str, Any], rivals: str | None) -> System:
    _no_more(fields["kind"], target, options)
    notes = {
        "recordings": "the recordings themselves",
        "griffin-lim": "60 iterations on the mel",
        "world": "from F0, envelope and aperiodicity, not from the mel",
    }
    recorded = fields["kind"] == "recordings"
    return System(
        **fields,
        target="itoaudio.evaluate.systems.speak_classic",
        arguments={"kind": fields["kind"]},
        tasks=BOTH if recorded else ("copy",),
        recorded=recorded,
        timed=not recorded,
        seeded=fields["kind"] == "griffin-lim",
        note=notes[fields["kind"]],
    )


def _rival(target: str, options: dict[str, Any], fields: dict[str, Any], rivals: str | None) -> System:
    _no_more(fields["kind"], target, options)
    script, note = {
        "piper": ("speak_piper.py", "en_US-joe-medium, GPL-3.0, another voice"),
        "espeak": ("speak_espeak.py", "en-us, formants, GPL-3.0, another voice"),
    }[fields["kind"]]
    python = rivals or str(Path(".venv-rivals/bin/python").absolute())
    return System(**fields, target=str(HERE / script), python=python, tasks=("read",), note=note)


def _hibari(target: str, options: dict[str, Any], fields: dict[str, Any], rivals: str | None) -> System:
    _no_more("hibari", target, options)
    module = "itoaudio.evaluate.systems.speak_hibari"
    return System(**fields, target=module, tasks=("read",), seeded=True, note="voice heart, another voice")


def _paper(target: str, options: dict[str, Any], fields: dict[str, Any], rivals: str | None) -> System:
    if unknown := set(options) - {"steps", "snr"}:
        raise ValueError(f"paper: unknown option {sorted(unknown)[0]!r}; known: clips, snr, steps")
    return System(
        **fields,
        target="itoaudio.evaluate.systems.speak_paper",
        arguments={"folder": target or "checkpoints/waveform", **options},
        tasks=("copy",),
        ours=True,
        seeded=True,
        slow=True,
        note="the paper's network on the waveform, VE, predictor and corrector",
    )


def _folder(target: str, options: dict[str, Any], fields: dict[str, Any], rivals: str | None) -> System:
    _no_more("folder", "", options)
    if not Path(target).is_dir():
        raise ValueError(f"folder:{target}: no such folder")
    return System(**fields, folder=Path(target), tasks=BOTH, timed=False, note="files made elsewhere")


def _command(target: str, options: dict[str, Any], fields: dict[str, Any], rivals: str | None) -> System:
    from itoaudio.evaluate.systems.speak_foreign import open_system

    open_system(threads=1, command=target)
    tasks: tuple[Task, ...] = ("copy",) if "{recording}" in target else ("read",)
    module, note = "itoaudio.evaluate.systems.speak_foreign", f"`{target}`, a process for each text"
    return System(
        **fields,
        target=module,
        arguments={"command": target},
        tasks=tasks,
        seeded="{seed}" in target,
        note=note,
    )


KINDS: dict[str, Callable[[str, dict[str, Any], dict[str, Any], str | None], System]] = {
    "voice": _voice,
    "recordings": _classic,
    "griffin-lim": _classic,
    "world": _classic,
    "espeak": _rival,
    "piper": _rival,
    "hibari": _hibari,
    "paper": _paper,
    "folder": _folder,
    "command": _command,
}


def _options(rest: str) -> tuple[str, dict[str, Any]]:
    """'kathleen,preset=fast,steps=4/2' -> ('kathleen', {'preset': 'fast', 'steps': [4, 2]})."""
    target, *pairs = rest.split(",")
    options = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise ValueError(f"{pair!r} is not option=value")
        values = [_value(part) for part in value.split("/")]
        options[name.strip().replace("-", "_")] = values[0] if len(values) == 1 else values
    return target, options


def _value(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None


def _label(kind: str, target: str, options: dict[str, Any]) -> str:
    if kind == "command":
        return f"command {target.split()[0] if target.split() else ''}".strip()
    parts = [target if kind in ("voice", "folder") and target else kind]
    for name, value in options.items():
        shown = "/".join(map(str, value)) if isinstance(value, list) else str(value)
        parts.append(shown if name == "preset" else f"{name} {shown}")
    return " ".join(parts)


def _no_more(kind: str, target: str, options: dict[str, Any]) -> None:
    if target or options:
        raise ValueError(f"{kind} takes no options but clips=N, not {target or sorted(options)[0]!r}")
