"""The checks of `kunnafoni doctor`: findings in plain words, and the fixes that `--fix` applies. Checks change nothing.

If the store is unavailable, only the checks without it run; the store's own finding reports the failure.
"""

from __future__ import annotations

import datetime
import json
import shutil
import stat
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from server.hubs import hub_administration, join, replication_status, replications
from server.hubs.hub_job import load_hub_states
from server.keys.keyring import open_keyring
from server.maintenance.alert_feed_check import check_alert_feeds
from server.maintenance.backup_check import check_backups, check_drill
from server.maintenance.certificate_check import check_cap_certificate
from server.maintenance.finding import Finding, run_check
from server.maintenance.known_stores import KnownStores
from server.maintenance.push_check import check_push
from server.maintenance.server_check import ServerState
from server.maintenance.store_check import check_store
from server.settings import Settings
from server.web.app_state import Clock
from sync.content.schemas import to_fields
from sync.content.stored import read_documents, read_media
from sync.documents.markdown import MEDIA_NAME
from sync.editions.archive import Archive
from sync.editions.publishing import can_sign
from sync.errors import KunnafoniError
from sync.store.administration import OpenCouchAdmin
from sync.store.contract import Collection, Store
from sync.store.identity import accept_parts
from sync.store.iteration import iterate_records
from sync.submissions.submission import receipt_code

MIN_FREE_BYTES = 1024**3  # free bytes: compaction and purges need as much again as the largest database
MAX_CONFIRMATION_AGE = datetime.timedelta(days=2)  # the publisher confirms every day
MAX_CODES = 100  # of lost submissions in one finding
MAX_CLOCK_SKEW = 300  # seconds that an edition may be ahead of this machine's clock


@dataclass(frozen=True, slots=True)
class Doctor:
    """`open_couch` is None if the store is not a CouchDB. `ask_server` reads `/readyz` of a server of this site that
    runs on this machine; None for a doctor that asks no server. `list_quarantined`: the records that are not admitted.
    `list_lost`: ids of submissions that this site acknowledged and has no longer.
    """

    settings: Settings
    store: Store
    archive: Archive
    clock: Clock
    open_couch: OpenCouchAdmin | None
    list_quarantined: Callable[[], Awaitable[Sequence[object]]]
    list_lost: Callable[[], Awaitable[Sequence[str]]]
    ask_server: Callable[[], Awaitable[ServerState | None]] | None = None

    async def examine(self) -> list[Finding]:
        """All findings, the store's first; without a working store, those of the checks that do not need it."""
        findings = await check_store(self.store, KnownStores(self.settings))
        findings += await self._check_server()
        findings += [
            *self._check_key_files(),
            *self._check_disk(),
            *check_backups(self.settings.data, self.clock()),
            *check_drill(self.settings.data, self.clock()),
            *check_cap_certificate(self.settings.cap_certificate, self.clock()),
        ]
        if any(finding.code.startswith("store-") and finding.is_problem for finding in findings):
            return findings
        for check in (
            self._check_signing_key,
            self._check_push,
            self._check_alert_feeds,
            self._check_publications,
            self._check_media,
            self._check_conflicts,
            self._check_quarantine,
            self._check_lost,
            self._check_hubs,
        ):
            findings += await run_check(check)
        return findings

    async def _check_server(self) -> list[Finding]:
        """The reasons for which the running server of this store says that it is not ready."""
        state = await self.ask_server() if self.ask_server else None
        return state.findings() if state and state.is_of(KnownStores(self.settings).identity) else []

    async def accept_loss(self, parts: Iterable[Collection]) -> None:
        """Accept the missing parts of the store as they are. Raises Unavailable unless `parts` names all of them."""
        known = KnownStores(self.settings)
        known.record_identity(await accept_parts(self.store, known.identity, parts))

    def _check_key_files(self) -> list[Finding]:
        folder = self.settings.keys
        if not folder.is_dir():
            return []
        findings = []
        for path in (folder, *sorted(folder.rglob("*"))):
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                findings.append(
                    Finding(
                        "key-readable-by-others",
                        "D’autres personnes peuvent lire {path}.",
                        values={"path": str(path)},
                        fix=_make_private_fix(path),
                    )
                )
            if path.name.startswith("next-") and path.suffix == ".pem":
                findings.append(
                    Finding(
                        "key-next-here",
                        "La clé suivante est encore sur cette machine : {path}.",
                        "Mettez-la à l’abri ailleurs : qui vole la machine ne doit pas pouvoir remplacer la clé.",
                        False,
                        {"path": str(path)},
                    )
                )
        return findings

    def _check_disk(self) -> list[Finding]:
        folder = self.settings.data.resolve()
        while not folder.exists():
            folder = folder.parent
        free = shutil.disk_usage(folder).free
        if free >= MIN_FREE_BYTES:
            return []
        return [
            Finding(
                "disk-low",
                "Il reste {free} Mo sur le disque de {path}.",
                "Libérez de la place : voir « Disque plein » dans deploy/RUNBOOK.md.",
                values={"free": free // 1_000_000, "path": str(folder)},
            )
        ]

    async def _check_signing_key(self) -> list[Finding]:
        settings = self.settings
        try:
            keyring = open_keyring(settings.keys, create=False)
        except KunnafoniError as error:
            return (
                []
                if error.code == "key-readable-by-others"
                else [Finding(error.code, error.sentence, error.hint, values=error.values)]
            )
        if keyring and not await can_sign(self.archive, keyring.keys):
            return [
                Finding(
                    "key-not-this-stores",
                    "La clé de cette machine n’est pas celle qui signe les éditions de ce site.",
                    "Remettez la bonne clé (kunnafoni restore), ou KUNNAFONI_PUBLISHER=0 sur cette machine.",
                )
            ]
        if keyring is None and settings.publisher and await self.archive.current_key():
            return [
                Finding(
                    "key-missing-here",
                    "Cette machine doit publier, mais n’a pas la clé de ce site.",
                    "Remettez la clé (kunnafoni restore), ou KUNNAFONI_PUBLISHER=0 si une autre machine publie.",
                )
            ]
        return []

    async def _check_push(self) -> list[Finding]:
        return await check_push(self.settings, self.store, self.clock())

    async def _check_alert_feeds(self) -> list[Finding]:
        return await check_alert_feeds(self.store, self.clock())

    async def _check_publications(self) -> list[Finding]:
        heads = [record async for record in iterate_records(self.store, Collection.EDITIONS, "head:")]
        if not heads:
            return [
                Finding(
                    "nothing-published",
                    "Rien n’est encore publié ici.",
                    "Lancez : kunnafoni publish (ou attendez la réplication).",
                )
            ]
        now = self.clock()
        findings = []
        for record in heads:
            channel = record.id.partition(":")[2]
            if int(record.body["number"]) > now.timestamp() + MAX_CLOCK_SKEW:
                findings.append(
                    Finding(
                        "clock-behind",
                        "L’horloge de cette machine retarde : {channel} a été publié plus tard que maintenant ({now}).",
                        "Mettez-la à l’heure : timedatectl set-ntp true",
                        values={"channel": channel, "now": now.isoformat(timespec="minutes")},
                    )
                )
            findings += await self._check_pages(channel, str(record.body["edition"]))
            findings += await self._check_freshness(channel, str(record.body["edition"]), now.date())
        return findings

    async def _check_pages(self, channel: str, id: str) -> list[Finding]:
        edition = await self.archive.edition(id)
        digests = {entry.digest for entry in edition.manifest.entries} if edition else set()
        missing = len(digests) - len(await self.archive.bodies(digests))
        if edition and not missing:
            return []
        return [
            Finding(
                "edition-not-whole",
                "Il manque ici {count} pages de la dernière édition de {channel}.",
                "Sur un relais, elles arrivent avec la liaison : kunnafoni hub status. "
                "Au siège : kunnafoni publish --again.",
                values={"channel": channel, "count": missing},
            )
        ]

    async def _check_freshness(self, channel: str, id: str, today: datetime.date) -> list[Finding]:
        fresh = await self.archive.freshness(channel)
        if fresh and fresh.edition == id and today - datetime.date.fromisoformat(fresh.date) <= MAX_CONFIRMATION_AGE:
            return []
        return [
            Finding(
                "not-confirmed",
                "Personne n’a confirmé {channel} depuis {date} : les téléphones le diront après deux semaines.",
                "La machine qui publie doit tourner ; un relais a besoin de sa liaison.",
                values={"channel": channel, "date": fresh.date if fresh else "—"},
            )
        ]

    async def _check_media(self) -> list[Finding]:
        """Media that a guide or form refers to and that this site does not have, so that phones cannot load them."""
        media = await read_media(self.store)
        try:
            documents = await read_documents(self.store)
        except KunnafoniError as error:
            return [Finding(error.code, error.sentence, error.hint, values=error.values)]
        findings = []
        for document in documents:
            names = MEDIA_NAME.findall(json.dumps(to_fields(document.kind, document.value), ensure_ascii=False))
            for name in sorted(set(names) - media.keys()):
                findings.append(
                    Finding(
                        "medium-not-here",
                        "« {id} » montre {name}, que ce site n’a pas.",
                        "Ajoutez le fichier dans la console (Images et sons), ou enlevez son nom du texte.",
                        values={"id": document.id, "name": name},
                    )
                )
        return findings

    async def _check_conflicts(self) -> list[Finding]:
        conflicts = [record for collection in Collection for record in await self.store.conflicts(collection)]
        if not conflicts:
            return []
        return [
            Finding(
                "store-split",
                "{count} fiches ont deux versions, par exemple « {id} ».",
                "Réglez-les dans la console : Relais et machines.",
                False,
                {"count": len(conflicts), "id": conflicts[0].id},
            )
        ]

    async def _check_quarantine(self) -> list[Finding]:
        count = len(await self.list_quarantined())
        if not count:
            return []
        return [
            Finding(
                "quarantine",
                "{count} fiches sont en quarantaine : elles ne comptent nulle part.",
                "Regardez pourquoi dans la console : Retours, Quarantaine.",
                False,
                {"count": count},
            )
        ]

    async def _check_lost(self) -> list[Finding]:
        ids = await self.list_lost()
        if not ids:
            return []
        return [
            Finding(
                "answers-lost",
                "{count} envois que ce site avait reçus n’y sont plus ; les téléphones en ont le reçu : {codes}.",
                "Ils sont venus après la sauvegarde restaurée. Demandez à ces personnes de les refaire.",
                values={"count": len(ids), "codes": _list_codes(ids)},
            )
        ]

    async def _check_hubs(self) -> list[Finding]:
        if self.open_couch is None:
            return []
        try:
            async with self.open_couch() as couch:
                membership = await join.get_membership(self.store)
                names = [] if membership else await hub_administration.list_hub_names(couch)
                if membership:
                    states = await load_hub_states(couch, self.store, membership)
                else:
                    expected = replications.headquarters_replications(couch.prefix, names) if names else []
                    states = await replication_status.load_states(couch, expected)
                unprotected = await hub_administration.find_unprotected(couch)
        except KunnafoniError as error:
            return [Finding(error.code, error.sentence, error.hint, False, error.values)]
        fix = None if membership else _make_hub_fix(self.open_couch)
        sentence = "Rien n’empêche un relais d’écrire dans la base {name}."
        return [Finding("hub-fence", sentence, values={"name": name}, fix=fix) for name in unprotected] + [
            Finding(
                "hub-road",
                "La réplication {name} est {state}.",
                "Voir : kunnafoni hub status",
                values={"name": state.replication.name, "state": state},
                fix=fix if state.health is replication_status.ReplicationHealth.MISSING else None,
            )
            for state in states
            if not state.is_healthy and state.health is not replication_status.ReplicationHealth.STARTING
        ]


def _list_codes(ids: Sequence[str]) -> str:
    codes = sorted(map(receipt_code, ids))
    return ", ".join(codes[:MAX_CODES]) + (" …" if len(codes) > MAX_CODES else "")


def _make_private_fix(path: Path) -> Callable[[], Awaitable[None]]:
    async def fix() -> None:
        await to_thread.run_sync(_make_private, path)

    return fix


def _make_private(path: Path) -> None:
    path.chmod(stat.S_IMODE(path.stat().st_mode) & ~0o077)


def _make_hub_fix(open_couch: OpenCouchAdmin) -> Callable[[], Awaitable[None]]:
    async def fix() -> None:
        async with open_couch() as couch:
            await hub_administration.repair(couch)

    return fix
