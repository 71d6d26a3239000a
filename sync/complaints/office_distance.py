"""The distance of an office from a person's region, by which offices are put in order.

The pages, the same for everybody, ask it for no region; the phone asks it for the region that a person chose there.
Twin: pwa/src/protocol/office-distance.ts, pinned by tests/vectors/office-distance.json.
"""

from __future__ import annotations

from collections.abc import Sequence

NO_REGION = ""


def office_distance(places: Sequence[str], region: str) -> int:
    """0 for an office of the region, 1 for one of no known place, which serves the country, 2 for one elsewhere.

    `places`: codes of the regions where the office can be visited. `region`: a code, or NO_REGION.
    """
    if region in places:
        return 0
    return 2 if places else 1
