"""Words about a site that a guesser of its passwords tries first: its name, its place names."""

from __future__ import annotations

from sync.store.contract import Collection, Store
from sync.store.iteration import iterate_records

MAX_WORDS = 2000


async def read_site_words(store: Store) -> list[str]:
    """The site's name, id and tagline, and the names of its countries and places."""
    site = await store.get(Collection.CONTENT, "site")
    fields = site.body.get("fields", {}) if site else {}
    words = [str(fields.get(name, "")) for name in ("name", "id", "tagline")]
    async for record in iterate_records(store, Collection.CONTENT, "places:"):
        fields = record.body.get("fields", {})
        words += [str(fields.get("name", "")), *(str(place.get("name", "")) for place in fields.get("places", ()))]
    return [word for word in words if word][:MAX_WORDS]
