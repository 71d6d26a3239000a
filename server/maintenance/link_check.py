"""A round of the pages that sources name: which answer, which moved, which are gone.

One request at a time for each site, with a pause between two; nothing is read but whether the page is there. Used by
the command `sources`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

import anyio

from server.alerts.remote_documents import RemoteDocuments
from sync.documents.sources import Source
from sync.errors import KunnafoniError, NotFound, Refused

SITES_AT_ONCE = 4
PAUSE = 2.0  # seconds between two requests to one site

# It answers; another address answers in its place; nothing is there any more; the site answers no program; silence.
LinkState: TypeAlias = Literal["answers", "moved", "gone", "refused", "silent"]


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """The state of an address. `target`: where a moved page is now. `reason`: the error instead of a page."""

    address: str
    state: LinkState
    target: str = ""
    reason: KunnafoniError | None = None


async def check_links(
    addresses: Iterable[str],
    documents: RemoteDocuments,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
) -> list[LinkAnswer]:
    """An answer for each different address, in the order of the addresses."""
    by_site: defaultdict[str, list[str]] = defaultdict(list)
    asked = list(dict.fromkeys(addresses))
    for address in asked:
        by_site[_host(address)].append(address)
    answers: dict[str, LinkAnswer] = {}
    limiter = anyio.Semaphore(SITES_AT_ONCE)

    async def ask_site(pages: list[str]) -> None:
        async with limiter:
            for number, address in enumerate(pages):
                if number:
                    await sleep(PAUSE)
                answers[address] = await _ask(address, documents)

    async with anyio.create_task_group() as group:
        for pages in by_site.values():
            group.start_soon(ask_site, pages)
    return [answers[address] for address in asked]


async def _ask(address: str, documents: RemoteDocuments) -> LinkAnswer:
    try:
        document = await documents.fetch(address, max_bytes=0)
    except NotFound as error:
        return LinkAnswer(address, "gone", reason=error)
    except Refused as error:
        return LinkAnswer(address, "refused", reason=error)
    except KunnafoniError as error:
        return LinkAnswer(address, "silent", reason=error)
    if document is None or _is_same_page(address, document.address):
        return LinkAnswer(address, "answers")
    # A page that leads to the front page of a site is gone, whatever the site says.
    state: LinkState = "moved" if Source("", url=document.address).has_page else "gone"
    return LinkAnswer(address, state, target=document.address)


def _host(address: str) -> str:
    """The host of an address; "" for one that has none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _is_same_page(former: str, present: str) -> bool:
    """True if two addresses differ in nothing but scheme, `www.` and the slash at the end."""

    def page(address: str) -> tuple[str, str, str]:
        parts = urlsplit(address)
        return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/"), parts.query

    return page(former) == page(present)
