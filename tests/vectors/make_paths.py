"""Write path-questions.json, walks through the complaint paths, and office-distance.json, the offices seen from each
region: `python -m tests.vectors.make_paths`.

The routes are the site's own in Mali; a walk is a harm, the first letters of the answers, the questions, and the path.
"""

from __future__ import annotations

from sync.complaints import (
    NO_REGION,
    chosen_path,
    next_question,
    office_distance,
    outline_routes,
    outlines_as_json,
    resolve_paths,
)
from sync.complaints.path_questions import Answer
from sync.content.folder import read_folder
from tests.support.path_walks import all_walks
from tests.support.repository import ROOT
from tests.vectors.make import save

HARMS = ("insult", "image", "scam", "child")


def main() -> None:
    library = read_folder(ROOT / "content").library
    routes = outline_routes(resolve_paths(library, "ML", "fr"))
    walks = []
    for harm in HARMS:
        for answers in all_walks(routes, harm):
            asked, so_far = [], dict[str, Answer]()
            while (question := next_question(routes, harm, so_far)) is not None:
                asked.append(question)
                so_far[question] = answers[question]
            path = chosen_path(routes, harm, answers)
            given = "".join(answers[question][0] for question in asked)
            first = "danger" if path.in_danger else "-"
            walks.append(" ".join((harm, given, ",".join(asked), path.harm, first, ",".join(path.steps))))
    save("path-questions", {"routes": outlines_as_json(routes), "walks": walks})
    distances = []
    for country, authorities in library.authorities.items():
        regions = [NO_REGION, *(place.code for place in library.places[country].places)]
        for places in dict.fromkeys(office.places for office in authorities.authorities):
            distances += [[list(places), region, office_distance(places, region)] for region in regions]
    save("office-distance", distances)


if __name__ == "__main__":
    main()
