"""The command `sources`: what the facts of a content folder rest on, and whether those pages are still there."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import anyio
import click

from server.alerts.remote_documents import RemoteDocuments
from server.commands.terminal import say
from server.maintenance.link_check import LinkAnswer, LinkState, check_links
from server.services import utc_now
from sync.content.checked_days import with_checked_days
from sync.content.folder import FolderDocument, read_file, read_folder
from sync.documents.sources import sources_in
from sync.errors import Refused

HEADINGS: dict[LinkState, str] = {
    "moved": "Pages qui ont changé d’adresse : {count}",
    "gone": "Pages qui ne sont plus là : {count}",
    "refused": "Sites qui ne répondent pas à un programme : {count}. Ouvrez-les dans un navigateur.",
    "silent": "Sites qui n’ont pas répondu aujourd’hui : {count}",
}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--check", "is_check", is_flag=True, help="Ask each page, gently, whether it is there. Needs a network.")
@click.option("--write", is_flag=True, help="With --check: note the day as `checked` beside the pages that answered.")
@click.option("--limit", type=click.IntRange(min=1), help="Ask at most so many pages, those longest unchecked first.")
def sources(folder: Path, is_check: bool, write: bool, limit: int | None) -> None:
    """Count the sources of a content folder; with --check, ask whether each page is still there."""
    documents = read_folder(folder).documents
    today = utc_now().date().isoformat()
    say_counts(documents, today)
    if not is_check:
        return
    answers = anyio.run(check_links, addresses_to_check(documents)[:limit], RemoteDocuments())
    say_answers(answers, documents)
    if write:
        say("Fichiers écrits : {count}", count=len(write_days(folder, documents, answers, today)))


def addresses_to_check(documents: tuple[FolderDocument, ...]) -> list[str]:
    """Each address once, those that were checked longest ago (or never) first."""
    checked: dict[str, str] = {}
    for source in sources_in([document.value for document in documents]):
        if source.has_page:
            checked[source.url] = max(checked.get(source.url, ""), source.checked)
    return sorted(checked, key=lambda address: checked[address])


def say_counts(documents: tuple[FolderDocument, ...], today: str) -> None:
    found = list(sources_in([document.value for document in documents]))
    say(
        "Sources : {all}, avec une page : {pages}, pages différentes : {different}, à revérifier : {stale}",
        all=len(found),
        pages=sum(source.has_page for source in found),
        different=len({source.url for source in found if source.has_page}),
        stale=sum(bool(source.review_by) and source.review_by < today for source in found),
    )


def say_answers(answers: list[LinkAnswer], documents: tuple[FolderDocument, ...]) -> None:
    """Say how many pages answered, then each page that did not, with the files that cite it."""
    files: defaultdict[str, list[str]] = defaultdict(list)
    for document in documents:
        for source in sources_in(document.value):
            if document.path not in files[source.url]:
                files[source.url].append(document.path)
    counted = Counter(answer.state for answer in answers)
    say("Pages qui répondent : {count}", count=counted["answers"])
    for state, heading in HEADINGS.items():
        if counted[state]:
            say("")
            say(heading, count=counted[state])
        for answer in answers:
            if answer.state == state:
                click.echo(f"  {answer.address}{f' → {answer.target}' if answer.target else ''}")
                click.echo(f"    {', '.join(files[answer.address])}")


def write_days(folder: Path, documents: tuple[FolderDocument, ...], answers: list[LinkAnswer], today: str) -> list[str]:
    """Write the day beside every address that answered; the paths of the changed files.

    Raises Refused, with the file as it was, if a file would hold anything else than before.
    """
    days = {answer.address: today for answer in answers if answer.state == "answers"}
    changed = []
    for document in documents:
        file = folder / document.path
        former = file.read_text("utf-8")
        text = with_checked_days(former, days)
        if text == former:
            continue
        file.write_text(text, "utf-8")
        read = read_file(folder, document.path)
        expected = [days.get(source.url, source.checked) for source in sources_in(document.value)]
        if read is None or [source.checked for source in sources_in(read)] != expected:
            file.write_text(former, "utf-8")
            raise Refused(
                "sources-unwritable",
                "Les jours n’ont pas pu être notés dans {file} : le fichier reste comme il était.",
                "Vérifiez les droits du fichier.",
                file=document.path,
            )
        changed.append(document.path)
    return changed
