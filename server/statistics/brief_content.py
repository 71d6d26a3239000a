"""Everything that a brief shows, as JSON: figures without small groups, published words, and who was not heard.

Made anew for a draft; kept with a frozen brief. Nothing in it was written by the people who reported.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from textwrap import shorten
from typing import Any

from server.inbox.submission_index import SubmissionFilter, SubmissionIndex
from server.push.fanout_records import load_shards
from server.reader.published_notices import PublishedNotices
from server.statistics.alert_delivery import make_step, newest_first
from server.statistics.brief import LANGUAGES, MAX_ASK, MAX_RUMOURS, Brief, BriefRequest
from server.statistics.report_history import RISKS, ReportHistory, arrival_day
from server.web.app_state import HasApp
from server.writing.workspace import Workspace
from sync.alerts.alert import Alert
from sync.alerts.library_with_alerts import Library
from sync.documents.model import Notice
from sync.documents.recommendation import Recommendation
from sync.notices.bulletin import MAX_STEPS, bulletin_item
from sync.notices.claim_review import ReviewedNotice
from sync.rendering.document_selection import is_draft
from sync.statistics.brief_figures import brief_figures
from sync.statistics.report_counts import CountTable
from sync.statistics.suppression import suppress_parts
from sync.statistics.weeks import last_day_of_period, week_of, weeks_of_period
from sync.store.contract import Collection, Store
from sync.store.iteration import iterate_records
from sync.submissions.devices import device_from_record

MAX_DONE = 6  # notices, and alerts, that a brief names
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BriefMaker:
    store: Store
    index: SubmissionIndex
    history: ReportHistory
    workspace: Workspace
    published_notices: PublishedNotices

    async def make(self, brief: Brief) -> Json:
        """The content of a brief as of now."""
        library = (await self.workspace.load_snapshot()).library
        history = await self.history.load()
        places = site_places(library)
        own_places = {code: name for code, name in places.items() if code.startswith(f"{brief.country}-")}
        figures = brief_figures(
            history.reports, history.weekly_forms, brief.period, list(places), RISKS, list(own_places)
        )
        notices = await self.published_notices.list()
        first, last = brief.period.isoformat(), last_day_of_period(brief.period).isoformat()
        changed = [each for each in notices if first <= each.changed[:10] <= last]
        return {
            **brief.words,
            "asked": {lang: chosen_recommendations(library, brief.recommendations, lang) for lang in LANGUAGES},
            "site": library.site.name,
            "contact": library.site.contact,
            "writer": brief.writer_name,
            "first": first,
            "last": last,
            "figures": [{**asdict(figure), "confidence": figure.confidence} for figure in figures.figures],
            "places": table_to_json(figures.places),
            "country": brief.country,
            "place_names": own_places,
            "risks": table_to_json(figures.risks),
            "silent": list(figures.silent),
            "phones": list(suppress_parts(await self._count_phones(brief.period))),
            "rumours": {lang: chosen_rumours(notices, brief.notices, lang) for lang in LANGUAGES},
            "published": sorted({each.notice.title for each in changed if each.notice.lang == library.site.lang})[
                :MAX_DONE
            ],
            "alerts": [await self._tell_alert(alert, library.site.lang) for alert in sent_alerts(library, first, last)],
        }

    async def _tell_alert(self, alert: Alert, lang: str) -> Json:
        """Day, headline in `lang` or else another, and phones that it reached; without these if none was asked."""
        shards = await load_shards(self.store, alert.slug)
        step = make_step(alert, lang, shards, 0)
        return {"day": step.day, "title": step.title, **({"reached": step.reached} if shards else {})}

    async def list_gone_notices(self, brief: Brief) -> list[str]:
        """Slugs of the chosen notices that are no longer published, so that a draft does not show them."""
        published = {each.notice.slug for each in await self.published_notices.list()}
        return [] if brief.content is not None else [slug for slug in brief.notices if slug not in published]

    async def _count_phones(self, period: datetime.date) -> tuple[int, int]:
        """Numbers of enrolled phones that were heard in the period, and of silent ones."""
        weeks = weeks_of_period(period)
        rows = await self.index.find(SubmissionFilter())
        heard = {row.device for row in rows if row.device and (day := arrival_day(row)) and week_of(day) in weeks}
        records = iterate_records(self.store, Collection.PEOPLE, "device:")
        devices = [device_from_record(record.id, record.body) async for record in records]
        phones = [device.id in heard for device in devices if not device.revoked]
        return sum(phones), len(phones) - sum(phones)


def site_places(library: Library) -> dict[str, str]:
    """Names by code of the regions of the site's countries."""
    return {place.code: place.name for code in site_countries(library) for place in library.places[code].places}


def site_countries(library: Library) -> list[str]:
    """Codes of the countries of the site's channels, of which it knows the regions, in the channels' order."""
    countries = dict.fromkeys(channel[-2:] for channel in library.site.channels)
    return [country for country in countries if country in library.places]


def chosen_rumours(notices: Sequence[ReviewedNotice], slugs: Sequence[str], lang: str) -> list[Json]:
    """The published notices of these slugs, in a language or, without one, in French."""
    by_name: dict[tuple[str, str], Notice] = {(each.notice.slug, each.notice.lang): each.notice for each in notices}
    chosen = [by_name.get((slug, lang)) or by_name.get((slug, "fr")) for slug in slugs[:MAX_RUMOURS]]
    return [_rumour(notice) for notice in chosen if notice]


def chosen_recommendations(library: Library, slugs: Sequence[str], lang: str) -> list[Json]:
    """The approved recommendations of these slugs as requests, in a language or, without one, in the site's."""
    requests = []
    for slug in slugs:
        original = library.recommendations.get((slug, library.site.lang))
        if original is not None:
            text = library.recommendations.get((slug, lang), original)
            shown = original if is_draft(text, library.site) else text
            answer = _last_answer(original)
            requests.append(BriefRequest(shown.title, shown.asked_of, shown.deadline, answer).body)
    return requests


def _last_answer(recommendation: Recommendation) -> str:
    """The last answer with the office that gave it, cut to what fits; "" if none is known."""
    answers = sorted((each.answer.day, each.to, each.answer.words) for each in recommendation.sent if each.answer)
    return shorten(f"{answers[-1][1]} : {answers[-1][2]}", MAX_ASK, placeholder=" …") if answers else ""


def _rumour(notice: Notice) -> Json:
    item = bulletin_item(notice)
    source = notice.evidence[0] if notice.evidence else None
    return {
        "lang": notice.lang,
        "claim": item.rumour,
        "verdict": item.verdict,
        "truth": item.truth,
        "where": notice.seen_where,
        "when": notice.seen_when,
        "say": list(item.steps[:MAX_STEPS]),
        "source": ", ".join(filter(None, (source.title, source.publisher))) if source else notice.checked_by,
        "general": item.is_general,
    }


def sent_alerts(library: Library, first: str, last: str) -> list[Alert]:
    """The newest alerts to people of the period, not exercises."""
    alerts = newest_first(library, "Actual")
    return [alert for alert in alerts if first <= alert.sent[:10] <= last][:MAX_DONE]


def table_to_json(table: CountTable) -> Json:
    return {"columns": table.columns, "lines": table.lines, "totals": table.totals}


def table_from_json(body: Mapping[str, Any]) -> CountTable:
    lines = {line: tuple(counts) for line, counts in body["lines"].items()}
    return CountTable(tuple(body["columns"]), lines, body["totals"])


def brief_maker_of(request: HasApp) -> BriefMaker:
    maker: BriefMaker = request.app.state.brief_maker
    return maker
