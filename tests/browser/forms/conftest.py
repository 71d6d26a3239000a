"""One small site with forms per test file, and a link to it per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser_form_site import FormSite, running_form_site
from tests.support.mobile_link import MobileLink, running_link


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[FormSite]:
    with running_form_site(tmp_path_factory.mktemp("field"), root) as running:
        yield running


@pytest.fixture
def link(site: FormSite) -> Iterator[MobileLink]:
    with running_link(site.url) as proxy:
        yield proxy
