"""First steps on a running server, over its addresses alone: an invited person joins, a phone is enrolled."""

from __future__ import annotations

import re

from tests.support.console_client import PASSWORD, ConsoleUser, csrf_token_in
from tests.support.inbox_site import SITE
from tests.support.phone_simulator import PhoneSimulator


async def join(person: ConsoleUser, output: str) -> None:
    """Follow the link that the command printed, and take the session's form token."""
    link = re.search(r"/console(/welcome/\S+)", output)
    assert link, output
    answer = await person.post(link[1], {"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 303, answer.text
    person.csrf = csrf_token_in((await person.get("/")).text)


async def enrol_phone(chief: ConsoleUser, seed: int = 1) -> PhoneSimulator:
    """A phone that the console invited."""
    sheet = await chief.post("/devices", {"name": "Radio", "place": "", "days": "365"})
    code = re.search(r'id="code">(\w{5})-(\w{5})<', sheet.text)
    assert code, sheet.text
    phone = PhoneSimulator(SITE, seed)
    answer = await chief.client.post("/devices", json=phone.enrolment(code[1] + code[2]))
    assert answer.status_code == 201, answer.text
    return phone
