"""People at the console of a running site: they join by their link, write, review, publish, answer, send alerts. Over
HTTP alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import httpx
import pyotp

from tests.support.console_client import csrf_token_in
from tests.support.console_forms import find_form
from tests.support.console_steps import read_editor_form
from tests.support.sample_media import make_photo, make_recording

PASSWORD = "lampe tortue violon nuage"
GUIDE, OTHER = "guide:premiers-pas:fr", "guide:telegram:fr"
ALERT: Mapping[str, Any] = {
    "fr-headline": "Le Bani déborde",
    "fr-event": "Crue",
    "fr-description": "L’eau monte.",
    "fr-instruction": "Montez vers les hauteurs.",
    "severity": "Severe",
    "urgency": "Immediate",
    "certainty": "Observed",
    "status": "Actual",
    "category": ["Met", "Safety"],
    "responseType": ["Evacuate"],
    "geocode": ["ML-1"],
}


class Colleague:
    """One person with a session. `link`: the one-time link that opened the account."""

    def __init__(self, url: str, name: str, link: str) -> None:
        self.name = name
        self._client = httpx.Client(base_url=url.rstrip("/"), timeout=60)
        path = link[link.index("/console/") :]
        answer = self._client.post(path, data={"name": name, "password": PASSWORD, "again": PASSWORD})
        assert answer.status_code == 303, answer.text
        self._csrf = csrf_token_in(self.page("/me"))

    def close(self) -> None:
        self._client.close()

    def page(self, path: str) -> str:
        answer = self._client.get(f"/console{path}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, data: Mapping[str, Any] | None = None, status: int = 303, **more: Any) -> httpx.Response:
        answer = self._client.post(f"/console{path}", data={"csrf": self._csrf, **(data or {})}, **more)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text}"
        return answer

    def hidden(self, path: str, name: str) -> str:
        """The value of a hidden field of the page."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page(path))
        assert found, f"{path} has no {name}"
        return found[1]

    def deed(self, page: str, path: str, data: Mapping[str, Any] | None = None, status: int = 303) -> httpx.Response:
        """Post the form of a page, with the fields that it carries and these."""
        form = find_form(f"/console{page}", self.page(page), f"/console{path}", {})
        assert form, f"{page} has no form for {path}"
        return self.post(path, {**form.given, **(data or {})}, status)

    def edit(self, id: str, form: Mapping[str, Any] | None = None, /, **changes: Any) -> None:
        self.post(f"/writing/{id}/edit", {**(form or self.form(id)), **changes})

    def form(self, id: str) -> dict[str, Any]:
        return read_editor_form(self.page(f"/writing/{id}/edit"))

    def keep(self, kind: str, data: bytes, label: str) -> None:
        self.post(f"/media/{kind}", {"label": label}, files={"file": ("x", data, "application/octet-stream")})

    def publish(self, why: str) -> None:
        self.post("/publishing/publish", {"why": why, "seen": self.hidden("/publishing/plan", "seen")})

    def alert(self, **changes: Any) -> str:
        """Draft an alert; return its address in the console."""
        form = {**ALERT, **changes, "slug": self.hidden("/alerts/new", "slug")}
        location = self.post("/alerts/new", form).headers["location"]
        return str(location.removeprefix("/console").removesuffix("/check"))

    def decide(self, address: str, action: str, **fields: str) -> httpx.Response:
        """Decide about the draft of an alert from its check page."""
        return self.post(f"{address}/{action}", {**fields, "seen": self.hidden(f"{address}/check", "seen")})

    def turn_on_second(self) -> str:
        """The secret of the codes that are asked from now on."""
        secret = self.hidden("/me/second", "secret")
        form = {"secret": secret, "code": pyotp.TOTP(secret).now(), "password-now": PASSWORD}
        self.deed("/me/second", "/me/second", form, status=200)
        return secret


def write_and_review(editor: Colleague, coordinator: Colleague) -> None:
    """An approved text over an older one, a draft on it, a text set aside, an image, a sound that was withdrawn."""
    editor.keep("image", make_photo(), "Un écran")
    editor.keep("sound", make_recording(1), "Une voix")
    sound = re.findall(r"[\w-]{43}\.opus", editor.page("/media"))
    coordinator.deed("/media", f"/media/{sound[0]}/withdraw")
    editor.edit(GUIDE, title="Vos premiers pas")
    editor.deed(f"/writing/{GUIDE}", f"/writing/{GUIDE}/ask", {"note": "Relis le titre."})
    coordinator.deed(f"/writing/{GUIDE}", f"/writing/{GUIDE}/approve", {"due": "2099-01-31"})
    coordinator.publish("Un titre plus clair")
    form = coordinator.form(OTHER)
    editor.edit(OTHER, title="Telegram, pas à pas")
    coordinator.edit(OTHER, form, title="Telegram autrement")  # came second: set aside
    editor.post("/writing/new", {"kind": "guide", "slug": "premiers-pas", "lang": "bm", "title": "Fɔlɔ"})
    coordinator.deed("/writing/guide:tiktok:fr", "/writing/guide:tiktok:fr/withdraw")


def answer_people(coordinator: Colleague, ids: Mapping[str, str]) -> None:
    one = f"/feedback/one/{ids['signed']}"
    coordinator.post(f"{one}/note", {"text": "À rappeler"})
    coordinator.deed(one, f"{one}/handle", {"state": "taken", "who": "moussa"})
    coordinator.deed(one, f"{one}/answer", {"text": "Le puits sera réparé."})
    other = f"/feedback/one/{ids['erased']}"
    coordinator.deed(other, f"{other}/erase")


def draft_alerts(coordinator: Colleague, later: str) -> dict[str, str]:
    """One in draft, one that waits for a second person, one for later, one as a template. Slugs by state."""
    draft = coordinator.alert(expires=later)
    waiting = coordinator.alert(expires=later, severity="Extreme")
    coordinator.decide(waiting, "ask")
    scheduled = coordinator.alert(expires=later, status="Exercise")
    coordinator.decide(scheduled, "schedule", at=later.replace("T18", "T08"))
    coordinator.post(f"{draft}/template")
    return {
        name: path.rpartition("/")[2]
        for name, path in (("draft", draft), ("waiting", waiting), ("scheduled", scheduled))
    }


def send_alert(coordinator: Colleague, later: str, **changes: Any) -> str:
    """The slug of one that is on its way."""
    sent = coordinator.decide(coordinator.alert(expires=later, **changes), "send")
    return str(sent.headers["location"].rpartition("/")[2])
