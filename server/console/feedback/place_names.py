"""The names of places by their codes, for lists and submissions: a coordinator knows Mopti, not ML-5."""

from __future__ import annotations

from sync.content.schemas import from_fields
from sync.documents.model import Places
from sync.store.contract import Collection, Store
from sync.store.iteration import iterate_records


async def load_place_names(store: Store) -> dict[str, str]:
    """Countries and their places; a code that is in no file is left out and shown as it is."""
    found: dict[str, str] = {}
    async for record in iterate_records(store, Collection.CONTENT, "places:"):
        country = from_fields("places", record.body["fields"], record.id)
        if isinstance(country, Places):
            found[country.country] = country.name
            found |= {place.code: place.name for place in country.places}
    return found
