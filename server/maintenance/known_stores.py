"""The memory of this machine, beside its keys: the identity and the last backup of each store that it opened.

A store that is lost cannot say so itself. The file `known-stores.json` in the data folder names each store by its
address without the password.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from server.keys.private_file import write_private
from server.settings import Settings

log = logging.getLogger("kunnafoni.store")

FILE_NAME = "known-stores.json"
EMBEDDED = "embedded"  # the store in the data folder, wherever that folder is moved


class KnownStores:
    """The memory of the store that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data
        self._key = _store_name(settings.store) if settings.store else EMBEDDED

    @property
    def identity(self) -> str:
        """The identity of the store when this machine last opened it; "" if it never did."""
        return str(self._read_entry().get("identity", ""))

    @property
    def last_backup(self) -> Mapping[str, int]:
        """Counts of records by collection in the last backup of this store; empty before the first."""
        backup = self._read_entry().get("backup", {})
        return {str(collection): int(count) for collection, count in backup.items()}

    def record_identity(self, identity: str) -> None:
        self._update(identity=identity)

    def record_backup(self, counts: Mapping[str, int]) -> None:
        self._update(backup=dict(counts))

    def _read_entry(self) -> dict[str, Any]:
        entry = self._read().get(self._key)
        return entry if isinstance(entry, dict) else {}

    def _read(self) -> dict[str, Any]:
        try:
            stores = json.loads((self._folder / FILE_NAME).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return stores if isinstance(stores, dict) else {}

    def _update(self, **values: Any) -> None:
        """Change the entry; a command without a data folder, or with one that it cannot write, remembers nothing."""
        entry = self._read_entry()
        if not self._folder.is_dir() or entry | values == entry:
            return
        try:
            write_private(self._folder / FILE_NAME, _encode(self._read() | {self._key: entry | values}), replace=True)
        except OSError as error:
            log.warning("%s cannot be written: %s", self._folder / FILE_NAME, type(error).__name__)


def _store_name(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _encode(stores: Mapping[str, Any]) -> bytes:
    return (json.dumps(stores, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
