"""The command group `account`: open the console's accounts and make links to choose a password."""

from __future__ import annotations

import os
from typing import Any

import anyio
import click

from server.accounts.account import Role
from server.app import create_services
from server.commands import serve
from server.commands.terminal import DATA_OPTION, STORE_OPTION, say
from server.settings import Settings, read_settings
from server.web.site_origin import UNREACHABLE_ADDRESS, SiteOrigin, is_reachable


@click.group()
def account() -> None:
    """The accounts of the console."""


@account.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="What the person may do.")
@STORE_OPTION
@DATA_OPTION
def add(name: str, role: str, **options: Any) -> None:
    """Open an account and print the link with which the person chooses a password."""
    settings = read_settings(os.environ, **options)

    async def run() -> str:
        async with serve.open_services(create_services(settings)) as services:
            token = await services.accounts.invite(name, Role(role))
            await services.audit.record("", "account-invited", name, role=role)
            return token

    link = serve.welcome_url(settings, anyio.run(run))
    say("Le compte {name} est ouvert. Ce lien sert une fois, pendant un jour :", name=name)
    _say_link(settings, link)


@account.command("link")
@click.argument("name")
@STORE_OPTION
@DATA_OPTION
def link(name: str, **options: Any) -> None:
    """Print a link with which a person chooses a new password, also while strangers hold up the sign-in."""
    settings = read_settings(os.environ, **options)

    async def run() -> str:
        async with serve.open_services(create_services(settings)) as services:
            account = await services.accounts.accounts.get(name)
            token = await services.accounts.invitations.create(account.name)
            await services.audit.record("", "account-reset", account.name)
            return token

    say("Ce lien sert une fois, pendant un jour. Le code en plus du mot de passe est à refaire ensuite :")
    _say_link(settings, serve.welcome_url(settings, anyio.run(run)))


def _say_link(settings: Settings, link: str) -> None:
    say("{link}", link=link)
    if not is_reachable(SiteOrigin.from_settings(settings).console_url):
        say(UNREACHABLE_ADDRESS)
