"""A site with forms, enrolment codes and sealing keys, and functions that fill forms on a page. Used by
tests/browser/forms.
"""

from __future__ import annotations

import contextlib
import io
import secrets
import struct
import threading
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from PIL import Image
from playwright.sync_api import Page, expect

from server.app import create_services
from server.commands.serve import open_services
from server.keys.sealing_keys import confirm_with_key, generate_pair
from server.media.convert import ConvertedMedia
from server.media.media_store import MediaStore
from server.services import Services
from server.settings import Settings
from sync.canonical import digest
from sync.forms.clean_copy import to_markdown
from sync.forms.compiler import read_tables
from sync.forms.form_files import FormFiles
from sync.store.contract import Collection, Record, Store
from sync.submissions.attachments import read_attachment
from sync.submissions.devices import Invitation, invite
from sync.submissions.sealing import SealingKey
from tests.support.browser_site import BrowserSite, running_site_server
from tests.support.chromium import wait_until_offline_ready
from tests.support.content_folder import GOOD, write
from tests.support.mobile_link import MobileLink
from tests.support.xlsforms import q, xlsform

CHOICES = "oui oui Oui\noui non Non\npays ML Mali\npays NE Niger\nregion ML-1 Kayes pays=ML\nregion NE-1 Agadez pays=NE"
VISIT_QUESTIONS = (
    q(
        "text",
        "mot",
        "Qu’avez-vous entendu ?",
        required="yes",
        constraint="string-length(.) <= 200",
        constraint_message="Plus court.",
    ),
    q("select_one oui", "accord", "La personne est d’accord ?", required="yes"),
    q("select_one pays", "pays", "Quel pays ?", relevant="${accord} = 'oui'"),
    q("select_one region", "region", "Quelle région ?", relevant="${accord} = 'oui'", choice_filter="pays = ${pays}"),
    q("begin repeat", "enfants", "Enfant"),
    q("text", "prenom", "Son prénom ?"),
    q(
        "integer",
        "ans",
        "Son âge ?",
        required="yes",
        constraint=". >= 0 and . < 18",
        constraint_message="Moins de 18 ans.",
    ),
    q("end repeat", ""),
    q("calculate", "somme", "", calculation="sum(${ans})"),
    q("image", "photo", "Une photo ?"),
)
LATER_VISIT_QUESTIONS = (
    *VISIT_QUESTIONS[:1],
    q("text", "nouveau", "Une question de la version suivante ?", required="yes"),
    *VISIT_QUESTIONS[1:],
)
USEFULNESS_QUESTIONS = (
    q("text", "page", "Quelle page ?"),
    q("select_one aide", "aide", "Cela vous a-t-il aidé ?", required="yes"),
)


def form_table(slug: str, *questions: dict[str, str], choices: str = CHOICES, **settings: str) -> str:
    return xlsform(*questions, choices=choices, settings={"form_title": f"Fiche {slug}", "form_id": slug, **settings})


def long_form(questions: int) -> str:
    """A form of text, number and choice questions, a third of them with a relevance condition."""
    rows: list[dict[str, str]] = [q("text", "q0", "Question 0", required="yes")]
    for number in range(1, questions):
        kind = ("text", "integer", "select_one oui", "select_multiple pays", "date")[number % 5]
        row = q(
            kind,
            f"q{number}",
            f"Question {number} : que s’est-il passé ici depuis la dernière visite ?",
            hint="Réponse courte.",
        )
        rows.append(row | ({"relevant": f"${{q{number - 1}}} != 'rien' and ${{q0}} != ''"} if number % 3 == 0 else {}))
    return form_table("longue", *rows, sealed="no")


PLACE_AND_VOICE_QUESTIONS = (
    q("geopoint", "ou", "Où êtes-vous ?", required="yes"),
    q("audio", "voix", "Racontez.", required="yes"),
)


def _draw_image() -> bytes:
    """A small WebP image."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "indigo").save(out, "WEBP")
    return out.getvalue()


IMAGE = _draw_image()
IMAGE_QUESTION = q("text", "vu", "Qu’est-ce que c’est ?") | {"media::image": f"{digest(IMAGE)}.webp"}

VILLAGES = "name,label\n" + "\n".join(f"v{number},Village {number}" for number in range(1, 121))
BAMBARA, FULFULDE = "label::Bamanankan (bm)", "label::Fulfulde (ff)"
EVERY_TYPE_QUESTIONS = (
    q("begin group", "personne", "La personne", appearance="field-list"),
    q("text", "nom", "Votre nom ?", required="yes") | {BAMBARA: "I tɔgɔ ?", FULFULDE: "Innde maa ?"},
    q("integer", "age", "Votre âge ?"),
    q("decimal", "poids", "Son poids ?"),
    q("end group", ""),
    q("begin group", "quand", "Quand", appearance="field-list"),
    q("date", "jour", "Quel jour ?"),
    q("time", "heure", "Quelle heure ?"),
    q("datetime", "moment", "Quel moment ?"),
    q("end group", ""),
    q("begin group", "choix", "Vos choix", appearance="field-list"),
    q("select_one oui", "accord", "D’accord ?") | {BAMBARA: "I sɔnna wa ?"},
    q("select_multiple pays", "connus", "Quels pays ?"),
    q("rank pays", "ordre", "Dans quel ordre ?"),
    q("acknowledge", "lu", "Vous avez lu ?"),
    q("barcode", "carte", "Le numéro de la carte ?"),
    q("end group", ""),
    q("select_one_from_file villages.csv", "village", "Quel village ?"),
    q("begin repeat", "enfants", "Enfant"),
    q("text", "prenom", "Son prénom ?", required="yes"),
    q("end repeat", ""),
    q("calculate", "double", "", calculation="${poids} * 2"),
    q("note", "total", "Le double : ${double}"),
    q("geopoint", "ou", "Où êtes-vous ?"),
    q("geotrace", "chemin", "Par où ?"),
    q("geoshape", "champ", "Quel champ ?"),
    q("image", "photo", "Une photo ?"),
    q("audio", "voix", "Racontez."),
)

FORMS: Mapping[str, str] = {
    "forms/visite.md": form_table("visite", *VISIT_QUESTIONS, sealed="no", place="region"),
    "forms/scellee.md": form_table("scellee", *VISIT_QUESTIONS, sealed="yes"),
    "forms/utilite.md": form_table(
        "utilite", *USEFULNESS_QUESTIONS, choices="aide oui Oui\naide non Non", audience="public", sealed="no"
    ),
    "forms/terrain.md": form_table("terrain", *PLACE_AND_VOICE_QUESTIONS, sealed="no"),
    "forms/images.md": form_table("images", IMAGE_QUESTION, sealed="no"),
    "forms/longue.md": long_form(120),
}


def form_of_every_type() -> str:
    """The form as the console keeps it once its list of villages was uploaded beside it."""
    table = form_table("tout", *EVERY_TYPE_QUESTIONS, sealed="no", instance_name="concat(${nom}, ', ', ${age})")
    files = FormFiles({"villages.csv": VILLAGES.encode()})
    return to_markdown(read_tables("tout", table, files=files).sheets, "")


@dataclass(frozen=True)
class FormSite(BrowserSite):
    content: Path
    keys: tuple[SealingKey, ...]

    def code(self) -> str:
        """Store an invitation; return its code."""
        code = f"{secrets.randbelow(10**10):010}"
        invitation = Invitation("Awa", "ML-1", "2099-12-31", "2099-12-31", "coordination")
        self.in_store(lambda store: invite(store, code, invitation))
        return code

    def records(self, prefix: str) -> list[Record]:
        """The stored records with this id prefix."""
        records: list[Record] = self.in_store(lambda store: _all(store, prefix))
        return records

    def picture(self) -> None:
        """Store the image that a form shows."""
        self.in_store(
            lambda store: MediaStore(store).save(
                ConvertedMedia(IMAGE, "webp", 0, 40, 30), "Une couleur", "awa", "2026-11-24"
            )
        )

    def attachment(self, digest: str, size: int) -> bytes:
        """The bytes of a complete attachment."""
        data = self.in_store(lambda store: read_attachment(store, digest, size))
        assert isinstance(data, bytes)
        return data

    def in_store(self, work: Any) -> Any:
        """Open the store a second time, as the command line does, and run `work` on it."""
        return self.run(lambda services: work(services.store))

    def run(self, work: Callable[[Services], Awaitable[Any]]) -> Any:
        """Open the site's services a second time, as the command line does, and run `work` on them."""
        results: list[Any] = []

        async def run() -> None:
            async with open_services(create_services(Settings(data=self.data, content=self.content))) as services:
                results.append(await work(services))

        thread = threading.Thread(target=anyio.run, args=(run,))
        thread.start()
        thread.join()
        return results[0]


async def _all(store: Store, prefix: str) -> list[Record]:
    return await store.scan(Collection.FEEDBACK, prefix, f"{prefix}~", 10_000)


@contextlib.contextmanager
def running_form_site(folder: Path, root: Path) -> Iterator[FormSite]:
    """Run a small site with forms, one of them sealed with confirmed keys."""
    content = write(folder / "content", {**GOOD, **FORMS, "forms/tout.md": form_of_every_type()})
    keys = (folder / "key.pem", folder / "recovery.pem")
    pair = generate_pair(Settings(data=folder / "data").keys, "essai", *keys)
    opening = tuple(SealingKey.from_pem(path.read_bytes()) for path in keys)
    for key in opening:
        pair = confirm_with_key(Settings(data=folder / "data").keys, pair, key)
    with running_site_server(folder / "data", root, content) as url:
        yield FormSite(url, folder / "data", content, (opening[0], opening[1]))


def enrol(page: Page, url: str, code: str) -> None:
    """Open the address in the QR code and tap its button."""
    page.goto(f"{url}/fr-ML/phone#enrol={code}")
    page.locator("#enrol button", has_text="Inscrire").click()
    expect(page.locator("main")).to_contain_text("Ce téléphone est inscrit")


def tap_next(page: Page) -> None:
    page.locator("form.sheet button", has_text="Suivant").click()


def expect_question(page: Page, words: str) -> None:
    expect(page.locator("form.sheet h2")).to_contain_text(words)


def fill_visit(page: Page, word: str, children: tuple[int, ...] = (), photo: Path | None = None) -> None:
    """Fill the form from the first question to the last screen."""
    expect_question(page, "Qu’avez-vous entendu")
    page.fill("form.sheet input", word)
    tap_next(page)
    page.locator("label", has_text="Oui").click()
    tap_next(page)
    page.locator("label", has_text="Mali").click()
    tap_next(page)
    page.locator("label", has_text="Kayes").click()
    tap_next(page)
    for age in children:
        page.locator("button", has_text="Ajouter").click()
        expect_question(page, "Son prénom")
        page.fill("form.sheet input", f"Enfant de {age} ans")
        tap_next(page)
        page.fill("form.sheet input", str(age))
        tap_next(page)
        expect_question(page, "Enfant")
    if children:
        tap_next(page)
    else:
        pass_empty_repeat(page)
    expect_question(page, "Une photo")
    if photo:
        page.set_input_files("form.sheet input[type=file]", photo)
        expect(page.locator("form.sheet canvas")).to_be_visible()
    tap_next(page)
    expect_question(page, "Vérifiez")


def pass_empty_repeat(page: Page) -> None:
    """Say that there is none to add to the repeat on the screen."""
    tap_next(page)
    page.locator("form.sheet button", has_text="Non, aucun").click()


def finish_form(page: Page) -> str:
    """Finish the form; return its receipt code."""
    page.locator("button", has_text="Finir la fiche").click()
    expect(page.locator("main")).to_contain_text("La fiche est finie")
    return page.locator("main .note b").inner_text()


TAP_SEND = """() => [...document.querySelectorAll('main button')]
    .find(button => button.textContent === 'Envoyer ce qui attend')?.click()"""


def tap_send(page: Page) -> None:
    """Tap "send", unless the page has sent everything by itself already."""
    page.evaluate(TAP_SEND)


def begin_form(page: Page, url: str, slug: str) -> None:
    page.goto(f"{url}/fr-ML/forms/{slug}")
    page.locator("main button", has_text="Commencer").click()


def write_png(path: Path, width: int, height: int) -> Path:
    rows = b"".join(b"\0" + bytes((x * y + x) & 255 for x in range(width)) for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")
    )
    return path


def open_and_enrol(page: Page, site: FormSite, link: MobileLink) -> None:
    """First visit, online, and enrolment."""
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    enrol(page, link.url, site.code())
