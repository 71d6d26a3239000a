"""Checks of push for `kunnafoni doctor`: the contact and address of the site, and what became of the latest alerts."""

from __future__ import annotations

import datetime

from server.keys import vapid
from server.maintenance.finding import Finding
from server.push import fanout_records
from server.push.refusal_reasons import OTHER, WORDS, refusals_by_reason
from server.settings import Settings
from sync.errors import KunnafoniError
from sync.store.contract import Collection, Store
from sync.store.iteration import iterate_records

RECENT = datetime.timedelta(days=30)
MAX_ALERTS = 5  # the latest ones with a broadcast
MAX_REFUSED_SHARE = 0.02  # of messages that a push service answered


async def check_push(settings: Settings, store: Store, now: datetime.datetime) -> list[Finding]:
    """Findings on a machine that sends; a problem if something is set wrongly or a phone needs what is missing."""
    if not settings.publisher and not (settings.keys / vapid.FILE_NAME).exists():
        return []
    findings = []
    has_phones = bool(await store.scan(Collection.PUSH, "sub:", "sub;", 1))
    try:
        vapid.resolve_contact(settings.push_contact, settings.url)
    except KunnafoniError as error:
        is_problem = bool(settings.push_contact) or has_phones
        findings.append(Finding(error.code, error.sentence, error.hint, is_problem, error.values))
    if not settings.url:
        findings.append(
            Finding(
                "url-missing",
                "KUNNAFONI_URL est vide : les alertes en CAP n’ont pas d’adresse à donner aux autres services.",
                "Mettez l’adresse de ce site dans KUNNAFONI_URL, puis relancez.",
                is_problem=False,
            )
        )
    return [*findings, *await _check_deliveries(store, now)]


async def _check_deliveries(store: Store, now: datetime.datetime) -> list[Finding]:
    """A problem if none of the latest messages arrived, or too many were refused."""
    delivered, refused, reasons = 0, 0, dict[str, int]()
    for slug in await _latest_alerts(store, now):
        counts = fanout_records.sum_counts(await fanout_records.load_shards(store, slug))
        delivered += sum(by_status.get("delivered", 0) for by_status in counts.values())
        refused += sum(by_status.get("refused", 0) for by_status in counts.values())
        for code, count in refusals_by_reason(counts).items():
            if code == "over":  # a phone that could not be reached in time says nothing about this site
                refused -= count
            else:
                reasons[code] = reasons.get(code, 0) + count
    if not refused or refused / (delivered + refused) <= MAX_REFUSED_SHARE:
        return []
    code = max(reasons, key=lambda name: reasons[name], default="")
    values = {"refused": refused, "count": delivered + refused}
    hint = WORDS.get(code, OTHER)
    if not delivered:
        return [
            Finding("push-none-delivered", "Aucun des {count} derniers messages n’est arrivé.", hint, values=values)
        ]
    sentence = "{refused} des {count} derniers messages ont été refusés."
    return [Finding("push-refused", sentence, hint, values=values)]


async def _latest_alerts(store: Store, now: datetime.datetime) -> list[str]:
    """Slugs of the latest alerts that were sent within RECENT, newest first."""
    since = (now - RECENT).strftime("%Y-%m-%dT%H:%M:%SZ")
    sent = []
    async for record in iterate_records(store, Collection.CONTENT, "alert:"):
        moment = str(record.body.get("fields", {}).get("sent", ""))
        if moment >= since:
            sent.append((moment, record.id.partition(":")[2]))
    return [slug for _, slug in sorted(sent, reverse=True)[:MAX_ALERTS]]
