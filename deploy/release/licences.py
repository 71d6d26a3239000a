"""The licences of served packages as SPDX expressions, and which of them go with AGPL-3.0-or-later.

A licence that is unknown, or none, is refused: nobody may hand on what nobody allowed.
"""

from __future__ import annotations

from license_expression import ExpressionError, LicenseExpression, get_spdx_licensing

from deploy.release.licence_tables import COMPATIBLE, EXCEPTIONS, READ, licence_of
from deploy.release.served_packages import ServedPackage

_SPDX = get_spdx_licensing()


class UnclearLicence(Exception):
    """A package says nothing of its licence that could be understood."""


def parse_expression(written: str, name: str) -> LicenseExpression:
    """Parses an SPDX expression. Raises UnclearLicence, also for "LicenseRef-" and whatever is no licence of SPDX."""
    try:
        parsed = _SPDX.parse(written, validate=True, strict=True)
    except ExpressionError as error:
        raise UnclearLicence(f"{name}: {written!r} is no SPDX expression") from error
    if parsed is None:
        raise UnclearLicence(f"{name} declares no licence")
    return parsed


def is_compatible(expression: LicenseExpression) -> bool:
    """True if a work under AGPL-3.0-or-later may contain it: each licence of an AND, one of an OR."""
    return bool(_evaluate(expression))


def _evaluate(expression: LicenseExpression) -> bool:
    if isinstance(expression, _SPDX.AND):
        return all(_evaluate(part) for part in expression.args)
    if isinstance(expression, _SPDX.OR):
        return any(_evaluate(part) for part in expression.args)
    return str(expression).partition(" WITH ")[0] in COMPATIBLE  # an exception of SPDX only ever allows more


def find_refused(packages: list[ServedPackage]) -> dict[str, str]:
    """Reasons by name: packages, and what is compiled into them, that may not be served and have no exception."""
    refused = {}
    for package in packages:
        written = [(package.name, licence_of(package))]
        for part in package.embedded:
            name = f"{package.name} ({part.name})"
            written += [(name, READ.get(name, licence)) for licence in part.licences]
        for name, licence in written:
            try:
                if not is_compatible(parse_expression(licence, name)) and name not in EXCEPTIONS:
                    refused[name] = f"{licence} does not go with AGPL-3.0-or-later"
            except UnclearLicence as error:
                refused[name] = str(error)
        if not package.texts:
            refused.setdefault(package.name, "it brings no licence text, and deploy/release/texts has none")
    return refused
