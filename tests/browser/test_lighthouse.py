"""Google's Lighthouse on the four kinds of page that readers open most. Its points for speed depend on the machine."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.support import repository
from tests.support.browser_site import BrowserSite
from tests.support.chromium import chromium_path

pytestmark = pytest.mark.soak

PAGES = ("", "guides/compte-whatsapp-vole", "search", "complaints/insult/offender")
SHIFT = 0.05


def test_lighthouse_takes_no_point_from_the_pages_of_readers(quiet_site: BrowserSite) -> None:
    addresses = [f"{quiet_site.url}/fr-ML/{path}" for path in PAGES]
    command = ["node", "tests/peers/lighthouse.mjs", chromium_path(), *addresses]
    answer = subprocess.run(command, cwd=repository.ROOT, capture_output=True, text=True, timeout=900)
    assert answer.returncode == 0, answer.stderr
    pages = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [page["address"] for page in pages] == addresses
    for page in pages:
        assert {name: page["scores"][name] for name in ("accessibility", "best-practices", "seo")} == {
            "accessibility": 100,
            "best-practices": 100,
            "seo": 100,
        }, page
        assert page["shift"] < SHIFT, page
