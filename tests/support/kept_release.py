"""An earlier release's stores, keys and app, unpacked into a folder: tests/vectors/releases/README.md says what each
file is.
"""

from __future__ import annotations

import io
import json
import lzma
import re
import tarfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.support.repository import ROOT
from tests.support.server_process import invoke_command

RELEASES = ROOT / "tests/vectors/releases"


@dataclass(frozen=True)
class KeptRelease:
    """One release. Files are unpacked as an operator has them: keys readable by their owner alone."""

    folder: Path

    @cached_property
    def facts(self) -> Any:
        return json.loads((self.folder / "facts.json").read_text("utf-8"))

    def unpack(self, name: str, to: Path) -> None:
        with tarfile.open(fileobj=io.BytesIO(lzma.decompress((self.folder / f"{name}.tar.xz").read_bytes()))) as packed:
            packed.extractall(to, filter="data")
        for keys in to.glob("data/keys"):
            keys.chmod(0o700)

    def databases(self, name: str) -> Any:
        return json.loads(lzma.decompress((self.folder / f"couch-{name}.json.xz").read_bytes()))


def kept_releases() -> list[KeptRelease]:
    """The stored releases, oldest first."""
    folders = [path for path in RELEASES.iterdir() if path.is_dir()]
    return [
        KeptRelease(path) for path in sorted(folders, key=lambda path: [int(part) for part in path.name.split(".")])
    ]


def copy_to_folder(folder: Path, source: str) -> dict[str, str]:
    """Copy the store into the folder; return the record and blob counts and the digest that the command prints."""
    match = re.search(
        r"(\d+) fiches, (\d+) fichiers, empreinte (\S+)",
        invoke_command(folder, "copy", source, f"sqlite:///{folder / 'copy.db'}"),
    )
    assert match
    return {"records": match[1], "blobs": match[2], "digest": match[3]}
