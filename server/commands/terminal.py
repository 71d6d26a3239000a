"""Shared parts of all commands: options for the store, passphrases, and sentences in the user's language."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import click

from server.keys.private_file import check_private
from server.program import APP, CONTENT
from sync.locale import Language, Translator, load_catalog

STORE_OPTION = click.option(
    "--store", metavar="URL", help="Store address: sqlite:////file.db or couchdb://user:password@host:5984/prefix."
)
DATA_OPTION = click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the embedded store and the keys live (default: data).",
)
PASSPHRASE_OPTION = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with the passphrase, readable by its owner alone (default: a prompt).",
)


def read_passphrase(file: Path | None, *, new: bool) -> str:
    """Read from the file, or prompt, twice for a new one. Raises Refused if other users can read the file."""
    if file is None:
        return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=new))
    check_private(file)
    return file.read_text("utf-8").strip("\r\n")


def terminal_language() -> Language:
    """The language of the locale environment variables, or French."""
    return load_language(
        (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "")[:2]
    )


@cache
def load_language(code: str) -> Language:
    """The language with this code, of the installed catalogs."""
    folder, compiled = CONTENT / "locale", APP / "catalogs"
    texts = load_catalog(folder / f"{code}.po", compiled) if (folder / f"{code}.po").is_file() else {}
    return Translator({code: texts}).language_of(code)


def say(sentence: str, **values: Any) -> None:
    click.echo(terminal_language()(sentence, **values) if sentence else "")
