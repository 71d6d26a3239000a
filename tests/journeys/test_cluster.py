"""Three CouchDB nodes, two servers: with one node away everything works; with two away no write is acknowledged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import anyio
import pytest

from sync.store.contract import Collection
from sync.store.open_store import open_store
from tests.support import couch_cluster
from tests.support.content_folder import write
from tests.support.couch_cluster import ADDRESSES, IS_CONFIGURED
from tests.support.couch_operator import CouchOperator
from tests.support.load_generator import SentReports, send, sending_people
from tests.support.measured_figures import record_figure
from tests.support.phone_simulator import FilledForm
from tests.support.server_process import ServerProcess
from tests.support.small_site import APP
from tests.support.store_backends import fresh_prefix
from tests.support.submission_record_ids import names_in
from tests.support.two_sites import FILES, SiteNode, read_form, read_statement, remove_databases, wait_until

PHASE = 15.0  # seconds of load with a node away


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[list[SiteNode]]:
    """Two servers on one set of databases, each with a node of its own; all nodes run before and after."""
    prefix = fresh_prefix()
    sides_of_nodes = []
    for node, name in ((1, "publisher"), (2, "other")):
        write(tmp_path / name / "content", FILES)
        write(tmp_path / name / "app", APP)
        sides_of_nodes.append(
            SiteNode(CouchOperator(ADDRESSES[node - 1]), tmp_path / name, couch_cluster.store_address(node, prefix))
        )
    yield sides_of_nodes
    for node in (1, 2, 3):
        if not couch_cluster.is_up(node):
            couch_cluster.start_node(node)
    remove_databases(sides_of_nodes[0])


def held_by(node: int, prefix: str, sent: SentReports) -> int:
    """The number of acknowledged submissions that this node returns."""

    async def run() -> int:
        store = open_store(couch_cluster.store_address(node, prefix))
        try:
            names = await names_in(store)
            texts = {name: submission.text for id, submission in sent.accepted.items() if (name := names.find(id))}
            records = await store.get_many(Collection.FEEDBACK, list(texts))
            return sum(record.body["text"] == texts[name] for name, record in records.items())
        finally:
            await store.close()

    return anyio.run(run)


def publish(side: SiteNode, text: str) -> None:
    """Ask for a publication on the machine without the key."""
    write(side.folder / "content", {"guides/argent/fr.md": f"---\ntitle: Argent\n---\n{text}\n"})
    side.run("import", str(side.folder / "content"))
    assert "C’est publié." in side.run("publish")


if IS_CONFIGURED:

    @pytest.mark.timeout(900)
    def test_a_cluster_goes_on_without_one_node_and_is_honest_without_two(sides: list[SiteNode]) -> None:
        publisher, other = sides
        with ExitStack() as running:
            servers = [
                running.enter_context(publisher.serve()),
                running.enter_context(other.serve(KUNNAFONI_PUBLISHER="0")),
            ]
            wait_until(lambda: all(read_statement(server) for server in servers), "both serve")
            _story(sides, servers)

    def _story(sides: list[SiteNode], servers: list[ServerProcess]) -> None:
        form, urls, prefix = read_form(sides[0].store), [server.url for server in servers], sides[0].prefix
        with sending_people(urls, form, 1) as before:
            time.sleep(5)
        assert set(before.counts) == {"accepted"}

        with sending_people(urls, form, 2) as without_one:
            time.sleep(2)
            couch_cluster.stop_node(3)
            start = time.monotonic()
            publish(sides[1], "Publié pendant qu’un nœud manque.")
            wait_until(
                lambda: all("nœud" in server.get("fr-ML/guides/argent").decode() for server in servers),
                "both show what was published",
            )
            published = time.monotonic() - start
            time.sleep(PHASE)
        record_figure(
            f"cluster: one node away: {dict(without_one.counts)}, slowest {without_one.slowest:.1f} s, "
            f"published in {published:.0f} s"
        )
        assert without_one.counts["accepted"] > 20
        assert without_one.counts["no answer"] == 0
        sent = SentReports()
        for part in (before, without_one):
            sent.add(part)
        back = time.monotonic()
        couch_cluster.start_node(3)
        wait_until(lambda: held_by(3, prefix, sent) == len(sent.accepted), "the node that came back catches up")
        record_figure(
            f"cluster: node back: {len(sent.accepted)} acknowledged answers there after {time.monotonic() - back:.0f} s"
        )

        couch_cluster.stop_node(3)
        couch_cluster.stop_node(2)
        with sending_people(urls[:1], form, 3) as without_two:
            time.sleep(PHASE)
        record_figure(f"cluster: two nodes away: {dict(without_two.counts)}, slowest {without_two.slowest:.1f} s")
        assert without_two.counts["accepted"] == 0
        assert without_two.counts["later"] > 0
        assert set(without_two.counts) == {"later"}
        for node in (2, 3):
            couch_cluster.start_node(node)
        sent.add(without_two)
        _send_again(urls, sent)
        for node in (1, 2, 3):
            wait_until(partial(_has_everything, node, prefix, sent), "every node has everything")
        record_figure(f"cluster: both back: {len(sent.accepted)} acknowledged, 0 missing on each of 3 nodes")

    def _has_everything(node: int, prefix: str, sent: SentReports) -> bool:
        return held_by(node, prefix, sent) == len(sent.accepted)

    def _is_accepted(url: str, filled: FilledForm) -> bool:
        return send(url, filled) == "accepted"

    def _send_again(urls: list[str], sent: SentReports) -> None:
        """Send again what was answered with `later`."""
        for index, (id, filled) in enumerate(list(sent.waiting.items())):
            url = urls[index % 2]
            wait_until(partial(_is_accepted, url, filled), "what waited is accepted")
            sent.accepted[id] = sent.waiting.pop(id)
