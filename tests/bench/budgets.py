"""The budgets of transport as data: limit and measurement. Used by the bench and by the tests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import brotli

from tests.bench.peer import Step
from tests.bench.slow_link import Traffic
from tests.support.repository import ROOT

APP = ROOT / "pwa" / "dist"
BROTLI_QUALITY = 11  # brotli quality
SETS = {
    "reader": 50_000,
    "answers": 45_000,
    "case": 16_800,
    "field": 3_000,
    "codes": 16_000,
}  # bytes, each as workers fetch it


@dataclass(frozen=True, slots=True)
class Budget:
    """One budget; `limit` and `spent` in bytes or requests, `peer` the peer's figure or -1 where it has none."""

    what: str
    limit: float
    spent: float
    unit: str
    peer: float = -1

    @property
    def holds(self) -> bool:
        return self.spent <= self.limit


def whole(corpus: Path) -> int:
    """Bytes of the first version's Markdown files as one Brotli stream: the lower bound for any transport."""
    texts = [file.read_bytes() for file in sorted((corpus / "v1" / "guides").glob("*/fr.md"))]
    return len(brotli.compress(b"".join(texts), quality=BROTLI_QUALITY))


def visits(traffic: Mapping[str, Traffic]) -> list[Budget]:
    """Budgets of a cold visit: the home page, then a guide; each response carries its styles."""
    home = traffic["home"].down
    return [
        Budget("first visit: home, then a middling guide", 14_000, home + traffic["middling"].down, "B"),
        Budget("first visit: home, then the longest guide", 14_000, home + traffic["longest"].down, "B"),
    ]


def app(folder: Path = APP) -> list[Budget]:
    """Budgets of the built app without the console's script."""
    described = json.loads((folder / "assets.json").read_text("utf-8"))
    scripts = {path: file["brotli"] for path, file in described["files"].items() if path.endswith(".js")}
    styles = len(brotli.compress(described["css"].encode(), quality=BROTLI_QUALITY))
    core = static_imports(folder, ["/sw.js", *described["scripts"]])
    work = [path for path in scripts if path.startswith("/app/proof-of-work-")]  # no phone caches it
    sets = {
        name: next(file["brotli"] for path, file in described["files"].items() if path.startswith(f"/app/{name}-"))
        for name in SETS
    }
    return [
        # Asked: 25 kB, 27 at most. The worker knows four sets of features, and the look comes before the first paint.
        Budget("worker and core script, brotli", 25_200, sum(scripts[path] for path in core), "B"),
        Budget("styles of every page, brotli", 2_500, styles, "B"),
        *(Budget(f"feature set: {name}, as sent", limit, sets[name], "B") for name, limit in SETS.items()),
        Budget("proof of work for a flooded inbox, brotli", 1_500, sum(scripts[path] for path in work), "B"),
    ]


def static_imports(folder: Path, scripts: list[str]) -> set[str]:
    """The scripts and their static imports, transitively."""
    reached: set[str] = set()
    while scripts:
        path = scripts.pop()
        if path not in reached:
            reached.add(path)
            code = (folder / path.lstrip("/")).read_text("utf-8")
            scripts += [f"/app/{name}" for name in re.findall(r"""(?:from|import)\s*["']\./([^"']+)["']""", code)]
    return reached


def steps(ours: Mapping[str, Step], corpus: Path, theirs: Mapping[str, Step] | None = None) -> list[Budget]:
    """Budgets of the three kinds of sync, in bytes with all headers."""

    def peer(step: str, of: str) -> float:
        return getattr(theirs[step].traffic, of) if theirs else -1

    first, nothing, week = (ours[step].traffic for step in ("first", "nothing", "week"))
    return [
        Budget("first sync of 300 guides: requests", 1, first.requests, "", peer("first", "requests")),
        Budget("first sync of 300 guides: answer", 1.05 * whole(corpus), first.down, "B", peer("first", "down")),
        Budget("nothing new: requests", 1, nothing.requests, "", peer("nothing", "requests")),
        Budget("nothing new: answer", 400, nothing.down, "B", peer("nothing", "down")),
        Budget("a week of edits: requests", 1, week.requests, "", peer("week", "requests")),
        Budget("a week of edits: answer", 1_900, week.down, "B", peer("week", "down")),
    ]
