"""One request to the console: session, account, language and form, with the answers that most handlers give.

Created by `access.handle_request` and passed to every handler.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.accounts.account import Account
from server.accounts.account_service import accounts_of
from server.accounts.audit import audit_of
from server.accounts.sessions import Session
from server.console.flash import FLASH_SECONDS, FlashMessage, decode_flash, encode_flash
from server.console.navigation import NavigationEntry
from server.web.app_state import clock_of, settings_of, translator_of
from server.web.site_origin import parse_host, parse_origin
from sync.errors import Refused
from sync.locale import Language

SESSION_COOKIE = "kunnafoni-session"
BROWSER_COOKIE = "kunnafoni-browser"  # tells the sign-in which accounts this browser has used
FLASH_COOKIE = "kunnafoni-said"  # the flash message: a sentence for the page after a redirect
CONSOLE_PATH = "/console"
LANGUAGES = ("fr", "en")


@dataclass
class ConsoleContext:
    """One request to the console. Accessors of services accept it in place of a request: `drafts_of(context)`.

    `entries`: the navigation that the account's role may see. `form`: empty unless the method is POST.
    `token`: of the session that the browser will have after this response; "" without one. `draft_key`: for what
    the browser keeps of unsaved texts (server/accounts/draft_key.py). `undo_token`: of the deed that the page's
    flash message tells and that may be undone; "" without one.
    """

    request: Request
    session: Session | None
    account: Account | None
    entries: tuple[NavigationEntry, ...]
    form: FormData = field(default_factory=FormData)
    token: str = ""
    draft_key: str = ""
    undo_token: str = field(default="", init=False)
    _is_session_new: bool = field(default=False, init=False)
    _flash: tuple[FlashMessage, dict[str, object]] | None = field(default=None, init=False)

    @property
    def app(self) -> Any:
        """The application; accessors read its state."""
        return self.request.app

    @property
    def user(self) -> Account:
        """The signed-in account, for handlers of routes that are not PUBLIC. Raises Refused without a session."""
        if self.account is None:
            raise Refused("session-over", "Votre session est finie.", "Entrez de nouveau.")
        return self.account

    @property
    def language(self) -> Language:
        """The account's language, else the first of the browser's that the console has, else the site's."""
        account_code = self.account.language if self.account else ""
        browser_codes = [
            part.partition(";")[0].strip()[:2].lower()
            for part in self.request.headers.get("accept-language", "").split(",")
        ]
        code = account_code or next((code for code in browser_codes if code in LANGUAGES), settings_of(self).lang)
        return translator_of(self).language_of(code)

    @property
    def csrf(self) -> str:
        """The session's form token; "" without a session."""
        return self.session.csrf if self.session else ""

    def has_token(self) -> bool:
        """True if the form carries the session's token."""
        return bool(self.csrf) and hmac.compare_digest(self.text("csrf").encode(), self.csrf.encode())

    def param(self, name: str) -> str:
        """A path parameter, or ""."""
        return str(self.request.path_params.get(name, ""))

    def query(self, name: str) -> str:
        """A query parameter, or ""."""
        return self.request.query_params.get(name, "")

    def text(self, name: str) -> str:
        """A text field of the form; "" when it is missing or a file."""
        value = self.form.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """All values of a text field of the form."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    async def record_action(self, action: str, target: str = "", **detail: Any) -> None:
        """Write an action of the signed-in account to the audit log."""
        await audit_of(self).record(self.user.name, action, target, **detail)

    def redirect(self, path: str, message: FlashMessage | None = None, **values: object) -> Response:
        """Redirect to another page of the console, which shows `message` (with `values`) once."""
        self._flash = (message, values) if message else None
        return RedirectResponse(CONSOLE_PATH + path, 303)

    def set_session(self, token: str) -> None:
        """Give the browser the session of this token with the answer, in place of the one it had."""
        self.token = token
        self._is_session_new = True

    async def renew_session(self) -> None:
        """Replace the session after its person gave their credentials again: a stolen token opens nothing then."""
        if self.session:
            token, self.session = await accounts_of(self).sessions.renew(self.session)
            self.set_session(token)

    def write_session(self, response: Response) -> None:
        """Set the cookie of a session that began with this request."""
        if self._is_session_new:
            self.set_cookie(response, SESSION_COOKIE, self.token)

    def read_cookie(self, name: str) -> str:
        """A cookie of the console, or ""."""
        return read_cookie(self.request, name)

    def set_cookie(self, response: Response, name: str, value: str, max_age: int | None = None) -> None:
        """Set a cookie that other sites cannot send and scripts cannot read. `max_age` in seconds."""
        secure = self.request.scope["scheme"] == "https"
        response.set_cookie(
            cookie_name(self.request, name),
            value,
            max_age=max_age,
            path="/" if secure else CONSOLE_PATH,  # the prefix of the name demands the whole host
            secure=secure,
            httponly=True,
            samesite="strict",
        )

    def delete_cookie(self, response: Response, name: str) -> None:
        self.set_cookie(response, name, "", max_age=0)

    def set_flash(self, response: Response) -> None:
        """Set the cookie of the message that `redirect` was given; without a session there is none."""
        if self._flash and self.token:
            message, values = self._flash
            now = clock_of(self)().timestamp()
            self.set_cookie(response, FLASH_COOKIE, encode_flash(self.token, message, values, now), FLASH_SECONDS)

    def read_flash(self) -> str:
        """The flash message in the page's language; "" without one for this session."""
        cookie = self.read_cookie(FLASH_COOKIE)
        flash = decode_flash(self.token, cookie, clock_of(self)().timestamp()) if cookie else None
        if flash is None:
            return ""
        message, values = flash
        self.undo_token = str(values.pop("undo", ""))
        return self.language(message.sentence, **values)


def cookie_name(request: Request, name: str) -> str:
    """The name with the prefix `__Host-` over https: no other host, a sibling's neither, can then set this cookie.

    Browsers take the prefix over https alone; over plain http, as on localhost, the name stays as it is.
    """
    return f"__Host-{name}" if request.scope["scheme"] == "https" else name


def read_cookie(request: Request, name: str) -> str:
    """A cookie of the console, or "". Over https one without the prefix counts for nothing."""
    return request.cookies.get(cookie_name(request, name), "")


def is_same_origin(request: Request) -> bool:
    """True unless the browser says that the form comes from another origin.

    Old browsers send neither header: for them the form's token is the protection. The Host header is one of the site's
    own (`server.web.request_checks`).
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    text = request.headers.get("origin")
    if text is None:
        return True
    origin, host = parse_origin(text), parse_host(request.headers.get("host", ""))
    is_secure = request.scope["scheme"] != "https" or (origin is not None and origin.scheme == "https")
    return origin is not None and host is not None and is_secure and origin.is_at(host)
