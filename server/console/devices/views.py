"""Invite a phone, print its sheet, revoke it. A code is shown once: only its digest is kept."""

from __future__ import annotations

import datetime
import secrets
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from server.console import page
from server.console.context import Visit
from server.inbox.enrolment_sheet import draw_qr_svg
from server.reader.current_editions import current_editions_of
from server.web.state import clock_of, settings_of, store_of
from sync.content.stored import library_from_store
from sync.errors import BadRequest, NotFound
from sync.forms.place_codes import PLACE_CODE
from sync.store.contract import Collection, Record, Write
from sync.store.ensure_saved import ensure_saved
from sync.store.iteration import iterate_records
from sync.submissions.devices import CODE_DAYS, CODE_LENGTH, Device, Invitation, device_from_record, invite, revoke
from sync.submissions.submission import make_code

DAYS = (30, 90, 365, 730)
LONGEST_NAME = 60


async def devices(visit: Visit) -> Response:
    if visit.request.method != "POST":
        return await _list(visit)
    name, place, days = visit.text("name").strip(), visit.text("place"), visit.text("days")
    if not name or len(name) > LONGEST_NAME:
        return await _list(
            visit, {"name": visit.language("Donnez un nom que l’équipe reconnaît, de 60 signes au plus.")}
        )
    if (place and not PLACE_CODE.fullmatch(place)) or days not in map(str, DAYS):
        raise BadRequest("form-changed", "Ce formulaire a changé en chemin.", "Rechargez la page et recommencez.")
    today = clock_of(visit)().date()
    code = make_code(secrets.token_bytes(CODE_LENGTH), CODE_LENGTH)
    until, expires = (today + datetime.timedelta(days=span) for span in (int(days), CODE_DAYS))
    await invite(store_of(visit), code, Invitation(name, place, until.isoformat(), expires.isoformat(), visit.who.name))
    await visit.note("device-invited", name, place=place)
    return _sheet(visit, name, place, code, expires.isoformat())


def _sheet(visit: Visit, name: str, place: str, code: str, expires: str) -> Response:
    """The sheet to print: the code in big letters, its QR code, what to do in four steps."""
    path = f"/{current_editions_of(visit).default_channel(settings_of(visit).lang)}/phone"
    address = str(visit.request.url.replace(path=path, query="", fragment=f"enrol={code}"))
    return page.show(
        visit,
        "devices/sheet.html",
        visit.language("Fiche de {name}", name=name),
        name=name,
        place=place,
        expires=expires,
        code=f"{code[:5]}-{code[5:]}",
        site_address=str(visit.request.url.replace(path=path, query="", fragment="")),
        qr=Markup(draw_qr_svg(address)),  # noqa: S704  (segno's own drawing)
    )


async def revoked(visit: Visit) -> Response:
    device = await revoke(store_of(visit), visit.param("id"), clock_of(visit)().date().isoformat())
    await visit.note("device-revoked", device.name)
    return visit.redirect("/devices", "Le téléphone {name} n’envoie plus.", name=device.name)


async def drop(visit: Visit) -> Response:
    """A code that nobody used yet is taken back."""
    record = await store_of(visit).get(Collection.PEOPLE, visit.text("invite"))
    if record is None or not record.id.startswith("enrolment:") or "device" in record.body:
        raise NotFound("invite-unknown", "Ce code n’attend plus.")
    [outcome] = await store_of(visit).write(Collection.PEOPLE, [Write(record.id, None, record.rev)])
    ensure_saved(outcome)
    await visit.note("device-dropped", str(record.body["name"]))
    return visit.redirect("/devices", "Le code ne vaut plus.")


async def _list(visit: Visit, wrong: dict[str, str] | None = None) -> Response:
    today = clock_of(visit)().date().isoformat()
    store = store_of(visit)
    found = [
        device_from_record(record.id, record.body)
        async for record in iterate_records(store, Collection.PEOPLE, "device:")
    ]
    waiting = [
        _invited(record, today)
        async for record in iterate_records(store, Collection.PEOPLE, "enrolment:")
        if "device" not in record.body
    ]
    library = await library_from_store(store)
    places = [(one.code, one.name) for country in library.places.values() for one in country.places]
    return page.show(
        visit,
        "devices/list.html",
        visit.language("Téléphones"),
        status=422 if wrong else 200,
        wrong=wrong or {},
        devices=sorted(
            ((device, _state(device, today)) for device in found), key=lambda pair: (pair[1] != "good", pair[0].name)
        ),
        waiting=waiting,
        places=places,
        days=[(str(days), visit.language("{count} jours", count=days)) for days in DAYS],
    )


def _invited(record: Record, today: str) -> dict[str, Any]:
    return {**record.body, "id": record.id, "over": record.body["expires"] < today}


def _state(device: Device, today: str) -> str:
    return "bad" if device.revoked else "doubt" if device.until < today else "good"
