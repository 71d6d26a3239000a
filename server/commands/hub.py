"""The command group `hub`: `add` and `remove` at headquarters, `join` and `leave` at a hub, `status` at both."""

from __future__ import annotations

import os
from typing import Any

import anyio
import click

from server.app import create_services
from server.commands import serve
from server.commands.terminal import DATA_OPTION, STORE_OPTION, say, terminal_language
from server.hubs import hub_administration, hub_job, replication_status, replications
from server.hubs import join as joining
from server.hubs.site_client import HttpSiteClient, check_site_url
from server.services import Services
from server.settings import read_settings
from server.web.site_origin import is_reachable
from sync.store.administration import CouchAdmin
from sync.store.open_store import open_couch_admin

HEALTH_BYTES = 1024  # of the answer that says that a site is there


@click.group("hub")
def hub() -> None:
    """Village hubs: computers with a copy of the site that send submissions whenever there is a connection."""


@hub.command("add")
@click.argument("name")
@click.option(
    "--address", required=True, metavar="URL", help="Where hubs reach this CouchDB: https://couch.example.org."
)
@STORE_OPTION
@DATA_OPTION
def add(name: str, address: str, **options: Any) -> None:
    """At headquarters: admit a hub and print the command to run there. Run again: a new account for it."""
    settings = read_settings(os.environ, **options)

    async def run() -> hub_administration.HubCredentials:
        async with (
            open_couch_admin(settings.store_address) as couch,
            serve.open_services(create_services(settings)) as services,
        ):
            credentials = await hub_administration.add_hub(couch, name, address)
            await services.audit.record("", "hub-added", name)
            return credentials

    credentials = anyio.run(run)
    say("Le relais {name} peut venir. À taper là-bas (le mot de passe n’est montré qu’ici) :", name=name)
    site = f" --site {settings.url}" if is_reachable(settings.url) else ""
    click.echo(f"kunnafoni hub join '{credentials.address}'{site}")
    if address.startswith("http:") and is_reachable(address):
        say("Attention : par http, le mot de passe du relais et ce que les gens envoient se lisent en chemin.")


@hub.command("remove")
@click.argument("name")
@STORE_OPTION
@DATA_OPTION
def remove(name: str, **options: Any) -> None:
    """At headquarters: revoke a hub, for example a stolen one. Submissions not sent yet are no longer accepted."""
    settings = read_settings(os.environ, **options)

    async def run() -> None:
        async with (
            open_couch_admin(settings.store_address) as couch,
            serve.open_services(create_services(settings)) as services,
        ):
            await hub_administration.remove_hub(couch, name)
            await services.audit.record("", "hub-removed", name)

    anyio.run(run)
    say("Le relais {name} n’a plus accès.", name=name)


@hub.command("join")
@click.argument("address", metavar="[HQ_URL]", default="")
@click.option(
    "--channel", "channels", multiple=True, metavar="C", help="Only this channel (may be repeated; default: all)."
)
@click.option(
    "--site",
    default="",
    metavar="URL",
    help="Download pages and media from this web address of the site, as phones do: compressed, as deltas.",
)
@STORE_OPTION
@DATA_OPTION
def join(address: str, channels: tuple[str, ...], site: str, **options: Any) -> None:
    """At the hub: set up replication with headquarters, by the address that "hub add" printed there.

    Without the address it is asked for, and then no history of a shell and no list of processes shows its password.
    Run again, it repairs or changes the replications.
    """
    address = address or str(click.prompt("HQ_URL", hide_input=True)).strip(" '")
    settings = read_settings(os.environ, **options)
    site_url = check_site_url(site) if site else ""

    async def run() -> joining.HubMembership:
        async with (
            open_couch_admin(settings.store_address) as local_couch,
            open_couch_admin(address) as remote_couch,
            serve.open_services(create_services(settings)) as services,
        ):
            if site_url:
                await HttpSiteClient(site_url).get("/healthz", HEALTH_BYTES)
            return await joining.join(local_couch, remote_couch, services.store, channels, services.clock(), site_url)

    membership = anyio.run(run)
    say(
        "Ce relais, {name}, suit maintenant {address}. Voir : kunnafoni hub status",
        name=membership.name,
        address=membership.headquarters,
    )
    if settings.publisher:
        say("Mettez KUNNAFONI_PUBLISHER=0 sur cette machine : un relais ne publie pas.")


@hub.command("leave")
@STORE_OPTION
@DATA_OPTION
def leave(**options: Any) -> None:
    """At the hub: end replication; data already here stays."""
    settings = read_settings(os.environ, **options)

    async def run() -> bool:
        async with (
            open_couch_admin(settings.store_address) as couch,
            serve.open_services(create_services(settings)) as services,
        ):
            return await joining.leave(couch, services.store)

    say("Ce relais ne suit plus personne." if anyio.run(run) else "Cette machine n’est pas un relais.")


@hub.command("status")
@STORE_OPTION
@DATA_OPTION
def status(**options: Any) -> None:
    """State of the replications; at headquarters, also the last report of each hub."""
    settings = read_settings(os.environ, **options)

    async def run() -> None:
        async with (
            open_couch_admin(settings.store_address) as couch,
            serve.open_services(create_services(settings)) as services,
        ):
            membership = await joining.get_membership(services.store)
            await (_show_hub(couch, services, membership) if membership else _show_headquarters(couch, services))

    anyio.run(run)


async def _show_hub(couch: CouchAdmin, services: Services, membership: joining.HubMembership) -> None:
    report = await hub_job.update_report(couch, services.store, services.clock(), services.settings.data)
    say("Relais {name}, siège : {address}", name=membership.name, address=membership.headquarters)
    _say_states(await hub_job.load_hub_states(couch, services.store, membership))
    _say_contact(report.contact if report else "", services)


async def _show_headquarters(couch: CouchAdmin, services: Services) -> None:
    names = await hub_administration.list_hub_names(couch)
    if not names:
        say("Aucun relais. Pour en ajouter un : kunnafoni hub add NOM --address URL")
        return
    _say_states(
        await replication_status.load_states(couch, replications.headquarters_replications(couch.prefix, names))
    )
    reports = {report.name: report for report in await hub_job.list_reports(services.store)}
    for name in names:
        contact = reports[name].contact if name in reports else ""
        age = replication_status.describe_age(contact, services.clock(), terminal_language())
        say(
            "Relais {name}, dernier contact : {when}",
            name=name,
            when=_format_time(contact) + (f" ({age})" if contact and age else ""),
        )
    say("Un relais sans lien garde ce qu’il reçoit, et l’envoie de lui-même quand le lien revient.")


def _say_states(states: list[replication_status.ReplicationState]) -> None:
    for state in states:
        arrow, language = "↑" if state.replication.is_upward else "↓", terminal_language()
        click.echo(f"  {arrow} {language(state.replication.label)} : {state.sentence(language)}")


def _say_contact(contact: str, services: Services) -> None:
    age = replication_status.describe_age(contact, services.clock(), terminal_language())
    if contact and not age:
        return say("Le lien marchait à {when}.", when=_format_time(contact))
    if not contact:
        return say("Le lien n’a pas encore marché.")
    say("Le lien a marché pour la dernière fois le {when}, {past}.", when=_format_time(contact), past=age)
    say(
        "Ce que les gens envoient reste ici, en sûreté, et partira de lui-même quand le lien reviendra. "
        "Les pages restent lisibles."
    )
    return None


def _format_time(when: str) -> str:
    return f"{when[:10]} {when[11:16]} UTC" if when else terminal_language()("jamais")
