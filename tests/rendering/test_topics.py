"""Topics that are not for every list: private ones, and those of the people who work for the site."""

from __future__ import annotations

from pathlib import Path

from sync.content.folder import read_folder
from tests.support.sample_library import pages


def test_guides_for_the_sites_own_people_stand_apart_from_the_readers(root: Path) -> None:
    library = read_folder(root / "content").library
    [team] = [topic.slug for topic in library.topics if topic.team]
    rendered = pages(library, "fr-ML")
    readers, _, apart = rendered["guides"].partition("Pour les équipes de ce site")
    guides = [guide for guide in library.guides.values() if team in guide.topics and guide.lang == "fr"]
    assert guides and f"topics/{team}" in apart and f"topics/{team}" not in rendered["index"]
    for guide in guides:
        assert f"guides/{guide.slug}>" in rendered[f"topics/{team}"].replace("../", "")
        assert f"guides/{guide.slug}>" not in readers
        others = (page for path, page in rendered.items() if path.startswith("topics/") and path != f"topics/{team}")
        assert not any(f"guides/{guide.slug}>" in page for page in others), guide.slug


def test_a_guide_of_a_private_topic_says_so_to_the_phone(root: Path) -> None:
    library = read_folder(root / "content").library
    rendered = pages(library, "fr-ML")
    assert "<h1 data-private" in rendered["guides/images-intimes"]
    assert "data-private" not in rendered["guides/reconnaitre-une-arnaque"]
