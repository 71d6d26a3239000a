"""The text of a letter on its page, where readers without script see what they have to fill in."""

from __future__ import annotations

from markupsafe import Markup, escape

from sync.complaints import PLACEHOLDER, Letter


def placeholders_as_blanks(letter: Letter, optional: str) -> Markup:
    """The letter with placeholders as underlined labels in brackets, which remain when the text is copied.

    `optional`: the word behind the label of a blank that may stay empty.
    """
    labels = {
        field.name: field.label if field.required else f"{field.label} ({optional})" for field in letter.template.fields
    }
    parts = enumerate(PLACEHOLDER.split(letter.body.strip()))
    blank = Markup("<u data-hole={}>[{}]</u>")
    return Markup("").join(
        blank.format(part, labels.get(part, part)) if index % 2 else escape(part) for index, part in parts
    )
