"""What coordinators see of alerts: all of them, one being written, what phones will show of it, what became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.responses import Response

from server.alerts.drafts import AlertDraftState, needs_second_approval, with_fields
from server.alerts.service import alerts_of
from server.console import page
from server.console.alerts import alert_form
from server.console.context import Visit
from server.push import shards
from server.web.state import translator_of
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
class Shown:
    """One language of an alert: as the phone shows it, and the copies to hand on."""

    lang: str
    word: AlertText
    until: str
    sms: SmsText
    radio: str


async def alerts(visit: Visit) -> Response:
    office = alerts_of(visit)
    library = await office.library()
    gone = replaced_slugs(library.alerts)
    sent = sorted(library.alerts.values(), key=lambda one: one.sent, reverse=True)
    plans = sorted(await office.plans.all(), key=lambda one: one.headline)
    return page.show(
        visit,
        "alerts/list.html",
        visit.language("Alertes"),
        plans=[one for one in plans if one.state is not AlertDraftState.TEMPLATE],
        templates=[one for one in plans if one.state is AlertDraftState.TEMPLATE],
        running=[one for one in sent if is_in_force(one, gone)],
        ended=[one for one in sent if not is_in_force(one, gone)][:50],
        lang=library.site.lang,
        form=alert_form,
        when=_clock(visit.language, library),
    )


async def draft(visit: Visit) -> Response:
    office = alerts_of(visit)
    library = await office.library()
    planned = await office.plans.get(visit.param("slug"))
    langs, country = alert_form.langs_of(library), alert_form.country_of(library)
    if visit.request.method == "POST":
        fields = alert_form.fields_of(visit, planned.fields, langs, country)
        await office.plans.keep(with_fields(planned, fields, visit.who.name))
        return visit.redirect(f"/alerts/drafts/{planned.slug}/check")
    return page.show(
        visit,
        "alerts/edit.html",
        visit.language("Écrire une alerte"),
        planned=planned,
        fields=planned.fields,
        langs=langs,
        form=alert_form,
        places=alert_form.places_of(library),
        topics=[(topic.slug, topic.titles.get(library.site.lang, topic.slug)) for topic in library.topics],
        options=lambda words: [(code, visit.language(said)) for code, said in words.items()],
        expires=alert_form.moment_shown(str(planned.fields.get("expires", "")), country),
        country=visit.language.country(country),
    )


async def check(visit: Visit) -> Response:
    """What is wrong; else what phones will show, how many, and what may be done now."""
    office = alerts_of(visit)
    library = await office.library()
    planned = await office.plans.get(visit.param("slug"))
    wrong: list[str] = []
    alert: Alert | None = None
    try:
        alert = planned.alert()
        wrong = [visit.language(one.sentence, **one.values) for one in find_issues(alert, library, office.clock())]
    except BadFolder as error:
        wrong = [_said(visit, one) for one in error.errors]
    counts = (
        await office.subscriptions.count_by_language(Audience.of(alert, library.alerts)) if alert and not wrong else {}
    )
    return page.show(
        visit,
        "alerts/check.html",
        visit.language("Vérifier et envoyer"),
        planned=planned,
        alert=alert,
        wrong=wrong,
        limit=MAX_PAYLOAD_BYTES,
        shown=_shown(visit, alert, library) if alert and not wrong else [],
        counts=counts,
        total=sum(counts.values()),
        silence=office.push_problem.text(visit.language) if office.push_problem else "",
        second=bool(alert and needs_second_approval(alert) and not planned.approved_by),
        own=planned.by == visit.who.name,
        form=alert_form,
        State=AlertDraftState,
        when=_clock(visit.language, library),
    )


def _said(visit: Visit, error: BadContent) -> str:
    """By the words that stand beside the field, not by its name in a file."""
    named = alert_form.FIELDS.get(str(error.values.get("name", "")))
    return (
        visit.language(error.sentence, **{**error.values, "name": visit.language(named)})
        if named
        else error.text(visit.language)
    )


async def sent(visit: Visit) -> Response:
    office = alerts_of(visit)
    library = await office.library()
    alert = library.alerts.get(visit.param("slug"))
    if alert is None:
        raise NotFound("alert-unknown-here", "Cette alerte n’existe pas.")
    found = await shards.load_shards(office.store, alert.slug)
    totals, shown = shards.sum_counts(found), await office.shown.of(alert.slug)
    langs = sorted({lang for lang in (*totals, *shown) if lang})
    rows = [
        (lang, *(totals.get(lang, {}).get(fate, 0) for fate in ("delivered", "gone", "refused")), shown.get(lang, 0))
        for lang in langs
    ]
    running = is_in_force(alert, replaced_slugs(library.alerts))
    return page.show(
        visit,
        "alerts/sent.html",
        alert.info[_main(alert, library)].headline,
        alert=alert,
        rows=rows,
        running=running,
        form=alert_form,
        done=bool(found) and all(shard.done for shard in found.values()),
        shown=_shown(visit, alert, library),
        when=_clock(visit.language, library),
    )


def _shown(visit: Visit, alert: Alert, library: Library) -> list[Shown]:
    dated = replace(alert, sent=alert.sent or format_timestamp(alerts_of(visit).clock()))
    rows = []
    for lang, info in alert.info.items():
        language = translator_of(visit).language_of(lang)
        word = alert_text(dated, lang, library, 1)
        until = language(
            "Jusqu’au {moment}",
            moment=language.local_time(parse_timestamp(alert.expires), alert_form.country_of(library)),
        )
        rows.append(
            Shown(
                lang,
                word,
                until,
                write_sms(info, word.area, until),
                write_radio_script(info, word.area, until, language),
            )
        )
    return rows


def _main(alert: Alert, library: Library) -> str:
    return library.site.lang if library.site.lang in alert.info else next(iter(alert.info))


def _clock(language: Language, library: Library) -> object:
    """Writes a kept moment by the clocks of the site's first country."""

    def when(moment: str) -> str:
        return language.local_time(parse_timestamp(moment), alert_form.country_of(library)) if moment else ""

    return when
