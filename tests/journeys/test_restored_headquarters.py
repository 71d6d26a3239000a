"""Headquarters restored from a backup one edition and fifty answers old, while two phones and a hub live on."""

from __future__ import annotations

import json
import re
import shutil
import time
import urllib.error
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import anyio

from sync.submissions.submission import receipt_code
from tests.support.content_folder import write
from tests.support.couch_operator import CouchOperator
from tests.support.feed_reader import FeedReader
from tests.support.measured_figures import record_figure
from tests.support.phone_simulator import FilledForm, PhoneSimulator
from tests.support.server_process import ServerProcess
from tests.support.small_site import APP
from tests.support.store_backends import REAL_COUCHDB
from tests.support.two_sites import (
    CHANNEL,
    FILES,
    SITE,
    SiteNode,
    TwoSites,
    post_lines,
    publish,
    pulls,
    read_form,
    read_receipt,
    read_statement,
    remove_databases,
    running_two_sites,
    wait_until,
)

DIRECT, BY_HUB = 30, 20
PHRASE = "cinq mots sans aucun rapport"


def send(server: ServerProcess, filled: list[FilledForm]) -> list[dict[str, object]]:
    return post_lines(server, "inbox", "".join(each.line for each in filled).encode())


def ask_answers(server: ServerProcess, filled: FilledForm, receipt: object) -> int:
    body = {"id": filled.id, "secret": filled.secret, "receipt": receipt}
    try:
        return len(post_lines(server, "inbox/answers", json.dumps(body).encode()))
    except urllib.error.HTTPError as error:
        return error.code


def wait_for_text(server: ServerProcess, text: str) -> None:
    wait_until(lambda: text in server.get(f"{CHANNEL}/guides/argent").decode(), f"a page that says {text!r}")


def lose_headquarters(sites: TwoSites) -> None:
    remove_databases(sites.headquarters)
    shutil.rmtree(sites.headquarters.folder / "data")


def secret_file(folder: Path) -> Path:
    phrase = folder / "phrase"
    phrase.write_text(PHRASE)
    phrase.chmod(0o600)
    return phrase


def test_phones_follow_a_headquarters_restored_into_a_file(tmp_path: Path) -> None:
    """Headquarters in one file, without hubs: two phones follow, and the lost answers are named."""
    phrase, backup, folder = secret_file(tmp_path), str(tmp_path / "site.backup"), tmp_path / "site"
    write(folder / "content", FILES)
    write(folder / "app", APP)
    store = f"sqlite:///{folder}/data/kunnafoni.db"
    sites = cast("TwoSites", SimpleNamespace(headquarters=SiteNode(cast("CouchOperator", None), folder, store)))
    headquarters = sites.headquarters
    phones = [FeedReader(None), FeedReader(None)]  # type: ignore[arg-type]
    with headquarters.serve() as server:
        server.get("")
        headquarters.run("backup", backup, "--passphrase-file", str(phrase))
        publish(sites, "Après la sauvegarde.")
        wait_for_text(server, "Après la sauvegarde.")
        for phone in phones:
            anyio.run(pulls, phone, server.url)
        reporter, form = PhoneSimulator(SITE), read_form(store)
        lost = [reporter.fill(form, {"mot": f"perdu {number}"}) for number in range(5)]
        receipts = {str(verdict["id"]): verdict["receipt"] for verdict in send(server, lost)}
    shutil.rmtree(folder / "data")
    headquarters.run("restore", backup, "--passphrase-file", str(phrase))
    headquarters.run("publish", "--again")
    with headquarters.serve() as server:
        for text in ("", "Après la restauration."):
            if text:
                publish(sites, text)
                wait_for_text(server, text)
            for phone in phones:
                assert anyio.run(pulls, phone, server.url) == 2  # one that brings it, one with nothing new
                assert phone.edition
                assert phone.edition.statement.bytes.decode() == read_statement(server)
        assert [ask_answers(server, each, receipts[each.id]) for each in lost] == [404] * len(lost)
        told = headquarters.run("doctor", code=1)
    assert re.search(rf"- {len(lost)} envois .* n’y sont plus", told), told
    assert all(receipt_code(each.id) in told for each in lost)


if REAL_COUCHDB:

    def test_everybody_follows_a_restored_headquarters(tmp_path: Path) -> None:
        phrase, backup = secret_file(tmp_path), str(tmp_path / "site.backup")
        phones = [FeedReader(None), FeedReader(None)]  # type: ignore[arg-type]
        reporter = PhoneSimulator(SITE)
        with running_two_sites(tmp_path) as sites:
            with sites.headquarters.serve() as headquarters:
                headquarters.get("")
                sites.join(CHANNEL)
                with sites.hub.serve(KUNNAFONI_PUBLISHER="0") as hub:
                    wait_until(lambda: read_statement(hub) == read_statement(headquarters) != "", "a hub in step")
                    sites.headquarters.run("backup", backup, "--passphrase-file", str(phrase))
                    direct, by_hub, receipts = _live_on(sites, headquarters, hub, phones, reporter)
            lose_headquarters(sites)
            sites.headquarters.run("restore", backup, "--passphrase-file", str(phrase))
            sites.headquarters.run("publish", "--again")
            with sites.headquarters.serve() as headquarters:
                headquarters.get("")
                started = time.monotonic()
                sites.join(CHANNEL)
                with sites.hub.serve(KUNNAFONI_PUBLISHER="0") as hub:
                    _follow(sites, headquarters, hub, phones)
                    record_figure(f"restored headquarters: the hub in step {time.monotonic() - started:.0f} s later")
                    wait_until(
                        lambda: all(read_receipt(headquarters, each) for each in by_hub), "the hub's answers come back"
                    )
                    for each in direct:
                        assert ask_answers(headquarters, each, receipts[each.id]) == 404, "it is lost"
                    for each in by_hub:
                        assert ask_answers(headquarters, each, receipts[each.id]) == 0, "it is here, without an answer"
                    told = sites.headquarters.run("doctor", code=1)
            assert re.search(rf"- {DIRECT} envois .* n’y sont plus", told), told
            assert all(receipt_code(each.id) in told for each in direct)
            assert not any(receipt_code(each.id) in told for each in by_hub)

    def _live_on(
        sites: TwoSites,
        headquarters: ServerProcess,
        hub: ServerProcess,
        phones: list[FeedReader],
        reporter: PhoneSimulator,
    ) -> tuple[list[FilledForm], list[FilledForm], dict[str, object]]:
        """One more edition for the hub and both phones, and fifty answers with receipts."""
        for number in range(3):  # each makes the revisions at the hub longer than those of a restored headquarters
            publish(sites, f"Après la sauvegarde, {number}.")
            wait_for_text(hub, f"sauvegarde, {number}")
        for phone, server in zip(phones, (headquarters, hub), strict=True):
            anyio.run(pulls, phone, server.url)
        form = read_form(sites.headquarters.store)
        direct = [reporter.fill(form, {"mot": f"direct {number}"}) for number in range(DIRECT)]
        by_hub = [reporter.fill(form, {"mot": f"relais {number}"}) for number in range(BY_HUB)]
        receipts = {str(verdict["id"]): verdict["receipt"] for verdict in send(headquarters, direct)}
        send(hub, by_hub)
        wait_until(lambda: all(read_receipt(hub, each) for each in by_hub), "receipts at the hub")
        receipts |= {each.id: read_receipt(hub, each) for each in by_hub}
        assert len(receipts) == DIRECT + BY_HUB
        return direct, by_hub, receipts

    def _follow(sites: TwoSites, headquarters: ServerProcess, hub: ServerProcess, phones: list[FeedReader]) -> None:
        """Headquarters' restored edition, then its next one, reach the hub and both phones in one sync each."""
        for text in ("", "Après la restauration."):
            if text:
                publish(sites, text)
                wait_for_text(headquarters, text)
            wait_until(lambda: read_statement(hub) == read_statement(headquarters), "the hub follows", 300)
            for phone, server in zip(phones, (headquarters, hub), strict=True):
                assert anyio.run(pulls, phone, server.url) == 2  # one that brings it, one with nothing new
                assert phone.edition
                assert phone.edition.statement.bytes.decode() == read_statement(server)
