"""The site's forms with their state: published, to publish, withdrawn. Used by the pages of forms.

A withdrawn form leaves the next edition. Its versions stay: what was begun is finished, sent, read and exported.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from server.console.components.decision import PageState, make_page_state
from server.console.context import ConsoleContext
from server.inbox.service import inbox_of
from server.reader.current_editions import CurrentEditions, current_editions_of
from server.web.app_state import store_of
from server.writing.draft_records import WorkingDocument
from server.writing.workspace import workspace_of
from sync.content.schemas import from_fields
from sync.documents.model import FormDocument
from sync.errors import KunnafoniError, NotFound
from sync.forms.compiled_form import Form
from sync.forms.form_document import compile_document
from sync.locale import N_, Language
from sync.store.contract import Collection
from sync.store.iteration import iterate_records

PUBLISHED, TO_PUBLISH, LEAVING, WITHDRAWN = "published", "to-publish", "leaving", "withdrawn"
STATE_LABELS = {
    PUBLISHED: N_("Publié"),
    TO_PUBLISH: N_("À publier"),
    LEAVING: N_("Retiré à la prochaine publication"),
    WITHDRAWN: N_("Retiré"),
}
STATE_TONES = {PUBLISHED: "good", TO_PUBLISH: "doubt", LEAVING: "doubt", WITHDRAWN: "calm"}

_VERSION = re.compile(r'data-version="?([\w-]{43})')


@dataclass(frozen=True, slots=True)
class SiteForm:
    """A form with its document. `version_count`: of those published so far. `offered`: the version phones are offered.

    `state`: `published`, `to-publish`, `leaving` (withdrawn, but still in the current edition) or `withdrawn`.
    """

    work: WorkingDocument
    document: FormDocument
    form: Form
    offered: str
    version_count: int

    @property
    def state(self) -> str:
        if self.work.is_withdrawn:
            return LEAVING if self.offered else WITHDRAWN
        return PUBLISHED if self.offered == self.form.version else TO_PUBLISH

    @property
    def label(self) -> str:
        return STATE_LABELS[self.state]

    def page_state(self, language: Language) -> PageState:
        revision = self.work.main.rev if self.work.main else ""
        return make_page_state([self.form.slug, self.form.version, self.state, revision], [self.line(language)])

    def line(self, language: Language) -> tuple[str, str]:
        """The form's row in a table of forms."""
        state = language(self.label)
        return self.form.title(language.code), f"{self.form.slug} · {self.form.version[:8]} · {state}"


async def list_forms(context: ConsoleContext) -> list[SiteForm]:
    """The forms that can be read, by slug, withdrawn ones too."""
    snapshot = await workspace_of(context).load_snapshot()
    editions = current_editions_of(context)
    counts = Counter(form.slug for form in await _load_published(context))
    rows = []
    for work in snapshot.works.values():
        if work.kind != "form" or work.main is None:
            continue
        try:
            document: FormDocument = from_fields("form", work.main.body["fields"], work.id)
            form = Form(compile_document(document))
        except KunnafoniError:
            continue
        rows.append(SiteForm(work, document, form, _offered_version(editions, form.slug), counts[form.slug]))
    return sorted(rows, key=lambda row: (row.form.slug, row.work.is_withdrawn))


async def get_form(context: ConsoleContext) -> SiteForm:
    """The form that the address names. Raises NotFound."""
    slug = context.param("form")
    row = next((row for row in await list_forms(context) if row.form.slug == slug), None)
    if row is None:
        raise NotFound(
            "form-unknown", "Ce site n’a jamais publié de formulaire « {form} ».", "Revenez à la liste.", form=slug
        )
    return row


async def load_versions(context: ConsoleContext) -> dict[str, list[Form]]:
    """All versions ever published, by slug; the version of the site's document comes first, also of a withdrawn one."""
    current = {row.form.version for row in await list_forms(context)}
    versions: dict[str, list[Form]] = {}
    for form in await _load_published(context):
        versions.setdefault(form.slug, []).append(form)
    return {
        slug: sorted(forms, key=lambda form: (form.version not in current, form.version))
        for slug, forms in versions.items()
    }


async def _load_published(context: ConsoleContext) -> list[Form]:
    """Every version ever published; each is read once, for it never changes."""
    node_cache = inbox_of(context).node_cache
    ids = [record.id async for record in iterate_records(store_of(context), Collection.EDITIONS, "form:")]
    forms = [await node_cache.form(id.removeprefix("form:")) for id in ids]
    return [form for form in forms if form is not None]


def _offered_version(editions: CurrentEditions, slug: str) -> str:
    """The version that the current edition offers, "" if none does."""
    bodies = (editions.get(channel).body(f"forms/{slug}") or "" for channel in editions.channels)
    return next((match[1] for body in bodies if (match := _VERSION.search(body))), "")
