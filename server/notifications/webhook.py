"""The team's own channel: a POST of JSON to the address of KUNNAFONI_WEBHOOK, with `text` for chat programs.

It says how many things of which kind wait, as a mail does, and for whom it is not said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sync.errors import Refused, Unavailable

TIMEOUT = 20.0  # seconds
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Webhook:
    address: str

    @classmethod
    def from_settings(cls, address: str) -> Webhook | None:
        """None without an address. Raises Refused for one that is no https, but for this machine's own."""
        if not address:
            return None
        try:
            parts = urlsplit(address)
            is_valid = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        except ValueError:
            is_valid = False
        if not is_valid:
            raise Refused(
                "webhook-setting",
                "KUNNAFONI_WEBHOOK n’est pas une adresse https.",
                "Copiez l’adresse que donne le logiciel de discussion.",
            )
        return cls(address)

    async def post(self, text: str, counts: Mapping[str, int]) -> None:
        """`counts`: by kind of work item. Raises Unavailable unless the receiver takes it."""
        import aiohttp  # late: it costs a quarter of a second, and most sites have no webhook

        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session,
                session.post(
                    self.address, json={"text": text, "waiting": dict(counts)}, allow_redirects=False
                ) as response,
            ):
                if response.status >= 300:
                    raise _not_taken()
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            raise _not_taken() from error


def _not_taken() -> Unavailable:
    return Unavailable(
        "webhook-failed",
        "L’adresse de KUNNAFONI_WEBHOOK ne prend pas le message.",
        "Vérifiez l’adresse, et réessayez dans un moment.",
    )
