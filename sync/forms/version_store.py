"""Every version of a form that was ever published, kept so that a draft begun long ago is still understood."""

from __future__ import annotations

from collections.abc import Iterable

from sync.forms.compiled_form import Form
from sync.forms.version import FormJson, version_of
from sync.store.contract import Collection, Store, Write
from sync.store.ensure_saved import ensure_all_present
from sync.store.iteration import iterate_records


async def store_versions(store: Store, forms: Iterable[FormJson]) -> None:
    """Before the edition that holds them is announced. Raises Unavailable when one is not surely kept."""
    writes = [Write(f"form:{version_of(form)}", {"compiled": form}) for form in forms]
    ensure_all_present(await store.write(Collection.EDITIONS, writes) if writes else [])


async def load_stored_form(store: Store, version: str) -> Form | None:
    record = await store.get(Collection.EDITIONS, f"form:{version}")
    return Form(record.body["compiled"]) if record else None


async def load_stored_forms(store: Store) -> dict[str, Form]:
    """All versions of all forms."""
    found = iterate_records(store, Collection.EDITIONS, "form:")
    return {record.id.removeprefix("form:"): Form(record.body["compiled"]) async for record in found}
