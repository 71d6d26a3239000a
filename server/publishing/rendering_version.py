"""The version of all but documents that decides a page's bytes: this program and the libraries it renders with."""

from __future__ import annotations

import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import sync
from sync.canonical import digest

_LIBRARIES = ("babel", "jinja2", "markdown_it", "markupsafe", "nh3", "pyxform", "yaml")


@cache
def rendering_version() -> str:
    """The digest of the package `sync`, of Python's version and of the versions of all packages beside the libraries.

    A change that touches no page makes pages anew too, once: too often is harmless, too seldom is not.
    """
    [root] = {Path(folder) for folder in sync.__path__}
    files = sorted(path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    parts = [f"{path.relative_to(root)} {digest(path.read_bytes())}" for path in files]
    return digest("\n".join([sys.version, *_installed_versions(), *parts]))


def _installed_versions() -> list[str]:
    """The names of the folders of metadata, which contain the versions: reading them costs a single listing."""
    origins = [spec.origin for spec in map(find_spec, _LIBRARIES) if spec and spec.origin]
    folders = {Path(origin).parents[1] for origin in origins}
    return sorted(path.name for folder in folders for path in folder.glob("*-info"))
