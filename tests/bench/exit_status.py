"""How a part of the bench ends that was run by itself."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def exit_status(table: str, missed: Sequence[str]) -> int:
    """Prints the table, then a sentence for each threshold that was missed. Exit code 1 when one was."""
    print(table)
    for sentence in missed:
        print(sentence, file=sys.stderr)
    return 1 if missed else 0
