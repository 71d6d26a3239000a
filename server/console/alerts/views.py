"""Pages of alerts: the list, the editor of a draft, its check with previews, and delivery counts of a sent alert."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from server.accounts.account import Role
from server.accounts.account_service import accounts_of
from server.alerts.cap_intake import cap_intake_of
from server.alerts.danger_list import danger_templates_of
from server.alerts.drafts import AlertDraft, AlertDraftState, needs_second_approval
from server.alerts.guest_approvals import GuestInvitation
from server.alerts.service import alerts_of
from server.console import page
from server.console.alerts import alert_form
from server.console.alerts.received import count_open
from server.console.components.decision import FIELD
from server.console.components.local_time import clock_country, time_words
from server.console.context import ConsoleContext
from server.push import fanout_records
from server.push.refusal_reasons import OTHER, WORDS, refusals_by_reason
from server.web.app_state import translator_of
from server.writing.text_diff import DiffRow, side_by_side
from sync.alerts.alert import Alert, is_in_force, replaced_slugs
from sync.alerts.alert_area_names import area_description
from sync.alerts.alert_areas import former_origins, places_without_outline
from sync.alerts.audience import Audience
from sync.alerts.check import find_issues
from sync.alerts.issue import AlertIssue, IssueLevel
from sync.alerts.library_with_alerts import Library
from sync.alerts.push_payload import MAX_PAYLOAD_BYTES, AlertText, alert_text
from sync.alerts.sms_radio import SmsText, write_radio_script, write_sms
from sync.alerts.timestamps import format_timestamp, parse_timestamp
from sync.alerts.wording import AlertWording, word_alert
from sync.errors import NotFound
from sync.locale import Language

SENDING_SECONDS = 1800  # retries of a broadcast go on for ten minutes; after that the page no longer asks again
START_SECONDS = 120  # a machine with the keys begins within this time


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


@dataclass(frozen=True, slots=True)
class ShownIssue:
    """An issue as the page says it. `anchor`: the field in the editor, "" for none; `field`: its label and language."""

    sentence: str
    hint: str
    is_stop: bool
    anchor: str
    field: str


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
        received_count=await count_open(context),
        lang=library.site.lang,
        form=alert_form,
        dangers=danger_templates_of(context),
        format_time=_time_formatter(context.language, library),
    )


async def draft_check(context: ConsoleContext) -> Response:
    """The findings about a draft; if nothing stops it, its previews, the number of phones, and the next steps."""
    return await _render_check(context, await alerts_of(context).drafts.get(context.param("slug")))


async def changed_draft(context: ConsoleContext, alert_draft: AlertDraft) -> Response:
    """The check page in answer to a decision about an older text: both texts side by side, and nothing done."""
    seen = alert_draft.versions.get(context.text(FIELD), {})
    return await _render_check(context, alert_draft, compare(seen, alert_draft.fields), status=409)


def _judge(context: ConsoleContext, alert_draft: AlertDraft, library: Library) -> tuple[Alert | None, list[AlertIssue]]:
    """The alert, None while its fields do not make one, and what the check finds."""
    issues = list(alert_draft.find_field_issues())
    alert = None if issues else alert_draft.to_alert()
    if alert:
        issues = list(find_issues(alert, library, alerts_of(context).clock(), translator_of(context).language_of))
    return alert, issues


async def _render_check(
    context: ConsoleContext,
    alert_draft: AlertDraft,
    comparisons: Sequence[FieldComparison] = (),
    status: int = 200,
) -> Response:
    service = alerts_of(context)
    library = await service.load_library()
    alert, issues = _judge(context, alert_draft, library)
    findings = [_show_issue(context, issue) for issue in issues]
    can_leave = not any(issue.level is IssueLevel.STOP for issue in issues)
    counts = (
        await service.subscriptions.count_by_language(Audience.for_alert(alert, library.alerts))
        if alert and can_leave
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
        stops=[finding for finding in findings if finding.is_stop],
        advice=[finding for finding in findings if not finding.is_stop],
        comparisons=comparisons,
        limit=MAX_PAYLOAD_BYTES,
        previews=_make_previews(context, alert, library) if alert and can_leave else [],
        counts=counts,
        total=sum(counts.values()),
        push_problem=service.push_problem.text(context.language) if service.push_problem else "",
        needs_approval=needs_approval,
        format_time=_time_formatter(context.language, library),
        is_outdated=await cap_intake_of(context).is_outdated(alert_draft),
        former_limits=former_origins(alert.geocode, library) if alert else (),
        undrawn=places_without_outline(alert.geocode, library) if alert else (),
        approvers=await _list_approvers(context, alert_draft) if needs_approval else [],
        site_contact=library.site.contact,
        is_own=alert_draft.by in ("", context.user.name),
        form=alert_form,
    )


async def render_for_guest(
    context: ConsoleContext, alert_draft: AlertDraft, invitation: GuestInvitation, *, has_changed: bool = False
) -> Response:
    """The whole alert for the person whom a link invites, with nothing else of the console."""
    service = alerts_of(context)
    library = await service.load_library()
    alert, issues = _judge(context, alert_draft, library)
    findings = [replace(_show_issue(context, issue), anchor="") for issue in issues]
    return page.render(
        context,
        "alerts/guest.html",
        context.language("Lire une alerte avant son envoi"),
        status=409 if has_changed else 200,
        draft=alert_draft,
        invitation=invitation,
        has_changed=has_changed,
        alert=alert,
        area=area_description(alert, context.language.code, library) if alert else "",
        end=_time_formatter(context.language, library)(alert.expires) if alert else "",
        stops=[finding for finding in findings if finding.is_stop],
        advice=[finding for finding in findings if not finding.is_stop],
        previews=_make_previews(context, alert, library) if alert else [],
        limit=MAX_PAYLOAD_BYTES,
        form=alert_form,
    )


async def _list_approvers(context: ConsoleContext, alert_draft: AlertDraft) -> list[str]:
    """Names of the people of this site who may approve the draft."""
    return sorted(
        account.display_name
        for account in await accounts_of(context).accounts.all()
        if account.role in (Role.ADMINISTRATOR, Role.COORDINATOR)
        and account.password
        and not account.closed
        and account.name not in (alert_draft.by, context.user.name)
    )


def compare(seen: Mapping[str, Any], current: Mapping[str, Any]) -> list[FieldComparison]:
    """The fields of two texts of a draft that differ."""
    return [
        FieldComparison(name, side_by_side(left, right, whole=True))
        for name, left, right in alert_form.compare_fields(seen, current)
    ]


def _show_issue(context: ConsoleContext, issue: AlertIssue) -> ShownIssue:
    """The finding of an issue: the field's label in the form in place of its name, languages and places by name."""
    language = context.language
    values = dict(issue.values)
    name = str(values.get("name", ""))
    if name in alert_form.FIELD_TITLES:
        values["name"] = language(alert_form.FIELD_TITLES[name])
    if "lang" in values:
        values["lang"] = language.name_of(str(values["lang"]))
    if "orders" in values:
        values["orders"] = ", ".join(
            language(alert_form.RESPONSES[code]) for code in alert_form.RESPONSES if code in issue.values["orders"]
        )
    anchor, field, lang = alert_form.locate_field(issue.steps)
    return ShownIssue(
        language(issue.sentence, **values),
        language(issue.hint, **values) if issue.hint else "",
        issue.level is IssueLevel.STOP,
        anchor,
        " · ".join(filter(None, (field and language(alert_form.FIELD_TITLES[field]), lang and language.name_of(lang)))),
    )


async def sent_alert(context: ConsoleContext) -> Response:
    """A sent alert with its delivery and display counts by language."""
    service = alerts_of(context)
    library = await service.load_library()
    alert = library.alerts.get(context.param("slug"))
    if alert is None:
        raise NotFound("alert-unknown-here", "Cette alerte n’existe pas.", "Revenez à la liste.")
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
    is_done = bool(all_shards) and all(shard.done for shard in all_shards.values())
    age = (service.clock() - parse_timestamp(alert.sent)).total_seconds()
    is_current = is_in_force(alert, replaced_slugs(library.alerts))
    return page.render(
        context,
        "alerts/sent.html",
        alert.info[_main_language(alert, library)].headline,
        alert=alert,
        rows=rows,
        is_current=is_current,
        form=alert_form,
        is_done=is_done,
        is_sending=not is_done and age < SENDING_SECONDS and (bool(all_shards) or age < START_SECONDS),
        has_broadcast=bool(all_shards),
        refusals=[
            (context.language(WORDS.get(code, OTHER)), count) for code, count in refusals_by_reason(delivered).items()
        ],
        previews=_make_previews(context, alert, library),
        format_time=_time_formatter(context.language, library),
    )


def _make_previews(context: ConsoleContext, alert: Alert, library: Library) -> list[AlertPreview]:
    dated_alert = replace(alert, sent=alert.sent or format_timestamp(alerts_of(context).clock()))
    previews = []
    for lang, info in alert.info.items():
        language = translator_of(context).language_of(lang)
        text = alert_text(dated_alert, lang, library, 1, language_of=translator_of(context).language_of)
        wording = word_alert(alert, info, text.area, language, clock_country(library), site=library.site.name)
        previews.append(AlertPreview(lang, text, wording, write_sms(wording), write_radio_script(wording, language)))
    return previews


def _main_language(alert: Alert, library: Library) -> str:
    return library.site.lang if library.site.lang in alert.info else next(iter(alert.info))


def _time_formatter(language: Language, library: Library) -> Callable[[str], str]:
    return lambda moment: time_words(language, moment, library)
