"""The page: files inside the package, that ask nobody else for anything."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from itoaudio.serve.errors import ApiError

FOLDER = Path(__file__).parent / "page"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = "; ".join(
    ("default-src 'self'", "media-src 'self' blob:", "img-src 'self' data:", "frame-ancestors 'none'")
)


def page() -> APIRouter:
    """`/` and the files it is made of. A request names one of a fixed table, never a path."""
    router = APIRouter(include_in_schema=False)
    table = {path.name: path for path in FOLDER.iterdir() if path.suffix in TYPES}

    def answer(name: str) -> FileResponse:
        path = table[name]
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
        return FileResponse(path, media_type=TYPES[path.suffix], headers=headers)

    @router.get("/")
    async def index() -> FileResponse:
        return answer("index.html")

    @router.get("/page/{name}")
    async def file(name: str) -> FileResponse:
        if name not in table:
            raise ApiError(f"no file {name!r}", status=404, code="unknown_url")
        return answer(name)

    return router
