"""A release: its wheel serves alone, its checksums and signature hold by other programs, its version has a history."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.release import release
from server.program import VERSION
from tests.support import repository


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the locked setuptools without any network."""
    made = tmp_path_factory.mktemp("release")
    release.build(repository.ROOT, made, ["build_wheel"])
    return made


@pytest.fixture(scope="module")
def installed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked as pip does, in a folder of its own."""
    target = tmp_path_factory.mktemp("installed")
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def command(installed: Path, *arguments: str, path: str = "") -> list[str]:
    """A command of the installed wheel: the checkout is not on its path (-S reads no .pth), nor is Node or make."""
    before = repr([path for path in (path, str(installed), sysconfig.get_path("purelib")) if path])
    program = f"import sys; sys.path[:0] = {before}; from server.commands.start import main; main()"
    return [sys.executable, "-I", "-S", "-c", program, *arguments]


def environment(data: Path) -> dict[str, str]:
    return {"KUNNAFONI_DATA": str(data), "LC_ALL": "C.UTF-8", "LANG": "fr_FR.UTF-8", "PYTHONUNBUFFERED": "1"}


def run(installed: Path, data: Path, *arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(installed, *arguments, path=path),
        cwd=data,
        env=environment(data),
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def serving(installed: Path, data: Path) -> Iterator[str]:
    process = subprocess.Popen(
        command(installed, "serve", "--port", "0"),
        cwd=data,
        env=environment(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    said = ""
    try:
        for line in process.stdout:
            said += line
            if match := re.search(r"Le site est ici : (\S+)", line):
                yield match[1]
                return
        raise AssertionError(said)
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_the_wheel_alone_serves_the_demonstration_and_the_doctor_finds_it_well(installed: Path, tmp_path: Path) -> None:
    with serving(installed, tmp_path) as url:
        with urllib.request.urlopen(url + "fr-ML/", timeout=30) as answer:
            page = answer.read().decode()
        assert "<title>" in page
        styles = re.findall(r'href="?(/[^">\s]+\.css)', page)
        scripts = re.findall(r'src="?(/[^">\s]+\.js)', page)
        assert scripts
        for path in [*styles, *scripts, "/sw.js"]:
            with urllib.request.urlopen(url.rstrip("/") + path, timeout=30) as answer:
                assert answer.read(), path
        port = url.rstrip("/").rpartition(":")[2]
        examined = subprocess.run(
            command(installed, "doctor"),
            cwd=tmp_path,
            env=environment(tmp_path) | {"KUNNAFONI_PORT": port},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (examined.returncode, examined.stderr) == (0, ""), examined.stdout


def test_the_wheel_holds_app_sentences_and_content_and_no_mark_of_the_build(installed: Path) -> None:
    inside = installed / "server/installed"
    assert {"app", "content"} == {path.name for path in inside.iterdir()}
    assert (inside / "app/assets.json").is_file()
    assert (inside / "content/locale/en.po").is_file()
    assert list(inside.rglob(".done*")) == []
    assert not (installed / "tests").exists()


def test_it_says_its_version(installed: Path, tmp_path: Path) -> None:
    assert run(installed, tmp_path, "--version").stdout == f"kunnafoni {VERSION}\n"
    [metadata] = installed.glob("kunnafoni-*.dist-info/METADATA")
    assert f"\nVersion: {VERSION}\n" in metadata.read_text("utf-8")


def test_it_starts_where_a_link_leads_to_its_folder(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(installed)
    assert run(tmp_path / "link", tmp_path, "--version").stdout.startswith("kunnafoni ")


@pytest.mark.parametrize("name", ["server", "sync"])
def test_it_refuses_to_start_with_another_programs_package(installed: Path, tmp_path: Path, name: str) -> None:
    """Two programs in one environment: the files of the last one lie there."""
    mixed = tmp_path / "mixed"
    shutil.copytree(installed, mixed, ignore=shutil.ignore_patterns("installed"))
    (mixed / name / "__init__.py").write_text('"""Somebody else."""\n')
    refused = run(mixed, tmp_path, "--version")
    assert refused.returncode == 1
    assert f"« {name} »" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_package_of_that_name_before_ours_on_the_path_is_refused(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "first/sync").mkdir(parents=True)
    (tmp_path / "first/sync/__init__.py").touch()
    refused = run(installed, tmp_path, "--version", path=str(tmp_path / "first"))
    assert refused.returncode == 1
    assert "« sync »" in refused.stderr


@pytest.mark.soak
def test_the_sdist_holds_the_sources_and_the_app_that_was_built(tmp_path: Path) -> None:
    release.build(repository.ROOT, tmp_path, ["build_sdist"])
    [sdist] = tmp_path.glob("*.tar.gz")
    listed = subprocess.run(["tar", "-tzf", str(sdist)], capture_output=True, text=True, check=True).stdout
    names = {name.partition("/")[2] for name in listed.splitlines()}
    assert {
        "LICENSE",
        "Makefile",
        "pwa/dist/sw.js",
        "pwa/src/main.ts",
        "deploy/RUNBOOK.md",
        "content/site.yaml",
    } <= names
    assert not [name for name in names if "node_modules" in name or "__pycache__" in name]


def test_other_programs_check_the_sums_and_the_signature(tmp_path: Path) -> None:
    key, made = tmp_path / "key.pem", tmp_path / "made"
    made.mkdir()
    (made / "a.whl").write_bytes(b"wheel")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(key)], check=True)
    sums = release.write_checksums(made)
    release.sign(sums, key)
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=made, check=True, capture_output=True)
    verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "release.pub", "-rawin"]
    verify += ["-in", "SHA256SUMS", "-sigfile", "SHA256SUMS.sig"]
    assert subprocess.run(verify, cwd=made, check=False, capture_output=True).returncode == 0
    (made / "SHA256SUMS").write_text("another\n")
    assert subprocess.run(verify, cwd=made, check=False, capture_output=True).returncode != 0


def test_a_version_without_a_history_is_not_released() -> None:
    changelog = "# Changelog\n\n## [Unreleased]\n\nNew.\n\n## [0.1.0] - 2026-11-30\n\nFirst.\n"
    assert release.changelog_section(changelog, "0.1.0") == "First.\n"
    assert release.changelog_section(changelog, "0.2.0.dev0") == "New.\n"
    with pytest.raises(release.ReleaseError, match=r"\[0\.2\.0\]"):
        release.changelog_section(changelog, "0.2.0")
    assert release.changelog_section(repository.text("CHANGELOG.md"), VERSION)


@pytest.mark.soak
def test_a_clean_environment_with_the_locked_packages_serves(folder: Path, tmp_path: Path) -> None:
    """pip and the package index, as the README says."""
    [wheel] = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    pip = [str(tmp_path / "venv/bin/python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--require-hashes", "-r", str(repository.ROOT / "requirements/serve.txt")], check=True)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    program = str(tmp_path / "venv/bin/kunnafoni")
    environ = environment(tmp_path / "data") | {"PATH": os.defpath}
    said = subprocess.run([program, "--version"], env=environ, capture_output=True, text=True, check=True).stdout
    assert said == f"kunnafoni {VERSION}\n"
    read = subprocess.run([program, "import", "--dry-run", str(repository.ROOT / "content")], env=environ, check=False)
    assert read.returncode == 0
