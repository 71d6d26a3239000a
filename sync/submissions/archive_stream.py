"""A ZIP that leaves while it is written: whoever writes into it takes the bytes that are ready.

The sizes of a file stand behind it, so nothing has to be written again. Photos and recordings, which are compressed
already, are stored.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import IO, Any

CHUNK_BYTES = 64 * 1024
_STORED = 0  # level of deflate that only frames: other programs take it in a stream, which a stored file is not


class _Outlet(io.RawIOBase):
    """The bytes that a ZIP wrote and nobody took yet; without a position to go back to."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def write(self, data: Any) -> int:
        self._buffer += data
        return len(data)

    def take(self) -> bytes:
        data = bytes(self._buffer)
        self._buffer.clear()
        return data


class ArchiveStream:
    def __init__(self) -> None:
        self._outlet = _Outlet()
        self._archive = zipfile.ZipFile(self._outlet, "w", zipfile.ZIP_DEFLATED)
        self._open: IO[bytes] | None = None

    def open(self, name: str) -> IO[bytes]:
        """A file to be compressed, for writing; one at a time."""
        self._open = self._archive.open(name, "w")
        return self._open

    def add(self, name: str, file: IO[bytes]) -> Iterator[bytes]:
        """Compress a file from its start; the bytes that are ready, in chunks that are not empty."""
        file.seek(0)
        with self.open(name) as output:
            for chunk in read_chunks(file):
                output.write(chunk)
                if ready := self.take():
                    yield ready

    def store(self, name: str, data: bytes) -> bytes:
        """Write a file as it is; return the bytes that are ready."""
        self._archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, _STORED)
        return self.take()

    def take(self) -> bytes:
        return self._outlet.take()

    def finish(self) -> bytes:
        """The last bytes."""
        self._archive.close()
        return self.take()

    def close(self) -> None:
        """Drop what is open."""
        if self._open and not self._open.closed:
            self._open.close()
        self._archive.close()


def read_chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The rest of a file, in chunks that are not empty."""
    while chunk := file.read(CHUNK_BYTES):
        yield chunk
