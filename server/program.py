"""The program itself: its version, where its own files lie, and whether the packages that are imported are its own.

A checkout has the built app in pwa/dist and the content in content/; in an installed wheel the build has put both
beside this module (deploy/release/wheel_files.py). Read by the settings and by the first lines of every command.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from types import ModuleType

VERSION = "0.2.0.dev0"
OWNER = "kunnafoni"  # `PROGRAM` of both packages
PACKAGES = ("server", "sync")

ROOT = Path(__file__).resolve().parents[1]
IS_CHECKOUT = (ROOT / "pyproject.toml").is_file() and (ROOT / "pwa").is_dir()


def _find_files(name: str, in_checkout: str) -> Path:
    return ROOT / in_checkout if IS_CHECKOUT else Path(str(files("server").joinpath("installed", name)))


APP = _find_files("app", "pwa/dist")
CONTENT = _find_files("content", "content")


def find_foreign_package(modules: Mapping[str, ModuleType] = sys.modules, root: Path = ROOT) -> str:
    """The name of a package that another program has put in the place of ours; "" if all are ours.

    `server` and `sync` are common names: in an environment with other programs, one of them may win.
    """
    for name in PACKAGES:
        module = modules[name]
        is_in_place = [Path(path).resolve() for path in module.__path__] == [root.resolve() / name]
        if not is_in_place or getattr(module, "PROGRAM", "") != OWNER:
            return name
    return ""
