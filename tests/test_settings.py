"""Settings from environment, TOML file and command line; errors name the setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.settings import read_settings
from sync.errors import Refused


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "k.toml").write_text('port = 1\nhost = "a"\nlang = "en"\n')
    environ = {"KUNNAFONI_CONFIG": str(tmp_path / "k.toml"), "KUNNAFONI_HOST": "b", "KUNNAFONI_LANG": "bm"}
    settings = read_settings(environ, lang="ha", data=None)
    assert (settings.port, settings.host, settings.lang, settings.data) == (1, "b", "ha", Path("data"))


def test_the_embedded_store_lies_under_data(tmp_path: Path) -> None:
    settings = read_settings({}, data=tmp_path)
    assert settings.store_address == f"sqlite:///{tmp_path}/kunnafoni.db"
    assert settings.keys == tmp_path / "keys"


@pytest.mark.parametrize(
    ("environ", "code"),
    [
        ({"KUNNAFONI_PORT": "huit"}, "setting-wrong"),
        ({"KUNNAFONI_PORT": "-1"}, "setting-wrong"),
        ({"KUNNAFONI_LOG_FORMAT": "xml"}, "setting-wrong"),
        ({"KUNNAFONI_PUBLISHER": "peut-être"}, "setting-wrong"),
        ({"KUNNAFONI_CONFIG": "/nowhere.toml"}, "config-unreadable"),
    ],
)
def test_a_wrong_setting_is_named(environ: dict[str, str], code: str) -> None:
    with pytest.raises(Refused, match=code):
        read_settings(environ)


def test_a_setting_that_does_not_exist_is_refused_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "k.toml").write_text("prot = 1\n")
    with pytest.raises(Refused, match="setting-unknown"):
        read_settings({"KUNNAFONI_CONFIG": str(tmp_path / "k.toml")})
