"""CAP messages of others are read whole, or refused with every reason and its line; nothing in them is obeyed."""

from __future__ import annotations

import socket
import sys

import pytest

from sync.alerts.cap_message import NamedValue
from sync.alerts.cap_reader import MAX_MESSAGE_BYTES, read_cap
from sync.errors import BadFolder, Refused, TooLarge
from tests.support.sample_cap import CAP_11, CORPUS, cancel_xml, cap_info, cap_xml

OLD = "urn:oasis:names:tc:emergency:cap:1.0"
GUARDED = ("open", "socket.connect", "socket.getaddrinfo", "urllib.Request")
EXTERNAL = """<!DOCTYPE alert SYSTEM "{address}" [<!ENTITY % outside SYSTEM "{address}"> %outside;
<!ENTITY file SYSTEM "file:///etc/passwd">]>"""


def test_all_fields_of_a_message_are_read() -> None:
    more = (
        "<web>https://exemple.ml/1</web><contact>+223 00</contact>"
        "<parameter><valueName>vent</valueName><value>80 km/h</value></parameter>"
        "<resource><resourceDesc>carte</resourceDesc><mimeType>image/png</mimeType><uri>https://exemple.ml/c.png</uri></resource>"
    )
    area = "<areaDesc>Ségou</areaDesc><polygon>1,1 2,2 3,1 1,1</polygon><circle>1,1 5</circle><ceiling>10</ceiling>"
    message = read_cap(
        cap_xml(cap_info(more=more, area=area), msg_type="Update", references=["a", "b"], more="<code>x</code>"), "x"
    )
    [info] = message.info
    assert message.references == (("meteo@exemple.ml", "a"), ("meteo@exemple.ml", "b"))
    assert (message.code, message.expires) == (("x",), "2026-11-25T06:00:00Z")
    assert (info.web, info.contact, info.parameter) == (
        "https://exemple.ml/1",
        "+223 00",
        (NamedValue("vent", "80 km/h"),),
    )
    assert info.resource[0].uri == "https://exemple.ml/c.png"
    assert (info.area[0].polygons, info.area[0].circles, info.area[0].ceiling) == (
        ("1,1 2,2 3,1 1,1",),
        ("1,1 5",),
        "10",
    )


def test_versions_1_1_and_1_2_are_read_and_1_0_is_refused() -> None:
    assert read_cap(cap_xml(namespace=CAP_11), "x").info[0].event == "Orages"
    very_likely = cap_xml(namespace=CAP_11).replace(b">Likely<", b">Very Likely<")
    assert read_cap(very_likely, "x").info[0].certainty == "Likely"
    with pytest.raises(Refused) as caught:
        read_cap(cap_xml(namespace=OLD), "x")
    assert caught.value.code == "cap-version"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (cap_xml(status="System"), "cap-status"),
        (cap_xml(status="Draft"), "cap-status"),
        (cap_xml(scope="Restricted"), "cap-scope"),
        (cap_xml(scope="Private"), "cap-scope"),
        (cap_xml(msg_type="Ack"), "cap-answer"),
        (cancel_xml("x").replace(b"Cancel", b"Alert"), "cap-no-info"),
        (b"<html xmlns='urn:x'/>", "cap-not"),
        (b"<alert", "xml-malformed"),
        (b"", "xml-malformed"),
        (b"\x89PNG", "xml-malformed"),
        (b"<a>" * 100 + b"</a>" * 100, "xml-complex"),
        (cap_xml(*[cap_info()] * 51), "bad-folder"),
    ],
)
def test_what_is_not_for_the_public_or_not_cap_is_refused_with_its_reason(raw: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        read_cap(raw, "x")
    assert caught.value.code == code


def test_every_fault_is_named_with_its_line() -> None:
    raw = cap_xml(cap_info(severity="Horrible", event="", expires="demain"), identifier="").replace(b"><", b">\n<")
    with pytest.raises(BadFolder) as caught:
        read_cap(raw, "alerte.xml")
    lines = raw.decode().split("\n")
    found = {error.code: (error.line, error.values["name"]) for error in caught.value.errors}
    severity = next(number for number, line in enumerate(lines, 1) if "Horrible" in line)
    assert found["cap-value"] == (severity, "severity")
    assert found["cap-moment"][1] == "expires"
    assert {error.values["name"] for error in caught.value.errors if error.code == "cap-missing"} == {
        "identifier",
        "event",
    }


def test_a_cancel_needs_no_block() -> None:
    message = read_cap(cancel_xml("fin", "exemple-1"), "x")
    assert (message.msg_type, message.info, message.expires) == ("Cancel", (), "")


def test_what_is_too_large_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(TooLarge):
        read_cap(b"<alert>" + b"x" * MAX_MESSAGE_BYTES, "x")
    long_outline = " ".join(["12.345678,-1.234567"] * 45_000)
    message = read_cap(cap_xml(cap_info(area=f"<areaDesc>x</areaDesc><polygon>{long_outline}</polygon>")), "x")
    assert len(message.info[0].area[0].polygons[0]) > 850_000


def test_a_comment_cannot_hide_part_of_a_text() -> None:
    raw = cap_xml(sender="meteo@exemple.ml").replace(b"meteo@exemple", b"meteo<!-- x -->@exemple")
    assert read_cap(raw, "x").sender == "meteo@exemple.ml"


def test_a_document_type_is_refused_and_nothing_is_asked_or_opened() -> None:
    events: list[str] = []
    read_cap(cap_xml(), "x")  # whatever is imported late, is
    watching = True

    def note(event: str, arguments: object) -> None:
        if watching and event in GUARDED:
            events.append(f"{event} {arguments}")

    sys.addaudithook(note)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        events.clear()
        external = EXTERNAL.format(address=f"http://127.0.0.1:{listener.getsockname()[1]}/x.dtd")
        for prolog in (external, "<!DOCTYPE alert [<!ENTITY a 'b'>]>", "<!DOCTYPE alert>"):
            raw = cap_xml(prolog=prolog).replace(b"Orages et vents", b"&file; &a;")
            with pytest.raises(Refused) as caught:
                read_cap(raw, "x")
            assert caught.value.code == "xml-document-type"
        with pytest.raises(BlockingIOError):
            listener.accept()
    watching = False
    assert events == []


if CORPUS.is_dir():

    def test_of_messages_of_others_the_valid_are_read_and_the_rest_refused_with_the_true_reason() -> None:
        codes: dict[str, str] = {}
        for path in sorted(CORPUS.glob("[0-9]*")):
            try:
                assert read_cap(path.read_bytes(), path.name).info
            except BadFolder as error:
                codes[path.name[:2]] = ", ".join(f"{one.code} {one.values['name']}" for one in error.errors)
            except Refused as error:
                codes[path.name[:2]] = error.code
        assert len(list(CORPUS.glob("[0-9]*"))) == 19
        assert codes == {
            "08": "cap-missing scope",
            "09": "cap-no-info",
            "10": "cap-empty urgency, cap-empty severity, cap-empty certainty",
            "13": "xml-document-type",
        }
