"""Attachments: only the bytes of their digest count, whoever claims that they are whole."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sync.canonical import digest
from sync.store.contract import Collection, Store, Write
from sync.store.sqlite.store import SqliteStore
from sync.submissions.attachments import AttachmentIntake, file_id, piece_id, read_attachment
from sync.submissions.body_lines import PieceLine
from sync.submissions.submission import PIECE_BYTES, Attachment

pytestmark = pytest.mark.anyio
DATA = bytes(range(256)) * 300
FILE = Attachment(digest(DATA), len(DATA), "image/jpeg")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = SqliteStore(tmp_path / "site.db")
    await store.prepare()
    yield store
    await store.close()


def parts() -> list[bytes]:
    return [DATA[at : at + PIECE_BYTES] for at in range(0, len(DATA), PIECE_BYTES)]


async def put(store: Store, *pieces: bytes, whole: bool = True) -> None:
    """Write the attachment's records as a hub may send them."""
    writes = [Write(file_id(FILE.digest), {"bytes": FILE.bytes} | ({"whole": True} if whole else {}))]
    writes += [
        Write(piece_id(FILE.digest, at), {"data": base64.b64encode(piece).decode()}) for at, piece in enumerate(pieces)
    ]
    await store.write(Collection.FEEDBACK, writes)


async def test_a_file_that_claims_to_be_whole_lacks_what_is_not_here(store: Store) -> None:
    await put(store, parts()[0])
    assert await AttachmentIntake(store).missing_pieces([FILE]) == {FILE.digest: [1]}
    assert await read_attachment(store, FILE.digest, FILE.bytes) is None


async def test_pieces_of_other_bytes_are_asked_for_again(store: Store) -> None:
    await put(store, parts()[0], parts()[1][::-1])
    assert await read_attachment(store, FILE.digest, FILE.bytes) is None
    intake = AttachmentIntake(store)
    assert await intake.missing_pieces([FILE]) == {FILE.digest: [0, 1]}
    verdicts = await intake.receive_pieces({at: PieceLine(FILE.digest, at, part) for at, part in enumerate(parts())})
    assert [verdict.verdict for verdict in verdicts.values()] == ["accepted", "accepted"]
    assert await intake.missing_pieces([FILE]) == {}
    assert await read_attachment(store, FILE.digest, FILE.bytes) == DATA


async def test_what_was_complete_and_then_erased_is_asked_for_again(store: Store) -> None:
    await put(store, *parts(), whole=False)
    intake = AttachmentIntake(store)
    assert await intake.missing_pieces([FILE]) == {}
    ids = [file_id(FILE.digest), piece_id(FILE.digest, 0), piece_id(FILE.digest, 1)]
    await store.erase(Collection.FEEDBACK, ids)
    await store.write(Collection.FEEDBACK, [Write(file_id(FILE.digest), {"bytes": FILE.bytes})])
    assert await intake.missing_pieces([FILE]) == {FILE.digest: [0, 1]}


@pytest.mark.parametrize("body", [{}, {"bytes": "5"}, {"bytes": -1}, {"bytes": None, "whole": True}])
async def test_a_malformed_file_record_refuses_pieces_and_raises_nothing(store: Store, body: dict[str, object]) -> None:
    await store.write(Collection.FEEDBACK, [Write(file_id(FILE.digest), body)])
    [verdict] = (await AttachmentIntake(store).receive_pieces({0: PieceLine(FILE.digest, 0, parts()[0])})).values()
    assert verdict.error
    assert verdict.error.code == "file-piece"
