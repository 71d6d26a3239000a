"""Errors in content folders are reported with path, line and code, and an import of such a folder writes nothing."""

from __future__ import annotations

import os
import string
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.content.intake import import_folder, read_folder
from sync.errors import BadContent, BadFolder
from sync.store.sqlite.store import SqliteStore
from tests.support.content_folder import (
    AUTHORITIES,
    GOOD,
    GUIDE,
    NOTICE,
    PLACES,
    ROUTE,
    SECOND,
    SITE,
    TEMPLATE,
    TOPICS,
    write,
)
from tests.support.stored_documents import held

pytestmark = pytest.mark.anyio

Change = Callable[[Path], object]


def file(path: str, content: str | bytes) -> Change:
    return lambda folder: write(folder, {path: content})


def swap(path: str, old: str, new: str) -> Change:
    assert old in GOOD[path], old
    return file(path, GOOD[path].replace(old, new, 1))


NL = "\n"


def head(*lines: str) -> str:
    return "\n".join(["---", "title: Argent", *lines, "---", "Texte."])


GUIDE_PATH, ARGENT, NOTICE_PATH, LETTER = (
    "guides/compte/fr.md",
    "guides/argent/fr.md",
    "notices/megas/fr.md",
    "templates/procureur/fr.md",
)

FRONT_MATTER = [
    (file(ARGENT, "Texte seul."), f"{ARGENT}:1", "front-matter-missing"),
    (file(ARGENT, ""), f"{ARGENT}:1", "front-matter-missing"),
    (file(ARGENT, "---\ntitle: Argent\n"), f"{ARGENT}:1", "front-matter-open"),
    (file(ARGENT, "---\n- un\n- deux\n---\nTexte."), f"{ARGENT}:2", "front-matter-form"),
    (file(ARGENT, "---\ntitle: Argent\n---\n\n"), f"{ARGENT}:3", "body-empty"),
    (file(ARGENT, "---\n---\nTexte."), f"{ARGENT}:2", "field-missing"),
    (file(ARGENT, "---\nsummary: x\ntitle:\n---\nTexte."), f"{ARGENT}:3", "field-empty"),
]
YAML = [
    (file(ARGENT, head("summary: Attention : piège")), f"{ARGENT}:3", "yaml-syntax"),
    (file(ARGENT, head("order: 1", 'summary: "ouvert')), f"{ARGENT}:4", "yaml-syntax"),
    (file(ARGENT, head("topics: [comptes")), f"{ARGENT}:3", "yaml-syntax"),
    (file(ARGENT, head("\tsummary: x")), f"{ARGENT}:3", "yaml-syntax"),
    (file(ARGENT, head("summary: @moi")), f"{ARGENT}:3", "yaml-syntax"),
    (file(ARGENT, head("summary: un", "order: 3", "summary: deux")), f"{ARGENT}:5", "field-twice"),
    (file(ARGENT, head("summary: &a un", "audio: *a")), f"{ARGENT}:3", "yaml-alias"),
    (file(ARGENT, head("summary: *a")), f"{ARGENT}:3", "yaml-alias"),
    (file(ARGENT, head("summary: !!python/object/apply:os.system [ls]")), f"{ARGENT}:3", "yaml-tag"),
    (file(ARGENT, head("topics: " + "[" * 200_000)), f"{ARGENT}:3", "yaml-deep"),
    (file(ARGENT, head("topics: " + "{a: " * 50_000)), f"{ARGENT}:3", "yaml-deep"),
    (file(ARGENT, head("? [a, b]", ": c")), f"{ARGENT}:3", "yaml-key"),
    (file("site.yaml", SITE + "---\nid: autre\n"), "site.yaml:12", "yaml-second"),
    (file("site.yaml", "id: [\n"), "site.yaml:1", "yaml-syntax"),
]
BYTES = [
    (file(ARGENT, head("summary: x").encode() + "\nCaf\u00e9".encode("latin-1")), f"{ARGENT}:6", "not-utf8"),
    (file("site.yaml", b"id: essai\nname: \xff\n"), "site.yaml:2", "not-utf8"),
    (file(ARGENT, head() + "\nUn \x00 octet nul"), f"{ARGENT}:5", "control-character"),
    (file(ARGENT, head() + "\nUn retour \u202e caché"), f"{ARGENT}:5", "control-character"),
    (file(ARGENT, head('summary: "a\u2028b"')), f"{ARGENT}:3", "control-character"),
    (file(ARGENT, head() + "\n" + "a" * 10_000_000), f"{ARGENT}:0", "file-large"),
    (file("site.yaml", "# " + "a" * 600_000), "site.yaml:0", "file-large"),
]
FIELDS = [
    (swap(GUIDE_PATH, "essential: true", "esential: true"), f"{GUIDE_PATH}:5", "field-unknown"),
    (swap(GUIDE_PATH, "essential: true", "essential: oui"), f"{GUIDE_PATH}:5", "flag-form"),
    (swap(GUIDE_PATH, "essential: true", 'essential: "true"'), f"{GUIDE_PATH}:5", "flag-form"),
    (swap(GUIDE_PATH, "order: 2", "order: deux"), f"{GUIDE_PATH}:6", "number-form"),
    (swap(GUIDE_PATH, "order: 2", "order: -2"), f"{GUIDE_PATH}:6", "number-form"),
    (swap(GUIDE_PATH, "order: 2", "order: [2]"), f"{GUIDE_PATH}:6", "field-form"),
    (swap(GUIDE_PATH, "topics: [comptes]", "topics: comptes"), f"{GUIDE_PATH}:4", "list-form"),
    (swap(GUIDE_PATH, "topics: [comptes]", "topics: [comptes, comptes]"), f"{GUIDE_PATH}:4", "value-twice"),
    (swap(GUIDE_PATH, "topics: [comptes]", 'topics: [comptes, ]\ncountries: [""]'), f"{GUIDE_PATH}:5", "value-empty"),
    (swap(GUIDE_PATH, "topics: [comptes]", "topics: [Comptes]"), f"{GUIDE_PATH}:4", "slug-form"),
    (swap(GUIDE_PATH, "topics: [comptes]", "countries: [mali]"), f"{GUIDE_PATH}:4", "country-form"),
    (
        swap(GUIDE_PATH, "topics: [comptes]", f"topics: [{', '.join(f't{n}' for n in range(501))}]"),
        f"{GUIDE_PATH}:4",
        "list-long",
    ),
    (swap(GUIDE_PATH, 'updated: "2026-11-24"', "updated: 24/11/2026"), f"{GUIDE_PATH}:10", "date-form"),
    (swap(GUIDE_PATH, 'updated: "2026-11-24"', "updated: 2026-02-30"), f"{GUIDE_PATH}:10", "date-form"),
    (swap(GUIDE_PATH, 'updated: "2026-11-24"', "updated: 2026-02"), f"{GUIDE_PATH}:10", "date-form"),
    (swap(GUIDE_PATH, 'published: "2025-08"', "published: 2025-13"), f"{GUIDE_PATH}:8", "date-form"),
    (swap(GUIDE_PATH, 'title: "Une radio"', "publisher: Radio"), f"{GUIDE_PATH}:9", "field-missing"),
    (
        swap(GUIDE_PATH, 'title: "Une radio"', "title: Une radio, seen: {how: lu, day: 2026-11-24}"),
        f"{GUIDE_PATH}:9",
        "value-unknown",
    ),
    (swap(GUIDE_PATH, "https://apdp.ml", "ftp://apdp.ml"), f"{GUIDE_PATH}:8", "address-form"),
    (swap(GUIDE_PATH, "https://apdp.ml", "javascript:alert(1)"), f"{GUIDE_PATH}:8", "address-form"),
    (swap(GUIDE_PATH, 'title: "Garder son compte"', f"title: {'a' * 121}"), f"{GUIDE_PATH}:2", "text-long"),
    (swap(GUIDE_PATH, "updated:", "reviewed: Awa\nupdated:"), f"{GUIDE_PATH}:10", "record-form"),
    (swap(GUIDE_PATH, "updated:", "reviewed: {by: Awa}\nupdated:"), f"{GUIDE_PATH}:10", "field-missing"),
    (swap(NOTICE_PATH, "verdict: scam", "verdict: arnaque"), f"{NOTICE_PATH}:4", "value-unknown"),
    (swap(NOTICE_PATH, "verdict: scam\n", ""), f"{NOTICE_PATH}:2", "field-missing"),
    (
        swap(LETTER, "harms: [insult, ", "harm: [insult, "),
        f"{LETTER}:2",
        "field-missing",
        f"{LETTER}:3",
        "field-unknown",
    ),
    (swap(LETTER, "step: prosecutor", "step: procureur"), f"{LETTER}:4", "value-unknown"),
    (swap("site.yaml", "bm-ML", "bm_ML"), "site.yaml:3", "channel-form"),
    (swap("site.yaml", "[fr-ML, bm-ML]", "[]"), "site.yaml:3", "field-empty"),
    (swap("site.yaml", "ML: {francs", "Mali: {francs"), "site.yaml:11", "key-form"),
    (swap("site.yaml", "francs: 2.5", "francs: 2,5"), "site.yaml:11", "field-unknown"),
    (swap("site.yaml", "francs: 2.5", "francs: 0"), "site.yaml:11", "number-form"),
    (swap("topics.yaml", "fr: Comptes", "fr: ''"), "topics.yaml:3", "value-empty"),
    (swap("topics.yaml", "{fr: Comptes, en: Accounts}", "Comptes"), "topics.yaml:3", "record-form"),
    (swap("places/ML.yaml", "ML-11", "BF-11"), "places/ML.yaml:4", "place-country"),
]
DUPLICATES = [
    (file("topics.yaml", TOPICS + TOPICS), "topics.yaml:4", "value-twice"),
    (
        file("authorities/ML.yaml", AUTHORITIES + AUTHORITIES.split("authorities:\n")[1]),
        "authorities/ML.yaml:10",
        "value-twice",
    ),
    (
        file("routes/ANY.yaml", ROUTE + ROUTE[7:].split("  - harm: insult")[0]),
        f"routes/ANY.yaml:{ROUTE.count(NL) + 1}",
        "value-twice",
    ),
    (file("places/ML.yaml", PLACES + "  - {code: ML-1, name: Kayes}\n"), "places/ML.yaml:5", "value-twice"),
    (file("guides/Argent/fr.md", SECOND), "guides/Argent/fr.md:0", "slug-form"),
    (file("guides/argent/FR.md", SECOND), "guides/argent/FR.md:0", "lang-form"),
    (file("places/ml.yaml", PLACES), "places/ml.yaml:0", "country-form"),
    (file("places/BF.yaml", "country: ML\n" + PLACES), "places/BF.yaml:1", "country-other"),
    (swap(LETTER, "fields:", "fields:\n  - {name: nom, label: Nom}"), f"{LETTER}:7", "value-twice"),
]
PATHS = [
    (file("guides/fr.md", SECOND), "guides/fr.md:0", "file-unknown"),
    (file("guides/argent/fr.txt", SECOND), "guides/argent/fr.txt:0", "file-unknown"),
    (file("guides/argent/notes/fr.md", SECOND), "guides/argent/notes/fr.md:0", "file-unknown"),
    (file("rumeurs.yaml", SECOND), "rumeurs.yaml:0", "file-unknown"),
    (file("guides/mot de passe/fr.md", SECOND), "guides/mot de passe/fr.md:0", "slug-form"),
    (file("guides/" + "a" * 61 + "/fr.md", SECOND), "guides/" + "a" * 61 + "/fr.md:0", "slug-form"),
    (file("guides/\udcff/fr.md", SECOND), "guides/\ufffd/fr.md:0", "slug-form"),
    (
        lambda folder: (folder / "guides/argent/bm.md").symlink_to("/etc/hostname"),
        "guides/argent/bm.md:0",
        "link-outside",
    ),
    (lambda folder: (folder / "guides/argent/bm.md").symlink_to("absent.md"), "guides/argent/bm.md:0", "link-outside"),
    (lambda folder: (folder / "guides/lien").symlink_to("argent"), "guides/lien:0", "link-outside"),
    (lambda folder: os.mkfifo(folder / "guides/argent/bm.md"), "guides/argent/bm.md:0", "file-unknown"),
]
MARKDOWN = [
    (file(ARGENT, head() + "\n\n<script>alert(1)</script>"), f"{ARGENT}:6", "html"),
    (file(ARGENT, head() + "\n\nUn mot\net <b>un</b> autre"), f"{ARGENT}:7", "html"),
    (file(ARGENT, head() + "\n<!-- caché -->"), f"{ARGENT}:5", "html"),
    (file(ARGENT, head() + "\n[x](javascript:alert(1))"), f"{ARGENT}:5", "link-form"),
    (file(ARGENT, head() + "\n[x](data:text/html;base64,PHNjcmlwdD4=)"), f"{ARGENT}:5", "link-form"),
    (file(ARGENT, head() + "\n[x](http://exemple.org)"), f"{ARGENT}:5", "link-form"),
    (file(ARGENT, head() + "\n[x](//exemple.org)"), f"{ARGENT}:5", "link-form"),
    (file(ARGENT, head() + "\n[x](../compte)"), f"{ARGENT}:5", "link-form"),
    (file(ARGENT, head() + "\n[x]( GUIDE:compte )"), f"{ARGENT}:5", "link-form"),
    (file(ARGENT, head() + "\n![x](https://exemple.org/x.png)"), f"{ARGENT}:5", "image"),
    (file(ARGENT, head() + "\n\n- un\n- [x](guide:comptes)"), f"{ARGENT}:7", "link-missing"),
    (file(ARGENT, head() + "\n[x](notice:absent)"), f"{ARGENT}:5", "link-missing"),
    (file(ARGENT, head() + "\n[x](complaint:vol)"), f"{ARGENT}:5", "link-missing"),
    (file(ARGENT, head() + "\n[x](topic:argent)"), f"{ARGENT}:5", "link-missing"),
    (file(ARGENT, head() + "\n[x](page:accueil)"), f"{ARGENT}:5", "link-missing"),
    (swap("site.yaml", "guide:compte", "guide:absent"), "site.yaml:9", "link-missing"),
    (swap("site.yaml", "bm-ML", "zz-ML"), "site.yaml:3", "channel-nowhere"),
    (swap("site.yaml", "bm-ML", "bm-ZZ"), "site.yaml:3", "channel-nowhere"),
]
ONE_RIGHT = "[{pictogram: lock, text: A, reply: R, right: true}, {pictogram: hand, text: B, reply: R}]"


def asked(answers: str, count: int = 1, field: str = "essential: true") -> Change:
    lines = [f"  - {{ask: Quoi {number}, answers: {answers}}}" for number in range(count)]
    return swap(GUIDE_PATH, "essential: true", "\n".join(["questions:", *lines, field]))


QUESTIONS = [
    (asked(ONE_RIGHT.replace("lock", "cadenas")), f"{GUIDE_PATH}:6", "pictogram-unknown"),
    (asked(ONE_RIGHT.replace(", right: true", "")), f"{GUIDE_PATH}:6", "answers-right"),
    (asked(ONE_RIGHT.replace("reply: R}", "reply: R, right: true}")), f"{GUIDE_PATH}:6", "answers-right"),
    (asked("[{pictogram: lock, text: A, reply: R, right: true}]"), f"{GUIDE_PATH}:6", "answers-count"),
    (asked(ONE_RIGHT.replace("text: B", "text: A")), f"{GUIDE_PATH}:6", "value-twice"),
    (asked(ONE_RIGHT, count=4), f"{GUIDE_PATH}:5", "questions-count"),
    (asked(ONE_RIGHT, field="essential: false"), f"{GUIDE_PATH}:5", "questions-elsewhere"),
]
CROSS_CHECKS = [
    (swap(GUIDE_PATH, "topics: [comptes]", "topics:\n  - comptes\n  - compte"), f"{GUIDE_PATH}:6", "topic-unknown"),
    (swap("topics.yaml", "pictogram: lock", "pictogram: cadenas"), "topics.yaml:2", "pictogram-unknown"),
    (swap("topics.yaml", "fr: Comptes, ", ""), "topics.yaml:3", "topic-untitled"),
    (swap(LETTER, "Je suis {nom}", "Je suis {prenom}, {nom}"), f"{LETTER}:10", "hole-unknown"),
    (swap(LETTER, "Je suis {nom}", "Je suis {Nom}, {nom}"), f"{LETTER}:10", "hole-form"),
    (swap(LETTER, "Je suis {nom}", "Je suis"), f"{LETTER}:6", "hole-unused"),
    (swap("routes/ANY.yaml", "template: procureur", "template: procureure"), "routes/ANY.yaml:9", "slug-unknown"),
    (swap("routes/ANY.yaml", "guides: [compte]", "guides: [absent]"), "routes/ANY.yaml:5", "slug-unknown"),
    (swap("routes/ANY.yaml", "template: procureur", "authority: pole"), "routes/ANY.yaml:9", "slug-unknown"),
    (swap("routes/ANY.yaml", "        wait: Deux semaines.\n", ""), "routes/ANY.yaml:2", "path-dead-end"),
]


@pytest.mark.parametrize(
    "case",
    [*FRONT_MATTER, *YAML, *BYTES, *FIELDS, *DUPLICATES, *PATHS, *MARKDOWN, *QUESTIONS, *CROSS_CHECKS],
)
async def test_bad_input_is_reported_with_path_and_line_and_the_store_stays_unchanged(
    tmp_path: Path,
    store: SqliteStore,
    case: tuple[Change | str, ...],
) -> None:
    change, *expected = case
    folder = write(tmp_path, GOOD)
    await import_folder(store, folder)
    before = await held(store)
    assert len(before) == 10
    assert callable(change)
    change(folder)
    started = time.monotonic()
    with pytest.raises(BadFolder) as refusal:
        await import_folder(store, folder, prune=True)
    assert time.monotonic() - started < 5
    errors = [text for error in refusal.value.errors for text in (f"{error.path}:{error.line}", error.code)]
    assert errors == expected
    assert await held(store) == before
    for error in refusal.value.errors:
        assert_readable(error)
    str(refusal.value).encode()


def assert_readable(error: BadContent) -> None:
    """Every placeholder has a value, and the text begins and ends as a sentence."""
    for part in (error.sentence, error.hint):
        placeholders = {name for _, name, _, _ in string.Formatter().parse(part) if name}
        assert placeholders <= set(error.values)
    assert error.text()[0].isupper() or error.text()[0] == "«"
    assert error.text()[-1] in ".…?"


def test_all_errors_come_together_in_order(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            **GOOD,
            ARGENT: "Texte.",
            "site.yaml": "id: ???\nnom: x",
            "topics.yaml": "{",
            LETTER: TEMPLATE.replace("nom", "Nom"),
        },
    )
    with pytest.raises(BadFolder) as refusal:
        read_folder(tmp_path)
    assert [(error.path, error.line, error.code) for error in refusal.value.errors] == [
        (ARGENT, 1, "front-matter-missing"),
        ("site.yaml", 1, "site-form"),
        ("site.yaml", 2, "field-unknown"),
        (LETTER, 6, "hole-form"),
        ("topics.yaml", 1, "yaml-syntax"),
    ]


def test_an_invalid_document_causes_no_errors_in_other_documents(tmp_path: Path) -> None:
    write(tmp_path, {**GOOD, GUIDE_PATH: "Texte.", LETTER: "Texte.", "authorities/ML.yaml": "{"})
    with pytest.raises(BadFolder) as refusal:
        read_folder(tmp_path)
    assert [error.path for error in refusal.value.errors] == ["authorities/ML.yaml", GUIDE_PATH, LETTER]


@pytest.mark.parametrize(
    ("change", "near"),
    [
        (swap(GUIDE_PATH, "essential: true", "esential: true"), "essential"),
        (swap(NOTICE_PATH, "verdict: scam", "verdict: scams"), "scam"),
        (file(ARGENT, head() + "\n[x](guide:comptes)"), "compte"),
        (swap("topics.yaml", "pictogram: lock", "pictogram: locks"), "lock"),
        (swap(LETTER, "harms: ", "harm: [scam]\nharms: "), "harms"),
    ],
)
def test_an_error_suggests_the_most_similar_valid_word(tmp_path: Path, change: Change, near: str) -> None:
    change(write(tmp_path, GOOD))
    with pytest.raises(BadFolder) as refusal:
        read_folder(tmp_path)
    (error,) = refusal.value.errors
    assert error.text().endswith(f"Vouliez-vous écrire « {near} » ?")


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(BadFolder) as refusal:
        read_folder(tmp_path / "absent")
    assert [error.code for error in refusal.value.errors] == ["folder-missing"]


def test_byte_order_mark_crlf_and_decomposed_letters_make_no_difference(tmp_path: Path) -> None:
    plain = read_folder(write(tmp_path / "plain", GOOD)).library
    files = {
        name: ("\ufeff" + text.replace("é", "e\u0301").replace("\n", "\r\n")).encode() for name, text in GOOD.items()
    }
    assert read_folder(write(tmp_path / "other", files)).library == plain


def test_dates_numbers_and_booleans_of_yaml_stay_text(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            **GOOD,
            NOTICE_PATH: NOTICE.replace("seen_when: 2024", "seen_when: 2024-01-02\nseen_where: NO\nchecked_by: 012:30"),
        },
    )
    notice = read_folder(tmp_path).library.notices["megas", "fr"]
    assert (notice.seen_when, notice.seen_where, notice.checked_by) == ("2024-01-02", "NO", "012:30")


def test_hidden_files_and_editors_copies_are_ignored(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            **GOOD,
            ".DS_Store": b"\x00",
            ".git/config": "x",
            "guides/argent/fr.md~": "x",
            "guides/argent/.fr.md.swp": "x",
        },
    )
    assert len(read_folder(tmp_path).documents) == 10


def test_a_symbolic_link_to_a_file_of_the_folder_is_followed(tmp_path: Path) -> None:
    write(tmp_path, {**GOOD, "guides/argent2/x": ""})
    (tmp_path / "guides/argent2/x").unlink()
    (tmp_path / "guides/argent2/fr.md").symlink_to("../argent/fr.md")
    assert ("argent2", "fr") in read_folder(tmp_path).library.guides


def test_without_topics_yaml_every_topic_is_valid(tmp_path: Path) -> None:
    write(tmp_path, {ARGENT: head("topics: [rien]"), GUIDE_PATH: GUIDE})
    assert read_folder(tmp_path).library.topics == ()


WHOLE = (
    "Choose a code. See [money](guide:argent) and [the complaint](complaint:scam).\n\n## To do\n\n"
    "1. **One** long code.\n2. A [secret](https://example.org/code) code.\n"
)
REVIEWED = 'title: Keep it\nsummary: "A code."\nreviewed: {by: "A speaker", date: "2026-12-01"}'


def english(body: str, head_lines: str = REVIEWED) -> dict[str, str]:
    return {**GOOD, "guides/compte/en.md": f"---\n{head_lines}\n---\n{body}"}


def test_a_reviewed_translation_that_lost_a_step_is_refused_and_a_draft_is_not(tmp_path: Path) -> None:
    write(tmp_path / "whole", english(WHOLE))
    assert read_folder(tmp_path / "whole").library.guides["compte", "en"].reviewed
    shorter = WHOLE.replace("2. A [secret](https://example.org/code) code.\n", "")
    write(tmp_path / "draft", english(shorter, "title: Keep it"))
    assert read_folder(tmp_path / "draft").library.guides["compte", "en"].reviewed is None
    write(tmp_path / "short", english(shorter))
    with pytest.raises(BadFolder) as caught:
        read_folder(tmp_path / "short")
    assert {error.code for error in caught.value.errors} == {"steps-lost", "link-lost"}
    write(tmp_path / "bold", english(WHOLE.replace("**One**", "One")))
    with pytest.raises(BadFolder) as caught:
        read_folder(tmp_path / "bold")
    assert [(error.path, error.line, error.code) for error in caught.value.errors] == [
        ("guides/compte/en.md", 10, "warning-lost")
    ]


def test_the_words_for_the_voice_are_read_with_their_guide(tmp_path: Path) -> None:
    write(tmp_path, {**GOOD, "guides/compte/fr.audio.md": "Un. Un code.\r\n\r\nDeux. Un mot.\n"})
    guides = read_folder(tmp_path).library.guides
    assert guides["compte", "fr"].script == "Un. Un code.\n\nDeux. Un mot."
    assert guides["argent", "fr"].script == ""
