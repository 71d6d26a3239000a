"""Pages of alerts: the list, the editor of a draft, its check with previews, and delivery counts of a sent alert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from server.alerts.drafts import AlertDraft, AlertDraftState, fingerprint_of, needs_second_approval, with_fields
from server.alerts.service import alerts_of
from server.console import page
from server.console.alerts import alert_form
from server.console.components.decision import FIELD, has_seen
from server.console.context import ConsoleContext
from server.push import fanout_records
from server.web.app_state import translator_of
from server.writing.text_diff import DiffRow, side_by_side
from sync.alerts.alert import Alert, is_in_force, replaced_slugs
from sync.alerts.audience import Audience
from sync.alerts.check import find_issues
from sync.alerts.library_with_alerts import Library
from sync.alerts.push_payload import MAX_PAYLOAD_BYTES, AlertText, alert_text
from sync.alerts.sms_radio import SmsText, write_radio_script, write_sms
from sync.alerts.timestamps import format_timestamp, parse_timestamp
from sync.alerts.wording import AlertWording, word_alert
from sync.errors import BadContent, BadFolder, NotFound
from sync.locale import Language


@dataclass(frozen=True, slots=True)
class AlertPreview:
    """One language of an alert: notification on the phone, SMS and radio script."""

    lang: str
    alert_text: AlertText
    wording: AlertWording
    sms: SmsText
    radio: str


@dataclass(frozen=True, slots=True)
class FieldComparison:
    """A field of a draft, as seen and as it stands now. `name`: key of `alert_form.FIELD_TITLES`."""

    name: str
    rows: list[DiffRow]


async def alerts(context: ConsoleContext) -> Response:
    service = alerts_of(context)
    library = await service.load_library()
    replaced = replaced_slugs(library.alerts)
    sent = sorted(library.alerts.values(), key=lambda alert: alert.sent, reverse=True)
    drafts = sorted(await service.drafts.all(), key=lambda draft: draft.headline)
    return page.render(
        context,
        "alerts/list.html",
        context.language("Alertes"),
        drafts=[draft for draft in drafts if draft.state is not AlertDraftState.TEMPLATE],
        templates=[draft for draft in drafts if draft.state is AlertDraftState.TEMPLATE],
        current=[alert for alert in sent if is_in_force(alert, replaced)],
        ended=[alert for alert in sent if not is_in_force(alert, replaced)][:50],
        lang=library.site.lang,
        form=alert_form,
        format_time=_time_formatter(context.language, library),
    )


async def draft(context: ConsoleContext) -> Response:
    """The editor of a draft; a POST saves it and leads to the check.

    A POST made from an older text saves nothing: the editor shows what was typed, beside the text that stands there.
    """
    service = alerts_of(context)
    library = await service.load_library()
    alert_draft = await service.drafts.get(context.param("slug"))
    langs, country = alert_form.list_languages(library), alert_form.clock_country(library)
    fields = alert_draft.fields
    is_stale = False
    if context.request.method == "POST":
        fields = alert_form.parse_fields(context, alert_draft.fields, langs, country)
        is_stale = not has_seen(context, alert_draft.fingerprint)
        if not is_stale:
            await service.drafts.save(with_fields(alert_draft, fields, context.user.name))
            await context.record_action("alert-written", alert_draft.slug, text=fingerprint_of(fields)[:12])
            return context.redirect(f"/alerts/drafts/{alert_draft.slug}/check")
    return page.render(
        context,
        "alerts/edit.html",
        context.language("Écrire une alerte"),
        status=409 if is_stale else 200,
        fields=fields,
        draft=alert_draft,
        comparisons=_compare(fields, alert_draft.fields) if is_stale else [],
        langs=langs,
        form=alert_form,
        places=alert_form.list_places(library),
        topics=[(topic.slug, topic.titles.get(library.site.lang, topic.slug)) for topic in library.topics],
        options=lambda labels: [(code, context.language(label)) for code, label in labels.items()],
        expires=alert_form.format_local_time(str(fields.get("expires", "")), country),
        country=context.language.country(country),
    )


async def draft_check(context: ConsoleContext) -> Response:
    """The errors of a draft; without any, its previews, the number of phones, and the next steps."""
    return await _render_check(context, await alerts_of(context).drafts.get(context.param("slug")))


async def changed_draft(context: ConsoleContext, alert_draft: AlertDraft) -> Response:
    """The check page in answer to a decision about an older text: both texts side by side, and nothing done."""
    seen = alert_draft.versions.get(context.text(FIELD), {})
    return await _render_check(context, alert_draft, _compare(seen, alert_draft.fields), status=409)


async def _render_check(
    context: ConsoleContext,
    alert_draft: AlertDraft,
    comparisons: Sequence[FieldComparison] = (),
    status: int = 200,
) -> Response:
    service = alerts_of(context)
    library = await service.load_library()
    wrong: list[str] = []
    alert: Alert | None = None
    try:
        alert = alert_draft.to_alert()
        wrong = [
            context.language(issue.sentence, **issue.values) for issue in find_issues(alert, library, service.clock())
        ]
    except BadFolder as error:
        wrong = [_error_sentence(context, content_error) for content_error in error.errors]
    counts = (
        await service.subscriptions.count_by_language(Audience.for_alert(alert, library.alerts))
        if alert and not wrong
        else {}
    )
    needs_approval = bool(alert and needs_second_approval(alert, library.alerts) and not alert_draft.is_approved)
    return page.render(
        context,
        "alerts/check.html",
        context.language("Vérifier et envoyer"),
        status=status,
        draft=alert_draft,
        alert=alert,
        wrong=wrong,
        comparisons=comparisons,
        limit=MAX_PAYLOAD_BYTES,
        previews=_make_previews(context, alert, library) if alert and not wrong else [],
        counts=counts,
        total=sum(counts.values()),
        push_problem=service.push_problem.text(context.language) if service.push_problem else "",
        needs_approval=needs_approval,
        is_own=alert_draft.by == context.user.name,
        form=alert_form,
    )


def _compare(seen: Mapping[str, Any], current: Mapping[str, Any]) -> list[FieldComparison]:
    """The fields of two texts of a draft that differ."""
    return [
        FieldComparison(name, side_by_side(left, right, whole=True))
        for name, left, right in alert_form.compare_fields(seen, current)
    ]


def _error_sentence(context: ConsoleContext, error: BadContent) -> str:
    """The sentence of an error, with the field's label in the form in place of its name."""
    label = alert_form.FIELD_LABELS.get(str(error.values.get("name", "")))
    if label is None:
        return error.text(context.language)
    sentence, _ = error.translate(context.language, name=context.language(label))
    return sentence


async def sent_alert(context: ConsoleContext) -> Response:
    """A sent alert with its delivery and display counts by language."""
    service = alerts_of(context)
    library = await service.load_library()
    alert = library.alerts.get(context.param("slug"))
    if alert is None:
        raise NotFound("alert-unknown-here", "Cette alerte n’existe pas.")
    all_shards = await fanout_records.load_shards(service.store, alert.slug)
    delivered, displayed = (
        fanout_records.sum_counts(all_shards),
        await service.display_counts.sum_by_language(alert.slug),
    )
    langs = sorted({lang for lang in (*delivered, *displayed) if lang})
    rows = [
        (
            lang,
            *(delivered.get(lang, {}).get(status, 0) for status in ("delivered", "gone", "refused")),
            displayed.get(lang, 0),
        )
        for lang in langs
    ]
    is_current = is_in_force(alert, replaced_slugs(library.alerts))
    return page.render(
        context,
        "alerts/sent.html",
        alert.info[_main_language(alert, library)].headline,
        alert=alert,
        rows=rows,
        is_current=is_current,
        form=alert_form,
        is_done=bool(all_shards) and all(shard.done for shard in all_shards.values()),
        previews=_make_previews(context, alert, library),
        format_time=_time_formatter(context.language, library),
    )


def _make_previews(context: ConsoleContext, alert: Alert, library: Library) -> list[AlertPreview]:
    dated_alert = replace(alert, sent=alert.sent or format_timestamp(alerts_of(context).clock()))
    previews = []
    for lang, info in alert.info.items():
        language = translator_of(context).language_of(lang)
        text = alert_text(dated_alert, lang, library, 1)
        wording = word_alert(alert, info, text.area, language, alert_form.clock_country(library))
        previews.append(AlertPreview(lang, text, wording, write_sms(wording), write_radio_script(wording, language)))
    return previews


def _main_language(alert: Alert, library: Library) -> str:
    return library.site.lang if library.site.lang in alert.info else next(iter(alert.info))


def _time_formatter(language: Language, library: Library) -> object:
    """A function that writes a timestamp in the time zone of the site's first country."""

    def format_time(moment: str) -> str:
        return language.local_time(parse_timestamp(moment), alert_form.clock_country(library)) if moment else ""

    return format_time
