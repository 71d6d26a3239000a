"""Architecture rules for both languages: floors and arrows between packages, and the length of files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.support import repository

PYTHON = repository.under("sync", "server", "deploy", "tests", ends=".py")
SYNC = [path for path in PYTHON if path.startswith("sync/")]
SERVER = [path for path in PYTHON if path.startswith("server/")]
TYPESCRIPT = repository.under("pwa/src", ends=".ts")
APP = [path for path in TYPESCRIPT if not path.endswith((".test.ts", ".d.ts"))]

LONGEST = 400  # lines; a longer file holds more than one noun
COMPOSITION_ROOT = ("server/app.py", "server/commands/")
CONCRETE_STORES = ("sync.store.sqlite", "sync.store.couch")
FLOORS = (  # of server/, bottom to top: a room leans on lower ones only; modules of the root are rooms of their own
    {"program"},
    {"settings", "supervision"},
    {"web", "keys"},
    {"accounts", "media", "push", "hubs"},
    {"reader", "publishing"},
    {"inbox", "alerts", "writing"},
    {"maintenance", "rumours"},
    {"worklist"},
    {"monitoring"},
    {"notifications", "statistics"},
    {"console"},
    {"services", "routes"},
    {"jobs"},
    {"app"},
    {"commands"},
)
HOLD_ALL_SERVICES = ("server/services.py", "server/jobs.py", "server/app.py", "server/commands/")
SYNC_FLOORS = (  # bottom to top; the modules of sync/ itself lie below
    {"store", "documents"},
    {"editions", "search"},
    {"complaints", "alerts", "forms", "claims", "notices"},
    {"rendering", "submissions"},
    {"content", "statistics"},
)
WEB = {
    "starlette",
    "uvicorn",
    "httpx",
    "click",
    "requests",
    "aiohttp",
    "urllib.request",
    "http.client",
    "http.server",
    "socket",
}
ENVIRONMENT = {
    "os.environ",
    "os.getenv",
    "time.time",
    "time.time_ns",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
}


def imports(path: str) -> Iterator[str]:
    """Full names of the modules (and, for `from a import b`, also `a.b`) that a Python file imports."""
    return imported(repository.text(path), path)


def imported(source: str, path: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source, path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = path.removesuffix(".py").removesuffix("/__init__").split("/")
            if not path.endswith("/__init__.py"):
                package = package[:-1]
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def dotted(node: ast.expr) -> str:
    """`datetime.datetime.now` as text; empty for anything that is no chain of names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def specifiers(path: str) -> Iterator[str]:
    """Imports of a TypeScript file: relative ones as paths from the root, packages by name."""
    found = re.finditer(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']""", code(path))
    for name in (match.group(1) for match in found):
        yield resolve(path, name) if name.startswith(".") else name


def resolve(path: str, name: str) -> str:
    parts: list[str] = []
    for part in (*PurePosixPath(path).parent.parts, *name.split("/")):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def code(path: str) -> str:
    """A TypeScript file without its comments."""
    return re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", repository.text(path), flags=re.DOTALL)


def users_of(pattern: str, *allowed: str) -> list[str]:
    """The app's files outside `allowed` whose code matches."""
    return [path for path in APP if not path.startswith(allowed) and re.search(pattern, code(path))]


def test_sync_never_leans_on_the_server_nor_the_program_on_its_tests() -> None:
    assert [(path, name) for path in SYNC for name in imports(path) if within(name, "server", "tests")] == []
    assert [(path, name) for path in SERVER for name in imports(path) if within(name, "tests")] == []


def test_sync_knows_no_web_but_the_couchdb_stores_own_road() -> None:
    inside = [path for path in SYNC if not path.startswith("sync/store/couch/")]
    assert [(path, name) for path in inside for name in imports(path) if within(name, *WEB)] == []


def test_every_package_of_sync_has_a_floor() -> None:
    packages = {path.split("/")[1] for path in SYNC if path.count("/") > 1}
    assert sorted(package for floor in SYNC_FLOORS for package in floor) == sorted(packages)


def test_sync_imports_only_what_lies_below() -> None:
    below: set[str] = set()
    lower = {"": below}  # by package, those on lower floors; "" are the modules of sync/ itself
    for floor in SYNC_FLOORS:
        lower |= dict.fromkeys(floor, below)
        below = below | floor
    offenders = []
    for path in SYNC:
        package = path.split("/")[1] if path.count("/") > 1 else ""
        for name in imports(path):
            other = sync_package(name)
            if other not in ("", package) and other not in lower.get(package, set()):
                offenders.append((path, name))
    assert offenders == []


def test_documents_imports_no_neighbour() -> None:
    documents = [path for path in SYNC if path.startswith("sync/documents/")]
    assert [
        (path, name) for path in documents for name in imports(path) if sync_package(name) not in ("", "documents")
    ] == []


def sync_package(name: str) -> str:
    """The package of sync/ that a full name lies in; empty for a module of sync/ itself, and outside."""
    parts = name.split(".")
    folder = parts[1] if parts[0] == "sync" and len(parts) > 1 else ""
    return folder if any(path.startswith(f"sync/{folder}/") for path in SYNC) else ""


@pytest.mark.parametrize(
    "source",
    [
        "import sync.alerts.alert",
        "from sync import alerts",
        "from sync.alerts import alert",
        "from ..alerts import alert",
        "if TYPE_CHECKING:\n    from sync.alerts.alert import Alert",
        "def late() -> None:\n    import sync.alerts.alert",
    ],
)
def test_an_import_is_seen_wherever_it_stands(source: str) -> None:
    assert "alerts" in {sync_package(name) for name in imported(source, "sync/documents/model.py")}


def test_sync_has_no_clock_and_no_environment() -> None:
    offenders = [
        (path, node.lineno, name)
        for path in SYNC
        for node in ast.walk(ast.parse(repository.text(path)))
        if isinstance(node, ast.Attribute)
        if any((name := dotted(node)) == banned or name.endswith("." + banned) for banned in ENVIRONMENT)
    ]
    assert offenders == []


def test_only_canonical_hashes_in_sync() -> None:
    assert [path for path in SYNC if path != "sync/canonical.py" and "hashlib" in imports(path)] == []


def test_only_the_store_itself_names_a_concrete_store() -> None:
    outside = [path for path in SYNC + SERVER if not path.startswith("sync/store/")]
    assert [(path, name) for path in outside for name in imports(path) if within(name, *CONCRETE_STORES)] == []


def test_only_the_composition_root_and_commands_open_a_store() -> None:
    outside = [path for path in SYNC + SERVER if not path.startswith(("sync/store/", *COMPOSITION_ROOT))]
    assert [(path, name) for path in outside for name in imports(path) if within(name, "sync.store.open_store")] == []


def room_of(name: str) -> str:
    """The package or module right under `server` of a full name; empty for anything else."""
    top, _, rest = name.partition(".")
    return rest.partition(".")[0] if top == "server" else ""


def floor_of(room: str) -> int:
    found = [height for height, rooms in enumerate(FLOORS) if room in rooms]
    assert found, f"server/{room} stands on no floor: name it in FLOORS"
    return found[0]


@pytest.mark.parametrize("room", sorted(set().union(*FLOORS)))
def test_a_room_of_the_server_leans_on_lower_floors_only(room: str) -> None:
    inside = [path for path in SERVER if path == f"server/{room}.py" or path.startswith(f"server/{room}/")]
    leans = {(path, other) for path in inside for name in imports(path) if (other := room_of(name)) not in ("", room)}
    assert inside
    assert [(path, other) for path, other in sorted(leans) if floor_of(other) >= floor_of(room)] == []


def test_every_room_of_the_server_has_its_floor() -> None:
    there = {path.removesuffix(".py").split("/")[1] for path in SERVER} - {"__init__"}
    assert there == set().union(*FLOORS)


def test_only_the_composition_root_jobs_and_commands_hold_all_services() -> None:
    outside = [path for path in SERVER if not path.startswith(HOLD_ALL_SERVICES)]
    assert [(path, name) for path in outside for name in imports(path) if within(name, "server.services")] == []


def test_a_console_area_never_imports_an_area() -> None:
    offenders = []
    for path in SERVER:
        area = re.match(r"server/console/(\w+)/", path)
        for name in imports(path):
            other = re.match(r"server\.console\.(\w+)", name)
            is_area = other and f"server/console/{other.group(1)}/__init__.py" in SERVER
            if area and other and is_area and other.group(1) not in (area.group(1), "components"):
                offenders.append((path, name))
    assert offenders == []


def test_the_apps_protocol_imports_nothing_from_outside() -> None:
    protocol = [path for path in APP if path.startswith("pwa/src/protocol/")]
    assert [
        (path, name) for path in protocol for name in specifiers(path) if not name.startswith("pwa/src/protocol/")
    ] == []


def test_a_feature_never_imports_a_feature() -> None:
    offenders = []
    for path in APP:
        feature = re.match(r"pwa/src/features/([^/]+)/", path)
        for name in specifiers(path):
            other = re.match(r"pwa/src/features/([^/]+)/", name)
            if feature and other and other.group(1) != feature.group(1):
                offenders.append((path, name))
    assert offenders == []


PWA_FLOORS = (  # folders of pwa/src, the lowest first; a file imports from its own folder and from lower floors
    {"protocol", "css"},
    {"crypto"},
    {"db"},
    {"net"},
    {"pull", "send"},
    {"search"},
    {"claims"},
    {"fieldwork"},
    {"ui"},
    {"features", "sw", "console"},
)


def pwa_folder(path: str) -> str:
    """`protocol` for pwa/src/protocol/page.ts; empty for main.ts, which stands above all folders."""
    parts = PurePosixPath(path).parts
    return parts[2] if len(parts) > 3 else ""


def pwa_imports(path: str) -> Iterator[str]:
    """The files of pwa/src that a script imports, at run time or for types."""
    for name in specifiers(path):
        if name.startswith("pwa/src/"):
            yield name if PurePosixPath(name).suffix == ".css" else f"{name}.ts"


def test_every_folder_of_the_app_has_a_floor() -> None:
    folders = {pwa_folder(path) for path in repository.under("pwa/src", ends=(".ts", ".css"))} - {""}
    assert folders == set().union(*PWA_FLOORS)


def test_the_app_imports_downwards() -> None:
    floor = {folder: level for level, folders in enumerate(PWA_FLOORS) for folder in folders} | {"": len(PWA_FLOORS)}
    offenders = []
    for path in APP:
        here = pwa_folder(path)
        for name in pwa_imports(path):
            there = pwa_folder(name)
            if there != here and floor[there] >= floor[here]:
                offenders.append((path, name))
    assert offenders == []


def test_no_scripts_of_the_app_import_each_other_in_a_circle() -> None:
    waiting = {path: set(pwa_imports(path)) & set(APP) for path in APP}
    while free := {path for path, imported in waiting.items() if not imported}:
        waiting = {path: imported - free for path, imported in waiting.items() if path not in free}
    assert waiting == {}


def test_a_type_has_one_home_in_the_app() -> None:
    homes: dict[str, list[str]] = {}
    for path in APP:
        for name in re.findall(r"^export (?:abstract )?(?:class|interface|type|enum) (\w+)", code(path), re.MULTILINE):
            homes.setdefault(name, []).append(path)
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


def test_a_twin_that_a_script_names_exists() -> None:
    missing = []
    for path in TYPESCRIPT:
        for sentence in re.findall(r"\bTwins?: ([^*\n]+)", repository.text(path)):
            named = re.findall(r"[\w/]+\.py", sentence)
            assert named, f"{path} names no twin"
            missing += [(path, twin) for twin in named if twin not in PYTHON]
    assert missing == []


def test_no_spread_argument_follows_an_optional_chain() -> None:
    """Chrome before 91 passes them wrongly, and the build leaves `?.` as it is."""
    assert users_of(r"\?\.[\w.]*\((?:[^()\[\]{}]|\([^()]*\)|\[[^\]]*\]|\{[^}]*\})*\.\.\.") == []


def test_only_db_touches_indexeddb() -> None:
    assert users_of(r"\bindexedDB\b", "pwa/src/db/") == []
    assert [path for path in APP if not path.startswith("pwa/src/db/") and "idb" in specifiers(path)] == []


def test_only_net_pull_and_the_worker_fetch_and_the_console_what_it_decrypts_or_signs() -> None:
    fetching = r"(?<![.\w])(?:self\.|globalThis\.|window\.)?fetch\(|XMLHttpRequest|sendBeacon"
    console = ("sealing/fetch-sealed.ts", "passkey-options.ts", "form-request.ts")
    allowed = ("pwa/src/net/", "pwa/src/pull/", "pwa/src/sw/", *(f"pwa/src/console/{name}" for name in console))
    assert users_of(fetching, *allowed) == []


def test_only_crypto_calls_webcrypto_and_libraries_of_cryptography() -> None:
    assert users_of(r"crypto\.(?:subtle|getRandomValues|randomUUID)", "pwa/src/crypto/") == []
    libraries = {"@hpke/core", "age-encryption"}
    outside = [path for path in APP if not path.startswith("pwa/src/crypto/")]
    assert [path for path in outside if libraries & set(specifiers(path))] == []


@pytest.mark.parametrize("path", PYTHON)
def test_a_module_opens_with_what_it_promises(path: str) -> None:
    assert ast.get_docstring(ast.parse(repository.text(path))), f"{path} has no opening docstring"


@pytest.mark.parametrize("path", TYPESCRIPT)
def test_a_script_opens_with_what_it_promises(path: str) -> None:
    assert repository.text(path).lstrip().startswith(("/**", "//")), f"{path} has no opening comment"


def test_no_file_grows_past_one_noun() -> None:
    ends = (".py", ".ts", ".css", ".html", ".mjs", ".sh")
    lengths = {path: repository.text(path).count("\n") for path in repository.files() if path.endswith(ends)}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}
