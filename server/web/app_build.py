"""The folder of the built app (pwa/dist): the styles and scripts of the page shell, and where its other parts are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sync.errors import Unavailable

_FEATURE = re.compile(r'data-feature="?([a-z]+)\b(?!"? data-later)')


def app_not_built(folder: Path) -> Unavailable:
    return Unavailable(
        "app-not-built", "L’application n’est pas construite dans {path}.", "Lancez : make install", path=folder
    )


@dataclass(frozen=True, slots=True)
class AppBuild:
    folder: Path
    css: str
    scripts: tuple[str, ...]
    graphs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # a feature's scripts; {}: an older build

    @classmethod
    def read(cls, folder: Path) -> AppBuild:
        """Raises Unavailable without a build."""
        try:
            manifest = json.loads((folder / "assets.json").read_text("utf-8"))
            graphs = {feature: tuple(paths) for feature, paths in manifest.get("graphs", {}).items()}
            return cls(folder, manifest["css"], tuple(manifest["scripts"]), graphs)
        except (OSError, ValueError, KeyError) as error:
            raise app_not_built(folder) from error

    def preload_links(self, body: str) -> str:
        """The `Link` header that has a browser fetch at once all scripts of a page's features; "" for none."""
        features = dict.fromkeys(_FEATURE.findall(body))
        paths = dict.fromkeys(path for feature in features for path in self.graphs.get(feature, ()))
        return ", ".join(f"<{path}>; rel=modulepreload" for path in paths)

    @property
    def catalogs(self) -> Path:
        """Translations as JSON, each with the digest of the .po file that it was compiled from."""
        return self.folder / "catalogs"

    @property
    def is_compressed(self) -> bool:
        """False for a build of release 0.1.0, which left compression to the server."""
        return (self.folder / "compressed").is_dir()

    def compressed(self, encoding: str) -> Path:
        """The files of the app compressed with `encoding`, under the paths that they have in `folder`."""
        return self.folder / "compressed" / encoding
