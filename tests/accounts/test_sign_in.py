"""Sign-in: the same answer for every wrong part, counted tries that shut out nobody else, no redirect elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import anyio
import pyotp
import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from server.accounts.account import Role
from server.accounts.passwords import Passwords
from server.accounts.second_factor_settings import ConfirmedIdentity
from server.accounts.sign_in import (
    FREE_TRIES,
    MAX_COUNTS,
    MAX_WAIT,
    QUEUE_PLACES,
    QUEUE_WIDTH,
    SignInThrottle,
    TooManyTries,
)
from sync.errors import Refused, Unavailable
from tests.support.console_client import PASSWORD, ConsoleSite, ConsoleUser

pytestmark = pytest.mark.anyio

SAME_ANSWER = "Le nom, le mot de passe ou le code n’est pas le bon."


async def test_a_wrong_name_password_or_code_get_the_same_answer(console_site: ConsoleSite) -> None:
    await console_site.person(Role.EDITOR, "awa")
    account, _ = await console_site.people.second_factor.set_totp(
        ConfirmedIdentity(await console_site.people.accounts.get("awa")),
        (secret := pyotp.random_base32()),
        pyotp.TOTP(secret).at(console_site.site.clock().timestamp()),
    )
    console_site.site.clock.pass_time(minutes=2)
    code = pyotp.TOTP(account.totp).at(console_site.site.clock().timestamp())
    tries = (
        ("nobody", PASSWORD, code),
        ("awa", "wrong password", code),
        ("awa", PASSWORD, "000000"),
        ("awa", PASSWORD, ""),
    )
    for name, password, typed_code in tries:
        answer = await console_site.browser().sign_in(name, password, typed_code)
        assert (answer.status_code, SAME_ANSWER in answer.text) == (422, True)
    assert (await console_site.browser().sign_in("awa", PASSWORD, code)).status_code == 303
    assert (await console_site.browser().sign_in("awa", PASSWORD, code)).status_code == 422  # a code counts once


@pytest.mark.parametrize(
    ("code", "hashes"), [("", 1), ("123456", 1), ("2222-3333-4444-5555", 2), ("oooo-3333-4444-5555", 3)]
)
async def test_a_name_costs_as_many_hashes_whether_it_exists_is_closed_or_has_a_second_factor(
    console_site: ConsoleSite, monkeypatch: pytest.MonkeyPatch, code: str, hashes: int
) -> None:
    people = console_site.people
    for name in ("awa", "factor", "closed"):
        await console_site.person(Role.EDITOR, name)
    identity = ConfirmedIdentity(await people.accounts.get("factor"))
    secret = pyotp.random_base32()
    await people.second_factor.set_totp(identity, secret, pyotp.TOTP(secret).at(console_site.site.clock().timestamp()))
    await people.accounts.close(await people.accounts.get("closed"))
    await people.passwords.verify("", "the hash for names that do not exist is made once")
    work: list[str] = []
    for deed in ("hash", "verify"):
        monkeypatch.setattr(PasswordHasher, deed, counted(getattr(PasswordHasher, deed), work))
    for name in ("awa", "factor", "closed", "nobody", "no such name!"):
        work.clear()
        assert (await console_site.browser().sign_in(name, "wrong password", code)).status_code == 422
        assert len(work) == hashes, name


def counted(deed: Callable[..., object], work: list[str]) -> Callable[..., object]:
    def count(*arguments: object, **named: object) -> object:
        work.append(deed.__name__)
        return deed(*arguments, **named)

    return count


async def test_passwords_are_hashed_by_argon2id_as_rfc_9106_has_it_for_small_memories() -> None:
    parameters = extract_parameters(await Passwords().hash(PASSWORD))
    assert (parameters.type, parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (
        Type.ID,
        64 * 1024,
        3,
        4,
    )
    assert (parameters.salt_len, parameters.hash_len) == (16, 32)


async def test_tries_are_slowed_for_known_and_unknown_names_alike(console_site: ConsoleSite) -> None:
    await console_site.person(Role.EDITOR, "awa")
    for name in ("awa", "nobody"):
        for _ in range(4):
            assert (await console_site.browser().sign_in(name, "wrong password")).status_code == 422
        slowed = await console_site.browser().sign_in(name, PASSWORD)
        assert (slowed.status_code, "Trop d’essais" in slowed.text) == (429, True)
    console_site.site.clock.pass_time(seconds=6)
    assert (await console_site.browser().sign_in("awa", PASSWORD)).status_code == 303


async def test_parallel_tries_are_counted_before_they_are_judged(console_site: ConsoleSite) -> None:
    await console_site.person(Role.EDITOR, "awa")
    statuses: Counter[int] = Counter()

    async def guess(number: int) -> None:
        statuses[(await console_site.browser().sign_in("awa", f"wrong password {number}")).status_code] += 1

    async with anyio.create_task_group() as tasks:
        for number in range(40):
            tasks.start_soon(guess, number)
    assert statuses[422] == FREE_TRIES  # the only ones that were judged
    assert statuses.keys() == {422, 429, 503}


async def test_wrong_tries_with_other_names_stop_nobody(console_site: ConsoleSite) -> None:
    await console_site.person(Role.EDITOR, "awa")
    for number in range(100):
        assert (await console_site.browser().sign_in(f"name{number}", "wrong password")).status_code == 422
    assert (await console_site.browser().sign_in("awa")).status_code == 303


async def test_the_owner_of_an_attacked_name_gets_in_where_they_signed_in_before(console_site: ConsoleSite) -> None:
    owner = await console_site.person(Role.EDITOR, "awa")
    await owner.post("/sign-out")
    for _ in range(40):
        console_site.site.clock.pass_time(minutes=6)
        await console_site.browser().sign_in("awa", "wrong password")
    assert (await console_site.browser().sign_in("awa")).status_code == 429
    assert (await owner.sign_in("awa", "mistyped")).status_code == 422
    assert (await owner.sign_in("awa")).status_code == 303
    assert (await console_site.browser().sign_in("awa")).status_code == 429  # the attacker won nothing by it


async def test_a_known_browser_has_few_tries_too(console_site: ConsoleSite) -> None:
    thief = await console_site.person(Role.EDITOR, "awa")
    await thief.post("/sign-out")
    statuses = [(await thief.sign_in("awa", f"wrong password {number}")).status_code for number in range(6)]
    assert statuses == [422] * FREE_TRIES + [429] * 2
    assert (await console_site.browser().sign_in("awa")).status_code == 303


async def test_a_one_time_link_opens_an_attacked_account_in_a_new_browser(console_site: ConsoleSite) -> None:
    await console_site.person(Role.EDITOR, "awa")
    for _ in range(FREE_TRIES):
        await console_site.browser().sign_in("awa", "wrong password")
    someone = console_site.browser()
    token = await console_site.people.invitations.create("awa")
    answer = await someone.post(
        f"/welcome/{token}", {"password": "un autre mot assez long", "again": "un autre mot assez long"}
    )
    assert answer.status_code == 303
    someone.client.cookies.delete("kunnafoni-session")
    assert (await console_site.browser().sign_in("awa", "un autre mot assez long")).status_code == 429
    assert (await someone.sign_in("awa", "un autre mot assez long")).status_code == 303


def test_a_try_that_nothing_judged_is_given_back() -> None:
    throttle = SignInThrottle(lambda: 0.0)
    for _ in range(FREE_TRIES + 1):
        with pytest.raises(Unavailable), throttle.attempt("awa"):
            raise Unavailable("store-later", "Plus tard.")
    throttle.check("awa")


async def test_a_flood_of_tries_neither_holds_up_known_browsers_nor_shuts_out_others(console_site: ConsoleSite) -> None:
    known = await console_site.person(Role.EDITOR, "awa")
    await console_site.person(Role.EDITOR, "fanta")
    await known.post("/sign-out")
    hashing, release = 0, anyio.Event()
    verify = console_site.people.passwords.verify

    async def slow_verify(hashed: str, password: str) -> bool:
        nonlocal hashing
        hashing += 1
        if password == "flood":
            await release.wait()
        return await verify(hashed, password)

    console_site.people.passwords.verify = slow_verify  # type: ignore[method-assign]
    statuses: Counter[tuple[str, int]] = Counter()
    refusals = anyio.Semaphore(0)

    async def post(who: str, name: str, password: str, address: str) -> None:
        answer = await console_site.browser(address=address).sign_in(name, password)
        statuses[who, answer.status_code] += 1
        if answer.status_code == 503:
            refusals.release()

    places = QUEUE_WIDTH + QUEUE_PLACES
    async with anyio.create_task_group() as tasks:
        for number in range(places + 10):
            tasks.start_soon(post, "flood", f"name{number}", "flood", "192.0.2.1")
        for _ in range(10):
            await refusals.acquire()
        assert hashing == QUEUE_WIDTH
        assert (await known.sign_in("awa")).status_code == 303  # while the flood holds its queue
        tasks.start_soon(post, "fanta", "fanta", PASSWORD, "10.0.0.1")
        await refusals.acquire()  # one gives way
        release.set()
    assert statuses == {("fanta", 303): 1, ("flood", 503): 11, ("flood", 422): places - 1}


def test_a_wait_has_an_end_whatever_the_clock_does() -> None:
    now = 10_000.0
    throttle = SignInThrottle(lambda: now)
    for _ in range(30):
        now += MAX_WAIT
        with pytest.raises(Refused), throttle.attempt("awa"):
            raise Refused("sign-in-refused", "Faux.")
    now -= 6 * 3600
    with pytest.raises(TooManyTries) as waiting:
        throttle.check("awa")
    assert waiting.value.values["seconds"] <= MAX_WAIT + 1


def test_names_cannot_fill_the_memory() -> None:
    throttle = SignInThrottle(lambda: 0.0)
    for number in range(MAX_COUNTS + 10):
        with pytest.raises(Refused), throttle.attempt(f"name{number}"):
            raise Refused("sign-in-refused", "Faux.")
    assert len(throttle._failures) == MAX_COUNTS


@pytest.mark.parametrize(
    "following",
    [
        "https://evil.example",
        "//evil.example",
        "/console//evil.example",
        "/fr-ML/",
        "/console/\r\nx: y",
        "javascript:alert(1)",
    ],
)
async def test_the_door_leads_nowhere_else(console_site: ConsoleSite, following: str) -> None:
    await console_site.person(Role.EDITOR, "awa")
    someone = console_site.browser()
    answer = await someone.client.post(
        "/console/sign-in", data={"name": "awa", "password": PASSWORD, "next": following}
    )
    assert answer.headers["location"] == "/console/"


async def test_the_console_speaks_the_language_asked_for(console_site: ConsoleSite) -> None:
    person: ConsoleUser = await console_site.person(Role.EDITOR, "awa")
    assert 'lang="en"' in (await person.get("/", headers={"accept-language": "en-GB,fr;q=0.5"})).text
    await person.decide("/me/settings", {"language": "fr", "shown": ""})
    assert 'lang="fr"' in (await person.get("/", headers={"accept-language": "en"})).text
