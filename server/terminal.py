"""What every command of the terminal shares: the options that name the store, and sentences in the person's language."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from server.settings import ROOT
from sync.locale import Language, Translator

STORE = click.option("--store", metavar="URL", help="Store address: sqlite:////file.db or couchdb://user:password@host:5984/prefix.")
DATA = click.option(
    "--data", type=click.Path(path_type=Path), metavar="DIR", help="Where the embedded store and the keys live (default: data)."
)


def language() -> Language:
    """The person's language from the terminal's, French when it names none we have."""
    wanted = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "fr")[:2]
    return Translator.load(ROOT / "content" / "locale").to(wanted)


def say(sentence: str, **values: Any) -> None:
    click.echo(language()(sentence, **values) if sentence else "")
