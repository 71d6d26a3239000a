"""The layout of the tests: one file per module, no imports between test files, helpers in tests/support."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support import repository

PACKAGES = ("server", "sync")
TESTS = repository.under("tests", ends=(".py",))
TEST_FILES = [path for path in TESTS if Path(path).name.startswith("test_")]

# Test files that cover several modules of their package, with their subject.
STORIES = {
    "tests/claims/test_messages.py": "messages of people, and what the index says of them",
    "tests/claims/test_twins.py": "the vectors of claims, in both languages",
    "tests/content/test_country_translations.py": "the site's own content",
    "tests/content/test_site_figures.py": "the site's own content",
    "tests/content/test_site_letters.py": "the site's own content",
    "tests/content/test_site_path_questions.py": "the site's own content",
    "tests/forms/test_reference_engine.py": "what forms mean to ODK's own engine and to ours",
    "tests/alerts/test_cap_readers.py": "our CAP as programs of others place it",
    "tests/alerts/test_service_latency.py": "the service's time from sending to the feeds",
    "tests/alerts/test_service_schedule.py": "the service's waits between two looks at the store",
    "tests/console/test_aggregates_only.py": "every route of the server, as an analyst sees it",
    "tests/console/test_alerts_story.py": "a foreign warning, over all pages of alerts",
    "tests/console/test_alert_races.py": "two browsers that write, approve and send one alert",
    "tests/console/test_hostile_texts.py": "hostile texts in every field of the console",
    "tests/console/test_injection.py": "every form of every page of the console",
    "tests/console/test_speakers.py": "a language at its desk, from the glossary to an approved voice",
    "tests/console/test_withdrawal.py": "withdrawing a text, over the console's areas",
    "tests/console/test_worklist.py": "the first page's list of what waits for a person",
    "tests/notifications/test_notices.py": "mail about what waits, to a real SMTP server",
    "tests/rendering/test_spoken_versions.py": "spoken versions, on pages and in lists",
    "tests/content/test_site_complaint_paths.py": "the site's own content",
    "tests/content/test_site_emergency.py": "the site's own content",
    "tests/content/test_site_forms.py": "the site's own content",
    "tests/content/test_site_language.py": "the site's own content",
    "tests/content/test_site_sources.py": "the site's own content",
    "tests/content/test_site_texts.py": "the site's own content",
    "tests/console/test_publishing_requests.py": "requests to publish, from the console to the machine with the key",
    "tests/editions/test_vectors.py": "the tables in tests/vectors, over all modules of editions",
    "tests/forms/test_random_fillings.py": "what is typed, from the phone's form to the server's checks",
    "tests/forms/test_xlsform_reference.py": "the features of XLSForm's reference, over all modules of forms",
    "tests/inbox/test_flood.py": "reports under flood, over inbox and submissions",
    "tests/inbox/test_forged_records.py": "records of a stolen hub, over inbox and submissions",
    "tests/inbox/test_malformed_records.py": "records in any shape, over all that reads them",
    "tests/inbox/test_three_roads.py": "one verdict for request, bundle and replication",
    "tests/inbox/test_unlinkability.py": "all that the inbox stores and logs",
    "tests/maintenance/test_doctor_hubs.py": "the doctor on a machine with hubs",
    "tests/reader/test_form_parts.py": "parts of forms, over publishing and the reader",
    "tests/reader/test_questions.py": "a hundred questions in people's words, asked of both searches",
    "tests/rendering/test_links.py": "the links of all pages",
    "tests/rendering/test_page_weight.py": "the bytes of the first pages",
    "tests/rendering/test_styles.py": "the style sheets",
    "tests/store/test_changes.py": "promise 7 of the store's contract",
    "tests/store/test_contract_properties.py": "the store's contract under random operations",
    "tests/store/test_couch_accounts.py": "a CouchDB account that may not erase, and a second administrator",
    "tests/store/test_couch_faults.py": "failures between the store and CouchDB",
    "tests/store/test_erase.py": "promise 8 of the store's contract",
    "tests/store/test_reads.py": "promises 5 and 6 of the store's contract",
    "tests/web/test_uvicorn_contract.py": "the libraries under http_connection",
    "tests/store/test_second_copy.py": "litestream beside a store, restored after both are killed",
    "tests/store/test_sqlite_durability.py": "saved records after the process is killed",
}


def imported_modules(path: str) -> Iterator[str]:
    """Dotted names of all modules that the file imports, `from package import module` included."""
    for node in ast.walk(ast.parse(repository.text(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_names(room: str) -> set[str]:
    """Names that a test file of the room may have: `module`, `area` for a subpackage, `area_module`."""
    names = set()
    for folder in (repository.ROOT / package / room for package in PACKAGES):
        for path in folder.rglob("*.py"):
            parts = path.relative_to(folder).with_suffix("").parts
            names |= {"_".join(parts), parts[-1], *parts[:-1]}
    return names - {"__init__"}


def test_no_file_imports_a_test_file_or_a_conftest() -> None:
    wrong = {
        path: name
        for path in TESTS
        for name in imported_modules(path)
        if name.startswith("tests.") and any(part.startswith(("test_", "conftest")) for part in name.split("."))
    }
    assert wrong == {}


def test_a_test_file_has_the_name_of_a_module_or_is_a_listed_story() -> None:
    """Rename a file that is reported here, or list it in STORIES; STORIES lists no file that has a module."""
    unnamed = set()
    for path in TEST_FILES:
        room = Path(path).parent.name
        if Path(path).parts[:-1] == ("tests", room) and (names := module_names(room)):
            unnamed |= {path} if Path(path).stem.removeprefix("test_") not in names else set()
    assert unnamed == set(STORIES)


def test_folders_of_tests_hold_tests_and_conftests_only() -> None:
    """Shared helpers are in tests/support; the bench, the vectors, the names and the tools are programs."""
    programs = ("support", "bench", "vectors", "names", "tools")
    names = [Path(path) for path in TESTS if Path(path).parts[1] not in programs]
    helpers = [str(path) for path in names if not path.name.startswith("test_")]
    assert {Path(path).name for path in helpers} <= {"__init__.py", "conftest.py"}
