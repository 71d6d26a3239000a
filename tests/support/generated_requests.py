"""Requests that no client sends, to every address of the server, the same for the same seed. Used by the journeys.

Each begins as a plausible one and is spoilt in one to three places: path, query, headers, cookies, form, JSON, lines.
"""

from __future__ import annotations

import gzip
import itertools
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import quote_from_bytes

from tests.support import repository
from tests.support.route_table import Address, list_addresses

ODD_TEXTS = (  # as bytes: some are no text in any encoding
    *(b"", b" ", b"\0", b"a\0b", b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xf0\x9f\x98\x80", "ɓɗ ƴ ɲŋ".encode()),
    *("\u202e\u2028\ufeff".encode(), b"\r\n\r\nHost: evil.example", b"a" * 5000, b"9" * 5000, b"-1", b"0", b"1e999"),
    *("²".encode(), "１２".encode(), b"NaN", b"null", b"true", b"[]", b"{", b"[" * 3000, b"0001-01-01", b"9999-12-31"),
    *(b"2026-02-30", b"0001-01-01T00:00", b"9999-12-31T23:59", b"2026-11-24T12:00:00.5Z", b"2026-W01", b"24:00"),
    *(b"../../etc/passwd", b"..", b".", b"/", b"//evil.example/", b"\\", b"%", b"%zz", b"%00", b"%25", b"a/b/c/d/e/f"),
    *(b"{name}", b"{x.__class__}", b"{0}", b"{x:>400000000}", b"%s%s%n", b"{{7*7}}", b"${7*7}", b"*", b"?", b"#", b";"),
    *(b"<script>alert(1)</script>", b"\"'></textarea>", b"' OR 1=1 --", b"=1+1", b"_id", b"_all_docs", b"submission:"),
    *(
        b"http://[",
        b"https://[evil.example/",
        b"https://evil.example",
        b"null",
        b"A" * 43,
        b"A" * 44,
        b"guide:deux:fr",
        b"audit:~",
        b"fr-ML",
        b"xx-XX",
    ),
)
ODD_JSON = (
    *('"\\ud800"', '"\\udfff\\ud800"', '"\\u0000"', '"\ud7ff"', '""', "null", "true", "-0", "1.0", "1e999", "-1e-999"),
    *("NaN", "Infinity", "9" * 400, "9" * 5000, "9007199254740993", "[]", "{}", "[" * 200 + "]" * 200, "[" * 30_000),
    *(
        '{"a":1,"a":2}',
        '{"__proto__":1}',
        '"' + "a" * 70_000 + '"',
        '{"":{"":{"":[]}}}',
        '"A\\',
        "'a'",
        "\ufeff1",
        "01",
    ),
)
ODD_HEADERS: tuple[tuple[bytes, Sequence[bytes]], ...] = (
    (b"accept", (b"text/html", b"text/html,*/*;q=0.1", b"application/json", b";;;", b"text/html" * 500)),
    (b"accept-language", (b"fr", b"en-GB,en;q=0.9", b"\xe9\xe9", b"zz", b"*", b"," * 3000, b"bm;q=\xff", b"..")),
    (b"accept-encoding", (b"br", b"gzip", b"identity;q=0", b"br;q=0, gzip;q=0.000", b"\xff" * 9, b"," * 3000)),
    (b"origin", (b"http://[", b"null", b"https://evil.example", b"http://site", b"", b"http://site:99999", b"\xff")),
    (b"sec-fetch-site", (b"cross-site", b"same-origin", b"\xff", b"")),
    (b"content-encoding", (b"gzip", b"br", b"zstd", b"\xff")),
    (b"content-length", (b"-1", b"9" * 5000, b"\xb2", b"1")),
    (b"if-none-match", (b'"x"', b"*", b"W/" * 500, b"\xff")),
    (
        b"range",
        (b"bytes=0-", b"bytes=-0", b"bytes=9-1", b"bytes=" + b"9" * 5000 + b"-", b"bytes=0-1,2-3", b"bytes=\xb2-"),
    ),
    (b"if-range", (b"\xff", b'"x"')),
    (b"host", (b"evil.example", b"", b"[", b"site:99999", b"site,site", b"10.0.0.1", b"\xff", b"a" * 5000)),
    (b"x-forwarded-host", (b"evil.example",)),
    (b"x-forwarded-proto", (b"https", b"\xff", b"javascript")),
    (b"user-agent", (b"\xff" * 300, b"Firefox Android", b"{x.__class__}" * 90)),
    (b"referer", (b"http://[", b"\xff")),
    (b"cookie", (b"\xff", b";;;", b'kunnafoni-session="\\777\\"', b"kunnafoni-session=" + b"A" * 43, b"=" * 3000)),
    (b"expect", (b"100-continue",)),
)
CONTENT_TYPES = (
    *(b"application/json", b"application/x-ndjson", b"text/plain", b"", b"\xff", b"multipart/form-data"),
    *(
        b"multipart/form-data; boundary=",
        b"multipart/form-data; boundary=" + b"x" * 500,
        b"multipart/mixed; boundary=x",
    ),
    *(
        b"application/x-www-form-urlencoded; charset=" + codec
        for codec in (b"punycode", b"idna", b"undefined", b"utf-16")
    ),
    *(b"multipart/form-data; boundary=x; charset=" + codec for codec in (b"unicode_escape", b"punycode", b"\xff", b"")),
)
ODD_METHODS = ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "BREW")
ODD_NAMES = (
    b"",
    b"x",
    b"body",
    b"title.0",
    b"steps.0.text",
    b"topics.999",
    b"info.fr",
    b"_id",
    b"csrf",
    b"\xff",
    b"a\0",
)
FORM_TYPE, MULTIPART_TYPE = b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x"
QUERY_NAMES = (
    "have",
    "to",
    "after",
    "q",
    "next",
    "from",
    "page",
    "before",
    "who",
    "what",
    "with",
    "room",
    "id",
    "code",
)
EDITION_QUERIES = ("have", "to")
UNSAFE_PATHS = ("/console/sign-out",)  # ends the session that the next requests need
COSTLY_PATHS = (  # a process for each upload, the whole site rendered
    "/console/media/image",
    "/console/media/sound",
    "/console/publishing/plan",
    "/console/publishing/publish",
    "/console/publishing/schedule",
    "/console/publishing/{channel}/again/{edition}",
)
COSTLY_ROUND = 8  # rounds through all addresses of which one has the costly ones

_FIELD = re.compile(r"context\.texts?\(\"([a-z-]+)\"\)")

Fields: TypeAlias = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class GeneratedRequest:
    """`target`: path and query as on the wire. `headers`: without content-length unless it lies."""

    method: str
    target: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass
class RequestGenerator:
    """`values`: plausible values for the parameters of addresses. `session`: the cookie's token and the forms' token.

    `lines`: lines that the inbox accepts; `objects`: JSON bodies that the other addresses of phones accept.
    `forms`: the console's own forms, as their addresses and fields.
    """

    seed: int
    host: bytes
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    session: tuple[str, str] = ("", "")
    lines: Sequence[bytes] = ()
    objects: Sequence[bytes] = ()
    forms: Sequence[tuple[str, Fields]] = ()

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._fields = sorted(
            {
                name
                for path in repository.under("server/console", ends=".py")
                for name in _FIELD.findall(repository.text(path))
            }
        )
        self._addresses = [address for address in list_addresses() if address.path not in UNSAFE_PATHS]
        own = [form for form in self.forms if form[0] not in UNSAFE_PATHS]
        self._forms = {
            address: forms
            for address in self._addresses
            if address.method == "POST" and (forms := [form for form in own if address.matches(form[0])])
        }

    def generate(self, count: int) -> Iterator[GeneratedRequest]:
        """Make as many requests, each address in turn."""
        made = 0
        for number in itertools.count():
            for address in self._addresses:
                if address.path in COSTLY_PATHS and number % COSTLY_ROUND:
                    continue
                yield self._make(address)
                made += 1
                if made == count:
                    return

    def _make(self, address: Address) -> GeneratedRequest:
        parts = ("path", "query", "headers", "cookie", "body", "body", "body", "type", "method")
        spoilt = {self._chance.choice(parts) for _ in range(self._chance.choice((1, 1, 2, 3)))}
        path, fields = self._plausible(address)
        content_type, body = b"", b""
        if address.method in ("POST", "DELETE"):
            content_type, body = self._body(address, fields, "body" in spoilt)
        if "type" in spoilt:
            content_type = self._chance.choice(CONTENT_TYPES)
        headers = [(b"host", self.host)]
        if content_type:
            headers.append((b"content-type", content_type))
        headers += self._cookie(address, "cookie" in spoilt)
        if "headers" in spoilt:
            odd = [self._odd_header() for _ in range(self._chance.randint(1, 3))]
            names = {name for name, _ in odd} if self._chance.random() < 0.9 else set()  # else a header stands twice
            headers = [header for header in headers if header[0] not in names] + odd
        method = self._chance.choice(ODD_METHODS) if "method" in spoilt else address.method
        return GeneratedRequest(method, self._target(address, path, spoilt), headers, body)

    def _plausible(self, address: Address) -> tuple[str, Fields]:
        """A path of the address, and the fields of a form that is posted there."""
        if address in self._forms and self._chance.random() < 0.8:
            return self._chance.choice(self._forms[address])
        values = {name: self._chance.choice(self.values.get(name, ("x",))) for name in address.parameters}
        names = self._chance.sample(self._fields, min(12, len(self._fields)))
        return address.fill(**values), {name: ["x"] for name in names}

    def _target(self, address: Address, path: str, spoilt: set[str]) -> bytes:
        if "path" in spoilt:
            odd = [quote_from_bytes(self._chance.choice(ODD_TEXTS), self._chance.choice(("", "/"))) for _ in range(4)]
            path = (
                address.fill(**dict(zip(address.parameters, odd, strict=False)))
                if address.parameters
                else path + odd[0]
            )
        if "query" not in spoilt:
            return path.encode()
        names = [self._chance.choice((*QUERY_NAMES, *self._fields)) for _ in range(self._chance.randint(1, 4))]
        pairs = [f"{name}={quote_from_bytes(self._query_value(name))}" for name in names]
        return f"{path}?{self._chance.choice(('&', ';', '&&')).join(pairs)}".encode()

    def _query_value(self, name: str) -> bytes:
        """An odd text; for half of a feed's editions one that there is, so that its other parameters are read."""
        if name in EDITION_QUERIES and self.values.get("edition") and self._chance.random() < 0.5:
            return self._chance.choice(self.values["edition"]).encode()
        return self._chance.choice(ODD_TEXTS)

    def _cookie(self, address: Address, is_spoilt: bool) -> list[tuple[bytes, bytes]]:
        token = self.session[0].encode()
        is_console = address.path.startswith("/console")
        parts = [b"kunnafoni-session=" + token] if token and is_console else []
        if is_spoilt:
            odd = self._chance.choice(ODD_TEXTS).replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")
            parts.append(self._chance.choice((b"kunnafoni-said=", b"kunnafoni-session=", b"")) + odd)
        return [(b"cookie", b"; ".join(parts))] if parts else []

    def _odd_header(self) -> tuple[bytes, bytes]:
        name, values = self._chance.choice(ODD_HEADERS)
        return name, self._chance.choice(values)

    def _body(self, address: Address, fields: Fields, is_spoilt: bool) -> tuple[bytes, bytes]:
        if address.path.startswith("/console"):
            make = self._chance.choice((self._urlencoded, self._multipart))
            content_type, body = make(self._pairs(fields, is_spoilt), is_spoilt)
        elif address.path == "/inbox":
            content_type, body = b"application/x-ndjson", self._lines(is_spoilt)
        else:
            content_type, body = b"application/json", self._json(is_spoilt)
        if is_spoilt and self._chance.random() < 0.3:
            body = self._damage(body)
        return content_type, body

    def _pairs(self, fields: Fields, is_spoilt: bool) -> list[tuple[bytes, bytes]]:
        """The form's token and fields; spoilt ones have odd values in one to three fields, or odd names."""
        pairs = [
            (name.encode(), value.encode()) for name, values in fields.items() for value in values if name != "csrf"
        ]
        for _ in range(self._chance.randint(1, 3) if is_spoilt else 0):
            odd = self._chance.choice(ODD_TEXTS)
            at = self._chance.randrange(len(pairs) + 1)
            name = pairs[at][0] if at < len(pairs) and self._chance.random() < 0.9 else self._chance.choice(ODD_NAMES)
            pairs[at : at + 1] = [(name, odd)]
        return [(b"csrf", self.session[1].encode()), *pairs]

    def _urlencoded(self, pairs: list[tuple[bytes, bytes]], is_spoilt: bool) -> tuple[bytes, bytes]:
        return FORM_TYPE, "&".join(
            f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in pairs
        ).encode()

    def _multipart(self, pairs: list[tuple[bytes, bytes]], is_spoilt: bool) -> tuple[bytes, bytes]:
        parts = [
            b'--x\r\nContent-Disposition: form-data; name="' + name + b'"\r\n\r\n' + value + b"\r\n"
            for name, value in pairs
        ]
        if self._chance.random() < 0.3:
            name = self._chance.choice(ODD_TEXTS)[:90] if is_spoilt else b"a.xlsx"
            kind = self._chance.choice((b"", b"\r\nContent-Type: text/plain; charset=punycode", b"\r\nX: \xff"))
            head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"' + kind
            parts.append(
                head + b"\r\n\r\n" + self._chance.choice((b"", b"PK\x03\x04", b"| survey |", b"\xff" * 99)) + b"\r\n"
            )
        return MULTIPART_TYPE, b"".join(parts) + (b"--x--\r\n" if not is_spoilt or self._chance.random() < 0.8 else b"")

    def _lines(self, is_spoilt: bool) -> bytes:
        lines = [self._chance.choice(self.lines) for _ in range(self._chance.randint(1, 4))] if self.lines else []
        if is_spoilt:
            lines.append(self._json(True) + b"\n")
            lines.append(self._inner_json() + b"\n")
            self._chance.shuffle(lines)
        body = b"".join(lines)
        if is_spoilt and self._chance.random() < 0.3:
            packed = gzip.compress(body, mtime=0)
            return packed[: self._chance.randint(1, len(packed))] if self._chance.random() < 0.5 else packed
        return body

    def _inner_json(self) -> bytes:
        """A line whose submission is another text than canonical JSON of a submission."""
        line = json.loads(self._chance.choice(self.lines)) if self.lines else {"submission": "{}"}
        text = str(line.get("submission", ""))
        at = self._chance.randrange(len(text) + 1)
        change = self._chance.choice(("", '"', "\\ud800", "\0", "{", "9" * 400, "é"))
        return json.dumps({**line, "submission": text[:at] + change + text[at + 1 :]}).encode()

    def _json(self, is_spoilt: bool) -> bytes:
        plain = self._chance.choice(self.objects) if self.objects else b"{}"
        if not is_spoilt:
            return plain
        odd = self._chance.choice(ODD_JSON).encode("utf-8", "surrogatepass")
        makers: tuple[Callable[[], bytes], ...] = (
            lambda: odd,
            lambda: b"[" + odd + b"]",
            lambda: self._replace_value(plain, odd),
            lambda: plain.decode().encode(self._chance.choice(("utf-16", "utf-32", "utf-8-sig"))),
            lambda: plain + odd,
        )
        return self._chance.choice(makers)()

    def _replace_value(self, plain: bytes, odd: bytes) -> bytes:
        """A JSON body with another value for one of its keys or items."""
        values = re.findall(rb'"[^"\\]*"(?!:)|\d+', plain)
        return plain.replace(self._chance.choice(values), odd, 1) if values else odd

    def _damage(self, body: bytes) -> bytes:
        """The body cut, with one byte changed, or twice."""
        if not body:
            return b"\xff"
        at = self._chance.randrange(len(body))
        return self._chance.choice(
            (body[:at], body[:at] + b"\xff" + body[at + 1 :], body[:at] + b"\0" + body[at:], body + body)
        )
