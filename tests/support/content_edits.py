"""Random edits of a small site in its store, of everything that its pages are made of."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from sync.store.contract import Collection, Store, Write

Fields = dict[str, Any]

MEDIUM = "Q" * 43 + ".webp"
SOUND = "R" * 43 + ".opus"


def _words(rng: random.Random) -> str:
    return rng.choice(("nouveau", "ancien", "« vrai »", "<b>gras</b>", "é & à", "500 F ?")) + f" {rng.randrange(4)}"


def _body(rng: random.Random) -> str:
    links = (
        "[a](guide:compte)",
        "[b](guide:argent)",
        "[c](notice:megas)",
        "[d](topic:comptes)",
        "[e](complaint:scam)",
        "[f](guide:absent)",
        "[g](guide&colon;compte)",  # seen by a parser only
        "[h](https://example.org)",
        f"![image](media:{MEDIUM})",
        f"![](media:{SOUND})",
        "## Que faire maintenant\n\nLisez.",
    )
    return "\n\n".join([_words(rng), *rng.sample(links, 3)])


def _edit_guide(rng: random.Random, fields: Fields) -> None:
    change = rng.randrange(8)
    if change < 3:
        fields["body"] = _body(rng)
    elif change == 3:
        fields["title"] = _words(rng).title()
    elif change == 4:
        fields["essential"] = not fields.get("essential", False)
    elif change == 5:
        fields["topics"] = rng.choice(([], ["comptes"]))
    elif change == 6:
        fields["audio"] = rng.choice(("", SOUND))
    else:
        fields["countries"] = rng.choice(([], ["BF"], ["ML"]))
    fields["summary"] = rng.choice(("", _words(rng)))


def _edit_notice(rng: random.Random, fields: Fields) -> None:
    fields |= {"body": _body(rng), "verdict": rng.choice(("scam", "false", "true")), "title": _words(rng).title()}


def _edit_site(rng: random.Random, fields: Fields) -> None:
    change = rng.randrange(6)
    if change == 0:
        fields["tagline"] = _words(rng)
    elif change == 1:
        fields["prices"] = {"ML": {"francs": rng.choice((1, 3)), "source": {"name": "Presse", "date": "2024"}}}
    elif change == 2:
        fields["name"] = _words(rng)
    elif change == 3:
        fields["about"] = {"fr": _body(rng)}
    elif change == 4:
        fields["drafts"] = rng.choice(([], ["bm"]))
    else:
        fields["contact"] = _words(rng)


def _edit_topics(rng: random.Random, fields: Fields) -> None:
    fields["topics"] = [{"slug": "comptes", "pictogram": rng.choice(("lock", "book")), "titles": {"fr": _words(rng)}}]


def _edit_places(rng: random.Random, fields: Fields) -> None:
    fields["places"] = [{"code": "ML-1", "name": _words(rng)}]


def _edit_authorities(rng: random.Random, fields: Fields) -> None:
    fields["authorities"][0]["name"] = _words(rng)


def _edit_route(rng: random.Random, fields: Fields) -> None:
    harm = rng.choice(fields["harms"])
    harm["title"] = _words(rng)
    harm["guides"] = rng.choice((["compte"], ["argent"], []))


def _edit_template(rng: random.Random, fields: Fields) -> None:
    fields["body"] = f"À {{destinataire}}. {_words(rng)}. Je suis {{nom}}. {{loi}}"


def _edit_form(rng: random.Random, fields: Fields) -> None:
    fields["body"] = fields["body"].replace("Qu’est-ce", rng.choice(("Qu’est-ce", "Mais qu’est-ce")))


EDITS: dict[str, Callable[[random.Random, Fields], None]] = {
    "guide:compte:fr": _edit_guide,
    "guide:argent:fr": _edit_guide,
    "guide:argent:bm": _edit_guide,
    "notice:megas:fr": _edit_notice,
    "site": _edit_site,
    "topics": _edit_topics,
    "places:ML": _edit_places,
    "authorities:ML:fr": _edit_authorities,
    "route:ANY:fr": _edit_route,
    "template:procureur:fr": _edit_template,
    "form:rumeur:fr": _edit_form,
}


async def edit_document(store: Store, rng: random.Random) -> str:
    """Change a document, or withdraw or bring back a guide or notice; returns its id."""
    id = rng.choice(list(EDITS))
    record = await store.get(Collection.CONTENT, id)
    if record is None:
        return id
    body: dict[str, Any] = dict(record.body)
    if id.startswith(("guide", "notice")) and rng.random() < 0.25:
        body["state"] = "" if body.get("state") else "withdrawn"
    else:
        fields = _copy(body["fields"])
        EDITS[id](rng, fields)
        body["fields"] = fields
    await store.write(Collection.CONTENT, [Write(id, body, record.rev)])
    return id


async def edit_media(store: Store, rng: random.Random) -> None:
    """Add, relabel or withdraw an image or a recording."""
    name = rng.choice((MEDIUM, SOUND))
    record = await store.get(Collection.CONTENT, f"media:{name}")
    body = {"name": name, "bytes": rng.choice((900, 24_000)), "label": _words(rng), "seconds": 65 * (name == SOUND)}
    if rng.random() < 0.25:
        body["state"] = "withdrawn"
    await store.write(Collection.CONTENT, [Write(f"media:{name}", body, record.rev if record else None)])


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value
