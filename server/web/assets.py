"""The built app (pwa/dist): its files, compressed in memory, and the CSS and scripts that the page shell links.

Files with a content hash in their name are immutable; all others are revalidated on each request, mostly with a 304.
"""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response

from server.web.app_state import HasApp
from server.web.compression import choose_encoding, compress
from sync.canonical import digest
from sync.errors import NotFound, Unavailable

SERVED_PATTERNS = ("sw.js", "app/**/*", "console/assets/**/*")
MEDIA_TYPES = {
    ".js": "text/javascript",
    ".webmanifest": "application/manifest+json",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
COMPRESSED_SUFFIXES = {".png"}  # compressed formats, served as they are

_HASHED = re.compile(r"-[A-Z0-9]{8}\.js$")


@dataclass(frozen=True, slots=True)
class AppFile:
    media_type: str
    etag: str
    is_immutable: bool
    bodies: Mapping[str, bytes]


class AppFiles:
    """All files of the built app; `css` and `scripts` are for the page shell. Raises Unavailable without a build."""

    def __init__(self, folder: Path) -> None:
        files = [file for pattern in SERVED_PATTERNS for file in sorted(folder.glob(pattern)) if file.is_file()]
        self._files = {"/" + file.relative_to(folder).as_posix(): _load(file) for file in files}
        try:
            manifest = json.loads((folder / "assets.json").read_text("utf-8"))
            self.css: str = manifest["css"]
            self.scripts: tuple[str, ...] = tuple(manifest["scripts"])
        except (OSError, ValueError, KeyError) as error:
            raise Unavailable(
                "app-not-built", "L’application n’est pas construite dans {path}.", "Lancez : make setup", path=folder
            ) from error

    def respond(self, path: str, headers: Mapping[str, str]) -> Response:
        """The file at a path, or a 304. Raises NotFound for a path that is not a file of the app."""
        file = self._files.get(path)
        if file is None:
            raise NotFound("address-unknown", "Cette adresse n’existe pas.", "Revenez à l’accueil.")
        encoding = choose_encoding(headers.get("accept-encoding", "")) if len(file.bodies) > 1 else "identity"
        response_headers = {
            "cache-control": "public, max-age=31536000, immutable" if file.is_immutable else "no-cache",
            "etag": f'"{file.etag}-{encoding}"',
            "vary": "Accept-Encoding",
        }
        if encoding != "identity":
            response_headers["content-encoding"] = encoding
        if headers.get("if-none-match") == response_headers["etag"]:
            return Response(status_code=304, headers=response_headers)
        return Response(file.bodies[encoding], 200, response_headers, file.media_type)


def app_files_of(request: HasApp) -> AppFiles:
    app_files: AppFiles = request.app.state.app_files
    return app_files


def _load(path: Path) -> AppFile:
    raw = path.read_bytes()
    media_type = MEDIA_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    bodies = {"identity": raw}
    if path.suffix not in COMPRESSED_SUFFIXES:
        bodies |= {"br": compress(raw, "br", best=True), "gzip": compress(raw, "gzip", best=True)}
    return AppFile(media_type, digest(raw)[:22], bool(_HASHED.search(path.name)), bodies)
