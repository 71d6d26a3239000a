"""Pages of phones: the list with the form that invites one, and the enrolment sheet to print.

An enrolment code is shown once: only its digest is stored.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from server.console import page
from server.console.components.decision import PageState, make_page_state
from server.console.context import ConsoleContext
from server.inbox.enrolment_sheet import draw_qr_svg, enrolment_url, phone_url
from server.inbox.submission_index import SubmissionFilter, SubmissionSummary, submission_index_of
from server.reader.current_editions import current_editions_of
from server.web.app_state import clock_of, settings_of, store_of
from server.web.site_origin import UNREACHABLE_ADDRESS, is_reachable, site_origin_of
from sync.content.stored import library_from_store
from sync.errors import BadRequest
from sync.forms.place_codes import PLACE_CODE
from sync.store.contract import Collection, Record
from sync.store.iteration import iterate_records
from sync.submissions.devices import CODE_DAYS, CODE_LENGTH, Device, Invitation, device_from_record, invite
from sync.submissions.submission import make_code

VALIDITY_DAYS = (30, 90, 365, 730)
MAX_NAME_LENGTH = 60


async def devices(context: ConsoleContext) -> Response:
    """The list; a POST invites a phone and shows its sheet."""
    if context.request.method != "POST":
        return await _render_list(context)
    name, place, days = context.text("name").strip(), context.text("place"), context.text("days")
    if not name or len(name) > MAX_NAME_LENGTH:
        return await _render_list(
            context, {"name": context.language("Donnez un nom que l’équipe reconnaît, de 60 signes au plus.")}
        )
    if (place and not PLACE_CODE.fullmatch(place)) or days not in map(str, VALIDITY_DAYS):
        raise BadRequest("form-changed", "Ce formulaire a changé en chemin.", "Rechargez la page et recommencez.")
    today = clock_of(context)().date()
    code = make_code(secrets.token_bytes(CODE_LENGTH), CODE_LENGTH)
    until = (today + datetime.timedelta(days=int(days))).isoformat()
    expires = (today + datetime.timedelta(days=CODE_DAYS)).isoformat()
    await invite(store_of(context), code, Invitation(name, place, until, expires, context.user.name))
    await context.record_action("device-invited", name, place=place)
    return _render_sheet(context, name, place, code, expires)


def _render_sheet(context: ConsoleContext, name: str, place: str, code: str, expires: str) -> Response:
    """Render the enrolment sheet: the code, its QR code and instructions."""
    channel = current_editions_of(context).default_channel(settings_of(context).lang)
    site_url = site_origin_of(context).url
    return page.render(
        context,
        "devices/sheet.html",
        context.language("Fiche de {name}", name=name),
        name=name,
        place=place,
        expires=expires,
        code=f"{code[:5]}-{code[5:]}",
        site_address=phone_url(site_url, channel),
        warning="" if is_reachable(site_url) else context.language(UNREACHABLE_ADDRESS),
        qr=draw_qr_svg(enrolment_url(site_url, channel, code)),
    )


async def _render_list(context: ConsoleContext, wrong: dict[str, str] | None = None) -> Response:
    today = clock_of(context)().date().isoformat()
    store = store_of(context)
    devices = [
        device_from_record(record.id, record.body)
        async for record in iterate_records(store, Collection.PEOPLE, "device:")
    ]
    invitations = [
        _invitation_row(context, record, today)
        async for record in iterate_records(store, Collection.PEOPLE, "enrolment:")
        if "device" not in record.body
    ]
    heard = _heard_by_device(await submission_index_of(context).find(SubmissionFilter()))
    library = await library_from_store(store)
    places = [(place.code, place.name) for country in library.places.values() for place in country.places]
    return page.render(
        context,
        "devices/list.html",
        context.language("Téléphones"),
        status=422 if wrong else 200,
        wrong=wrong or {},
        devices=sorted(
            (
                (device, _status_tone(device, today), device_page_state(context, device), heard.get(device.id, NEVER))
                for device in devices
            ),
            key=lambda row: (row[1] != "good", row[0].name),
        ),
        invitations=invitations,
        places=places,
        days=[(str(days), context.language("{count} jours", count=days)) for days in VALIDITY_DAYS],
    )


@dataclass(frozen=True, slots=True)
class DeviceActivity:
    """Submissions received from a phone: how many, and the day of the newest arrival, "" before the first."""

    count: int = 0
    last_day: str = ""


NEVER = DeviceActivity()


def _heard_by_device(rows: Iterable[SubmissionSummary]) -> dict[str, DeviceActivity]:
    heard: dict[str, DeviceActivity] = {}
    for row in rows:
        if row.device:
            before = heard.get(row.device, NEVER)
            heard[row.device] = DeviceActivity(before.count + 1, max(before.last_day, row.arrived or row.day))
    return heard


def _invitation_row(context: ConsoleContext, record: Record, today: str) -> dict[str, Any]:
    page_state = invitation_page_state(context, record)
    return {**record.body, "id": record.id, "is_expired": record.body["expires"] < today, "page_state": page_state}


def device_page_state(context: ConsoleContext, device: Device) -> PageState:
    """The row of a phone."""
    _ = context.language
    return make_page_state(
        [device.id, device.name, device.place, device.made, device.until, device.revoked],
        [
            (_("Nom"), device.name),
            (_("Lieu"), device.place or "—"),
            (_("Inscrit le"), _.date(device.made)),
            (_("Envoie jusqu’au"), _.date(device.until)),
            (_("État"), _("Retiré le {date}", date=_.date(device.revoked)) if device.revoked else _("Envoie")),
        ],
    )


def invitation_page_state(context: ConsoleContext, record: Record) -> PageState:
    """The row of an unused code."""
    _ = context.language
    name, expires, by = (str(record.body[field]) for field in ("name", "expires", "by"))
    return make_page_state(
        [record.id, name, expires, by],
        [(_("Nom"), name), (_("Valable jusqu’au"), _.date(expires)), (_("Fait par"), by)],
    )


def _status_tone(device: Device, today: str) -> str:
    return "bad" if device.revoked else "doubt" if device.until < today else "good"
