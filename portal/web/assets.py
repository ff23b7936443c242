"""The stylesheet, the script and the drawings, each one file under an address that names its content.

A page asks for three files and never again: the address changes with the content, so a browser may keep them for ever.
They are read, made lean, joined and compressed once, when the portal starts.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, abort, current_app, request

from portal.web.guard import public

FOLDER = Path(__file__).parents[1] / "static"
VENDOR = "vendor/htmx-4.0.1"
SCRIPTS = (
    "countdown",
    "csrf",
    "dialogs",
    "expire",
    "forms",
    "keys",
    "pieces",
    "live",
    "passkeys",
    "sign",
    "transfer",
    "typed",
    "upload",
)

# What each served file is joined from. The library comes first and unmodified: the scripts listen to its events.
SOURCES = {
    "anju.css": ("anju.css",),
    "anju.js": (f"{VENDOR}/htmx.min.js", f"{VENDOR}/hx-ptag.min.js", *(f"js/{name}.js" for name in SCRIPTS)),
    "icons.svg": ("icons.svg",),
}
MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as served; ``packed`` is the gzip of ``body``, ``digest`` what its address carries of the content."""

    name: str
    media_type: str
    body: bytes
    packed: bytes
    digest: str


class Assets:
    """The served files of one application, kept in memory."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._served = {name: _build(folder, name, parts) for name, parts in SOURCES.items()}

    def __getitem__(self, name: str) -> Asset:
        return self._served[name]

    def init_app(self, app: Flask) -> None:
        """Serve the files under ``/assets/<digest>/<name>`` and give templates ``asset(name)``."""
        app.extensions["portal.assets"] = self
        app.add_url_rule("/assets/<digest>/<name>", "assets", assets_view)
        app.add_template_global(self.url, "asset")

    def find(self, digest: str, name: str) -> Asset | None:
        """The file, unless this application never had that content under the name."""
        asset = self._served.get(name)
        return asset if asset is not None and asset.digest == digest else None

    def url(self, name: str) -> str:
        """The address of a file for the current request; raises KeyError for a name that is not served."""
        return f"{request.script_root}/assets/{self._served[name].digest}/{name}"


def install(app: Flask) -> None:
    """Read the files and serve them."""
    Assets().init_app(app)


@public
def assets_view(digest: str, name: str) -> Response:
    """One of the files, for ever. An old address is 404 rather than new content that a browser would keep under it."""
    assets: Assets = current_app.extensions["portal.assets"]
    asset = assets.find(digest, name)
    if asset is None:
        abort(404)
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(asset.packed if packed else asset.body, content_type=asset.media_type)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _build(folder: Path, name: str, parts: tuple[str, ...]) -> Asset:
    body = b"\n".join(_lean(folder / part) for part in parts)
    media_type = MEDIA_TYPES[Path(name).suffix]
    return Asset(name, media_type, body, gzip.compress(body, 9, mtime=0), sha256(body).hexdigest()[:16])


def _lean(path: Path) -> bytes:
    """A text of ours without comments and indentation; the library byte by byte as it was released.

    In a script only whole lines of comment go, so that nothing has to be understood: none of ours spans a string over
    lines.
    """
    if "vendor" in path.parts:
        return path.read_bytes()
    text = path.read_text("utf-8")
    if path.suffix == ".css":
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    lines = (line.strip() for line in text.splitlines())
    comment = "//" if path.suffix == ".js" else "\n"
    return "\n".join(line for line in lines if line and not line.startswith(comment)).encode()
