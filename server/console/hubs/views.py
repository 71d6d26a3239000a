"""Pages of hubs: state of replication with each hub, and replication conflicts that a person must resolve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from server.console import page
from server.console.components import labels
from server.console.components.decision import PageState, gone_meanwhile, make_page_state, require_seen
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.hubs.machine_status import read_machine_status
from server.hubs import hub_administration, hub_job, replication_status, replications
from server.hubs.hub_job import open_couch_of
from server.inbox.enrolment_sheet import draw_qr_svg, phone_url
from server.maintenance.conflicts import ConflictVersion, list_conflicts, list_versions, needs_decision, resolve
from server.reader.current_editions import current_editions_of
from server.web.app_state import clock_of, settings_of, store_of
from server.web.site_origin import site_origin_of
from server.writing.text_diff import side_by_side
from sync.errors import KunnafoniError, NotFound
from sync.store.administration import OpenCouchAdmin
from sync.store.contract import Collection, ConflictedRecord

MACHINE_FIELDS = ("imported : ", "kind : ", "fields.slug : ", "fields.lang : ")


@dataclass(frozen=True, slots=True)
class HubStatus:
    """One hub. `report`: the latest it wrote itself, or None. `replications`: those from its staging database."""

    name: str
    report: hub_job.HubReport | None
    replications: list[replication_status.ReplicationState]

    @property
    def is_healthy(self) -> bool:
        return bool(self.report) and all(state.is_healthy for state in self.replications)


async def hubs(context: ConsoleContext) -> Response:
    hub_statuses: list[HubStatus] = []
    downward: list[replication_status.ReplicationState] = []
    couch_error: KunnafoniError | None = None
    open_couch = open_couch_of(context)
    if open_couch:
        try:
            hub_statuses, downward = await _load_hubs(context, open_couch)
        except KunnafoniError as error:
            couch_error = error
    return page.render(
        context,
        "hubs/list.html",
        context.language("Relais et machines"),
        hubs=sorted(hub_statuses, key=lambda hub: (not _is_troubled(hub, context), hub.name)),
        troubled=sum(_is_troubled(hub, context) for hub in hub_statuses),
        downward=downward,
        is_couch=open_couch is not None,
        couch_error=couch_error.text(context.language) if couch_error else "",
        conflicts=await list_conflicts(store_of(context)),
        contact_age=_contact_age,
        machine=await read_machine_status(context),
        posters=await _list_posters(context),
        qr=draw_qr_svg,
    )


async def _list_posters(context: ConsoleContext) -> list[tuple[str, str]]:
    """The posters to hang near the site's hubs: each hub's address, and the app's address for its QR code."""
    settings, editions = settings_of(context), current_editions_of(context)
    site = await store_of(context).get(Collection.CONTENT, "site")
    if site is None or not settings.url or not editions.channels:
        return []
    hubs: list[str] = site.body["fields"].get("hubs", [])
    phone = phone_url(site_origin_of(context).url, editions.default_channel(settings.lang))
    return [(hub, f"{phone}#hub={hub}") for hub in hubs]


async def _load_hubs(
    context: ConsoleContext, open_couch: OpenCouchAdmin
) -> tuple[list[HubStatus], list[replication_status.ReplicationState]]:
    """The hubs with their upward replications, and the downward replications of all hubs."""
    reports = {report.name: report for report in await hub_job.list_reports(store_of(context))}
    async with open_couch() as couch:
        names = await hub_administration.list_hub_names(couch)
        if not names:
            return [], []
        states = await replication_status.load_states(
            couch, replications.headquarters_replications(couch.prefix, names)
        )
        hub_statuses = []
        for name in names:
            staging = replications.up_database(couch.prefix, name)
            upward = [state for state in states if state.replication.source == staging]
            hub_statuses.append(HubStatus(name, reports.get(name), upward))
        return hub_statuses, [state for state in states if not state.replication.is_upward]


def _is_troubled(hub: HubStatus, context: ConsoleContext) -> bool:
    """True if something does not pass, or nothing was heard for a while."""
    return not hub.is_healthy or hub.report is None or bool(_contact_age(hub.report, context))


def _contact_age(report: hub_job.HubReport, context: ConsoleContext) -> str:
    """The age of the last contact in words; "" when it is recent."""
    return replication_status.describe_age(report.contact, clock_of(context)(), context.language)


async def conflict(context: ConsoleContext) -> Response:
    """One conflict, its versions side by side; a POST resolves it with the chosen version."""
    is_post = context.request.method == "POST"
    parameter = context.text if is_post else context.query
    collection = parameter("room")
    try:
        record = await _get_conflict(context, collection, parameter("id"))
    except NotFound as error:
        if is_post:
            raise gone_meanwhile(context, error.translate(context.language)[0], "/hubs") from error
        raise
    versions = list_versions(Collection(collection), record)
    page_state = _page_state(context, record, versions)
    if is_post:
        back = f"/hubs/split?{urlencode({'room': collection, 'id': record.id})}"
        require_seen(context, page_state, back)
        revs = [version.rev for version in record.versions]
        await resolve(store_of(context), Collection(collection), record, context.text("rev"), revs)
        await context.record_action("split-settled", record.id[:200], room=collection, text=page_state.short_digest)
        return context.redirect("/hubs", FlashMessage.CONFLICT_RESOLVED)
    first, *others = versions
    return page.render(
        context,
        "hubs/conflict.html",
        context.language("Deux versions d’une même fiche"),
        collection=collection,
        record=record,
        first=first,
        others=others,
        diff_rows=lambda first, other: _diff_rows(first, other, context),
        page_state=page_state,
    )


def _page_state(context: ConsoleContext, record: ConflictedRecord, versions: Sequence[ConflictVersion]) -> PageState:
    """The page of a conflict: all its versions."""
    _ = context.language
    lines: list[str] = []
    for number, version in enumerate(versions, 1):
        lines.append(_("Version {number}", number=number))
        lines += [_label_line(line, context) for line in version.text.split("\n")]
    return make_page_state([record.id, sorted(version.rev for version in record.versions)], [], "\n".join(lines))


async def _get_conflict(context: ConsoleContext, collection: str, id: str) -> ConflictedRecord:
    """Raises NotFound when the record has no conflict that needs a decision."""
    records = await store_of(context).conflicts(Collection(collection)) if collection in list(Collection) else []
    conflict = next((record for record in records if record.id == id and needs_decision(record)), None)
    if conflict is None:
        raise NotFound("split-unknown", "Il n’y a plus rien à régler ici.", "Revenez à la liste.")
    return conflict


def _diff_rows(first: ConflictVersion, other: ConflictVersion, context: ConsoleContext) -> object:
    """Two versions line by line, with the editor's field labels; machine fields are left out when equal."""
    equal_lines = {line for line in first.text.split("\n") if line.startswith(MACHINE_FIELDS)} & set(
        other.text.split("\n")
    )

    def label_lines(text: str) -> str:
        return "\n".join(_label_line(line, context) for line in text.split("\n") if line not in equal_lines)

    return side_by_side(label_lines(first.text), label_lines(other.text))


def _label_line(line: str, context: ConsoleContext) -> str:
    name, _, value = line.partition(" : ")
    label = labels.FIELDS.get(name.removeprefix("fields.")) if name.startswith("fields.") else None
    return f"{context.language(label)} : {value}" if label else line
