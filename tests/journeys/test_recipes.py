"""Recipes of CONTRIBUTING.md, followed in a copy of the repository: they suffice, and no other file is touched."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import repository

pytestmark = pytest.mark.soak

RECIPES = repository.text("CONTRIBUTING.md").partition("## Recipes")[2].partition("\n## ")[0]
FOR_ALL = {"content/locale/en.po", "tests/vectors/outside-names.json"}  # named before the first recipe


class Copy:
    """A copy of the repository that a recipe changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for path in repository.files():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(repository.ROOT / path, target)
        for linked in (".venv", "pwa/node_modules", "tests/peers/node_modules", "pwa/dist"):
            (folder / linked).symlink_to(repository.ROOT / linked)
        subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
        self._before = self._digests()

    def insert(self, path: str, after: str, text: str) -> None:
        """Put text behind the first occurrence of `after`."""
        whole = (self.folder / path).read_text("utf-8")
        assert after in whole, f"{path} has no {after!r}"
        (self.folder / path).write_text(whole.replace(after, after + text, 1), "utf-8")

    def write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, "utf-8")

    def translate(self, french: str, english: str) -> None:
        """Bring new sentences into the catalogs and write the English of one."""
        self.python("-m", "tests.support.translatable_sentences")
        self.insert("content/locale/en.po", f'msgid "{french}"\nmsgstr "', english)

    def python(self, *arguments: str) -> None:
        self._run(sys.executable, *arguments)

    def phone(self, script: str) -> None:
        """Run a script of pwa/package.json. Node follows links, so the packages are copied for it."""
        packages = self.folder / "pwa/node_modules"
        if packages.is_symlink():
            packages.unlink()
            shutil.copytree(repository.ROOT / "pwa/node_modules", packages, symlinks=True)
        self._run("npm", "--prefix", "pwa", "run", script)

    def _run(self, *command: str) -> None:
        node = repository.ROOT / ".venv/node/bin"
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={
                "PYTHONPATH": str(self.folder),
                "PATH": f"{node}:/usr/local/bin:/usr/bin:/bin",
                "HOME": str(self.folder.parent),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]

    def check(self, *tests: str) -> None:
        """Run the types and these tests in the copy."""
        self.python("-m", "mypy", "server", "sync")
        self.python(
            "-m", "pytest", "-q", "-p", "no:cacheprovider", "--ignore", "tests/browser", "-m", "not soak", *tests
        )

    def changed(self) -> set[str]:
        after = self._digests()
        return {path for path in after.keys() | self._before.keys() if after.get(path) != self._before.get(path)}

    def _digests(self) -> dict[str, str]:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split("\0")
        paths = [path for path in listed if path and not (self.folder / path).is_symlink()]
        return {path: hashlib.sha256((self.folder / path).read_bytes()).hexdigest() for path in paths}


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path / "copy")


def named(recipe: str) -> Callable[[str], bool]:
    """Tells whether a recipe names a path, itself or by its folder."""
    text = re.search(rf"^### {recipe}\n(.*?)(?=^### |\Z)", RECIPES, re.MULTILINE | re.DOTALL)
    assert text, f"CONTRIBUTING.md has no recipe {recipe}"
    paths = set(re.findall(r"`([\w./-]+/[\w./-]*|[A-Z][\w.]+\.md)`", text[1])) | FOR_ALL
    return lambda path: path in paths or any(path.startswith(folder) for folder in paths if folder.endswith("/"))


def test_a_field_of_a_document(copy: Copy) -> None:
    copy.insert(
        "sync/documents/model.py",
        '    acronym: Annotated[str, Text(30)] = ""\n',
        '    hours: Annotated[str, Text(120)] = ""\n',
    )
    copy.insert("server/console/components/labels.py", "FIELDS = {\n", '    "hours": N_("Heures d’ouverture"),\n')
    copy.insert(
        "sync/rendering/templates/office.html", "</b>\n", "{% if office.hours %}<br>{{ office.hours }}{% endif %}\n"
    )
    copy.insert("content/README.md", "## Forms\n", "\n`hours`: when an office is open, in words.\n")
    copy.translate("Heures d’ouverture", "Opening hours")
    copy.python("-m", "tests.support.document_fields")
    copy.python("-m", "tests.names")
    copy.check(
        "tests/content",
        "tests/writing",
        "tests/rendering/test_render.py",
        "tests/test_locale.py",
        "tests/test_outside_names.py",
    )
    assert {path for path in copy.changed() if not named("A field of a document")(path)} == set()


def test_a_question_type(copy: Copy) -> None:
    """Add `plate`, the number plate of a vehicle: a short text in capitals."""
    copy.insert(
        "sync/forms/question_types.py",
        'QuestionType(name="audio", is_attachment=True, is_personal=True, accepts=_is_file_index, cell=_file_cell),\n',
        """\
    QuestionType(
        name="plate",
        pyxform_name="text",
        is_personal=True,
        accepts=lambda value, question, file_count: re.fullmatch("[A-Z0-9 ]{1,12}", str(value)) is not None,
    ),
""",
    )
    copy.insert(
        "pwa/src/protocol/question-types.ts",
        "  audio: ATTACHMENT,\n",
        "  plate: questionType((value) => isText(value) && /^[A-Z0-9 ]{1,12}$/.test(value)),\n",
    )
    copy.insert("pwa/src/protocol/form.ts", '  "audio",\n', '  "plate",\n')
    copy.insert("pwa/src/features/forms/control-registry.ts", "  audio: recordingControl,\n", "  plate: textControl,\n")
    copy.insert("sync/PROTOCOL.md", "acknowledge geopoint image audio", " plate")
    copy.insert("sync/PROTOCOL.md", "the attachment in `files` |\n", "| plate | `[A-Z0-9 ]{1,12}` |\n")
    copy.python("-m", "tests.names")
    copy.check("tests/forms", "tests/submissions", "tests/test_outside_names.py")
    copy.phone("types")
    copy.phone("test")
    assert {path for path in copy.changed() if not named("A question type")(path)} == set()


def test_a_language(copy: Copy) -> None:
    copy.write("content/locale/bm.po", "")
    copy.python("-m", "tests.support.translatable_sentences")
    copy.insert("server/console/context.py", 'LANGUAGES = ("fr", "en"', ', "bm"')
    assert (copy.folder / "content/locale/bm.po").read_text("utf-8").count("msgid") > 1500
    copy.check("tests/test_locale.py", "tests/console/test_access.py")
    assert {
        path for path in copy.changed() if path != "content/locale/bm.po" and not named("A language")(path)
    } == set()


def test_an_area_of_the_console(copy: Copy) -> None:
    readme = repository.text("server/console/README.md")
    blocks = re.findall(r"`(server/console/notes/[\w./-]+)`.*?```\w*\n(.*?)```", readme, re.DOTALL)
    assert len(blocks) >= 4
    for path, block in blocks:
        copy.write(path, re.sub(r"^   ", "", block, flags=re.MULTILINE))
    copy.insert(
        "server/console/routes.py",
        "from server.console.media import routes as media\n",
        "from server.console.notes import routes as notes\n",
    )
    copy.insert("server/console/routes.py", "AREAS = (\n", "    notes,\n")
    copy.insert(
        "server/console/flash.py",
        '    NOTE_ADDED = N_("La note est ajoutée.")\n',
        '    NOTE_SAVED = N_("La note est gardée.")\n',
    )
    copy.python("-m", "tests.support.translatable_sentences")
    copy.python("-m", "tests.names")
    copy.check("tests/console/test_access.py", "tests/test_architecture.py", "tests/test_outside_names.py")
    assert {path for path in copy.changed() if not named("An area of the console")(path)} == set()


def test_a_setting(copy: Copy) -> None:
    copy.insert("server/settings.py", '    push_contact: str = ""\n', "    night_pause: int = 0\n")
    copy.insert(
        "deploy/kunnafoni.env.example",
        "#KUNNAFONI_PUSH_CONTACT=\n",
        "\n# Minutes at night without publishing, for a machine that sleeps then.\n#KUNNAFONI_NIGHT_PAUSE=0\n",
    )
    copy.python("-m", "tests.names")
    copy.check("tests/test_docs.py", "tests/test_settings.py", "tests/test_outside_names.py")
    assert {path for path in copy.changed() if not named("A setting")(path)} == set()
