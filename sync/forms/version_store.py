"""The store of all published versions of forms: a draft is checked under the version with which it was begun."""

from __future__ import annotations

from collections.abc import Iterable

from sync.forms.compiled_form import Form
from sync.forms.version import FormJson, version_of
from sync.store.checked_writes import ensure_all_present
from sync.store.contract import Collection, Store, Write
from sync.store.iteration import iterate_records


async def store_versions(store: Store, forms: Iterable[FormJson]) -> None:
    """Save new versions; call before the edition that contains them is announced. Raises Unavailable if not durable."""
    writes = {id: Write(id, {"compiled": form}) for form in forms for id in [f"form:{version_of(form)}"]}
    stored = await store.get_many(Collection.EDITIONS, list(writes))
    new = [write for id, write in writes.items() if id not in stored]  # versions are immutable
    ensure_all_present(await store.write(Collection.EDITIONS, new) if new else [])


async def load_stored_form(store: Store, version: str) -> Form | None:
    record = await store.get(Collection.EDITIONS, f"form:{version}")
    return Form(record.body["compiled"]) if record else None


async def load_stored_forms(store: Store) -> dict[str, Form]:
    """All versions of all forms, by version."""
    records = iterate_records(store, Collection.EDITIONS, "form:")
    return {record.id.removeprefix("form:"): Form(record.body["compiled"]) async for record in records}
