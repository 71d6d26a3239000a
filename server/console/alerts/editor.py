"""The editor of an alert: a new one, which nothing keeps until it is saved, and a draft."""

from __future__ import annotations

import datetime
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from server.alerts.danger_list import danger_templates_of
from server.alerts.drafts import AlertDraft, fingerprint_of, with_fields
from server.alerts.service import alerts_of
from server.console import page
from server.console.alerts import alert_form
from server.console.alerts.place_choice import home_countries, offer_places, site_countries
from server.console.alerts.received import load_source
from server.console.alerts.views import compare
from server.console.components.decision import has_seen
from server.console.components.local_time import clock_country, format_local_time
from server.console.context import ConsoleContext
from server.web.app_state import clock_of, translator_of
from sync.alerts.danger_templates import MAX_HOURS
from sync.alerts.follow_up import follow_up_fields
from sync.alerts.library_with_alerts import Library
from sync.alerts.timestamps import format_timestamp
from sync.errors import NotFound

DEFAULT_HOURS = 12
_SLUG = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Beginning:
    """The beginning of a new alert, named by the address and by the form: a danger, a template, or a sent alert."""

    danger: str = ""
    template: str = ""
    sent: str = ""
    kind: str = ""

    @classmethod
    def of(cls, context: ConsoleContext) -> Beginning:
        return cls(*(context.query(name) or context.text(name) for name in ("danger", "template", "sent", "kind")))

    @property
    def inputs(self) -> dict[str, str]:
        names = ("danger", "template", "sent", "kind")
        return {name: value for name in names if (value := getattr(self, name))}


async def new_draft(context: ConsoleContext) -> Response:
    """The editor of a new alert. The first saving makes the draft, under the name that the page was given."""
    library = await alerts_of(context).load_library()
    beginning = Beginning.of(context)
    slug = context.text("slug")
    if not _SLUG.fullmatch(slug):
        slug = f"{clock_of(context)():%Y-%m-%d}-{secrets.token_hex(3)}"
    hidden = {"slug": slug, **beginning.inputs}
    if context.request.method != "POST":
        begun_fields = await _begin(context, beginning, library)
        return await _render(context, library, AlertDraft(slug, {}, context.user.name), begun_fields, hidden)
    typed_fields = _parse(context, _fields_after(context, beginning, library) if beginning.sent else {}, library)
    if "find" in context.form:
        return await _render(context, library, AlertDraft(slug, {}, context.user.name), typed_fields, hidden)
    try:
        draft = await alerts_of(context).drafts.get(slug)
    except NotFound:
        draft = AlertDraft(slug, {}, context.user.name, begun=format_timestamp(clock_of(context)()))
    danger = danger_templates_of(context).get(beginning.danger)
    return await _save(context, library, draft, danger.without_untouched(typed_fields) if danger else typed_fields)


async def draft(context: ConsoleContext) -> Response:
    """The editor of a draft; a POST saves it and leads to the check.

    A POST made from an older text saves nothing: the editor shows what was typed, beside the text that stands there.
    """
    service = alerts_of(context)
    library = await service.load_library()
    alert_draft = await service.drafts.get(context.param("slug"))
    if context.request.method != "POST":
        return await _render(context, library, alert_draft, alert_draft.fields)
    typed_fields = _parse(context, alert_draft.fields, library)
    if "find" in context.form:
        return await _render(context, library, alert_draft, typed_fields, seen=context.text("seen"))
    return await _save(context, library, alert_draft, typed_fields)


async def _save(
    context: ConsoleContext, library: Library, alert_draft: AlertDraft, fields: Mapping[str, Any]
) -> Response:
    """Save what was typed; show both texts if the draft has become another one. The same text saved twice is one."""
    is_same = dict(fields) == dict(alert_draft.fields)
    if alert_draft.rev and not is_same and not has_seen(context, alert_draft.fingerprint):
        return await _render(context, library, alert_draft, fields, is_stale=True)
    if not alert_draft.rev or not is_same:
        await alerts_of(context).drafts.save(with_fields(alert_draft, fields, context.user.name))
        await context.record_action("alert-written", alert_draft.slug, text=fingerprint_of(fields)[:12])
    return context.redirect(f"/alerts/drafts/{alert_draft.slug}/check")


def _parse(context: ConsoleContext, current: Mapping[str, Any], library: Library) -> dict[str, Any]:
    fields = alert_form.parse_fields(context, current, alert_form.list_languages(library), clock_country(library))
    return fields | {"geocode": site_countries(library)} if context.text("everywhere") else fields


async def _render(
    context: ConsoleContext,
    library: Library,
    alert_draft: AlertDraft,
    fields: Mapping[str, Any],
    hidden: Mapping[str, str] | None = None,
    *,
    seen: str = "",
    is_stale: bool = False,
) -> Response:
    country = clock_country(library)
    chosen = list(map(str, fields.get("geocode", [])))
    query = context.text("place-query") if "find" in context.form else ""
    return page.render(
        context,
        "alerts/edit.html",
        context.language("Écrire une alerte"),
        status=409 if is_stale else 200,
        fields=fields,
        draft=alert_draft,
        source=await load_source(context, alert_draft),
        seen_fingerprint=seen or alert_draft.fingerprint,
        hidden=hidden or {},
        action="/alerts/new" if hidden else f"/alerts/drafts/{alert_draft.slug}",
        comparisons=compare(fields, alert_draft.fields) if is_stale else [],
        langs=alert_form.list_languages(library),
        form=alert_form,
        countries=offer_places(
            library, chosen, home_countries(library, chosen or await _last_places(context, library)), query
        ),
        place_query=query,
        topics=[(topic.slug, topic.titles.get(library.site.lang, topic.slug)) for topic in library.topics],
        options=lambda labels: [(code, context.language(label)) for code, label in labels.items()],
        expires=format_local_time(str(fields.get("expires", "")), country),
        country=context.language.country(country),
    )


async def _last_places(context: ConsoleContext, library: Library) -> list[str]:
    """The places of the last alert that this person wrote, else of the last one that was sent."""
    drafts = [draft for draft in await alerts_of(context).drafts.all() if draft.by == context.user.name]
    written = [draft.fields for draft in sorted(drafts, key=lambda draft: draft.slug) if draft.fields.get("geocode")]
    if written:
        return list(map(str, written[-1]["geocode"]))
    sent = sorted(library.alerts.values(), key=lambda alert: alert.sent)
    return list(sent[-1].geocode) if sent else []


async def _begin(context: ConsoleContext, beginning: Beginning, library: Library) -> dict[str, Any]:
    """The first fields of a new alert: of a danger, of a template, or of the sent alert that it changes or ends."""
    service = alerts_of(context)
    hours = DEFAULT_HOURS
    fields: dict[str, Any] = {}
    if beginning.danger in danger_templates_of(context):
        danger = danger_templates_of(context)[beginning.danger]
        fields, hours = danger.fields, min(danger.hours or DEFAULT_HOURS, MAX_HOURS)
    if beginning.template:
        fields = dict((await service.drafts.get(beginning.template)).fields)
    if beginning.sent:
        fields = _fields_after(context, beginning, library)
    fields.setdefault("expires", _default_end(clock_of(context)(), hours))
    return fields


def _fields_after(context: ConsoleContext, beginning: Beginning, library: Library) -> dict[str, Any]:
    alert = library.alerts.get(beginning.sent)
    if alert is None:
        raise NotFound("alert-unknown-here", "Cette alerte n’existe pas.", "Revenez à la liste.")
    kind = "Cancel" if beginning.kind == "Cancel" else "Update"
    return follow_up_fields(alert, kind, translator_of(context).language_of)


def _default_end(now: datetime.datetime, hours: int) -> str:
    """The full hour before `hours` from now, so that it lies within them."""
    return format_timestamp((now + datetime.timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0))
