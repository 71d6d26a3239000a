"""The first lines of `kunnafoni`: refuse to run when another program's packages stand in the place of ours."""

from __future__ import annotations

import sys

import server
import sync
from server.program import find_foreign_package


def main() -> None:
    """Run the command line. Plain French and English without catalogs: nothing of ours may be imported before."""
    if name := find_foreign_package({"server": server, "sync": sync}):
        sys.stderr.write(
            f"Le paquet Python « {name} » n’est pas celui de Kunnafoni : installez-le seul, avec pipx.\n"
            f"The Python package {name!r} is not Kunnafoni's own: install Kunnafoni alone, with pipx.\n"
        )
        sys.exit(1)
    from server.commands import cli

    cli.main()
