"""Complaint paths: the steps, offices and letters for a harm in a country.

`resolve_path` merges a country's route into the general one and returns the complete path with addressees and letters,
which rendering uses. `find_path_errors` reports, before publication, paths that end nowhere, name an unknown office or
put a person in danger. `next_question` and `chosen_path` ask which steps fit a person; `office_distance` puts offices
in order for a region. All are pure.
"""

from sync.complaints.check import NEVER_CONTACT, find_path_errors
from sync.complaints.complaint_path import (
    AUTOMATIC_PLACEHOLDERS,
    GENERAL,
    PLACEHOLDER,
    ComplaintPath,
    ComplaintPathStep,
    Letter,
    merged_route,
    resolve_path,
    resolve_paths,
)
from sync.complaints.office_distance import NO_REGION, office_distance
from sync.complaints.path_language import (
    known_texts,
    translate_paths,
    untranslated_texts,
    without_unknown_originals,
)
from sync.complaints.path_questions import chosen_path, next_question, outline_routes, outlines_as_json

__all__ = [
    "AUTOMATIC_PLACEHOLDERS",
    "GENERAL",
    "NEVER_CONTACT",
    "NO_REGION",
    "PLACEHOLDER",
    "ComplaintPath",
    "ComplaintPathStep",
    "Letter",
    "chosen_path",
    "find_path_errors",
    "known_texts",
    "merged_route",
    "next_question",
    "office_distance",
    "outline_routes",
    "outlines_as_json",
    "resolve_path",
    "resolve_paths",
    "translate_paths",
    "untranslated_texts",
    "without_unknown_originals",
]
