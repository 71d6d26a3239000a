"""The page of sealing keys: the pairs with their state, and forms to make, register, test and replace keys."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from server.console import page
from server.console.components.decision import PageState, make_page_state
from server.console.context import ConsoleContext
from server.keys import sealing_keys
from server.keys.sealing_keys import SealingKeyPair
from server.publishing.publisher import publisher_of
from server.web.app_state import settings_of
from sync.editions.signing import key_digest


async def keys(context: ConsoleContext) -> Response:
    folder = settings_of(context).keys
    live, untested = sealing_keys.get_live_pair(folder), sealing_keys.get_untested_pair(folder)
    pairs = sealing_keys.list_pairs(folder)
    rows = [(pair, _pair_state(pair, live, untested), _key_tests(pair)) for pair in reversed(pairs)]
    return page.render(
        context,
        "feedback/keys.html",
        context.language("Clés de scellement"),
        rows=rows,
        page_state=keys_page_state(context, pairs),
        live=live,
        untested=untested,
        can_sign=publisher_of(context).keys is not None,
    )


def keys_page_state(context: ConsoleContext, pairs: Sequence[SealingKeyPair]) -> PageState:
    """The table of keys."""
    _ = context.language
    labels = {"key": _("La clé"), "recovery": _("La copie de secours")}
    lines = [
        (f"{_('Clés')} {pair.number}, {labels[name]}", f"{id} {_('essayée') if opened else _('à essayer')}")
        for pair in pairs
        for name, id, opened in _key_tests(pair)
    ]
    return make_page_state([[pair.number, pair.to_json()] for pair in pairs], lines)


def _pair_state(pair: SealingKeyPair, live: SealingKeyPair, untested: SealingKeyPair) -> str:
    return "live" if pair == live else "untested" if pair == untested else "retired"


def _key_tests(pair: SealingKeyPair) -> list[tuple[str, str, bool]]:
    """Each key of a pair: name (key or recovery), first 8 digits of its digest, True if it opened the test."""
    if pair is sealing_keys.NO_PAIR:
        return []
    ids = (("key", key_digest(pair.sealing)), ("recovery", key_digest(pair.recovery)))
    return [(name, id[:8], id in pair.opened) for name, id in ids]
