"""The consents of associations to be listed: those that hold on a day, and those that end within a week of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sync.documents.model import Authorities, Companion

NOTICE = datetime.timedelta(days=7)  # before publishing leaves a companion out, in which somebody can ask again


@dataclass(frozen=True, slots=True)
class EndingConsent:
    """The consent of a companion of `country`. `end`: the day from which on publishing leaves the companion out."""

    country: str
    companion: Companion
    end: datetime.date

    @property
    def notice(self) -> datetime.date:
        """The day from which on it is to be asked for again."""
        return self.end - NOTICE


def with_consenting_companions(offices: Authorities, day: str) -> Authorities:
    """The same without companions who were to be asked again before `day`, YYYY-MM-DD."""
    return replace(offices, companions=tuple(each for each in offices.companions if each.review_by >= day))


def list_ending_consents(countries: Iterable[Authorities], today: datetime.date) -> Iterator[EndingConsent]:
    """The consents that are over, or end within NOTICE."""
    for offices in countries:
        for companion in offices.companions:
            end = datetime.date.fromisoformat(companion.review_by) + datetime.timedelta(days=1)
            ending = EndingConsent(offices.country, companion, end)
            if ending.notice <= today:
                yield ending
