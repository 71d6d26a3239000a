"""Front matter of a Markdown file: YAML between two lines `---`, before the body."""

from __future__ import annotations

from dataclasses import dataclass

from sync.documents import yaml_tree
from sync.errors import BadContent

DELIMITER = "---"


@dataclass(frozen=True, slots=True)
class MarkdownFile:
    """Front matter and body; `body_line` is the line of the file, from 1, on which the body starts."""

    front_matter: yaml_tree.MappingNode
    body: str
    body_line: int


def parse(text: str, path: str) -> MarkdownFile:
    """Raises BadContent if the front matter is missing, not closed, or no YAML mapping."""
    lines = text.split("\n")
    if lines[0].rstrip() != DELIMITER:
        raise BadContent(
            path,
            1,
            "front-matter-missing",
            "Le fichier ne commence pas par une ligne « --- ».",
            'Écrivez au début : une ligne ---, une ligne title: "…", une ligne ---, puis le texte.',
        )
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == DELIMITER), None)
    if end is None:
        raise BadContent(
            path, 1, "front-matter-open", "L’en-tête ouvert ici n’est pas fermé par une seconde ligne « --- »."
        )
    head = yaml_tree.parse("\n".join(lines[1:end]), path, lines_before=1)
    if not isinstance(head, yaml_tree.MappingNode):
        raise BadContent(
            path, head.line, "front-matter-form", "L’en-tête s’écrit « nom: valeur », une ligne par champ."
        )
    start = end + 1
    while start < len(lines) and not lines[start].strip():
        start += 1
    body = "\n".join(lines[start:]).rstrip()
    return MarkdownFile(head, body, start + 1 if body else end + 1)
