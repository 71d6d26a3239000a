"""Random fillings of forms, as a person could type them on the phone (pwa/test/support/random-fillings.ts)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from tests.support import repository

DAY = "2026-11-24"  # of the fillings


def fillings(forms: Sequence[dict[str, Any]], seed: int, count: int) -> list[dict[str, Any]]:
    """`count` fillings of each form, in the forms' order."""
    lines = run_node("pwa", ["test/fill.mjs", str(seed), str(count)], forms)
    return [json.loads(line) for line in lines]


def run_node(folder: str, arguments: Sequence[str], given: Sequence[Any]) -> list[str]:
    """The lines that a script prints for those that it reads, each of them JSON."""
    result = subprocess.run(
        ["node", *arguments],
        cwd=repository.ROOT / folder,
        input="".join(json.dumps(each) + "\n" for each in given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.removesuffix("\n").split("\n")
