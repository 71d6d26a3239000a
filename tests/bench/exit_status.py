"""The exit status of a part of the bench that runs by itself."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def exit_status(table: str, missed: Sequence[str]) -> int:
    """Print the table and a sentence for each missed threshold; return exit code 1 if there is one."""
    print(table)
    for sentence in missed:
        print(sentence, file=sys.stderr)
    return 1 if missed else 0
