"""Who may open what: each address of the console is a row that names its roles; a row without them cannot be made.

`guarded` stands before every endpoint: it finds the session, checks role and form token, keeps sizes in bounds, and answers errors in
the console's own frame.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from server.accounts.account import Role
from server.accounts.account_service import accounts_of
from server.accounts.audit import audit_of
from server.console import page
from server.console.context import SESSION_COOKIE, ConsoleContext, is_same_origin
from server.console.navigation import NavigationEntry
from server.console.posted_form import read_form
from server.web.compression import choose_encoding, compress_once
from server.web.errors import status_of
from sync.errors import KunnafoniError, Refused, Unavailable

log = logging.getLogger("kunnafoni.console")

__all__ = ["EVERYONE", "PUBLIC", "ConsoleRoute", "Forbidden", "NavigationEntry", "Role"]


class Public(Enum):
    """In the place of roles: nobody need be signed in."""

    PUBLIC = "public"


PUBLIC = Public.PUBLIC
EVERYONE = frozenset(Role)  # whoever is signed in

FORM_LIMIT = (
    2 * 1024 * 1024
)  # bytes of a posted form: the largest text (256 kB) thrice as long when encoded, and its neighbours

ConsoleEndpoint = Callable[[ConsoleContext], Awaitable[Response]]


class Forbidden(Refused):
    """Signed in, but not with a role for this; or a form that this session did not get from us."""


@dataclass(frozen=True, slots=True)
class ConsoleRoute:
    """One address under /console. `roles`: PUBLIC, or at least one role. `limit`: bytes of a posted body."""

    path: str
    endpoint: ConsoleEndpoint
    roles: frozenset[Role] | Public
    methods: tuple[str, ...] = ("GET",)
    limit: int = FORM_LIMIT

    def __post_init__(self) -> None:
        if not isinstance(self.roles, Public) and not (self.roles and self.roles <= EVERYONE):
            raise ValueError(f"{self.path} names no role; say PUBLIC if that is meant")
        if not set(self.methods) <= {"GET", "POST"}:
            raise ValueError(f"{self.path}: the console is asked with GET and POST only")

    def to_route(self, entries: Sequence[NavigationEntry]) -> Route:
        async def endpoint(request: Request) -> Response:
            return await handle_request(self, entries, request)

        return Route(self.path, endpoint, methods=list(self.methods))


async def handle_request(route: ConsoleRoute, entries: Sequence[NavigationEntry], request: Request) -> Response:
    found = await accounts_of(request).sessions.find(request.cookies.get(SESSION_COOKIE, ""))
    session, account = found or (None, None)
    visit = ConsoleContext(
        request,
        session,
        account,
        tuple(entry for entry in entries if account and account.role in entry.roles),
    )
    try:
        answer = await _authorize_and_call(route, visit)
    except KunnafoniError as error:
        if isinstance(error, Forbidden):
            await audit_of(request).record_refusal(account.name if account else "", request.url.path, error.code)
        answer = page.render_error(visit, error, 403 if isinstance(error, Forbidden) else status_of(error))
    except Exception as error:
        log.exception("unexpected error", exc_info=error)
        unexpected = Unavailable("unexpected", "Quelque chose n’a pas marché ici.", "Réessayez dans un moment.")
        answer = page.render_error(visit, unexpected, 500)
    finally:
        await visit.form.close()
    answer.headers.setdefault("cache-control", "no-store")
    answer.headers.setdefault("referrer-policy", "same-origin")  # with "no-referrer" browsers hide a form's own origin
    answer.headers.setdefault("content-security-policy", page.CONTENT_SECURITY_POLICY)
    return _compress(request, answer)


def _compress(request: Request, answer: Response) -> Response:
    """A page, compressed. That sizes tell secrets needs another site to ask in a person's name: the session's cookie is SameSite=Strict."""
    encoding = choose_encoding(request.headers.get("accept-encoding", ""))
    if encoding != "identity" and isinstance(answer, HTMLResponse):
        answer.body = compress_once(bytes(answer.body), encoding)
        answer.headers["content-encoding"] = encoding
        answer.headers["content-length"] = str(len(answer.body))
        answer.headers["vary"] = "accept-encoding"
    return answer


async def _authorize_and_call(route: ConsoleRoute, context: ConsoleContext) -> Response:
    request = context.request
    asks = request.method in ("GET", "HEAD")
    public = isinstance(route.roles, Public)
    if not public and context.account is None:
        if asks:
            target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"/console/sign-in?next={quote(target)}", 303)
        return page.render(
            context, "components/session-over.html", context.language("Votre session est finie"), status=401
        )
    if not isinstance(route.roles, Public) and context.user.role not in route.roles:
        raise Forbidden(
            "role-forbidden",
            "Votre rôle ne donne pas accès à cette page.",
            "Demandez à la personne qui administre le site.",
        )
    if not asks:
        if not is_same_origin(request):
            raise Forbidden("origin-other", "Cette demande vient d’un autre site.")
        context.form = await read_form(request, route.limit)
        if not public and not context.has_token():
            raise Forbidden(
                "form-token", "Ce formulaire n’est plus valable.", "Revenez à la page, rechargez-la et recommencez."
            )
    return await route.endpoint(context)
