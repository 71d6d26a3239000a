"""One request to the console: who asks, in which language, what they sent."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.accounts.account import Account
from server.accounts.audit import audit_of
from server.accounts.sessions import Session
from server.console.navigation import NavigationEntry
from server.web.app_state import settings_of, translator_of
from sync.errors import Refused
from sync.locale import Language

SESSION_COOKIE = "kunnafoni-session"
FLASH_COOKIE = "kunnafoni-said"  # a sentence for the next page, after a redirect
CONSOLE_PATH = "/console"
LANGUAGES = ("fr", "en")


@dataclass
class ConsoleContext:
    """Accessors of services take a visit as they take a request: `drafts_of(visit)`."""

    request: Request
    session: Session | None
    account: Account | None
    entries: tuple[NavigationEntry, ...]
    form: FormData = field(default_factory=FormData)

    @property
    def app(self) -> Any:
        """The application, whose services accessors find."""
        return self.request.app

    @property
    def user(self) -> Account:
        """Whoever is signed in; only for endpoints that are not PUBLIC."""
        if self.account is None:
            raise Refused("session-over", "Votre session est finie.", "Entrez de nouveau.")
        return self.account

    @property
    def language(self) -> Language:
        """The account's choice, else what the browser prefers of ours, else the site's."""
        chosen = self.account.language if self.account else ""
        wanted = [
            part.partition(";")[0].strip()[:2].lower()
            for part in self.request.headers.get("accept-language", "").split(",")
        ]
        code = chosen or next((code for code in wanted if code in LANGUAGES), settings_of(self).lang)
        return translator_of(self).language_of(code)

    @property
    def csrf(self) -> str:
        return self.session.csrf if self.session else ""

    def has_token(self) -> bool:
        return bool(self.csrf) and hmac.compare_digest(self.text("csrf").encode(), self.csrf.encode())

    def param(self, name: str) -> str:
        """A part of the address."""
        return str(self.request.path_params.get(name, ""))

    def query(self, name: str) -> str:
        return self.request.query_params.get(name, "")

    def text(self, name: str) -> str:
        """A field of the form; "" when it is not there, or is a file."""
        value = self.form.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    async def record_action(self, action: str, target: str = "", **detail: Any) -> None:
        """Write a deed of whoever is signed in into the journal."""
        await audit_of(self).record(self.user.name, action, target, **detail)

    def redirect(self, path: str, message: str = "", **values: Any) -> Response:
        """To another page of the console, which will say `said` (a msgid)."""
        answer = RedirectResponse(CONSOLE_PATH + path, 303)
        if message:
            told = base64.urlsafe_b64encode(json.dumps([message, values]).encode()).decode()
            self.set_cookie(answer, FLASH_COOKIE, told, max_age=60)
        return answer

    def set_cookie(self, answer: Response, name: str, value: str, max_age: int | None = None) -> None:
        secure = self.request.url.scheme == "https"
        answer.set_cookie(
            name, value, max_age=max_age, path=CONSOLE_PATH, secure=secure, httponly=True, samesite="strict"
        )

    def read_flash(self) -> str:
        """What the page before left to say, in words; "" for nothing."""
        try:
            sentence, values = json.loads(base64.urlsafe_b64decode(self.request.cookies.get(FLASH_COOKIE, "")))
            return self.language(str(sentence), **values)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            return ""


def is_same_origin(request: Request) -> bool:
    """Whether a browser says that the form came from this very site. Browsers too old to say it still need the form's token."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()
