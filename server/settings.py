"""Settings: `KUNNAFONI_*` variables, or the same names in lower case in the TOML file that `KUNNAFONI_CONFIG` names.

Read once by each command and passed in. deploy/kunnafoni.env.example documents every setting with its reason; a test
compares the two.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from server.program import APP, CONTENT
from sync.errors import Refused

PREFIX = "KUNNAFONI_"
LOG_FORMATS = ("text", "json")


@dataclass(frozen=True, slots=True)
class Settings:
    """`data`: folder of the embedded store, the keys and caches. `store`: "" for the embedded store under `data`."""

    data: Path = Path("data")
    store: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    share_port: bool = False
    content: Path = CONTENT
    app: Path = APP
    url: str = ""
    console_url: str = ""
    hosts: str = ""
    lang: str = "fr"
    publisher: bool = True
    hub_folder: str = ""
    trusted_proxies: str = "127.0.0.1"
    keep_days: int = 200
    push_services: str = "fcm.googleapis.com,.push.services.mozilla.com,.push.apple.com,.notify.windows.com"
    push_contact: str = ""
    cap_certificate: str = ""
    smtp: str = ""
    mail_from: str = ""
    webhook: str = ""
    metrics_token: str = ""
    log_format: str = "text"
    max_connections: int = 2_000
    header_seconds: int = 20
    silent_seconds: int = 30
    min_rate: int = 500
    stop_seconds: int = 10

    @property
    def store_address(self) -> str:
        return self.store or f"sqlite:///{self.data.resolve() / 'kunnafoni.db'}"

    @property
    def keys(self) -> Path:
        return self.data / "keys"


def read_settings(environ: Mapping[str, str], **overrides: Any) -> Settings:
    """Read the TOML file, then the environment, then the `overrides` that are not None; later ones win.

    Raises Refused, naming the setting, for an unknown name or an invalid value.
    """
    values: dict[str, Any] = {}
    if config := environ.get(f"{PREFIX}CONFIG"):
        values.update(_read_file(Path(config)))
    names = {field.name for field in fields(Settings)}
    for name in names:
        if f"{PREFIX}{name.upper()}" in environ:
            values[name] = environ[f"{PREFIX}{name.upper()}"]
    values.update({name: value for name, value in overrides.items() if value is not None})
    if unknown := sorted(set(values) - names):
        raise Refused(
            "setting-unknown",
            "Le réglage {name} n’existe pas.",
            "deploy/kunnafoni.env.example les nomme tous.",
            name=unknown[0],
        )
    return Settings(**{name: _parse_value(name, value) for name, value in values.items()})


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(
            "config-unreadable",
            "Le fichier de réglages {path} ne peut pas être lu.",
            "Vérifiez le nom et les droits du fichier.",
            path=path,
        ) from error


def _parse_value(name: str, value: Any) -> Any:
    default = Settings.__dataclass_fields__[name].default
    text = str(value)
    if name == "log_format" and text not in LOG_FORMATS:
        raise _invalid(name, text)
    if isinstance(default, bool):
        if text.lower() not in ("1", "0", "true", "false", "yes", "no"):
            raise _invalid(name, text)
        return text.lower() in ("1", "true", "yes")
    if isinstance(default, int):
        if not (text.isascii() and text.isdigit()):
            raise _invalid(name, text)
        return int(text)
    return Path(text) if isinstance(default, Path) else text


def _invalid(name: str, value: str) -> Refused:
    return Refused(
        "setting-wrong",
        "Le réglage {name} ne peut pas valoir « {value} ».",
        "deploy/kunnafoni.env.example dit ce qu’il peut valoir.",
        name=PREFIX + name.upper(),
        value=value,
    )
