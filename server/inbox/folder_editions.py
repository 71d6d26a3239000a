"""Editions in the folder that is carried to a hub: written at headquarters, verified and taken at the hub.

Files: packs (PROTOCOL.md, section 16) and the forms that their pages name, by digest. Used by `hub_folder`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from anyio import to_thread

from sync.canonical import canonical
from sync.editions.archive import Archive, Freshness
from sync.editions.edition_statement import Statement, freshness_bytes, parse_statement
from sync.editions.feed import Edition
from sync.editions.pack import Pack, read_pack, write_packs
from sync.editions.signing import verify_signature
from sync.editions.trust import Trust, accept_statement, first_trust, follow_chain
from sync.errors import KunnafoniError, NotProven
from sync.forms.version import FormJson, read_form, version_of
from sync.forms.version_store import store_versions
from sync.json_text import parse_json
from sync.store.contract import Collection, Store
from sync.submissions.body_lines import unpack
from sync.text_file import decode_payload, split_text_file, write_text_file

FORMS_TAG = "kunnafoni-forms/1"
MAX_FORMS_BYTES = 64_000_000

_VERSION = re.compile(r'data-version="?([\w-]{43})\b')


@dataclass
class CarriedEdition:
    """An edition of which packs were read: what identifies it, and its pages so far."""

    edition: Edition
    bodies: dict[str, str] = field(default_factory=dict)
    fresh: tuple[str, str] | None = None

    @property
    def missing(self) -> set[str]:
        return {entry.digest for entry in self.edition.manifest.entries} - self.bodies.keys()


async def write_edition_files(store: Store, channel: str) -> dict[str, str]:
    """The files of a channel's head by name; none for a channel without one."""
    archive = Archive(store)
    edition = await archive.head(channel)
    if edition is None:
        return {}
    digests = [entry.digest for entry in edition.manifest.entries]
    bodies = await archive.bodies(digests)
    freshness = await archive.freshness(channel)
    is_current = freshness is not None and freshness.edition == edition.id
    fresh = (freshness.date, freshness.signature) if freshness and is_current else None
    pages = [bodies[name] for name in dict.fromkeys(digests)]
    packs = await to_thread.run_sync(write_packs, edition, pages, fresh)
    files = {f"{channel}-{number}-{len(packs)}.txt": text for number, text in enumerate(packs, 1)}
    versions = find_versions(bodies.values())
    records = await store.get_many(Collection.EDITIONS, [f"form:{version}" for version in versions])
    lines = b"".join(canonical(record.body["compiled"]) + b"\n" for record in records.values())
    forms = await to_thread.run_sync(write_text_file, f"{FORMS_TAG} {edition.statement.site}", lines)
    return files | {f"{channel}-forms.txt": forms}


def find_versions(bodies: Iterable[str]) -> list[str]:
    """The versions of forms that pages name."""
    return list(dict.fromkeys(version for body in bodies for version in _VERSION.findall(body)))


class EditionReader:
    """Reads files of editions as a phone reads packs: by the key that this hub trusts, and never an older edition."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._archive = Archive(store)
        self._trust: Trust | None = None
        self._heads: dict[str, Edition] = {}
        self._carried: dict[str, CarriedEdition] = {}
        self._forms: dict[str, FormJson] = {}

    async def open(self) -> None:
        """Load this hub's heads; the newest of their keys is the one it trusts, or none before its first edition."""
        heads = [await self._archive.head(channel) for channel in await self._archive.channels()]
        self._heads = {head.statement.channel: head for head in heads if head}
        newest = max(self._heads.values(), key=lambda head: head.statement.epoch, default=None)
        if newest:
            self._trust, _ = first_trust(newest.key, newest.statement.bytes.decode(), newest.signature)

    def read(self, text: str) -> None:
        """Read a file. Raises NotProven for one that is not whole or not proven; nothing of it is kept then."""
        if text.startswith(FORMS_TAG):
            self._read_forms(text)
            return
        proven: dict[str, Any] = {}

        def accept(header: Mapping[str, Any]) -> Statement:
            statement, key = self._accept(header)
            proven.update(header, key=key)  # a header may name another key than the one that signed
            return statement

        pack = read_pack(text, accept)
        self._add(pack, proven)

    async def take(self) -> list[tuple[Edition, bool]]:
        """Store and announce each channel's newest edition that is whole with its forms; return them.

        With each: True if it is new here.
        """
        taken: list[tuple[Edition, bool]] = []
        for carried in sorted(self._carried.values(), key=lambda one: one.edition.statement.order, reverse=True):
            edition = carried.edition
            if any(edition.statement.channel == newer.statement.channel for newer, _ in taken):
                continue  # a card that was pulled out while it was written has files of two editions
            if missing := carried.missing:
                carried.bodies |= await self._archive.bodies(missing)
            versions = find_versions(carried.bodies.values())
            forms = [self._forms[version] for version in versions if version in self._forms]
            known = await self._store.get_many(Collection.EDITIONS, [f"form:{version}" for version in versions])
            if carried.missing or len(known.keys() | {f"form:{version_of(form)}" for form in forms}) < len(versions):
                continue
            head = self._heads.get(edition.statement.channel)
            is_new = head is None or head.id != edition.id
            if is_new:
                await store_versions(self._store, forms)
                await self._archive.store_chain(edition.chain)
                await self._archive.store_edition(edition, carried.bodies, head)
                await self._archive.announce(edition, head)
            await self._confirm(carried)
            taken.append((edition, is_new))
        return taken

    def _accept(self, header: Mapping[str, Any]) -> tuple[Statement, str]:
        """The statement, and the public key that signed it. Raises NotProven."""
        named = parse_statement(header["statement"])
        chain = header["chain"]
        trust = self._trust or _first_trust(header, named)
        trust = follow_chain(trust, chain)
        head = self._heads.get(named.channel)
        statement = accept_statement(
            trust, named.channel, header["statement"], header["signature"], head.statement if head else None
        )
        self._trust = trust
        return statement, trust.key

    def _add(self, pack: Pack, header: Mapping[str, Any]) -> None:
        chain = tuple((key, text, signature) for key, text, signature in header["chain"])
        edition = Edition(pack.statement, header["signature"], header["key"], pack.manifest, chain)
        carried = self._carried.setdefault(edition.id, CarriedEdition(edition))
        carried.bodies |= pack.bodies
        carried.fresh = max(filter(None, (carried.fresh, pack.fresh)), default=None)

    def _read_forms(self, text: str) -> None:
        try:
            _, payload = split_text_file(text)
            lines = unpack(decode_payload(payload), MAX_FORMS_BYTES).splitlines()
            forms = {version_of(form): form for form in map(parse_json, lines)}
        except (ValueError, KunnafoniError) as error:
            raise NotProven(
                "pack-malformed", "Ce fichier n’est pas entier.", "Demandez le fichier à qui l’a fait."
            ) from error
        self._forms |= {version: read_form(json.dumps(form), version) for version, form in forms.items()}

    async def _confirm(self, carried: CarriedEdition) -> None:
        """Keep a newer day on which the publisher confirmed the edition."""
        if carried.fresh is None:
            return
        statement, (date, signature) = carried.edition.statement, carried.fresh
        if not verify_signature(carried.edition.key, freshness_bytes(statement, date), signature):
            return
        current = await self._archive.freshness(statement.channel)
        if current is None or current.edition != carried.edition.id or current.date < date:
            confirmed = Freshness(carried.edition.id, date, signature, current.rev if current else None)
            await self._archive.replace_freshness(statement.channel, confirmed)


def _first_trust(header: Mapping[str, Any], statement: Statement) -> Trust:
    """The trust of a hub that has none yet. Raises NotProven unless the chain tells of every rotation since the first.

    The archive keeps the whole chain; an edition with a part of it could not be read again.
    """
    chain = header["chain"]
    if [parse_statement(text).epoch for _, text, _ in chain] != list(range(2, statement.epoch + 1)):
        raise NotProven(
            "other-epoch",
            "Cette édition est signée par une clé que ce téléphone ne connaît pas.",
            "Demandez le fichier à qui l’a fait.",
        )
    trust, _ = first_trust(*(chain[0] if chain else (header["key"], header["statement"], header["signature"])))
    return trust
