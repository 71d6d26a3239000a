"""Fields of a foreign message that are not shown here: they go on with our CAP, unchanged and in their order."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as Tree

from capvalidator.validate import Validator

from sync.alerts.alert import Alert, AlertOrigin
from sync.alerts.cap import write_cap
from sync.alerts.cap_message import CapMessage
from sync.alerts.cap_reader import read_cap
from sync.locale import Language
from tests.support.sample_alerts import ALERT, LIBRARY
from tests.support.sample_cap import HERE, cap_info, cap_xml

ORIGIN = AlertOrigin("meteo@exemple.ml", "exemple-1", "2026-11-24T11:00:00Z", "Météo", "d" * 43, ("ML-4", "ML-5"))
RELAYED = replace(ALERT, origin=ORIGIN)
MORE = (
    "<web>https://meteo.exemple/1</web><contact>+223 00</contact>"
    "<parameter><valueName>vent &lt;</valueName><value>80 km/h</value></parameter>"
    "<resource><resourceDesc>carte</resourceDesc><mimeType>image/png</mimeType><uri>https://meteo.exemple/c.png</uri></resource>"
)
AREA = f"<areaDesc>Ségou</areaDesc><polygon>{HERE}</polygon><circle>13.4,-6.2 20</circle><altitude>0</altitude>"


def source() -> CapMessage:
    codes = "<eventCode><valueName>SAME</valueName><value>SVR</value></eventCode>"
    info = cap_info(more=MORE, area=AREA).replace("<expires>", f"<audience>Tous</audience>{codes}<expires>")
    raw = cap_xml(info).decode()
    raw = raw.replace("<scope>", "<source>Bureau</source><scope>").replace("</scope>", "</scope><code>profil</code>")
    return read_cap(raw.replace("<info>", "<incidents>crue</incidents><info>", 1).encode(), "x")


def written(alert: Alert, message: CapMessage | None = None) -> bytes:
    return write_cap(alert, LIBRARY, "https://exemple.ml", Language, message)


def test_what_is_not_shown_is_handed_on() -> None:
    out = read_cap(written(RELAYED, source()), "x")
    given = source().info[0]
    for info in out.info:
        assert (info.web, info.contact, info.audience) == (given.web, given.contact, given.audience)
        assert (info.parameter, info.event_code, info.resource) == (given.parameter, given.event_code, given.resource)
        assert info.area == given.area
    assert (out.source, out.code) == ("Bureau", ("profil",))
    assert out.info[0].sender_name == "Météo, relayé par Kunnafoni"
    assert out.info[0].headline == ALERT.info["fr"].headline


def test_the_source_is_named_as_incident_and_never_as_replaced() -> None:
    for message in (source(), None):
        out = read_cap(written(RELAYED, message), "x")
        assert out.references == ()
        assert "meteo@exemple.ml,exemple-1,2026-11-24T11:00:00+00:00" in out.incidents
    assert read_cap(written(RELAYED, source()), "x").incidents.startswith("crue ")
    spaced = replace(RELAYED, origin=replace(ORIGIN, identifier="un deux"))
    assert '"meteo@exemple.ml,un deux,' in read_cap(written(spaced), "x").incidents


def test_where_a_person_chose_other_places_the_sources_outlines_stay_behind() -> None:
    out = read_cap(written(replace(RELAYED, geocode=("ML-5",)), source()), "x")
    assert HERE not in [polygon for area in out.info[0].area for polygon in area.polygons]
    assert [code.value for code in out.info[0].area[0].geocodes] == ["ML-5"]


def test_it_keeps_the_schema_of_cap() -> None:
    for message in (source(), None):
        raw = written(RELAYED, message)
        assert Validator(raw).schema()[0], Tree.fromstring(raw)  # noqa: S314  (our own)


def test_an_alert_of_ones_own_names_no_source() -> None:
    out = read_cap(written(ALERT), "x")
    assert (out.source, out.incidents) == ("", "")
