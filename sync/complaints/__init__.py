"""Complaint paths: from a harm, in a country, to the offices and letters that can repair it.

`path` lays a country's route over the general one and gives the whole path with its addressees and letters: rendering and any
guided version read nothing else. `check` says, before anything is published, where a path would leave someone stuck, send them
to an office that does not exist, or put them in danger. Both are pure.
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

__all__ = [
    "AUTOMATIC_PLACEHOLDERS",
    "GENERAL",
    "NEVER_CONTACT",
    "PLACEHOLDER",
    "ComplaintPath",
    "ComplaintPathStep",
    "Letter",
    "find_path_errors",
    "merged_route",
    "resolve_path",
    "resolve_paths",
]
