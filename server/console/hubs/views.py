"""How hubs and machines keep in step, and the settling of what they wrote apart from each other."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from server.console import page
from server.console.components import labels
from server.console.context import ConsoleContext
from server.hubs import headquarters, hub_job, replication_status, replications
from server.hubs.hub_job import open_couch_of
from server.inbox.enrolment_sheet import draw_qr_svg
from server.maintenance.conflicts import ConflictVersion, list_conflicts, list_versions, needs_decision, resolve
from server.reader.current_editions import current_editions_of
from server.web.app_state import clock_of, settings_of, store_of
from server.writing.text_diff import side_by_side
from sync.errors import KunnafoniError, NotFound
from sync.store.administration import OpenCouchAdmin
from sync.store.contract import Collection, ConflictedRecord

MACHINE_FIELDS = ("imported : ", "kind : ", "fields.slug : ", "fields.lang : ")


@dataclass(frozen=True, slots=True)
class HubStatus:
    """`note` None: never heard of. `boxes`: what comes out of its box here."""

    name: str
    report: hub_job.HubReport | None
    replications: list[replication_status.ReplicationState]

    @property
    def is_healthy(self) -> bool:
        return bool(self.report) and all(one.is_healthy for one in self.replications)


async def hubs(context: ConsoleContext) -> Response:
    found: list[HubStatus] = []
    down: list[replication_status.ReplicationState] = []
    silent: KunnafoniError | None = None
    open_couch = open_couch_of(context)
    if open_couch:
        try:
            found, down = await _load_hubs(context, open_couch)
        except KunnafoniError as error:
            silent = error
    return page.render(
        context,
        "hubs/list.html",
        context.language("Relais et machines"),
        hubs=found,
        down=down,
        is_couch=open_couch is not None,
        silent=silent.text(context.language) if silent else "",
        splits=await list_conflicts(store_of(context)),
        late=_contact_age,
        signs=await _list_signs(context),
        qr=lambda address: Markup(draw_qr_svg(address)),  # noqa: S704  (made here, of squares)
    )


async def _list_signs(context: ConsoleContext) -> list[tuple[str, str]]:
    """What hangs on the wall beside each hub that the site names: its address, and the one that its QR code opens in the app."""
    settings, shelf = settings_of(context), current_editions_of(context)
    site = await store_of(context).get(Collection.CONTENT, "site")
    if site is None or not settings.url or not shelf.channels:
        return []
    hubs: list[str] = site.body["fields"].get("hubs", [])
    phone = f"{settings.url.rstrip('/')}/{shelf.default_channel(settings.lang)}/phone"
    return [(hub, f"{phone}#hub={hub}") for hub in hubs]


async def _load_hubs(
    context: ConsoleContext, open_couch: OpenCouchAdmin
) -> tuple[list[HubStatus], list[replication_status.ReplicationState]]:
    notes = {note.name: note for note in await hub_job.list_reports(store_of(context))}
    async with open_couch() as couch:
        names = await headquarters.list_hub_names(couch)
        if not names:
            return [], []
        states = await replication_status.load_states(
            couch, replications.headquarters_replications(couch.prefix, names)
        )
        boxes = {
            name: [one for one in states if one.replication.source == replications.up_database(couch.prefix, name)]
            for name in names
        }
        return [HubStatus(name, notes.get(name), boxes[name]) for name in names], [
            one for one in states if not one.replication.is_upward
        ]


def _contact_age(note: hub_job.HubReport, context: ConsoleContext) -> str:
    """The age of the last contact in words; "" when it is fresh."""
    return replication_status.describe_age(note.contact, clock_of(context)(), context.language)


async def conflict(context: ConsoleContext) -> Response:
    posted = context.request.method == "POST"
    room = context.text("room") if posted else context.query("room")
    found = await _get_conflict(context, room, context.text("id") if posted else context.query("id"))
    if posted:
        await resolve(store_of(context), Collection(room), found, context.text("rev"), context.texts("seen"))
        await context.record_action("split-settled", found.id[:200], room=room)
        return context.redirect("/hubs", "C’est réglé.")
    first, *others = list_versions(Collection(room), found)
    return page.render(
        context,
        "hubs/split.html",
        context.language("Deux versions d’une même fiche"),
        room=room,
        split=found,
        first=first,
        others=others,
        rows=lambda one, other: _diff_rows(one, other, context),
        revs=[record.rev for record in found.versions],
    )


async def _get_conflict(context: ConsoleContext, room: str, id: str) -> ConflictedRecord:
    """Raises NotFound when there is nothing to settle under it any more."""
    splits = await store_of(context).conflicts(Collection(room)) if room in list(Collection) else []
    one = next((split for split in splits if split.id == id and needs_decision(split)), None)
    if one is None:
        raise NotFound("split-unknown", "Il n’y a plus rien à régler ici.", "Revenez à la liste.")
    return one


def _diff_rows(first: ConflictVersion, other: ConflictVersion, context: ConsoleContext) -> object:
    """Fields under the names they have where they are written; what only machines read is left out where both sides have it."""
    alike = {line for line in first.text.split("\n") if line.startswith(MACHINE_FIELDS)} & set(other.text.split("\n"))

    def said(text: str) -> str:
        return "\n".join(_label_line(line, context) for line in text.split("\n") if line not in alike)

    return side_by_side(said(first.text), said(other.text))


def _label_line(line: str, context: ConsoleContext) -> str:
    name, _, value = line.partition(" : ")
    label = labels.FIELDS.get(name.removeprefix("fields.")) if name.startswith("fields.") else None
    return f"{context.language(label)} : {value}" if label else line
