"""Crawl the console: follow every link and post every form with a trap in every field. Used by the tests of
injection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

import httpx

from tests.support.console_client import ConsoleUser
from tests.support.console_forms import CrawledForm, CrawledPage

MARK = "Trap7"
TRAP = f"{MARK}\"'></textarea></title><img src=x onerror=alert(1)>"  # short: some fields take 60 characters
LIKELY_VALUES = {  # valid values, so that the other fields are saved and displayed
    "slug": "piege",
    "country": "ML",
    "lang": "fr",
    "place": "ML-1",
    "days": "30",
    "due": "2027-01-01",
    "place_code": "ML-1",
    "kind": "guide",
}
SEEN = "seen"  # the field that binds a decision to its page
KEPT_FIELDS = ("csrf", SEEN)
MAX_LED = 3  # pages of one shape that posted forms lead to
MAX_BUTTONS = 3  # per form; an editor has buttons for each row
MAX_LINKED = 5  # pages of one shape that links lead to
Fields = dict[str, list[str]]


def _shape(address: str) -> str:
    """An address with its names replaced."""
    return re.sub(r"(/[a-z]*[A-Z0-9:%_-][^/?]*|\bpiege[^/?]*)", "/x", address)


@dataclass
class ConsoleCrawler:
    """`answers`: all pages and all responses to forms. `reached`: addresses of posted forms."""

    person: ConsoleUser
    leave: tuple[str, ...]  # addresses that would end the crawl: signing out, the crawler's own account
    answers: list[httpx.Response] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)

    async def around(self) -> None:
        """Crawl every page that is reachable by links."""
        await self._through(await self.pages())

    async def at(self, path: str) -> None:
        """Crawl one page."""
        answer = await self.person.client.get(path)
        self.answers.append(answer)
        await self._through([self._read(path, answer.text)])

    async def _through(self, waiting: list[CrawledPage]) -> None:
        """Post every form of the pages and of the pages they lead to, first with likely values, then with traps.

        A sent alert leads to its update, which is sent: so a few pages of each shape are enough.
        """
        addresses = {page.address for page in waiting}
        shapes: dict[str, int] = {}
        while waiting:
            page = waiting.pop(0)
            for form in page.forms:
                if form.method != "post" or form.action.startswith(self.leave):
                    continue
                likely = await self._send(form, self._likely(form))
                trapped = self._all_traps(form) | await self._seen_now(page, form)
                for led in (likely, await self._send(form, trapped)):
                    if led and led.address not in addresses and shapes.get(_shape(led.address), 0) < MAX_LED:
                        addresses.add(led.address)
                        shapes[_shape(led.address)] = shapes.get(_shape(led.address), 0) + 1
                        waiting.append(led)

    async def _seen_now(self, page: CrawledPage, form: CrawledForm) -> Fields:
        """The form's bond to its page as the page stands after an earlier post; none for a form without one."""
        if SEEN not in form.given:
            return {}
        answer = await self.person.client.get(page.address, follow_redirects=True)
        forms = [other for other in self._read(page.address, answer.text).forms if other.action == form.action]
        return {SEEN: forms[0].given[SEEN]} if forms and SEEN in forms[0].given else {}

    async def pages(self) -> list[CrawledPage]:
        waiting, visited, shapes, pages = ["/console/"], set(), dict[str, int](), list[CrawledPage]()
        while waiting:
            path = waiting.pop(0)
            shape = _shape(path.partition("?")[0])
            if path in visited or shapes.get(shape, 0) >= MAX_LINKED:
                continue
            visited.add(path)
            shapes[shape] = shapes.get(shape, 0) + 1
            answer = await self.person.client.get(path, follow_redirects=True)
            self.answers.append(answer)
            if answer.headers.get("content-type", "").startswith("text/html"):
                pages.append(self._read(path.partition("?")[0], answer.text))
                waiting += pages[-1].links
        return pages

    @staticmethod
    def _read(path: str, html: str) -> CrawledPage:
        page = CrawledPage(path)
        page.feed(html)
        return page

    @staticmethod
    def _likely(form: CrawledForm) -> Fields:
        def value(name: str) -> list[str]:
            if name in form.options:
                return form.given.get(name) or [value for value in form.options[name] if value][:1]
            return [LIKELY_VALUES[name]] if name in LIKELY_VALUES else [TRAP] if name in form.free else form.given[name]

        return {name: value(name) for name in form.given.keys() | form.options.keys()}

    @staticmethod
    def _all_traps(form: CrawledForm) -> Fields:
        return {
            name: form.given[name] if name in KEPT_FIELDS else [TRAP]
            for name in form.given.keys() | form.options.keys()
        }

    async def _send(self, form: CrawledForm, fields: Fields) -> CrawledPage | None:
        """The page after the form's redirect, or None."""
        for address, name, value in form.also[:MAX_BUTTONS]:
            await self._post(address, form, {**fields, name: [value]} if name else fields)
        answer = await self._post(form.action, form, fields)
        if not answer.headers.get("location", "").startswith("/console/"):
            return None
        led = await self.person.client.get(answer.headers["location"], follow_redirects=True)
        self.answers.append(led)
        return self._read(led.url.path, led.text)

    async def _post(self, address: str, form: CrawledForm, fields: Fields) -> httpx.Response:
        files = dict.fromkeys(form.files, (TRAP[:60], b"no file of any kind"))
        answer = await self.person.client.post(address, data=fields, files=files or None)
        self.reached.add(unquote(address))
        self.answers.append(answer)
        return answer
