"""The memory of a machine: one entry for each store, without passwords, and none that stops a command."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from server.maintenance.known_stores import FILE_NAME, KnownStores
from server.settings import Settings


def known(folder: Path, store: str = "") -> KnownStores:
    return KnownStores(Settings(data=folder, store=store))


def test_each_store_has_an_entry_and_no_password_is_written(tmp_path: Path) -> None:
    address = "couchdb://kunnafoni:se%2Fcr%40t@couch.example.org:5984/site"
    known(tmp_path).record_identity("one")
    known(tmp_path, address).record_identity("two")
    known(tmp_path, address).record_backup({"content": 3})
    assert (known(tmp_path).identity, known(tmp_path, address).identity) == ("one", "two")
    assert (known(tmp_path).last_backup, known(tmp_path, address).last_backup) == ({}, {"content": 3})
    assert known(tmp_path, address.replace("se%2Fcr%40t", "other")).identity == "two"
    assert known(tmp_path, address.replace("/site", "/other")).identity == ""
    text = (tmp_path / FILE_NAME).read_text("utf-8")
    assert "se%2Fcr%40t" not in text
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_the_store_in_the_data_folder_is_known_wherever_the_folder_goes(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    known(tmp_path / "here").record_identity("one")
    (tmp_path / "here").rename(tmp_path / "there")
    assert known(tmp_path / "there").identity == "one"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"embedded": 3}', '{"embedded": {}}', "\0"])
def test_a_file_that_cannot_be_read_names_nothing_and_is_written_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text, "utf-8")
    assert known(tmp_path).identity == ""
    assert known(tmp_path).last_backup == {}
    known(tmp_path).record_identity("one")
    assert json.loads((tmp_path / FILE_NAME).read_text("utf-8"))["embedded"] == {"identity": "one"}


def test_a_command_without_a_data_folder_makes_none(tmp_path: Path) -> None:
    known(tmp_path / "data", "couchdb://a:b@localhost/site").record_identity("one")
    assert not (tmp_path / "data").exists()
