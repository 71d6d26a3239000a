"""A release in one folder: wheel, sdist, locked requirements, bill of materials, notices, checksums, signature.

    python -m deploy.release.release [--key KEY.pem] [FOLDER]

`make release KEY=file` writes build/release. The key is an Ed25519 key (`openssl genpkey -algorithm ed25519`); whoever
holds its public half verifies with `openssl pkeyutl -verify -pubin -inkey release.pub -rawin -in SHA256SUMS
-sigfile SHA256SUMS.sig`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from deploy.release import notices, sbom
from deploy.release.served_packages import ROOT
from server.program import VERSION

CHECKSUMS = "SHA256SUMS"
_BACKEND = "import sys; from setuptools import build_meta; getattr(build_meta, sys.argv[1])(sys.argv[2])"


class ReleaseError(Exception):
    """A reason not to make a release, as a sentence."""


def changelog_section(changelog: str, version: str) -> str:
    """The section of CHANGELOG.md about the version, or about unreleased changes. Raises ReleaseError."""
    heading = "## [Unreleased]" if ".dev" in version else f"## [{version}]"
    _, found, rest = changelog.partition(f"\n{heading}")
    section = rest.partition("\n## [")[0].partition("\n")[2].strip()
    if not found or not section:
        raise ReleaseError(f"CHANGELOG.md says nothing under {heading}")
    return section + "\n"


def build(root: Path, folder: Path, targets: Sequence[str] = ("build_sdist", "build_wheel")) -> None:
    """Call hooks of the build backend on a copy, with the date of the last commit.

    The same sources give the same files.
    """
    command = ["git", "-C", str(root), "log", "-1", "--format=%ct"]
    date = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    environment = os.environ | {"SOURCE_DATE_EPOCH": date or "1767225600"}
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "source")
        copy_sources(root, source)
        for target in targets:
            made = subprocess.run(
                [sys.executable, "-c", _BACKEND, target, str(folder)],
                cwd=source,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            if made.returncode:
                raise ReleaseError(made.stderr[-2000:])


def copy_sources(root: Path, target: Path) -> None:
    """The tracked files and the built app: nothing that lies about in a working folder gets into a release."""
    command = ["git", "-C", str(root), "ls-files", "-z"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, target / name)
    shutil.copytree(root / "pwa/dist", target / "pwa/dist")


def write_checksums(folder: Path) -> Path:
    """SHA256SUMS of all files of the folder, as `sha256sum --check` reads it."""
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith(CHECKSUMS))
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    path = folder / CHECKSUMS
    path.write_text("".join(lines), "utf-8")
    return path


def sign(path: Path, key_file: Path) -> None:
    """PATH.sig, and the public half of the key as release.pub beside it. Raises ReleaseError."""
    try:
        key = load_pem_private_key(key_file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise ReleaseError(f"{key_file} cannot be read as a private key without a passphrase: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ReleaseError(f"{key_file} is no Ed25519 key: openssl genpkey -algorithm ed25519 -out {key_file}")
    path.with_name(path.name + ".sig").write_bytes(key.sign(path.read_bytes()))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    path.with_name("release.pub").write_bytes(public)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="deploy.release.release", description="Write a release into a folder.")
    parser.add_argument("--key", type=Path, help="an Ed25519 key (PEM) that signs the checksums")
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "build/release")
    options = parser.parse_args(arguments)
    folder: Path = options.folder.resolve()
    try:
        news = changelog_section((ROOT / "CHANGELOG.md").read_text("utf-8"), VERSION)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        build(ROOT, folder)
        (folder / "CHANGES.md").write_text(news, "utf-8")
        shutil.copy2(ROOT / "requirements/serve.txt", folder / "requirements.txt")
        if sbom.main([str(folder / "sbom.cdx.json")]) or notices.main([str(folder / "NOTICES.txt")]):
            return 1
        checksums = write_checksums(folder)
        if options.key:
            sign(checksums, options.key)
    except ReleaseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    print(f"{folder}: kunnafoni {VERSION}{', signed' if options.key else ', not signed (KEY=file signs)'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
