"""What every command of the terminal shares: the options that name the store, and sentences in the person's language."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from server.keys.private_file import check_private
from server.settings import ROOT
from sync.locale import Language, Translator

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
    help="A file that holds the passphrase, readable by its owner alone (default: it is asked).",
)


def read_passphrase(file: Path | None, *, new: bool) -> str:
    """Asked on the terminal, twice when it is a new one, or read from its file. Raises Refused when others can read that."""
    if file is None:
        return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=new))
    check_private(file)
    return file.read_text("utf-8").strip("\r\n")


def terminal_language() -> Language:
    """The person's language from the terminal's, French when it names none we have."""
    wanted = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "fr")[:2]
    return Translator.load(ROOT / "content" / "locale").language_of(wanted)


def say(sentence: str, **values: Any) -> None:
    click.echo(terminal_language()(sentence, **values) if sentence else "")
