"""The words of pip-audit and npm audit, read without trust: silence and a refusal are no finding of none.

A canary is a package whose weakness has been published for years. Who does not name it has no list of weaknesses.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PYTHON_CANARY = ("django", "1.2")
NPM_CANARY = ("minimist", "0.0.8")

_PINNED = re.compile(r"^([a-z0-9][\w.-]*)==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class AdvisoryMatch:
    """A published weakness of a locked package."""

    package: str
    version: str  # npm names a range
    advisory: str
    aliases: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditAnswer:
    is_answered: bool
    asked: int = 0
    matches: tuple[AdvisoryMatch, ...] = ()
    unanswered: tuple[str, ...] = ()  # packages of which the source knows nothing


NO_ANSWER = AuditAnswer(is_answered=False)


def write_requirements(locks: Iterable[str]) -> list[str]:
    """Texts of requirements files that name every pinned version once.

    Each names the canary, and no package twice, which pip-audit would refuse.
    """
    versions: dict[str, list[str]] = defaultdict(list)
    for name, version in (pin for lock in locks for pin in _PINNED.findall(lock)):
        if version not in versions[name]:
            versions[name].append(version)
    most = max(map(len, versions.values()), default=0)
    return [
        "".join(f"{name}=={found[turn]}\n" for name, found in sorted(versions.items()) if turn < len(found))
        + f"{PYTHON_CANARY[0]}=={PYTHON_CANARY[1]}\n"
        for turn in range(most)
    ]


def join_answers(answers: Sequence[AuditAnswer]) -> AuditAnswer:
    """One answer out of several about parts; none where a part was not answered."""
    if not all(answer.is_answered for answer in answers):
        return NO_ANSWER
    return AuditAnswer(
        is_answered=True,
        asked=sum(answer.asked for answer in answers),
        matches=tuple(match for answer in answers for match in answer.matches),
        unanswered=tuple(name for answer in answers for name in answer.unanswered),
    )


def write_npm_canary(folder: Path) -> None:
    """A package in a folder whose lock file holds the canary."""
    name, version = NPM_CANARY
    package = {"name": "canary", "version": "1.0.0", "dependencies": {name: version}}
    locked: dict[str, Any] = {"": package, f"node_modules/{name}": {"version": version}}
    (folder / "package.json").write_text(json.dumps(package), "utf-8")
    lock = {"name": "canary", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": locked}
    (folder / "package-lock.json").write_text(json.dumps(lock), "utf-8")


def read_pip_answer(printed: str) -> AuditAnswer:
    """The meaning of pip-audit's JSON, in which the canary has to stand."""
    try:
        rows = json.loads(printed)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return NO_ANSWER
    if not any((row["name"], row.get("version")) == PYTHON_CANARY and row.get("vulns") for row in rows):
        return NO_ANSWER
    rows = [row for row in rows if row["name"] != PYTHON_CANARY[0]]
    return AuditAnswer(
        is_answered=True,
        asked=len(rows),
        matches=tuple(_pip_match(row, vulnerability) for row in rows for vulnerability in row.get("vulns", [])),
        unanswered=tuple(sorted(row["name"] for row in rows if "skip_reason" in row)),
    )


def _pip_match(row: dict[str, Any], vulnerability: dict[str, Any]) -> AdvisoryMatch:
    return AdvisoryMatch(
        row["name"],
        row["version"],
        vulnerability["id"],
        tuple(vulnerability.get("aliases", [])),
        tuple(vulnerability.get("fix_versions", [])),
    )


def read_npm_answer(canary: str, printed: str) -> AuditAnswer:
    """The meaning of npm audit's JSON about a folder, if its JSON about the canary names the canary."""
    found = _vulnerabilities(printed)
    if found is None or NPM_CANARY[0] not in (_vulnerabilities(canary) or {}):
        return NO_ANSWER
    matches: dict[AdvisoryMatch, None] = {}
    for name, row in found.items():
        for via in row["via"]:
            if isinstance(via, dict):  # a text names another row: the package is weak through that one
                advisory = str(via.get("url", "")).rpartition("/")[2] or str(via["source"])
                matches[AdvisoryMatch(name, via.get("range", row.get("range", "")), advisory)] = None
    asked = json.loads(printed)["metadata"]["dependencies"]["total"]
    return AuditAnswer(is_answered=True, asked=asked, matches=tuple(matches))


def _vulnerabilities(printed: str) -> dict[str, Any] | None:
    """npm's rows by package; None for a refusal and for what is no JSON."""
    try:
        answer = json.loads(printed)
        return dict(answer["vulnerabilities"]) if answer["auditReportVersion"] == 2 else None
    except (ValueError, KeyError, TypeError):
        return None
