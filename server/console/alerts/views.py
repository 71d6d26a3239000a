"""What coordinators see of alerts: all of them, one being written, what phones will show of it, what became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.responses import Response

from server.alerts.drafts import AlertDraftState, needs_second_approval, with_fields
from server.alerts.service import alerts_of
from server.console import page
from server.console.alerts import alert_form
from server.console.context import ConsoleContext
from server.push import shards
from server.web.app_state import translator_of
from sync.alerts.alert import Alert, is_in_force, replaced_slugs
from sync.alerts.audience import Audience
from sync.alerts.check import find_issues
from sync.alerts.library import Library
from sync.alerts.push_payload import MAX_PAYLOAD_BYTES, AlertText, alert_text
from sync.alerts.sms_radio import SmsText, write_radio_script, write_sms
from sync.alerts.timestamps import format_timestamp, parse_timestamp
from sync.errors import BadContent, BadFolder, NotFound
from sync.locale import Language


@dataclass(frozen=True, slots=True)
class AlertPreview:
    """One language of an alert: as the phone shows it, and the copies to hand on."""

    lang: str
    alert_text: AlertText
    until: str
    sms: SmsText
    radio: str


async def alerts(context: ConsoleContext) -> Response:
    office = alerts_of(context)
    library = await office.load_library()
    gone = replaced_slugs(library.alerts)
    sent = sorted(library.alerts.values(), key=lambda one: one.sent, reverse=True)
    plans = sorted(await office.drafts.all(), key=lambda one: one.headline)
    return page.render(
        context,
        "alerts/list.html",
        context.language("Alertes"),
        plans=[one for one in plans if one.state is not AlertDraftState.TEMPLATE],
        templates=[one for one in plans if one.state is AlertDraftState.TEMPLATE],
        running=[one for one in sent if is_in_force(one, gone)],
        ended=[one for one in sent if not is_in_force(one, gone)][:50],
        lang=library.site.lang,
        form=alert_form,
        when=_time_formatter(context.language, library),
    )


async def draft(context: ConsoleContext) -> Response:
    office = alerts_of(context)
    library = await office.load_library()
    planned = await office.drafts.get(context.param("slug"))
    langs, country = alert_form.list_languages(library), alert_form.clock_country(library)
    if context.request.method == "POST":
        fields = alert_form.parse_fields(context, planned.fields, langs, country)
        await office.drafts.save(with_fields(planned, fields, context.user.name))
        return context.redirect(f"/alerts/drafts/{planned.slug}/check")
    return page.render(
        context,
        "alerts/edit.html",
        context.language("Écrire une alerte"),
        planned=planned,
        fields=planned.fields,
        langs=langs,
        form=alert_form,
        places=alert_form.list_places(library),
        topics=[(topic.slug, topic.titles.get(library.site.lang, topic.slug)) for topic in library.topics],
        options=lambda words: [(code, context.language(said)) for code, said in words.items()],
        expires=alert_form.format_local_time(str(planned.fields.get("expires", "")), country),
        country=context.language.country(country),
    )


async def draft_check(context: ConsoleContext) -> Response:
    """What is wrong; else what phones will show, how many, and what may be done now."""
    office = alerts_of(context)
    library = await office.load_library()
    planned = await office.drafts.get(context.param("slug"))
    wrong: list[str] = []
    alert: Alert | None = None
    try:
        alert = planned.to_alert()
        wrong = [context.language(one.sentence, **one.values) for one in find_issues(alert, library, office.clock())]
    except BadFolder as error:
        wrong = [_error_sentence(context, one) for one in error.errors]
    counts = (
        await office.subscriptions.count_by_language(Audience.for_alert(alert, library.alerts))
        if alert and not wrong
        else {}
    )
    return page.render(
        context,
        "alerts/check.html",
        context.language("Vérifier et envoyer"),
        planned=planned,
        alert=alert,
        wrong=wrong,
        limit=MAX_PAYLOAD_BYTES,
        shown=_make_previews(context, alert, library) if alert and not wrong else [],
        counts=counts,
        total=sum(counts.values()),
        silence=office.push_problem.text(context.language) if office.push_problem else "",
        second=bool(alert and needs_second_approval(alert) and not planned.approved_by),
        own=planned.by == context.user.name,
        form=alert_form,
        State=AlertDraftState,
        when=_time_formatter(context.language, library),
    )


def _error_sentence(context: ConsoleContext, error: BadContent) -> str:
    """By the words that stand beside the field, not by its name in a file."""
    named = alert_form.FIELD_LABELS.get(str(error.values.get("name", "")))
    return (
        context.language(error.sentence, **{**error.values, "name": context.language(named)})
        if named
        else error.text(context.language)
    )


async def sent_alert(context: ConsoleContext) -> Response:
    office = alerts_of(context)
    library = await office.load_library()
    alert = library.alerts.get(context.param("slug"))
    if alert is None:
        raise NotFound("alert-unknown-here", "Cette alerte n’existe pas.")
    found = await shards.load_shards(office.store, alert.slug)
    totals, shown = shards.sum_counts(found), await office.display_counts.sum_by_language(alert.slug)
    langs = sorted({lang for lang in (*totals, *shown) if lang})
    rows = [
        (lang, *(totals.get(lang, {}).get(fate, 0) for fate in ("delivered", "gone", "refused")), shown.get(lang, 0))
        for lang in langs
    ]
    running = is_in_force(alert, replaced_slugs(library.alerts))
    return page.render(
        context,
        "alerts/sent.html",
        alert.info[_main_language(alert, library)].headline,
        alert=alert,
        rows=rows,
        running=running,
        form=alert_form,
        done=bool(found) and all(shard.done for shard in found.values()),
        shown=_make_previews(context, alert, library),
        when=_time_formatter(context.language, library),
    )


def _make_previews(context: ConsoleContext, alert: Alert, library: Library) -> list[AlertPreview]:
    dated = replace(alert, sent=alert.sent or format_timestamp(alerts_of(context).clock()))
    rows = []
    for lang, info in alert.info.items():
        language = translator_of(context).language_of(lang)
        word = alert_text(dated, lang, library, 1)
        until = language(
            "Jusqu’au {moment}",
            moment=language.local_time(parse_timestamp(alert.expires), alert_form.clock_country(library)),
        )
        rows.append(
            AlertPreview(
                lang,
                word,
                until,
                write_sms(info, word.area, until),
                write_radio_script(info, word.area, until, language),
            )
        )
    return rows


def _main_language(alert: Alert, library: Library) -> str:
    return library.site.lang if library.site.lang in alert.info else next(iter(alert.info))


def _time_formatter(language: Language, library: Library) -> object:
    """Writes a kept moment by the clocks of the site's first country."""

    def when(moment: str) -> str:
        return language.local_time(parse_timestamp(moment), alert_form.clock_country(library)) if moment else ""

    return when
