"""Detection of forms that ask for personal data: their answers are sealed unless the settings say otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sync.folding import fold
from sync.forms.survey import SurveyNode

_PERSONAL_WORDS = re.compile(
    r"\b(?:nom|noms|prenom|prenoms|surnom|telephone|tel|portable|courriel|email|mail|adresse|signature|photo|naissance|"
    r"cni|passeport|nina|name|names|surname|firstname|lastname|phone|mobile|address|birth|passport|gps)\b"
)


def asks_for_personal_data(nodes: Iterable[SurveyNode]) -> bool:
    return any(
        node.type.is_personal or (node.type.has_value and _PERSONAL_WORDS.search(_name_and_label(node)))
        for node in nodes
        if not node.is_block
    )


def _name_and_label(node: SurveyNode) -> str:
    labels = " ".join(node.row.texts.get("label", {}).values())
    return fold(f"{node.name.replace('_', ' ').replace('-', ' ')} {labels}")
