"""Reading of CAP 1.1 and 1.2 messages that come from outside, refused with every reason and its line.

Nothing in a message is obeyed: a document type, and with it entities and external files, is refused before anything is
built; sizes are limited first.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sync.alerts.alert import CATEGORIES, CERTAINTIES, RESPONSES, SEVERITIES, URGENCIES
from sync.alerts.cap_message import CapArea, CapInfo, CapMessage, CapResource, NamedValue, Reference
from sync.alerts.timestamps import format_timestamp
from sync.alerts.untrusted_xml import parse_untrusted
from sync.errors import BadContent, BadFolder, Refused

MAX_MESSAGE_BYTES = 2_000_000  # a country's outline in full detail takes 900,000
MAX_INFOS = 50
MAX_AREAS = 500  # in one block
MAX_NAME_LENGTH = 300  # of identifier and sender
CAP_NAMESPACES = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")
_OLD_NAMESPACE = re.compile(r"(urn:oasis:names:tc:emergency:cap:|http://www\.incident\.com/cap/)1\.0")
STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
MESSAGE_TYPES = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES = ("Public", "Restricted", "Private")
_OLD_CERTAINTY = {"Very Likely": "Likely"}  # CAP 1.1, 3.2.2: of CAP 1.0, to be read as Likely
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)  # written as text by senders that think of web pages
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")
Element = Any  # lxml's elements carry no types


def read_cap(raw: bytes, name: str) -> CapMessage:
    """Read a message. `name`: file or address, for errors.

    Raises BadFolder with all errors of an invalid message, Refused for one that is not CAP or not for the public.
    """
    root = parse_untrusted(raw, MAX_MESSAGE_BYTES)
    namespace, _, tag = str(root.tag).removeprefix("{").rpartition("}")
    if _OLD_NAMESPACE.fullmatch(namespace):
        raise Refused("cap-version", "Ce message est en CAP 1.0.", "Seuls CAP 1.1 et 1.2 sont lus ici.")
    if namespace not in CAP_NAMESPACES or tag != "alert":
        raise Refused("cap-not", "Ce document n’est pas un message CAP.", "Il commence par « {tag} ».", tag=tag[:60])
    message = _Reader(name, namespace).read(root)
    _require_public(message)
    return message


def _require_public(message: CapMessage) -> None:
    if message.status in ("System", "Draft"):
        raise Refused(
            "cap-status", "Ce message n’est pas pour le public : son état est « {status} ».", status=message.status
        )
    if message.msg_type in ("Ack", "Error"):
        raise Refused(
            "cap-answer",
            "Ce message répond à un autre système : il n’annonce rien (« {type} »).",
            type=message.msg_type,
        )
    if not message.info and message.msg_type != "Cancel":
        raise Refused("cap-no-info", "Ce message n’a pas de bloc « info » : il ne dit rien.")


@dataclass
class _Reader:
    """The reading of one message; collects its errors."""

    path: str
    namespace: str
    errors: list[BadContent] = field(default_factory=list)

    def read(self, root: Element) -> CapMessage:
        scope = self._choice(root, "scope", SCOPES)
        if scope in ("Restricted", "Private"):
            raise Refused("cap-scope", "Ce message n’est pas pour le public : sa portée est « {scope} ».", scope=scope)
        message = CapMessage(
            identifier=self._name(root, "identifier"),
            sender=self._name(root, "sender"),
            sent=self._moment(root, "sent", self._required(root, "sent")),
            status=self._choice(root, "status", STATUSES),
            msg_type=self._choice(root, "msgType", MESSAGE_TYPES),
            source=self._text(root, "source"),
            code=self._texts(root, "code"),
            note=self._text(root, "note"),
            references=_parse_references(self._text(root, "references")),
            incidents=self._text(root, "incidents"),
            info=tuple(self._info(info) for info in self._few(root, "info", MAX_INFOS)),
        )
        if self.errors:
            raise BadFolder(self.errors)
        return message

    def _info(self, info: Element) -> CapInfo:
        categories = self._children(info, "category")
        if not categories:
            self._missing(info, "category")
        return CapInfo(
            language=self._text(info, "language"),
            category=tuple(dict.fromkeys(self._one_of(item, "category", CATEGORIES) for item in categories)),
            event=self._required(info, "event"),
            response_type=tuple(
                dict.fromkeys(
                    self._one_of(item, "responseType", RESPONSES) for item in self._children(info, "responseType")
                )
            ),
            urgency=self._choice(info, "urgency", URGENCIES),
            severity=self._choice(info, "severity", SEVERITIES),
            certainty=self._choice(info, "certainty", CERTAINTIES),
            audience=self._text(info, "audience"),
            event_code=self._named_values(info, "eventCode"),
            effective=self._moment(info, "effective", self._text(info, "effective")),
            onset=self._moment(info, "onset", self._text(info, "onset")),
            expires=self._moment(info, "expires", self._text(info, "expires")),
            sender_name=self._line(info, "senderName"),
            headline=self._line(info, "headline"),
            description=self._paragraphs(info, "description"),
            instruction=self._paragraphs(info, "instruction"),
            web=self._text(info, "web"),
            contact=self._text(info, "contact"),
            parameter=self._named_values(info, "parameter"),
            resource=tuple(self._resource(item) for item in self._children(info, "resource")),
            area=tuple(self._area(item) for item in self._few(info, "area", MAX_AREAS)),
        )

    def _area(self, area: Element) -> CapArea:
        return CapArea(
            description=" ".join(self._required(area, "areaDesc").split()),
            polygons=tuple(text for text in self._texts(area, "polygon") if text),
            circles=tuple(text for text in self._texts(area, "circle") if text),
            geocodes=self._named_values(area, "geocode"),
            altitude=self._text(area, "altitude"),
            ceiling=self._text(area, "ceiling"),
        )

    def _resource(self, resource: Element) -> CapResource:
        return CapResource(
            description=self._text(resource, "resourceDesc"),
            mime_type=self._text(resource, "mimeType"),
            size=self._text(resource, "size"),
            uri=self._text(resource, "uri"),
            digest=self._text(resource, "digest"),
        )

    def _named_values(self, parent: Element, name: str) -> tuple[NamedValue, ...]:
        return tuple(
            NamedValue(self._text(item, "valueName"), self._text(item, "value"))
            for item in self._children(parent, name)
        )

    def _children(self, parent: Element, name: str) -> list[Element]:
        return list(parent.findall(f"{{{self.namespace}}}{name}"))

    def _few(self, parent: Element, name: str, most: int) -> list[Element]:
        children = self._children(parent, name)
        if len(children) <= most:
            return children
        sentence = "Ce message a {count} blocs « {name} », pour {most} au plus."
        self._add(parent, "cap-many", sentence, name=name, count=len(children), most=most)
        return []

    def _texts(self, parent: Element, name: str) -> tuple[str, ...]:
        return tuple("".join(child.itertext()).strip() for child in self._children(parent, name))

    def _text(self, parent: Element, name: str) -> str:
        return next(iter(self._texts(parent, name)), "")

    def _line(self, parent: Element, name: str) -> str:
        return " ".join(self._text(parent, name).split())

    def _paragraphs(self, parent: Element, name: str) -> str:
        lines = _LINE_BREAK.sub("\n", self._text(parent, name)).splitlines()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in lines)).strip()

    def _required(self, parent: Element, name: str) -> str:
        children = self._children(parent, name)
        text = self._line(parent, name)
        if not children:
            self._missing(parent, name)
        elif not text:
            self._add(children[0], "cap-empty", "« {name} » est vide.", name=name)
        return text

    def _name(self, root: Element, name: str) -> str:
        text = self._required(root, name)
        if len(text) > MAX_NAME_LENGTH:
            element = self._children(root, name)[0]
            sentence = "« {name} » est trop long : {length} signes, pour {most} au plus."
            self._add(element, "text-long", sentence, name=name, length=len(text), most=MAX_NAME_LENGTH)
        return text

    def _choice(self, parent: Element, name: str, values: tuple[str, ...]) -> str:
        children = self._children(parent, name)
        if children:
            return self._one_of(children[0], name, values)
        self._missing(parent, name)
        return ""

    def _one_of(self, element: Element, name: str, values: tuple[str, ...]) -> str:
        text = "".join(element.itertext()).strip()
        text = _OLD_CERTAINTY.get(text, text) if name == "certainty" else text
        if not text:
            self._add(element, "cap-empty", "« {name} » est vide.", name=name)
        elif text not in values:
            self._add(element, "cap-value", "« {name} » ne peut pas valoir « {text} ».", name=name, text=text[:60])
        return text

    def _moment(self, parent: Element, name: str, text: str) -> str:
        if not text:
            return ""
        match = _MOMENT.fullmatch(text)
        try:
            if match:
                offset = match[3].replace("Z", "+00:00")
                return format_timestamp(datetime.datetime.fromisoformat(f"{match[1]}{offset}"))
        except (ValueError, OverflowError):
            pass
        element = self._children(parent, name)[0]
        self._add(element, "cap-moment", "« {name} » n’est pas un moment : « {text} ».", name=name, text=text[:60])
        return ""

    def _missing(self, parent: Element, name: str) -> None:
        self._add(parent, "cap-missing", "Il manque « {name} », que CAP exige.", name=name)

    def _add(self, element: Element, code: str, sentence: str, **values: Any) -> None:
        self.errors.append(BadContent(self.path, int(element.sourceline or 0), code, sentence, **values))


def _parse_references(text: str) -> tuple[Reference, ...]:
    """The well-formed references; a message with a malformed one still warns of its danger."""
    return tuple(dict.fromkeys(_split_references(text)))


def _split_references(text: str) -> Iterator[Reference]:
    for triple in text.split():
        parts = triple.split(",")
        if len(parts) == 3 and parts[0] and parts[1]:
            yield parts[0], parts[1]
