"""Names of places by code, for lists and submissions: coordinators know Mopti, not ML-5."""

from __future__ import annotations

from sync.content.schemas import from_fields
from sync.documents.model import Places
from sync.store.contract import Collection, Store
from sync.store.iteration import iterate_records


async def load_place_names(store: Store) -> dict[str, str]:
    """Names of countries and their places. Codes without a document are missing."""
    names: dict[str, str] = {}
    async for record in iterate_records(store, Collection.CONTENT, "places:"):
        country = from_fields("places", record.body["fields"], record.id)
        if isinstance(country, Places):
            names[country.country] = country.name
            names |= {place.code: place.name for place in country.places}
    return names
