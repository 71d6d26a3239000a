"""Pages of accounts: the list with the form that opens one, and one account.

A one-time link is shown once, to be handed over: a site may have no mail.
"""

from __future__ import annotations

from starlette.responses import Response

from server.accounts.account import Account, Role
from server.accounts.account_service import accounts_of
from server.console import page
from server.console.components.decision import PageState, make_page_state, require_seen
from server.console.components.labels import ROLES
from server.console.context import CONSOLE_PATH, ConsoleContext
from server.web.site_origin import site_origin_of
from sync.errors import BadRequest, Refused


async def accounts(context: ConsoleContext) -> Response:
    """The list; a POST invites a new account and shows its link."""
    if context.request.method != "POST":
        return await _render_list(context)
    name = context.text("name").strip().casefold()
    try:
        token = await accounts_of(context).invite(name, parse_role(context), context.text("shown").strip()[:80])
    except Refused as error:
        return await _render_list(context, error)
    await context.record_action("account-invited", name, role=context.text("role"))
    return render_link(context, name, token)


async def _render_list(context: ConsoleContext, error: Refused | None = None) -> Response:
    return page.render(
        context,
        "accounts/list.html",
        context.language("Comptes"),
        status=422 if error else 200,
        accounts=await accounts_of(context).accounts.all(),
        wrong={"name": error.text(context.language)} if error else {},
        roles=_role_options(context),
    )


async def account(context: ConsoleContext) -> Response:
    return await render_account(context, await get_account(context))


async def render_account(context: ConsoleContext, account: Account, error: Refused | None = None) -> Response:
    return page.render(
        context,
        "accounts/account.html",
        account.display_name,
        status=422 if error else 200,
        account=account,
        page_state=account_page_state(context, account),
        sessions=await accounts_of(context).sessions.list_for(account),
        wrong={"": error.text(context.language)} if error else {},
        roles=_role_options(context),
    )


def account_page_state(context: ConsoleContext, account: Account) -> PageState:
    """The page of an account, without its sessions: a thief who opens new ones must not hold off a deed."""
    _ = context.language
    keys = [passkey.id for passkey in account.passkeys]
    return make_page_state(
        [account.name, account.shown, account.role.value, account.closed, bool(account.totp), keys],
        [
            (_("Nom du compte"), account.name),
            (_("Nom montré aux autres"), account.shown),
            (_("Rôle"), _(ROLES[account.role])),
            (_("Code en plus du mot de passe"), _("oui") if account.totp else _("non")),
            (_("Clés d’accès"), ", ".join(passkey.name for passkey in account.passkeys) or "0"),
            (_("État"), _("Fermé") if account.closed else _("Ouvert")),
        ],
    )


def render_link(context: ConsoleContext, name: str, token: str) -> Response:
    address = f"{site_origin_of(context).console_url}{CONSOLE_PATH}/welcome/{token}"
    return page.render(
        context, "accounts/link.html", context.language("Le lien pour {name}", name=name), name=name, address=address
    )


async def get_account(context: ConsoleContext) -> Account:
    """The account that the address names. Raises NotFound."""
    return await accounts_of(context).accounts.get(context.param("name"))


async def get_seen_account(context: ConsoleContext) -> Account:
    """The account that the address names, if the form's page showed it so. Raises NotFound, ChangedMeanwhile."""
    account = await get_account(context)
    require_seen(context, account_page_state(context, account), f"/accounts/{account.name}")
    return account


def parse_role(context: ConsoleContext) -> Role:
    """The role of the form. Raises BadRequest."""
    try:
        return Role(context.text("role"))
    except ValueError:
        raise BadRequest("role-unknown", "Ce rôle n’existe pas.") from None


def _role_options(context: ConsoleContext) -> list[tuple[str, str]]:
    return [(role.value, context.language(ROLES[role])) for role in Role]
