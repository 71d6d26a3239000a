"""How hubs and machines keep in step, and the settling of what they wrote apart from each other."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from server.console import page
from server.console.components import labels
from server.console.context import Visit
from server.hubs import headquarters, hub_job, replication_status, replications
from server.hubs.hub_job import open_couch_of
from server.inbox.enrolment_sheet import draw_qr_svg
from server.maintenance.conflicts import ConflictVersion, list_conflicts, list_versions, needs_decision, resolve
from server.reader.current_editions import current_editions_of
from server.web.state import clock_of, settings_of, store_of
from server.writing.text_diff import side_by_side
from sync.errors import KunnafoniError, NotFound
from sync.store.administration import OpenCouchAdmin
from sync.store.contract import Collection, ConflictedRecord

FOR_MACHINES = ("imported : ", "kind : ", "fields.slug : ", "fields.lang : ")


@dataclass(frozen=True, slots=True)
class Hub:
    """`note` None: never heard of. `boxes`: what comes out of its box here."""

    name: str
    note: hub_job.HubReport | None
    boxes: list[replication_status.ReplicationState]

    @property
    def well(self) -> bool:
        return bool(self.note) and all(one.well for one in self.boxes)


async def hubs(visit: Visit) -> Response:
    found: list[Hub] = []
    down: list[replication_status.ReplicationState] = []
    silent: KunnafoniError | None = None
    open_couch = open_couch_of(visit)
    if open_couch:
        try:
            found, down = await _hubs(visit, open_couch)
        except KunnafoniError as error:
            silent = error
    return page.show(
        visit,
        "hubs/list.html",
        visit.language("Relais et machines"),
        hubs=found,
        down=down,
        is_couch=open_couch is not None,
        silent=silent.text(visit.language) if silent else "",
        splits=await list_conflicts(store_of(visit)),
        late=_late,
        signs=await _signs(visit),
        qr=lambda address: Markup(draw_qr_svg(address)),  # noqa: S704  (made here, of squares)
    )


async def _signs(visit: Visit) -> list[tuple[str, str]]:
    """What hangs on the wall beside each hub that the site names: its address, and the one that its QR code opens in the app."""
    settings, shelf = settings_of(visit), current_editions_of(visit)
    site = await store_of(visit).get(Collection.CONTENT, "site")
    if site is None or not settings.url or not shelf.channels:
        return []
    hubs: list[str] = site.body["fields"].get("hubs", [])
    phone = f"{settings.url.rstrip('/')}/{shelf.default_channel(settings.lang)}/phone"
    return [(hub, f"{phone}#hub={hub}") for hub in hubs]


async def _hubs(
    visit: Visit, open_couch: OpenCouchAdmin
) -> tuple[list[Hub], list[replication_status.ReplicationState]]:
    notes = {note.name: note for note in await hub_job.list_reports(store_of(visit))}
    async with open_couch() as couch:
        names = await headquarters.list_hub_names(couch)
        if not names:
            return [], []
        states = await replication_status.load_states(
            couch, replications.headquarters_replications(couch.prefix, names)
        )
        boxes = {
            name: [one for one in states if one.road.source == replications.up_database(couch.prefix, name)]
            for name in names
        }
        return [Hub(name, notes.get(name), boxes[name]) for name in names], [one for one in states if not one.road.up]


def _late(note: hub_job.HubReport, visit: Visit) -> str:
    """The age of the last contact in words; "" when it is fresh."""
    return replication_status.describe_age(note.contact, clock_of(visit)(), visit.language)


async def split(visit: Visit) -> Response:
    posted = visit.request.method == "POST"
    room = visit.text("room") if posted else visit.query("room")
    found = await _found(visit, room, visit.text("id") if posted else visit.query("id"))
    if posted:
        await resolve(store_of(visit), Collection(room), found, visit.text("rev"), visit.texts("seen"))
        await visit.note("split-settled", found.id[:200], room=room)
        return visit.redirect("/hubs", "C’est réglé.")
    first, *others = list_versions(Collection(room), found)
    return page.show(
        visit,
        "hubs/split.html",
        visit.language("Deux versions d’une même fiche"),
        room=room,
        split=found,
        first=first,
        others=others,
        rows=lambda one, other: _rows(one, other, visit),
        revs=[record.rev for record in found.versions],
    )


async def _found(visit: Visit, room: str, id: str) -> ConflictedRecord:
    """Raises NotFound when there is nothing to settle under it any more."""
    splits = await store_of(visit).splits(Collection(room)) if room in list(Collection) else []
    one = next((split for split in splits if split.id == id and needs_decision(split)), None)
    if one is None:
        raise NotFound("split-unknown", "Il n’y a plus rien à régler ici.", "Revenez à la liste.")
    return one


def _rows(first: ConflictVersion, other: ConflictVersion, visit: Visit) -> object:
    """Fields under the names they have where they are written; what only machines read is left out where both sides have it."""
    alike = {line for line in first.text.split("\n") if line.startswith(FOR_MACHINES)} & set(other.text.split("\n"))

    def said(text: str) -> str:
        return "\n".join(_labelled(line, visit) for line in text.split("\n") if line not in alike)

    return side_by_side(said(first.text), said(other.text))


def _labelled(line: str, visit: Visit) -> str:
    name, _, value = line.partition(" : ")
    label = labels.FIELDS.get(name.removeprefix("fields.")) if name.startswith("fields.") else None
    return f"{visit.language(label)} : {value}" if label else line
