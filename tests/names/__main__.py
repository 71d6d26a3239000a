"""Write the list again after an intended change: `python -m tests.names`. Stored data then needs a migration."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.names.frozen import write_frozen_names
from tests.names.stored import stored_names
from tests.names.written import written_names

with TemporaryDirectory() as folder:
    write_frozen_names(written_names() | stored_names(Path(folder)))
