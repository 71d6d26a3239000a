"""Steps of an editor in the console: read the form, change fields, have a draft approved. Used by the console's
tests.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

import httpx

from server.accounts.account import Role
from tests.support.console_client import ConsoleSite, ConsoleUser

ALERT_FIELDS: Mapping[str, Any] = {
    "fr-headline": "Le Bani déborde",
    "fr-event": "Crue",
    "fr-description": "L’eau monte.",
    "fr-instruction": "Montez vers les hauteurs.",
    "severity": "Severe",
    "urgency": "Immediate",
    "certainty": "Observed",
    "status": "Actual",
    "category": ["Met", "Safety"],
    "geocode": ["ML"],
    "expires": "2026-11-25T18:00",
}

GUIDE_ID = "guide:argent:fr"


def read_editor_form(page: str) -> dict[str, Any]:
    """The fields that a browser would post of the unchanged editor form."""
    form = page.split('id="editor"', 1)[1].split("</form>", 1)[0]
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            fields.setdefault(name[1], []).append(html.unescape(value[1] if value else "on"))
    for name, value in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        fields[name] = html.unescape(value)
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name] = html.unescape(chosen[1]) if chosen else ""
    return fields


async def save_draft(person: ConsoleUser, id: str, /, **changes: Any) -> Any:
    form = read_editor_form((await person.get(f"/writing/{id}/edit")).text)
    return await person.post(f"/writing/{id}/edit", {**form, **changes})


async def approve_change(console_site: ConsoleSite, id: str, **changes: str) -> None:
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.COORDINATOR)
    assert (await save_draft(writer, id, **changes)).status_code == 303
    await writer.decide(f"/writing/{id}/ask")
    assert (await other.decide(f"/writing/{id}/approve")).status_code == 303


def plan_digest_in(html: str) -> str:
    match = re.search(r'name="seen" value="([^"]+)"', html)
    assert match, html
    return match[1]


async def head_number(console_site: ConsoleSite, channel: str = "fr-ML") -> int:
    edition = await console_site.site.services.archive.head(channel)
    return edition.statement.number if edition else 0


async def draft_alert(person: ConsoleUser, beginning: str = "", /, **changes: Any) -> str:
    """Draft an alert; return its address in the console. `beginning`: what it begins with, `sent=SLUG&kind=Update`."""
    page = (await person.get(f"/alerts/new?{beginning}")).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    saved = await person.post("/alerts/new", {**hidden, **ALERT_FIELDS, **changes, "csrf": person.csrf})
    assert saved.status_code == 303, saved.text
    address = str(saved.headers["location"].removeprefix("/console"))
    assert address.endswith("/check")
    return address.removesuffix("/check")


async def edit_alert(person: ConsoleUser, address: str, **changes: Any) -> httpx.Response:
    """Open the editor of a draft and save it with these changes."""
    seen = await read_seen(person, address)
    return await person.post(address, {**ALERT_FIELDS, **changes, "seen": seen})


async def decide_alert(person: ConsoleUser, address: str, action: str, **fields: str) -> httpx.Response:
    """Open the check page of a draft and decide: `send`, `ask`, `approve`, `schedule` or `drop`."""
    seen = await read_seen(person, f"{address}/check")
    return await person.post(f"{address}/{action}", {**fields, "seen": seen})


async def read_seen(person: ConsoleUser, address: str) -> str:
    """The fingerprint that a page's forms carry."""
    return seen_in((await person.get(address)).text)


def seen_in(page: str) -> str:
    fingerprints: set[str] = set(re.findall(r'name="seen" value="([^"]+)"', page))
    assert len(fingerprints) == 1, fingerprints
    return fingerprints.pop()


async def upload_file(
    person: ConsoleUser, kind: str, data: bytes, label: str = "Un masque", name: str = "x", type: str = ""
) -> httpx.Response:
    return await person.post(
        f"/media/{kind}", {"label": label}, files={"file": (name, data, type or "application/octet-stream")}
    )


async def upload_medium(console_site: ConsoleSite, person: ConsoleUser, kind: str, data: bytes) -> str:
    before = {item.name for item in await console_site.site.services.media.all()}
    answer = await upload_file(person, kind, data)
    assert answer.status_code == 303, answer.text
    return ({item.name for item in await console_site.site.services.media.all()} - before).pop()
