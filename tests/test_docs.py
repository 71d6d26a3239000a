"""Documentation: every command, option and setting is described, links resolve, no file names a machine."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import PurePosixPath

import click
import pytest

from server.commands.cli import commands
from server.settings import PREFIX, Settings
from tests.support import repository

README, LISEZ_MOI = "README.md", "README.fr.md"
DOCUMENTS = [path for path in repository.files() if path.endswith(".md") and not path.startswith("content/")]
LOCKS = [
    path for path in repository.files() if path.endswith("-lock.json") or re.fullmatch(r"requirements/.*\.txt", path)
]
# Spelled in parts, so that this file does not contain what it looks for.
REGISTRIES = re.compile(
    r"registry\.npmjs\." + r"org|files\.python" + r"hosted|pypi\." + r"org|deb\.debian\." + r"org", re.IGNORECASE
)
# XForms writes the rows of a list as a path of "root" and "item", which is no folder.
MACHINE = re.compile(r"(?<![\w./-])/(?:(?:home|work|Users)/|root/(?!item\b))" + r"[\w.-]+")


def targets() -> set[str]:
    """The targets listed by `make help`."""
    return set(re.findall(r"^## make (\w+)", repository.text("Makefile"), re.MULTILINE))


def command_lines(group: click.Group, before: str = "") -> dict[str, click.Command]:
    """Every command by its full name, groups unfolded: `keys rotate`."""
    lines: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            lines |= command_lines(command, f"{before}{name} ")
        else:
            lines[before + name] = command
    return lines


def code_of(path: str) -> str:
    """The text of code blocks and code spans."""
    text = repository.text(path)
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))


def test_make_help_names_every_goal_that_people_type() -> None:
    makefile = repository.text("Makefile")
    phony = set(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split())
    assert targets() <= phony
    assert {"serve", "test", "check", "bench", "soak", "setup", "help"} <= targets()


@pytest.mark.parametrize("path", [README, LISEZ_MOI])
def test_the_readme_describes_every_goal_of_make(path: str) -> None:
    assert {goal for goal in targets() if f"make {goal}" not in code_of(path)} == set()


@pytest.mark.parametrize("path", [README, LISEZ_MOI, "CONTRIBUTING.md"])
def test_the_documented_goals_of_make_exist(path: str) -> None:
    assert set(re.findall(r"\bmake ([a-z]+)", code_of(path))) <= targets()


@pytest.mark.parametrize("path", [README, LISEZ_MOI])
def test_the_readme_describes_every_command(path: str) -> None:
    assert {name for name in command_lines(commands) if f"kunnafoni {name}" not in code_of(path)} == set()


@pytest.mark.parametrize("path", DOCUMENTS)
def test_documented_commands_exist(path: str) -> None:
    existing = command_lines(commands)
    named = re.findall(r"(?<![\w/])(?:\.venv/bin/)?kunnafoni ((?:[a-z]+ ?)+)", code_of(path))
    unknown = {
        line
        for line in named
        if not any(line == name or line.startswith(name + " ") or line.rstrip() == name for name in existing)
    }
    assert unknown == set()


@pytest.mark.parametrize("path", DOCUMENTS)
def test_documented_settings_exist(path: str) -> None:
    existing = {"CONFIG", *(field.name.upper() for field in fields(Settings))}
    named = set(re.findall(rf"\b{PREFIX}([A-Z_]*[A-Z])", repository.text(path)))
    assert {name for name in named - existing if not name.startswith("TEST_")} == set()


def test_every_command_and_option_says_what_it_does() -> None:
    silent = [name for name, command in command_lines(commands).items() if not command.help]
    mute = [
        (name, option.name)
        for name, command in command_lines(commands).items()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert (silent, mute) == ([], [])


def test_every_setting_stands_in_the_example_with_its_reason() -> None:
    example = repository.text("deploy/kunnafoni.env.example")
    names = re.findall(rf"^#{PREFIX}(\w+)=", example, re.MULTILINE)
    assert sorted(names) == sorted({"CONFIG", *(field.name.upper() for field in fields(Settings))})
    for block in example.split("\n\n"):
        lines = block.strip().splitlines()
        assert lines[0].startswith("# "), f"no reason before {lines[0]}"


def test_the_example_shows_the_defaults() -> None:
    values = dict(re.findall(rf"^#{PREFIX}(\w+)=(.*)$", repository.text("deploy/kunnafoni.env.example"), re.MULTILINE))
    for field in fields(Settings):
        default = field.default
        value = values[field.name.upper()]
        if isinstance(default, bool):
            assert value == str(int(default))
        elif PurePosixPath(str(default)).is_absolute():
            assert str(default).endswith("/" + value)
        else:
            assert value == str(default)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_links_lead_somewhere(path: str) -> None:
    text = re.sub(r"```.*?```", "", repository.text(path), flags=re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        place = (repository.ROOT / path).parent / file if file else repository.ROOT / path
        if not place.exists() or (anchor and place.suffix == ".md" and anchor not in anchors(place.read_text("utf-8"))):
            broken.append(target)
    assert broken == []


def anchors(text: str) -> set[str]:
    """The anchors of headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_the_french_readme_gives_the_same_commands() -> None:
    def commands_of(path: str) -> set[str]:
        blocks = re.findall(r"```sh\n(.*?)```", repository.text(path), re.DOTALL)
        lines = [re.sub(r"\s+#.*", "", line).strip() for block in blocks for line in block.splitlines()]
        return {line for line in lines if line}

    assert commands_of(README) == commands_of(LISEZ_MOI)
    assert {"make serve", "make test"} <= commands_of(README)


def test_no_file_names_a_registry_or_a_machine() -> None:
    ends = (".png", ".ico", ".woff2", ".mp3", ".ogg", ".opus", ".xz", ".br", ".backup")
    texts = [path for path in repository.files() if not path.endswith(ends)]
    named = {
        (path, match.group())
        for path in texts
        for pattern in (REGISTRIES, MACHINE)
        for match in pattern.finditer(repository.text(path))
    }
    assert named == set()


@pytest.mark.parametrize("path", LOCKS)
def test_locks_hold_hashes_and_no_download_address(path: str) -> None:
    text = repository.text(path)
    if path.endswith(".json"):
        assert '"resolved"' not in text
        assert text.count('"integrity"') == text.count('"node_modules/') > 0
    else:
        assert "://" not in text
        assert (
            len(re.findall(r"==.*?\\\n +--hash=sha256:", text))
            == len(re.findall(r"^[a-z][\w.-]*==", text, re.MULTILINE))
            > 0
        )


def test_a_package_has_the_same_hashes_in_every_lock() -> None:
    locked: dict[str, set[frozenset[str]]] = {}
    for path in LOCKS:
        for name, hashes in re.findall(
            r"^([a-z][\w.-]*==[^\s;]+)[^\n]*((?:\n +--hash=\S+[ \\]*)+)", repository.text(path), re.MULTILINE
        ):
            locked.setdefault(name, set()).add(frozenset(re.findall(r"sha256:(\w+)", hashes)))
    assert len(locked) > 80
    assert [name for name, found in locked.items() if len(found) > 1] == []


def test_ci_calls_the_readmes_test_command() -> None:
    assert re.search(r"^make test\b", repository.text(".ci/run"), re.MULTILINE)
