"""The second factor and its recovery codes."""

from __future__ import annotations

import re

import pyotp
import pytest

from server.accounts.account import Role
from tests.support.console_client import PASSWORD, ConsoleSite

pytestmark = pytest.mark.anyio


async def test_a_code_is_added_and_a_recovery_code_serves_once(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.EDITOR, "awa")
    page = (await person.get("/me/second")).text
    secret = re.findall(r'name="secret" value="([A-Z2-7]{32})"', page)[0]
    assert (await person.post("/me/second", {"secret": secret, "code": "123"})).status_code == 422
    code = pyotp.TOTP(secret).at(console_site.site.clock().timestamp())
    codes = re.findall(
        r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>",
        (await person.post("/me/second", {"secret": secret, "code": code})).text,
    )
    assert len(set(codes)) == 10
    assert (await console_site.browser().sign_in("awa")).status_code == 422
    assert (await console_site.browser().sign_in("awa", code=codes[0].upper())).status_code == 303
    assert (await console_site.browser().sign_in("awa", code=codes[0])).status_code == 422
    assert (await person.post("/me/second/off", {"password-now": "wrong"})).status_code == 422
    assert (await person.post("/me/second/off", {"password-now": PASSWORD})).status_code == 303
