"""Complaint paths: from a harm, in a country, to the offices and letters that can repair it.

`path` lays a country's route over the general one and gives the whole path with its addressees and letters: rendering and any
guided version read nothing else. `check` says, before anything is published, where a path would leave someone stuck, send them
to an office that does not exist, or put them in danger. Both are pure.
"""

from sync.complaints.check import NEVER_CONTACT, check
from sync.complaints.path import FILLED_HERE, GENERAL, HOLE, Letter, Path, PathStep, path, paths, route_of

__all__ = [
    "FILLED_HERE",
    "GENERAL",
    "HOLE",
    "NEVER_CONTACT",
    "Letter",
    "Path",
    "PathStep",
    "check",
    "path",
    "paths",
    "route_of",
]
