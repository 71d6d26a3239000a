"""One small site with forms per test file, and its copy under an alert."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.bad_days import BadDay, running_site_under_alert
from tests.support.browser_form_site import FormSite, running_form_site


@pytest.fixture(scope="module")
def quiet_site(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[FormSite]:
    with running_form_site(tmp_path_factory.mktemp("field"), root) as running:
        yield running


@pytest.fixture(scope="module")
def site_under_alert(quiet_site: FormSite, tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[FormSite]:
    with running_site_under_alert(quiet_site, tmp_path_factory.mktemp("alert"), root) as running:
        yield replace(quiet_site, url=running.url, data=running.data)


@pytest.fixture
def site(request: pytest.FixtureRequest, bad_day: BadDay) -> FormSite:
    """The site of the story's day."""
    site: FormSite = request.getfixturevalue("site_under_alert" if bad_day.kind == "alert" else "quiet_site")
    return site
