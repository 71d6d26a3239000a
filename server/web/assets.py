"""The files of the built app (pwa/dist), compressed by the build: the server compresses only those of older builds.

Files with a content hash in their name are immutable; all others are revalidated on each request, mostly with a 304.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response

from server.web.app_build import AppBuild, app_not_built
from server.web.app_state import HasApp
from server.web.compression import Encoding, choose_encoding, compress
from sync.canonical import digest
from sync.errors import NotFound

SERVED_PATTERNS = ("sw.js", "console/sw.js", "app/**/*", "console/assets/**/*")
MEDIA_TYPES = {
    ".js": "text/javascript",
    ".webmanifest": "application/manifest+json",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
ENCODINGS: tuple[Encoding, ...] = ("br", "gzip")
COMPRESSED_SUFFIXES = {".png"}  # compressed formats, served as they are

_HASHED = re.compile(r"-[A-Z0-9]{8}\.js(on)?$")


@dataclass(frozen=True, slots=True)
class AppFile:
    media_type: str
    etag: str
    is_immutable: bool
    bodies: Mapping[str, bytes]


class AppFiles:
    """All files of the built app. Raises Unavailable for one that the build did not compress."""

    def __init__(self, build: AppBuild) -> None:
        self.build = build
        files = [file for pattern in SERVED_PATTERNS for file in sorted(build.folder.glob(pattern)) if file.is_file()]
        self._files = {f"/{path}": _load(build, path) for path in (file.relative_to(build.folder) for file in files)}

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

    def read_text(self, path: str) -> str:
        """The text of a file, for a page that has to carry it; "" if the build has no such file."""
        file = self._files.get(path)
        return file.bodies["identity"].decode() if file else ""


def app_files_of(request: HasApp) -> AppFiles:
    app_files: AppFiles = request.app.state.app_files
    return app_files


def _load(build: AppBuild, path: Path) -> AppFile:
    raw = (build.folder / path).read_bytes()
    media_type = MEDIA_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    bodies = {"identity": raw}
    if path.suffix not in COMPRESSED_SUFFIXES and not build.is_compressed:
        bodies |= {encoding: compress(raw, encoding) for encoding in ENCODINGS}
    elif path.suffix not in COMPRESSED_SUFFIXES:
        try:
            bodies |= {encoding: (build.compressed(encoding) / path).read_bytes() for encoding in ENCODINGS}
        except OSError as error:
            raise app_not_built(build.folder) from error
    return AppFile(media_type, digest(raw)[:22], bool(_HASHED.search(path.name)), bodies)
