"""Errors as records keep them, for the page that tells later why a publication was refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.errors import KunnafoniError


def error_to_fields(error: KunnafoniError) -> list[Any]:
    """Code, sentence, hint and values, as JSON."""
    values = {name: value if isinstance(value, int) else str(value) for name, value in error.values.items()}
    return [error.code, error.sentence, error.hint, values]


def error_from_fields(fields: Any) -> KunnafoniError | None:
    """The error of `error_to_fields`; None without one."""
    if not fields:
        return None
    code, sentence, hint, values = fields
    plain: Mapping[str, Any] = values
    return KunnafoniError(code, sentence, hint, **plain)
