"""The text of a brief to be read on the radio: sentences, what is asked of whom, five figures, five rumours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.console.briefs.labels import CONFIDENCE, FIGURES
from server.console.briefs.page_state import asked_in
from sync.documents.code_labels import VERDICTS
from sync.locale import Language


def write_radio_text(content: Mapping[str, Any], title: str, language: Language) -> str:
    """Plain text; what is held back is said to be so."""
    _ = language
    days = {"first": _.date(content["first"]), "last": _.date(content["last"])}
    parts = [
        f"{content['site']}. {title}. " + _("Du {first} au {last}.", **days),
        content["headline"].get(language.code) or content["headline"]["fr"],
    ]
    parts += [_request_line(request, language) for request in asked_in(content, language)]
    parts.append("\n".join(_figure_line(figure, content, language) for figure in content["figures"]))
    for rumour in content["rumours"].get(language.code) or content["rumours"]["fr"]:
        lines = [
            f"{_('Ce qui est vrai :')} {_(VERDICTS[rumour['verdict']])}. {rumour['truth']}",
            f"{_('La rumeur :')} {rumour['claim']}",
            *(f"- {step}" for step in rumour["say"]),
        ]
        parts.append("\n".join(lines))
    parts.append(_("{writer} répond de cette note.", writer=content["writer"]))
    return "\n\n".join(parts) + "\n"


def _request_line(request: Mapping[str, str], language: Language) -> str:
    _ = language
    line = _("Ce que nous demandons, à {whom} : {what}.", whom=request["whom"], what=request["what"].rstrip(" ."))
    return f"{line} " + _("Avant le {day}.", day=_.date(request["by"])) if request["by"] else line


def _figure_line(figure: Mapping[str, Any], content: Mapping[str, Any], language: Language) -> str:
    _ = language
    label = _(FIGURES[figure["kind"]][0])
    if figure["count"] is None:
        return f"{label} : " + _("trop peu pour être dit.")
    among = " " + _("sur {count}", count=len(content["place_names"])) if figure["kind"] == "places" else ""
    return f"{label} : {language.number(figure['count'])}{among} ({_(CONFIDENCE[figure['confidence']])})."
