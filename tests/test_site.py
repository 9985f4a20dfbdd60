"""The site of `make docs`: it builds without a warning, and its reader asks no other server for anything."""

import functools
import importlib.util
import re
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from inspect import isclass, isfunction
from pathlib import Path

import pytest
import yaml

from chromium import chromium

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
REFERENCE = "\n".join(path.read_text(encoding="utf-8") for path in (DOCS / "reference").glob("*.md"))
NAMED = set(re.findall(r"^::: (itoaudio[\w.]*)", REFERENCE, re.MULTILINE))
FORMULA = re.compile(r"^```math\n(.*?)^```$|\$`([^`\n]+)`\$", re.MULTILINE | re.DOTALL)
FORMULAS = [
    (path.name, block or inline)
    for path in sorted(DOCS.glob("*.md"))
    for block, inline in FORMULA.findall(path.read_text(encoding="utf-8"))
]
LOADS = re.compile(r"""<(?:script|img|iframe|source|audio|video)\b[^>]*\bsrc=["']?(?:https?:)?//[^"'\s>]+""")
LINKED = re.compile(
    r"""<link\b(?![^>]*rel=["']?(?:canonical|next|prev))[^>]*href=["']?(?:https?:)?//[^"'\s>]+"""
)
SCREEN = {"width": 1280, "height": 900}


def pages_of(nav):
    for entry in nav:
        value = next(iter(entry.values())) if isinstance(entry, dict) else entry
        yield from [value] if isinstance(value, str) else pages_of(value)


def hooks():
    spec = importlib.util.spec_from_file_location("hooks", DOCS / "hooks.py")
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    assert spec.loader is not None
    spec.loader.exec_module(module)
    return module


def test_every_page_is_in_the_navigation_once():
    nav = list(pages_of(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]))
    own = [page for page in nav if not page.startswith("tree/")]
    assert sorted(own) == sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
    assert all((ROOT / page.removeprefix("tree/")).is_file() for page in nav if page.startswith("tree/"))


@pytest.mark.parametrize("room", ["itoaudio", "itoaudio.runtime", "itoaudio.text", "itoaudio.sde"])
def test_the_reference_holds_all_that_is_public(room):
    documented = {name.rsplit(".", 1)[1] for name in NAMED}
    assert sorted(set(import_module(room).__all__) - documented) == []


@pytest.mark.parametrize("name", sorted(NAMED))
def test_names_of_the_reference_exist_and_explain_themselves(name):
    room, _, last = name.rpartition(".")
    found = getattr(import_module(room), last)
    if isclass(found) or isfunction(found):
        assert found.__doc__
        assert not found.__doc__.startswith(f"{last}(")  # which is what a dataclass writes for itself


@pytest.mark.parametrize(("page", "latex"), FORMULAS)
def test_formulas_become_mathml(page, latex):
    element = hooks().mathml(latex, "block")
    assert element.startswith("<math aria-label=")
    assert "\\" not in re.sub(r'aria-label="[^"]*"', "", element)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.slow
def test_the_site_names_no_other_server_to_load_from(site):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 25
    for page in pages:
        html = page.read_text(encoding="utf-8")
        assert LOADS.findall(html) + LINKED.findall(html) == [], page
        assert "$`" not in re.sub(r"<(code|pre)\b.*?</\1>", "", html, flags=re.DOTALL), page
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//|@import", style.read_text(encoding="utf-8")), style


@pytest.mark.slow
def test_a_reader_asks_for_nothing_from_elsewhere(site):
    program = chromium()
    from playwright.sync_api import sync_playwright

    handler = functools.partial(Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as started:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_port}/"
        browser = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport=SCREEN)
        page.set_default_timeout(120_000)
        asked: list[str] = []
        wrong: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("response", lambda answer: wrong.append(answer.url) if answer.status >= 400 else None)
        for html in (
            "index.html",
            "mathematics.html",
            "reference/sde.html",
            "reference/cli.html",
            "python.html",
        ):
            page.goto(home + html, wait_until="load")
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{html} is {wide} pixels too wide"
        page.goto(home + "index.html")
        page.fill("input.md-search__input", "langevin")
        page.wait_for_selector(".md-search-result__item")
        browser.close()
        server.shutdown()
    assert [url for url in asked if not url.startswith((home, "data:", "blob:"))] == []
    assert wrong == []


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format, *arguments):
        """Nothing on stderr."""
