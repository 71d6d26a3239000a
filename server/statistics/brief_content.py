"""Everything that a brief shows, as JSON: figures without small groups, published words, and who was not heard.

Made anew for a draft; kept with a frozen brief. Nothing in it was written by the people who reported.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from server.inbox.submission_index import SubmissionFilter, SubmissionIndex
from server.reader.published_notices import PublishedNotices
from server.statistics.brief import LANGUAGES, MAX_RUMOURS, Brief
from server.statistics.report_history import RISKS, ReportHistory, arrival_day
from server.web.app_state import HasApp
from server.writing.workspace import Workspace
from sync.alerts.library_with_alerts import Library
from sync.documents.model import Notice
from sync.notices.bulletin import MAX_STEPS, bulletin_item
from sync.notices.claim_review import ReviewedNotice
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
            "alerts": alert_titles(library, first, last),
        }

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


def alert_titles(library: Library, first: str, last: str) -> list[Json]:
    """Alerts to people of the period, not exercises: day and headline in the site's language, else in another."""
    sent = sorted(
        (alert for alert in library.alerts.values() if alert.status == "Actual" and first <= alert.sent[:10] <= last),
        key=lambda alert: alert.sent,
        reverse=True,
    )
    return [
        {
            "day": alert.sent[:10],
            "title": (alert.info.get(library.site.lang) or next(iter(alert.info.values()))).headline,
        }
        for alert in sent[:MAX_DONE]
    ]


def table_to_json(table: CountTable) -> Json:
    return {"columns": table.columns, "lines": table.lines, "totals": table.totals}


def table_from_json(body: Mapping[str, Any]) -> CountTable:
    lines = {line: tuple(counts) for line, counts in body["lines"].items()}
    return CountTable(tuple(body["columns"]), lines, body["totals"])


def brief_maker_of(request: HasApp) -> BriefMaker:
    maker: BriefMaker = request.app.state.brief_maker
    return maker
