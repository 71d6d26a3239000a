"""Download of editions and media at a hub that knows its site's web address: as phones do, compressed and as deltas.

Headquarters' CouchDB tells the keys and which edition is a channel's head (`change_polling.py`); pages come from here
and are proven as a phone proves them. Run by `server/jobs.py` after each change of the collection `editions`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, Protocol

from anyio import to_thread

from server.hubs.join import get_membership
from server.hubs.site_client import HttpSiteClient, SiteClient
from sync.canonical import digest
from sync.content.stored import WITHDRAWN
from sync.editions.archive import Archive
from sync.editions.edition_statement import Statement
from sync.editions.feed import Edition
from sync.editions.feed_reader import BYTES_LIMIT, read_feed
from sync.editions.trust import Trust, accept_statement, first_trust, follow_chain
from sync.errors import NotFound, NotProven, Unavailable
from sync.forms.form_pages import find_form, join_form
from sync.forms.version_store import store_versions
from sync.json_text import parse_json
from sync.store.contract import Collection, Store
from sync.store.iteration import iterate_records
from sync.store.limits import MAX_BLOB_BYTES

log = logging.getLogger("kunnafoni.hubs")

MAX_ASKED_PAGES = 512  # of one request


class HeldEdition(Protocol):
    """An edition that is wholly here, and its bodies by digest."""

    @property
    def edition(self) -> Edition: ...

    @property
    def bodies(self) -> Mapping[str, str]: ...


class EditionDownload:
    """`find_current`: a channel's newest edition that is wholly here. `open_site`: the client of a site's address."""

    def __init__(
        self,
        store: Store,
        archive: Archive,
        find_current: Callable[[str], HeldEdition | None],
        open_site: Callable[[str], SiteClient] = HttpSiteClient,
    ) -> None:
        self._store = store
        self._archive = archive
        self._find_current = find_current
        self._open_site = open_site

    async def turn(self) -> int:
        """Download what the heads name and is not here; return the number of editions. A cut link waits for the next.

        Raises NotProven, once the other channels are done, for an edition that is not what headquarters announced.
        """
        membership = await get_membership(self._store)
        if membership is None or not membership.site_url:
            return 0
        site = self._open_site(membership.site_url)
        count = 0
        refusal: NotProven | None = None
        for channel, id in await list_awaited(self._store, self._archive, membership.channels):
            try:
                await self._download(site, channel, id)
            except (NotFound, Unavailable) as error:
                log.info("edition of %s: %s", channel, error.code)
            except NotProven as error:
                log.warning("edition of %s: %s", channel, error.code)
                refusal = error
            else:
                count += 1
        if refusal:
            raise refusal
        return count

    async def has_site(self) -> bool:
        """True at a hub that downloads pages and media."""
        membership = await get_membership(self._store)
        return membership is not None and bool(membership.site_url)

    async def fetch_medium(self, name: str) -> bytes:
        """The bytes of a medium. Raises NotFound if the site has not got it, Unavailable without a link, NotProven."""
        membership = await get_membership(self._store)
        site_url = membership.site_url if membership else ""
        data = await self._open_site(site_url).get(f"/media/{name}", MAX_BLOB_BYTES)
        if digest(data) != name.partition(".")[0]:
            raise NotProven("medium-false", "Ce fichier a été modifié en chemin.", "Le relais le demande de nouveau.")
        return data

    async def clean_up(self, before: int) -> None:
        """Prune editions numbered below `before` and delete the bytes of withdrawn media.

        Only at a hub that downloads: elsewhere headquarters' deletions come by replication.
        """
        if not await self.has_site():
            return
        await self._archive.prune(await self._archive.channels(), before)
        async for record in iterate_records(self._store, Collection.CONTENT, "media:"):
            if record.body.get("state") == WITHDRAWN:
                await self._store.delete_blob(Collection.EDITIONS, record.id.removeprefix("media:").partition(".")[0])

    async def _download(self, site: SiteClient, channel: str, id: str) -> None:
        current = self._find_current(channel)
        have = f"have={current.edition.id}&" if current else ""
        body = await site.get(f"/feed/{channel}?{have}to={id}", BYTES_LIMIT)
        trust = await load_trust(self._archive)
        header: dict[str, Any] = {}

        def accept(line: Mapping[str, Any]) -> Statement:
            header.update(line)
            statement = accept_statement(trust, channel, line["statement"], line["signature"], None)
            if statement.id != id:
                raise NotProven(
                    "other-edition",
                    "Le site a donné une autre édition que celle qui est annoncée.",
                    "Le relais demande de nouveau.",
                )
            return statement

        lines = body.splitlines(keepends=True)
        base = current if current and _base_of(lines) == current.edition.id else None
        bodies_here = base.bodies if base else {}
        statement, manifest, bodies = await to_thread.run_sync(
            read_feed, lines, accept, base.edition if base else None, bodies_here.__getitem__
        )
        edition = Edition(statement, header["signature"], trust.key, manifest)
        paths = manifest.by_path()
        here = {**bodies_here, **bodies}
        forms = {path: form for path in paths if (form := find_form(path, here[paths[path]]))}
        parts = await self._fetch_parts(site, channel, {name for form in forms.values() for name in form.apart})
        joined = [
            join_form(form, here[paths[path]], lambda path: here.get(paths.get(path, "")), parts)
            for path, form in forms.items()
        ]
        await store_versions(self._store, [form for form in joined if form is not None])
        await self._archive.store_edition(edition, bodies | parts, base.edition if base else None)
        log.info("edition %d of %s: %d pages downloaded", statement.number, channel, len(bodies))

    async def _fetch_parts(self, site: SiteClient, channel: str, names: Set[str]) -> dict[str, str]:
        """Parts of forms, which stand in no manifest, by digest; those that the site no longer has are left out."""
        parts = await self._archive.bodies(names)
        missing = sorted(set(names) - parts.keys())
        for start in range(0, len(missing), MAX_ASKED_PAGES):
            asked = missing[start : start + MAX_ASKED_PAGES]
            answer = await site.post(f"/feed/{channel}/pages", json.dumps(asked).encode(), BYTES_LIMIT)
            pages = [page for page in map(_page_of, answer.splitlines()) if page is not None]
            parts |= {name: page for page in pages if (name := digest(page)) in asked}
        return parts


async def list_awaited(store: Store, archive: Archive, channels: Sequence[str]) -> list[tuple[str, str]]:
    """(channel, edition id) of the heads whose edition is not here; `channels`: these alone, none: all."""
    heads = [record async for record in iterate_records(store, Collection.EDITIONS, "head:")]
    named = [(record.id.partition(":")[2], record.body.get("edition")) for record in heads]
    return [
        (channel, id)
        for channel, id in named
        if isinstance(id, str) and (not channels or channel in channels) and await archive.edition(id) is None
    ]


async def load_trust(archive: Archive) -> Trust:
    """The trust in the newest key that headquarters gave, its rotations proven. Raises Unavailable without one."""
    links = await archive.rotation_links()
    if not links:
        raise Unavailable(
            "key-awaited",
            "La clé du site n’est pas encore arrivée ici.",
            "Elle vient avec la réplication : attendez quelques minutes.",
        )
    trust, _ = first_trust(*links[0])
    return follow_chain(trust, links[1:])


def _base_of(lines: Sequence[bytes]) -> object:
    """The base that a feed's header names, not proven yet."""
    try:
        header = parse_json(lines[0]) if lines else None
    except ValueError:
        return None
    return header.get("base") if isinstance(header, dict) else None


def _page_of(line: bytes) -> str | None:
    try:
        value = parse_json(line)
    except ValueError:
        return None
    body = value.get("body") if isinstance(value, dict) else None
    return body if isinstance(body, str) else None
