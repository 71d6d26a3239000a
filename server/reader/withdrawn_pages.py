"""The page at the address of a guide, notice or recommendation that was withdrawn.

It says so, since when, and what replaces it.
"""

from __future__ import annotations

from markupsafe import Markup

from server.reader.current_editions import CurrentEditions
from sync.content.stored import REPLACED_BY, WITHDRAWN, WITHDRAWN_ON
from sync.locale import FRENCH, Language
from sync.store.contract import Collection, Record, Store

FOLDERS = {"guides": "guide", "notices": "notice", "recommendations": "recommendation"}


async def render_withdrawn(
    store: Store, editions: CurrentEditions, language: Language, channel: str, path: str
) -> str | None:
    """The body for an address that no edition has any more; None if nothing was withdrawn there."""
    folder, _, slug = path.partition("/")
    if folder not in FOLDERS or not slug or "/" in slug:
        return None
    langs = dict.fromkeys((language.code, FRENCH))
    records = await store.get_many(Collection.CONTENT, [f"{FOLDERS[folder]}:{slug}:{lang}" for lang in langs])
    withdrawn = [record for record in records.values() if record.body.get("state") == WITHDRAWN]
    if not withdrawn or len(withdrawn) < len(records):
        return None
    title = language("Cette page a été retirée")
    day = max(str(record.body.get(WITHDRAWN_ON) or "") for record in withdrawn)
    parts = [
        Markup("{}\n<h1>{}</h1>").format(title, title),
        Markup("<p>{}").format(
            language("Nous l’avons retirée le {date}. Ne la transmettez plus.", date=language.date(day))
            if day
            else language("Ne la transmettez plus.")
        ),
        await _replacement(store, editions, language, channel, withdrawn),
        Markup("<p><a class=go href=/{}/>{}</a>").format(channel, language("Retour à l’accueil")),
    ]
    return "".join(parts)


async def _replacement(
    store: Store, editions: CurrentEditions, language: Language, channel: str, withdrawn: list[Record]
) -> Markup:
    """A link to the page that replaces it, if this channel has that page."""
    for record in withdrawn:
        kind, _, rest = str(record.body.get(REPLACED_BY) or "").partition(":")
        slug = rest.partition(":")[0]
        folder = next((name for name, each in FOLDERS.items() if each == kind), "")
        page = await editions.load_page(channel, f"{folder}/{slug}") if folder else None
        if page is not None:
            link = Markup("<a href=/{}/{}/{}>{}</a>").format(channel, folder, slug, Markup(page.partition("\n")[0]))  # noqa: S704  (the title line of a page is HTML already)
            return Markup("<p>{} {}").format(language("Lisez à sa place :"), link)
    return Markup("<p>{}").format(language("Aucune autre page ne la remplace."))
