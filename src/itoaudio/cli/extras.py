"""The optional parts of the package, as its own metadata lists them, and which of them a module needs."""

import re

_DEVELOPERS = ("dev", "docs")
_PACKAGES = {
    "PIL": "pillow",
    "pkg_resources": "setuptools",
    "visqol": "visqol-python",
    "yaml": "pyyaml",
}
"""Packages whose module is called otherwise than with _ for -."""


def extras() -> dict[str, list[str]]:
    """Names of the packages of every extra that is not for developers."""
    from importlib.metadata import requires  # slow to import, for mistakes and `ito doctor` alone

    found: dict[str, list[str]] = {}
    for line in requires("itoaudio") or []:
        extra = re.search(r"extra == ['\"]([\w-]+)", line)
        package = re.match(r"[\w.-]+", line)
        if extra and package and extra[1] not in _DEVELOPERS:
            found.setdefault(extra[1], []).append(package[0].lower())
    return found


def how_to_install(module: str, command: str) -> str:
    """What mends `import module` in `ito command`: the extra of that name if it holds it, else the least."""
    top = module.partition(".")[0]
    package = _PACKAGES.get(top, top.lower().replace("_", "-"))
    known = extras()
    holding = [name for name, packages in known.items() if package in packages]
    if command in known and (command in holding or not holding):
        return f"pip install 'itoaudio[{command}]'"
    if holding:
        return f"pip install 'itoaudio[{min(holding, key=lambda name: len(known[name]))}]'"
    return f"pip install {package}"
