"""Access rules of the console: each route names its roles, and a route without roles cannot be constructed.

`handle_request` wraps every endpoint: it finds the session, checks role, origin and form token, limits the size of
the body, and renders errors as console pages.
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

from server.accounts.account import Account, Role
from server.accounts.account_service import accounts_of
from server.accounts.audit import audit_of
from server.console import page
from server.console.components.conflict_page import render_changed
from server.console.components.decision import ChangedMeanwhile
from server.console.context import SESSION_COOKIE, ConsoleContext, is_same_origin, read_cookie
from server.console.credentials import ask_credentials
from server.console.navigation import NavigationEntry
from server.console.posted_form import read_form
from server.web.compression import choose_encoding, compress_once
from server.web.errors import status_of
from sync.errors import KunnafoniError, Refused, Unavailable

log = logging.getLogger("kunnafoni.console")

__all__ = ["EVERYONE", "PUBLIC", "ConsoleRoute", "Forbidden", "NavigationEntry", "Role"]


class Public(Enum):
    """The type of `PUBLIC`, which stands in for roles on routes that need no session."""

    PUBLIC = "public"


PUBLIC = Public.PUBLIC
EVERYONE = frozenset(Role)  # every signed-in account

# Bytes of a posted form: URL encoding triples the largest text (256 kB), and the other fields need space too.
FORM_LIMIT = 2 * 1024 * 1024

PUBLIC_FORM_LIMIT = 32 * 1024  # bytes of a form that anybody may post: a sign-in, with room for a security key

SCRIPT_HEADER = "kunnafoni-form"  # a request of pwa/src/console/form-request.ts
NEXT_HEADER = "kunnafoni-next"  # the address that its page goes to

ConsoleEndpoint = Callable[[ConsoleContext], Awaitable[Response]]


class Forbidden(Refused):
    """The account's role does not allow the request, or the form's origin or token is not this session's."""


@dataclass(frozen=True, slots=True)
class ConsoleRoute:
    """One address under /console. `roles`: PUBLIC, or at least one role. `limit`: bytes of a posted body.

    `needs_fresh_sign_in`: methods that ask for the credentials again if they were given more than ten minutes ago.
    Raises ValueError without a role, or with methods other than GET and POST.
    """

    path: str
    endpoint: ConsoleEndpoint
    roles: frozenset[Role] | Public
    methods: tuple[str, ...] = ("GET",)
    limit: int = FORM_LIMIT
    needs_fresh_sign_in: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.roles, Public) and not (self.roles and self.roles <= EVERYONE):
            raise ValueError(f"{self.path} names no role; use PUBLIC for a page without sign-in")
        if not set(self.methods) <= {"GET", "POST"}:
            raise ValueError(f"{self.path}: only GET and POST are allowed")

    def to_route(self, entries: Sequence[NavigationEntry]) -> Route:
        async def endpoint(request: Request) -> Response:
            return await handle_request(self, entries, request)

        return Route(self.path, endpoint, methods=list(self.methods))


async def handle_request(route: ConsoleRoute, entries: Sequence[NavigationEntry], request: Request) -> Response:
    token = read_cookie(request, SESSION_COOKIE)
    session, account = await accounts_of(request).sessions.find(token) or (None, None)
    visible_entries = tuple(entry for entry in entries if account and account.role in entry.roles)
    context = ConsoleContext(request, session, account, visible_entries, token=token if session else "")
    try:
        if account:
            context.draft_key = await accounts_of(request).draft_keys.derive(account)
        response = _answer_script(request, await _authorize_and_call(route, context))
        context.set_flash(response)
    except ChangedMeanwhile as error:
        response = render_changed(context, error)
    except KunnafoniError as error:
        if isinstance(error, Forbidden):
            await _record_refusal(request, account, error.code)
        response = page.render_error(context, error, 403 if isinstance(error, Forbidden) else status_of(error))
    except Exception as error:
        log.exception("unexpected error", exc_info=error)
        unexpected = Unavailable("unexpected", "Quelque chose n’a pas marché ici.", "Réessayez dans un moment.")
        response = page.render_error(context, unexpected, 500)
    finally:
        await context.form.close()
    context.write_session(response)
    response.headers.setdefault("cache-control", "no-store")
    response.headers.setdefault("referrer-policy", "same-origin")  # under "no-referrer" forms post `Origin: null`
    response.headers.setdefault("content-security-policy", page.CONTENT_SECURITY_POLICY)
    return _compress(request, response)


def _answer_script(request: Request, response: Response) -> Response:
    """A redirect as a header, for the script that posts a form and keeps its page until the answer is there."""
    if SCRIPT_HEADER not in request.headers or response.status_code != 303:
        return response
    answer = Response(status_code=204, headers={NEXT_HEADER: response.headers["location"]})
    answer.raw_headers += [(name, value) for name, value in response.raw_headers if name == b"set-cookie"]
    return answer


async def _record_refusal(request: Request, account: Account | None, code: str) -> None:
    """Write a refusal of a signed-in account; only count one of a stranger, who could fill the journal."""
    if account:
        await audit_of(request).record_refusal(account.name, request.scope["path"], code)
    else:
        audit_of(request).count_refusal("", "console", code)


def _compress(request: Request, response: Response) -> Response:
    """Compress an HTML page.

    Compression side channels (BREACH) need cross-site requests with the session; its cookie is SameSite=Strict.
    """
    encoding = choose_encoding(request.headers.get("accept-encoding", ""))
    if encoding != "identity" and isinstance(response, HTMLResponse):
        response.body = compress_once(bytes(response.body), encoding)
        response.headers["content-encoding"] = encoding
        response.headers["content-length"] = str(len(response.body))
        response.headers["vary"] = "accept-encoding"
    return response


async def _authorize_and_call(route: ConsoleRoute, context: ConsoleContext) -> Response:
    request = context.request
    is_read = request.method in ("GET", "HEAD")
    is_public = isinstance(route.roles, Public)
    if not is_public and context.account is None:
        if is_read:
            query = request.scope["query_string"].decode("latin-1")
            target = request.scope["path"] + (f"?{query}" if query else "")
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
    if not is_read:
        if not is_same_origin(request):
            raise Forbidden(
                "origin-other", "Cette demande vient d’un autre site.", "Ouvrez la console par son adresse."
            )
        context.form = await read_form(request, min(route.limit, PUBLIC_FORM_LIMIT) if is_public else route.limit)
        if not is_public and not context.has_token():
            raise Forbidden(
                "form-token", "Ce formulaire n’est plus valable.", "Revenez à la page, rechargez-la et recommencez."
            )
    if ("GET" if is_read else "POST") in route.needs_fresh_sign_in and (question := await ask_credentials(context)):
        return question
    return await route.endpoint(context)
