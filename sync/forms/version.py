"""A compiled form as JSON (PROTOCOL.md, section 8) and the digest that names its version.

Importing this module loads no XLSForm library.
"""

from __future__ import annotations

from typing import Any

from sync.canonical import canonical, digest

FormJson = dict[str, Any]


def version_of(form: FormJson) -> str:
    return digest(canonical(form))
