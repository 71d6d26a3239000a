"""Pages of complaints, usable without scripts: the harms, each harm's path, each letter, the country's offices.

The page of a case carries the routes as JSON in a script element, with which the app asks its questions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sync.alerts.timestamps import utc_seconds
from sync.complaints import (
    NO_REGION,
    ComplaintPath,
    ComplaintPathStep,
    Letter,
    office_distance,
    outline_routes,
    outlines_as_json,
)
from sync.documents.code_labels import HARM_PICTOGRAMS, STEP_PICTOGRAMS, STEPS
from sync.documents.model import Authority, Companion, Place
from sync.editions.page import KeptPage, Page
from sync.json_text import escape_for_script
from sync.locale import FRENCH
from sync.rendering.channel_view import ChannelView
from sync.rendering.pages import forms
from sync.rendering.typography import french_spacing

REPORT_FORM = "plainte"  # tells coordinators that a complaint was prepared: no name, no text
_ROUTES = '<script type="application/json" data-routes>{}</script>'
_SCREEN_PICTOGRAMS = ("letter", "true", "false", "flame", "lock", "note", "camera", "hidden", "eye", "people")
_CASE_PICTOGRAMS = (*STEP_PICTOGRAMS.values(), *_SCREEN_PICTOGRAMS)
_DAY = 86_400  # seconds
_SPOKEN_STEPS = ("police", "prosecutor")


@dataclass(frozen=True, slots=True)
class _OfficeGroup:
    """Offices that can be visited in the same regions. `places`: their codes, () where that is not known."""

    places: tuple[str, ...]
    name: str
    offices: tuple[Authority, ...]


def pages(view: ChannelView) -> Iterator[Page | KeptPage]:
    selection = view.selection
    language = view.page_language(selection.is_data_fallback)
    yield view.render_page(
        "complaints",
        "complaints.html",
        language("Que vous arrive-t-il ?"),
        "rest",
        selection.is_data_fallback,
        paths=view.paths,
        pictograms=HARM_PICTOGRAMS,
        offices=selection.authorities.authorities,
    )
    if view.paths:
        yield from _case_pages(view)
    for path in view.paths:
        yield from _path_pages(view, path)
    place_names = {place.code: place.name for place in selection.places}
    yield view.render_page(
        "authorities",
        "authorities.html",
        language("Les services de votre pays"),
        "rest",
        selection.is_data_fallback,
        f"authorities/{selection.country}.yaml",
        office_groups=_group_by_region(selection.authorities.authorities, place_names),
        regions=_regions(view),
        companions=[(each, _end_of(each.review_by)) for each in _by_review(selection.authorities.companions)],
        place_names=place_names,
        harms={path.harm: path.title for path in view.paths},
        is_alone=view.site.one_person,
    )


def _by_review(companions: Sequence[Companion]) -> list[Companion]:
    """Companions in the order in which phones hide them: the last one's end uncovers what is then true."""
    return sorted(companions, key=lambda companion: companion.review_by)


def _end_of(day: str) -> int:
    """The end of a day, YYYY-MM-DD, in UTC seconds."""
    return utc_seconds(f"{day}T00:00:00Z") + _DAY


def _group_by_region(offices: Sequence[Authority], place_names: Mapping[str, str]) -> list[_OfficeGroup]:
    """Offices by their regions, in the order of the first of each; first those of no known region."""
    groups: dict[tuple[str, ...], tuple[Authority, ...]] = {}
    for office in sorted(offices, key=lambda office: office_distance(office.places, NO_REGION)):
        groups[office.places] = (*groups.get(office.places, ()), office)
    return [
        _OfficeGroup(places, ", ".join(place_names.get(code, code) for code in places), group)
        for places, group in groups.items()
    ]


def _regions(view: ChannelView) -> tuple[Place, ...]:
    """The regions that a person may choose on the phone: the country's, or none where no office has a known one."""
    has_known = any(office.places for office in view.selection.authorities.authorities)
    return view.selection.places if has_known else ()


def _case_pages(view: ChannelView) -> Iterator[Page | KeptPage]:
    """The page where a person's own case is followed, and the sheet for a complaint by word of mouth."""
    selection = view.selection
    language = view.page_language(selection.is_data_fallback)
    routes = json.dumps(outlines_as_json(outline_routes(view.paths)), ensure_ascii=False, separators=(",", ":"))
    if language.code == FRENCH:
        routes = french_spacing(routes)
    yield view.render_page(
        "complaints/case",
        "case.html",
        language("Ma démarche"),
        "rest",
        selection.is_data_fallback,
        tail=_ROUTES.format(escape_for_script(routes)),
        paths=view.paths,
        pictograms=HARM_PICTOGRAMS,
        used=_CASE_PICTOGRAMS,
        regions=_regions(view),
        has_report=any(document.slug == REPORT_FORM for document, _ in forms.available_forms(view)),
    )
    yield view.render_page(
        "complaints/spoken",
        "spoken.html",
        language("Dire sa plainte sans écrire"),
        "rest",
        selection.is_data_fallback,
        offices=tuple(office for office in selection.authorities.authorities if office.step in _SPOKEN_STEPS),
    )


def _path_pages(view: ChannelView, path: ComplaintPath) -> Iterator[Page | KeptPage]:
    address = f"complaints/{path.harm}"
    guides = [view.list_row(entry, address) for entry in map(view.selection.guide, path.guides) if entry]
    yield view.render_page(
        address,
        "path.html",
        path.title,
        "rest",
        view.selection.is_data_fallback,
        f"routes/{path.country}.yaml",
        complaint_path=path,
        pictogram=HARM_PICTOGRAMS[path.harm],
        step_titles=STEPS,
        step_pictograms=STEP_PICTOGRAMS,
        guides=guides,
        is_alone=view.site.one_person,
    )
    for step in path.steps:
        for letter in step.letters:
            yield _letter_page(view, path, step, letter)


def _letter_page(view: ChannelView, path: ComplaintPath, step: ComplaintPathStep, letter: Letter) -> Page | KeptPage:
    """The page of a letter: the step's own stands under the name of the step, another one under its slug."""
    template = letter.template
    return view.render_page(
        f"complaints/{path.harm}/{step.step if letter is step.letter else template.slug}",
        "letter.html",
        template.title,
        "rest",
        template.lang != view.selection.lang,
        f"templates/{template.slug}/{template.lang}.md",
        complaint_path=path,
        step=step,
        letter=letter,
        is_alone=view.site.one_person,
    )
