"""Reports of half a year from the regions of Mali, with gaps, made from a seed. Used by tests of pages of figures."""

from __future__ import annotations

import datetime
import random

from server.statistics.report_history import OPINIONS, RISKS, ReportList
from sync.statistics.report_counts import Report
from sync.statistics.weeks import closed_weeks

PLACES = [*(f"ML-{number}" for number in range(1, 20)), "ML-BKO"]
WEEKS = 26


def generated_reports(today: datetime.date, count: int = 10_000, seed: int = 7) -> ReportList:
    """Rumours of all weeks but one, opinions and questions; two regions are silent, some speak now and then."""
    chance = random.Random(seed)
    weeks = closed_weeks(today, WEEKS)
    weights = [0, 0, *(chance.choice((1, 3, 10, 40)) for _ in PLACES[2:])]
    reports = []
    for _ in range(count):
        week, form = chance.choice(weeks), chance.choice(("rumeur", "rumeur", "utilite", "question"))
        if form == "rumeur" and week != weeks[9]:
            [place] = chance.choices(PLACES, weights)
            [risk] = chance.choices((*RISKS, ""), (2, 1, 20, 30, 4, 30, 13))
            reports.append(Report(week, form, place, risk))
        elif form == "utilite":
            subject = f"guide-{chance.randrange(14)}"
            reports.append(Report(week, form, subject=subject, opinion=chance.choice(OPINIONS)))
        else:
            [place] = chance.choices((*PLACES, ""), (*weights, 9))
            reports.append(Report(week, "question", place, days_until_answer=chance.choice((None, 1, 2, 5))))
    return ReportList(reports, frozenset({"rumeur"}), frozenset({"rumeur", "question"}))
