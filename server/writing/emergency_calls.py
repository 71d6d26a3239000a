"""Emergency numbers that somebody rings: the list of those that wait, and a call that is written into its country.

A number that answered is shown to readers after the next publication, with the day and who rang.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sync.complaints import without_unknown_originals
from sync.documents.emergency import EmergencyLine, NumberToRing, Rung
from sync.documents.model import Authorities
from sync.documents.sources import Source
from sync.errors import BadRequest, NotFound


@dataclass(frozen=True, slots=True)
class WaitingNumber:
    """A number to ring, of a service in a country. `rung`: the last call, for a number that readers see already."""

    country: str
    service: str
    number: str
    note: str
    source: Source | None
    rung: Rung | None = None

    @property
    def key(self) -> str:
        """The country, the service and the digits, as they stand in an address."""
        return f"{self.country}:{self.service}:{self.number.replace(' ', '')}"


def list_numbers(countries: Iterable[Authorities]) -> list[WaitingNumber]:
    """Every number of every country: those that readers see and those that wait, service by service."""
    return [number for offices in countries for line in offices.emergency for number in _numbers_of(offices, line)]


def _numbers_of(offices: Authorities, line: EmergencyLine) -> Iterator[WaitingNumber]:
    if line.number:
        yield WaitingNumber(offices.country, line.service, line.number, line.note, line.source, line.rung)
    for waiting in line.to_ring:
        yield WaitingNumber(offices.country, line.service, waiting.number, waiting.note, waiting.source)


def find_number(countries: Iterable[Authorities], key: str) -> WaitingNumber:
    """The number of this key. Raises NotFound."""
    number = next((number for number in list_numbers(countries) if number.key == key), None)
    if number is None:
        raise NotFound("number-unknown", "Ce numéro n’est plus dans la liste.", "Rechargez la page.")
    return number


def record_call(offices: Authorities, number: WaitingNumber, rung: Rung) -> Authorities:
    """The country's offices after a call that was answered: readers see this number from now on.

    A number that readers saw in its place waits to be rung, with its source.
    """
    lines = tuple(_after_call(line, number, rung) for line in offices.emergency)
    return without_unknown_originals(replace(offices, emergency=lines))


def drop_number(offices: Authorities, number: WaitingNumber) -> Authorities:
    """The country's offices after a call that nobody answered: the number is gone, and the line says what to do.

    Raises BadRequest for a line that would say nothing to somebody in danger.
    """
    lines = tuple(_without(line, number) for line in offices.emergency)
    return without_unknown_originals(replace(offices, emergency=lines))


def _after_call(line: EmergencyLine, number: WaitingNumber, rung: Rung) -> EmergencyLine:
    if line.service != number.service:
        return line
    waiting = tuple(each for each in line.to_ring if each.number != number.number)
    if line.number and line.number != number.number and line.source is not None:
        waiting = (*waiting, NumberToRing(line.number, line.source, line.note))
    note = line.note if line.number == number.number else number.note
    return replace(line, number=number.number, note=note, source=number.source, rung=rung, to_ring=waiting)


def _without(line: EmergencyLine, number: WaitingNumber) -> EmergencyLine:
    if line.service != number.service:
        return line
    waiting = tuple(each for each in line.to_ring if each.number != number.number)
    if line.number != number.number:
        return replace(line, to_ring=waiting)
    if not line.instead:
        raise BadRequest(
            "instead-missing",
            "Sans ce numéro, la page « Danger » ne dirait plus rien à cet endroit.",
            "Écrivez d’abord dans les autorités du pays ce qu’il faut faire sans numéro, puis revenez ici.",
        )
    # The words of the source on the number must not stay readable beside "no number".
    return replace(line, number="", note="", source=line.source if line.site else None, rung=None, to_ring=waiting)
