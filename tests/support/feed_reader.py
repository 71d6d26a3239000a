"""A phone that follows a feed, in Python. Used by the tests of feeds and of two sites."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sync.editions.edition_statement import Statement
from sync.editions.feed import Edition
from sync.editions.feed_reader import read_feed
from sync.editions.trust import Trust, accept_statement, first_trust, follow_chain
from tests.support.small_site import Site


class FeedReader:
    """A minimal phone: request, verify, store."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.trust: Trust | None = None
        self.edition: Edition | None = None
        self.bodies: dict[str, str] = {}

    async def pull(self) -> int:
        """Pull until nothing is new; return the number of requests."""
        for requests in range(1, 5):
            answer = await self.site.client.get("/feed/fr-ML", params={"have": self.edition.id} if self.edition else {})
            if answer.status_code == 204:
                return requests
            assert answer.status_code == 200
            self.take(answer.content)
        raise AssertionError("no end")

    def take(self, body: bytes) -> None:
        lines = body.splitlines(keepends=True)
        header = json.loads(lines[0])

        def judge(header: Mapping[str, Any]) -> Statement:
            if self.trust is None:
                self.trust, _ = first_trust(header["key"], header["statement"], header["signature"])
            self.trust = follow_chain(self.trust, header.get("chain", []))
            return accept_statement(
                self.trust,
                "fr-ML",
                header["statement"],
                header["signature"],
                self.edition.statement if self.edition else None,
            )

        statement, manifest, bodies = read_feed(
            lines, judge, self.edition if header["base"] else None, lambda name: self.bodies[name]
        )
        self.bodies |= bodies
        assert all(entry.digest in self.bodies for entry in manifest.entries)
        assert self.trust
        self.edition = Edition(statement, header["signature"], self.trust.key, manifest)
