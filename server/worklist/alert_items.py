"""Alerts that wait for a second person or cannot leave, messages of others, and pushes that services refuse."""

from __future__ import annotations

import datetime
import re
from collections.abc import AsyncIterator, Iterable, Iterator

from server.alerts.drafts import AlertDraft, AlertDraftState, needs_second_approval
from server.push import fanout_records
from server.push.refusal_reasons import PREFIX
from server.worklist.work_item import COORDINATORS, Urgency, WorkItem
from sync.alerts.alert import Alerts
from sync.alerts.timestamps import parse_timestamp
from sync.errors import BadFolder
from sync.locale import N_
from sync.store.contract import Store

REFUSED_SHARE = 0.02  # of the phones of one alert: above it something is wrong
RECENT = datetime.timedelta(days=30)  # alerts of which refusals are counted
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def draft_items(drafts: Iterable[AlertDraft], alerts: Alerts) -> Iterator[WorkItem]:
    for draft in drafts:
        if draft.state is AlertDraftState.TEMPLATE:
            continue
        values = {"title": draft.headline}
        path, match = f"/alerts/drafts/{draft.slug}/check", _DAY.match(draft.slug)
        since, others = match[0] if match else "", frozenset({draft.by} - {""})
        needs_second = _needs_second(draft, alerts)
        if draft.state is AlertDraftState.SCHEDULED and needs_second and not draft.is_approved:
            sentence = N_(
                "Alerte programmée qui ne peut pas partir, sans l’accord d’une deuxième personne : « {title} »"
            )
        elif draft.state is AlertDraftState.WAITING and not draft.is_approved:
            sentence = N_("Alerte qui attend une deuxième personne : « {title} »")
        elif draft.is_approved and draft.state is AlertDraftState.WAITING:
            sentence = N_("Alerte approuvée, pas encore envoyée : « {title} »")
            yield WorkItem(
                "alert-approved", Urgency.LIFE, sentence, N_("Envoyer"), path, COORDINATORS, since, draft.by, values
            )
            continue
        elif draft.state is AlertDraftState.DRAFT and draft.by:
            sentence = N_("Brouillon d’alerte : « {title} »")
            yield WorkItem(
                "alert-draft",
                Urgency.TODAY,
                sentence,
                N_("Continuer"),
                path,
                COORDINATORS,
                since,
                draft.by,
                values,
                others,
            )
            continue
        else:
            continue
        button = N_("Lire et décider")
        yield WorkItem(
            "alert", Urgency.LIFE, sentence, button, path, COORDINATORS, since, draft.by, values, not_for=others
        )


def _needs_second(draft: AlertDraft, alerts: Alerts) -> bool:
    try:
        return needs_second_approval(draft.to_alert(), alerts)
    except BadFolder:
        return False


async def refusal_items(store: Store, alerts: Alerts, now: datetime.datetime) -> AsyncIterator[WorkItem]:
    """Sent alerts of the last days of which too many messages were refused."""
    recent = [alert for alert in alerts.values() if parse_timestamp(alert.sent) > now - RECENT]
    for alert in recent:
        counts = fanout_records.sum_counts(await fanout_records.load_shards(store, alert.slug))
        statuses = [(name, count) for by_status in counts.values() for name, count in by_status.items()]
        total = sum(count for name, count in statuses if not name.startswith(PREFIX))
        refused = sum(count for name, count in statuses if name == "refused")
        if total and refused > REFUSED_SHARE * total:
            sentence = N_("Messages refusés par les services : {refused} sur {total} (« {title} »)")
            headline = next((info.headline for info in alert.info.values()), alert.slug)
            values = {"refused": refused, "total": total, "title": headline}
            path = f"/alerts/sent/{alert.slug}"
            yield WorkItem(
                "push-refused",
                Urgency.TODAY,
                sentence,
                N_("Voir pourquoi"),
                path,
                COORDINATORS,
                alert.sent,
                values=values,
            )
