"""Whole feeds are compressed at the best level once an edition, whatever the day, the process or the restart."""

from __future__ import annotations

import random
from pathlib import Path

import brotli
import pytest

from server.reader import feeds
from server.reader.feed_compression import CompressedLines, compress_lines, load_lines
from server.reader.feeds import FeedRequest
from server.services import Services
from sync.store.cache_records import CacheRecords
from sync.store.contract import Collection, Write
from tests.support.content_folder import GUIDE
from tests.support.small_site import running_site

RNG = random.Random(7)
LINES = "".join(
    f'{{"path":"guides/{n}","body":"{" ".join(RNG.choices(GUIDE.split(), k=200))}"}}\n' for n in range(60)
).encode()


def header(day: int) -> bytes:
    signature = "".join(RNG.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789-_", k=86))
    return f'{{"v":1,"base":"","count":60,"bytes":{len(LINES)},"fresh":["2026-12-{day:02}","{signature}"]}}\n'.encode()


def test_each_days_header_goes_before_lines_that_were_compressed_once() -> None:
    lines = compress_lines("edition", header(1), LINES)
    for day in range(1, 10):
        start = header(day)
        answer = lines.after(start, LINES)
        assert answer
        assert brotli.decompress(answer) == start + LINES
    in_one_piece = brotli.compress(header(1) + LINES, quality=11, lgwin=22)
    assert len(lines.after(header(1), LINES) or b"") <= 1.01 * len(in_one_piece)


def test_lines_that_are_damaged_or_of_another_feed_give_no_answer() -> None:
    lines = compress_lines("edition", header(1), LINES)
    assert lines.after(header(1), LINES + b"{}\n") is None
    assert lines.after(header(1), LINES.replace(b"code", b"Code", 1)) is None
    for position in range(0, len(lines.data), len(lines.data) // 20):
        broken = bytearray(lines.data)
        broken[position] ^= 8
        assert CompressedLines("edition", bytes(broken)).after(header(1), LINES) is None
    assert CompressedLines("edition", b"").after(header(1), LINES) is None


@pytest.mark.anyio
async def test_a_process_takes_from_the_store_what_another_has_compressed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compressed: list[str] = []

    def count(edition: str, header: bytes, lines: bytes) -> CompressedLines:
        compressed.append(edition)
        return compress_lines(edition, header, lines)

    monkeypatch.setattr(feeds, "compress_lines", count)
    async with running_site(tmp_path) as site:
        edition = site.services.current_editions.get("fr-ML").edition.id
        size = await site.services.feeds.precompress("fr-ML")
        assert size
        assert size.edition == edition
        once = len(compressed)
        body = (await site.services.feeds.respond(FeedRequest("fr-ML"), "br")).body
        other = restarted(site.services)
        assert await other.precompress("fr-ML") == size
        assert (await other.respond(FeedRequest("fr-ML"), "br")).body == body
        assert len(compressed) <= once + 1, "the lines after a header without freshness may not fit"

        record = await site.services.store.get(Collection.PUSH, "cache:feed:fr-ML")
        assert record
        damaged = {**record.body, "content": {"edition": edition, "br": "AAAA"}}
        await site.services.store.write(Collection.PUSH, [Write(record.id, damaged, record.rev)])
        assert await load_lines(CacheRecords(site.services.store), "fr-ML") is None
        assert await restarted(site.services).precompress("fr-ML") == size


def restarted(services: Services) -> feeds.FeedService:
    """The service as another process has it, over the same store."""
    return feeds.FeedService(
        services.current_editions, type(services.response_cache)(), services.costly_reads, CacheRecords(services.store)
    )
