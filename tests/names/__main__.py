"""Write the list anew, for a change that is meant: `python -m tests.names`. What lies on disks and phones then needs a way over."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.names.frozen import freeze
from tests.names.stored import lived
from tests.names.written import program, written

with TemporaryDirectory() as folder:
    freeze(written() | lived(Path(folder), program()))
