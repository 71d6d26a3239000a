"""Every version of a form that was ever published, kept so that a draft begun long ago is still understood."""

from __future__ import annotations

from collections.abc import Iterable

from sync.forms.form import Form
from sync.forms.version import Compiled, version_of
from sync.store.contract import Room, Store, Write
from sync.store.ensure_saved import sure_of_all
from sync.store.iteration import every


async def keep_versions(store: Store, forms: Iterable[Compiled]) -> None:
    """Before the edition that holds them is announced. Raises Unavailable when one is not surely kept."""
    writes = [Write(f"form:{version_of(form)}", {"compiled": form}) for form in forms]
    sure_of_all(await store.write(Room.EDITIONS, writes) if writes else [])


async def stored_form(store: Store, version: str) -> Form | None:
    record = await store.get(Room.EDITIONS, f"form:{version}")
    return Form(record.body["compiled"]) if record else None


async def stored_forms(store: Store) -> dict[str, Form]:
    """All versions of all forms."""
    found = every(store, Room.EDITIONS, "form:")
    return {record.id.removeprefix("form:"): Form(record.body["compiled"]) async for record in found}
