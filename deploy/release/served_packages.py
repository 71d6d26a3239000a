"""The packages that a server runs and that its app is built of, as they are installed here.

Python's are those of requirements/serve.txt; npm's are those of which the build found bytes in the app
or in its pages (pwa/dist/assets.json). The notices, the bill of materials and the check of licences all begin here.
It takes no package, so that an image can be told its notices while it is built.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TEXTS = Path(__file__).parent / "texts"  # of packages that bring none

_PINNED = re.compile(r"^([a-z0-9][\w.-]*)==([^\s;]+)( ;)?")
_NEEDED_BY = re.compile(r"    #(?: via | {3,})([a-z0-9][\w.-]*)$")
_LICENCE_FILE = re.compile(r"(?:licen[cs]e|copying|notice|authors)(?:[.\-_][\w.-]*)?", re.IGNORECASE)
_CODE = (".py", ".pyc", ".pyi", ".json", ".js", ".ts")


@dataclass(frozen=True, slots=True)
class EmbeddedComponent:
    """A library compiled into a package, as the package's own bill of materials names it."""

    name: str
    version: str
    purl: str
    licences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServedPackage:
    ecosystem: str  # "pypi" or "npm", as in the type of a package URL
    name: str
    version: str
    declared: str  # the licence as the package's metadata writes it
    texts: tuple[str, ...]
    needed_by: tuple[str, ...] = ()  # names of packages; empty for those that the program itself asks for
    integrity: str = ""  # of npm's archive, as its lock file writes it
    embedded: tuple[EmbeddedComponent, ...] = ()
    libraries: tuple[str, ...] = ()  # names of the shared libraries in a wheel


class NotInstalled(Exception):
    """Something of which a list is to be made is not here, or in another version than the locks say."""


def read_served_packages(root: Path = ROOT) -> list[ServedPackage]:
    """All of them, by ecosystem and name. Raises NotInstalled."""
    python = read_python_packages((root / "requirements/serve.txt").read_text("utf-8"))
    npm = read_npm_packages(root / "pwa")
    return sorted([*python, *npm], key=lambda package: (package.ecosystem, package.name))


def read_python_packages(lock: str) -> list[ServedPackage]:
    """The locked packages, as installed in this Python. Raises NotInstalled."""
    versions: dict[str, set[str]] = defaultdict(set)
    conditional = set()
    needed_by: dict[str, list[str]] = defaultdict(list)
    name = ""
    for line in lock.splitlines():
        if match := _PINNED.match(line):
            name = match[1]
            versions[name].add(match[2])
            conditional |= {name} if match[3] else set()
        elif match := _NEEDED_BY.match(line):
            needed_by[name].append(match[1])
    packages = []
    for name, locked in versions.items():
        try:
            installed = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            if name in conditional:  # for another Python or another system
                continue
            raise NotInstalled(f"{name} is not installed; run: make setup") from None
        if installed.version not in locked:
            raise NotInstalled(f"{name} is {installed.version}, and the lock has {sorted(locked)}; run: make setup")
        packages.append(_python_package(name, installed, tuple(dict.fromkeys(needed_by[name]))))
    return packages


def _python_package(name: str, installed: metadata.Distribution, needed_by: tuple[str, ...]) -> ServedPackage:
    fields = installed.metadata
    declared = next((fields[field] for field in ("License-Expression", "License") if field in fields), "")
    files = installed.files or []
    texts = [
        Path(file.locate()).read_text("utf-8")
        for file in sorted(files)
        if _LICENCE_FILE.fullmatch(file.name) and not file.name.endswith(_CODE)
    ]
    boms = [json.loads(Path(file.locate()).read_text("utf-8")) for file in files if file.parent.name == "sboms"]
    return ServedPackage(
        ecosystem="pypi",
        name=name,
        version=installed.version,
        declared=" ".join(declared.split()),
        texts=tuple(texts) or _kept_text(name),
        needed_by=needed_by,
        embedded=_embedded_components(boms, f"pkg:pypi/{name}@"),
        libraries=tuple(sorted(file.name for file in files if file.parent.name.endswith(".libs"))),
    )


def _embedded_components(boms: list[dict[str, Any]], own: str) -> tuple[EmbeddedComponent, ...]:
    """The components of a wheel's bills of materials (PEP 770), without the package itself and its own parts."""
    found = {}
    for component in (component for bom in boms for component in bom.get("components", [])):
        purl = component.get("purl", "").partition("?")[0]
        if not purl.startswith(own):
            licences = [entry.get("expression") or _licence_name(entry) for entry in component.get("licenses", [])]
            key = (component["name"], component.get("version", ""))
            found[key] = EmbeddedComponent(*key, purl, tuple(filter(None, licences)))
    return tuple(found[key] for key in sorted(found))


def _licence_name(entry: dict[str, Any]) -> str:
    licence = entry.get("license", {})
    return str(licence.get("id") or licence.get("name") or "")


def _kept_text(name: str) -> tuple[str, ...]:
    kept = TEXTS / f"{name}.txt"
    return (kept.read_text("utf-8"),) if kept.exists() else ()


def read_npm_packages(folder: Path) -> list[ServedPackage]:
    """The packages that are in the app built in a folder. Raises NotInstalled."""
    try:
        bundled = json.loads((folder / "dist/assets.json").read_text("utf-8"))["packages"]
    except (OSError, KeyError):
        raise NotInstalled(f"The app is not built in {folder}; run: make setup") from None
    locked = json.loads((folder / "package-lock.json").read_text("utf-8"))["packages"]
    direct = locked[""]["dependencies"]
    packages = []
    for name, version in bundled.items():
        path = folder / "node_modules" / name
        described = json.loads((path / "package.json").read_text("utf-8"))
        entry = locked[f"node_modules/{name}"]
        if not described["version"] == entry["version"] == version:
            raise NotInstalled(
                f"{name} was built in as {version}, and the lock has {entry['version']}; run: make setup"
            )
        texts = [file.read_text("utf-8") for file in sorted(path.iterdir()) if _LICENCE_FILE.fullmatch(file.name)]
        needing = [other for other in bundled if name in locked[f"node_modules/{other}"].get("dependencies", {})]
        packages.append(
            ServedPackage(
                ecosystem="npm",
                name=name,
                version=version,
                declared=described.get("license", ""),
                texts=tuple(texts) or _kept_text(name),
                needed_by=() if name in direct else tuple(needing),
                integrity=entry["integrity"],
            )
        )
    return packages
