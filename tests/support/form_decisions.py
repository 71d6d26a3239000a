"""A decision for each address of the console that decides about a form, for the walk through the table of routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.accounts.account import Role
from sync.store.contract import Collection
from tests.support.console_feedback import FeedbackConsole
from tests.support.decision_cases import DecisionCase, Prepare, rewrite
from tests.support.inbox_site import FILES


async def uploaded_form(feedback: FeedbackConsole) -> DecisionCase:
    def file(name: str) -> Mapping[str, Any]:
        return {"file": (f"{name}.md", FILES["forms/visite.md"].replace("Visite", name).encode())}

    person = await feedback.console_site.person(Role.ADMINISTRATOR)
    fields = {"slug": "visite", "replaced": "visite"}
    change = lambda: person.decide("/feedback/forms", fields, files=file("Tournée"))  # noqa: E731
    return DecisionCase(feedback.coordinator, "/feedback/forms", "Visite", "Tournée", change, fields, file("Autre"))


def about_form(deed: str, slug: str, title: str) -> Prepare:
    async def prepare(feedback: FeedbackConsole) -> DecisionCase:
        page = f"/feedback/forms/{slug}"
        if deed == "restore":
            await feedback.coordinator.decide(f"{page}/withdraw")

        async def change() -> None:
            record = await feedback.inbox_site.site.services.store.get(Collection.CONTENT, f"form:{slug}:fr")
            assert record
            body = record.body["fields"]["body"].replace(title, "Tournée")
            fields = {**record.body["fields"], "title": "Tournée", "body": body}
            await rewrite(feedback, Collection.CONTENT, record.id, fields=fields)

        return DecisionCase(feedback.coordinator, f"{page}/{deed}", title, "Tournée", change)

    return prepare


FORM_CASES: Mapping[str, Prepare] = {
    "/feedback/forms": uploaded_form,
    "/feedback/forms/{form}/withdraw": about_form("withdraw", "photo", "Photo"),
    "/feedback/forms/{form}/restore": about_form("restore", "plainte", "Plainte"),
}
