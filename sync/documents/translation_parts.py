"""Parts of a text, one for each line that somebody translates, and what a translation has lost of its original.

A translator sees words alone: marks of Markdown, pictograms and the targets of links stay where they are, and a link is
its words in square brackets. Used by the console and by the checks of an import.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sync.locale import N_

MISSING = "…"  # in place of a part without translation
SENTENCE_WORDS = 4  # from so many on, the same words in two languages are no name but a sentence left as it was
LEADING_FIELDS = ("title", "summary", "claim", "asked_of", "risk")
KINDS = {"#": "heading", "-": "item", "*": "item"}

_LINE = re.compile(
    r"(?P<mark>\s*(?:#{2,6} |[0-9]+\. |[-*] )?)(?P<picture>(?:!\[\]\(pictogram:[a-z-]{1,40}\) ?)?)(?P<text>.*)"
)
_PICTURE = re.compile(r"pictogram:([a-z-]{1,40})")
_LINK = re.compile(r"(?<!!)\[(?P<words>[^\[\]]+)\]\((?P<target>[^()\s]+)\)")
_BRACKETS = re.compile(r"\[([^\[\]]+)\]")
_NUMBER = re.compile(r"[0-9]+(?:[ \u00a0\u202f.,][0-9]{3})*")
_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]*\w|(?<![\w.@])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[^\s()\[\]]*[\w/])?")
_STEP = re.compile(r"^[0-9]+\. ", re.MULTILINE)
_BLOCK = re.compile(r"^:::.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TextPart:
    """A part of an original. `name`: a field's name, or `b` with the number of a line of its body from 0.

    `kind`: title, summary, claim, heading, step, item or paragraph. `mark`: what stands before the words in the line.
    """

    name: str
    kind: str
    text: str
    mark: str = ""
    targets: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The number of a step, "" for other parts."""
        return self.mark.strip().partition(".")[0] if self.kind == "step" else ""

    @property
    def pictogram(self) -> str:
        """The name of the pictogram before the words, or ""."""
        found = _PICTURE.search(self.mark)
        return found[1] if found else ""

    def write(self, words: str) -> str:
        """The line with these words: brackets become the links of the original, in order."""
        targets = iter(self.targets)
        flat = " ".join(words.split())
        return self.mark + _BRACKETS.sub(lambda found: _restored(found, next(targets, "")), flat or MISSING)


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of an original that its translation lacks. `part`: its name, "" where lines do not correspond."""

    part: str
    code: str
    sentence: str
    value: str = ""


SENTENCES = {
    "part-missing": N_("Ce passage n’est pas encore traduit."),
    "part-same": N_("Ce passage est encore celui de l’original."),
    "number-lost": N_("Il manque le nombre {value}."),
    "link-lost": N_("Il manque un lien : gardez les mots entre [ ]."),
    "link-other": N_("Un lien mène ailleurs que dans l’original, qui va à « {value} »."),
    "address-lost": N_("Il manque l’adresse « {value} »."),
    "warning-lost": N_("Il manque des mots en gras, entre ** et ** : c’est un avertissement."),
    "steps-lost": N_("Il n’y a pas autant d’étapes que dans l’original ({value})."),
    "block-lost": N_("Il manque ce qui ne vaut que dans un pays : {value}"),
}


def text_parts(fields: Mapping[str, Any]) -> list[TextPart]:
    """The parts of an original in the order of its page."""
    leading = [TextPart(name, name, str(fields[name])) for name in LEADING_FIELDS if fields.get(name)]
    return [*leading, *(part for part in _body_parts(str(fields.get("body", ""))) if part.text)]


def compose_translation(original: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, str]:
    """The translated fields: `words` by the names of parts. A part of the body without words holds MISSING."""
    fields = {
        name: " ".join(words.get(name, "").split()) for name in LEADING_FIELDS if original.get(name) and words.get(name)
    }
    lines = [
        part.write(words.get(part.name, "")) if part.text else part.mark
        for part in _body_parts(str(original.get("body", "")))
    ]
    return {**fields, "body": "\n".join(lines)}


def translated_words(original: Mapping[str, Any], translated: Mapping[str, Any]) -> dict[str, str] | None:
    """The words of a translation by the names of parts, "" for missing ones; None if its lines are others."""
    words = {name: str(translated.get(name, "")) for name in LEADING_FIELDS if original.get(name)}
    parts, lines = _body_parts(str(original.get("body", ""))), _body_parts(str(translated.get("body", "")))
    if not translated.get("body"):
        return words | {part.name: "" for part in parts if part.text}
    if [part.mark for part in parts] != [line.mark for line in lines]:
        return None
    for part, line in zip(parts, lines, strict=True):
        if bool(part.text) != bool(line.text):
            return None
        if part.text:
            words[part.name] = "" if line.text == MISSING else line.text
    return words


def find_losses(original: Mapping[str, Any], translated: Mapping[str, Any]) -> list[Loss]:
    """Everything of an original that its translation lacks: part by part if the lines correspond, else as a whole."""
    words = translated_words(original, translated)
    if words is None:
        return _losses_as_a_whole(str(original.get("body", "")), str(translated.get("body", "")))
    lines = {line.name: line for line in _body_parts(str(translated.get("body", "")))}
    losses: list[Loss] = []
    for part in text_parts(original):
        losses += part_losses(part, words.get(part.name, ""))
        targets = lines[part.name].targets if part.name in lines else ()
        if len(targets) >= len(part.targets):  # one that is missing is told already
            losses += [_loss(part.name, "link-other", each) for each in Counter(part.targets) - Counter(targets)]
    return losses


def part_losses(part: TextPart, words: str) -> Iterator[Loss]:
    """Everything that these words lack of an original part."""
    if not words.strip():
        yield _loss(part.name, "part-missing")
        return
    if words.strip() == part.text and len(part.text.split()) >= SENTENCE_WORDS:
        yield _loss(part.name, "part-same")
    for number in _numbers(part.text) - _numbers(words):
        yield _loss(part.name, "number-lost", number)
    for address in Counter(_ADDRESS.findall(part.text)) - Counter(_ADDRESS.findall(words)):
        yield _loss(part.name, "address-lost", address)
    if len(_BRACKETS.findall(words)) < len(part.targets):
        yield _loss(part.name, "link-lost")
    if words.count("**") < part.text.count("**"):
        yield _loss(part.name, "warning-lost")


def _losses_as_a_whole(original: str, translated: str) -> list[Loss]:
    losses = []
    steps = len(_STEP.findall(original))
    if len(_STEP.findall(translated)) != steps:
        losses.append(_loss("", "steps-lost", str(steps)))
    losses += [_loss("", "link-lost") for _ in (_targets(original) - _targets(translated)).elements()]
    losses += [_loss("", "block-lost", block) for block in (_blocks(original) - _blocks(translated)).elements()]
    if any(part.text == MISSING for part in _body_parts(translated)):
        losses.append(_loss("", "part-missing"))
    return losses


def _loss(part: str, code: str, value: str = "") -> Loss:
    return Loss(part, code, SENTENCES[code], value)


def _body_parts(body: str) -> list[TextPart]:
    return [_line_part(f"b{number}", line) for number, line in enumerate(body.split("\n"))]


def _line_part(name: str, line: str) -> TextPart:
    """A line as a part; one without words, or that opens or closes a block, is a mark alone."""
    found = _LINE.fullmatch(line)
    if found is None or line.startswith(":::") or not found["text"].strip():
        return TextPart(name, "", "", line)
    sign = found["mark"].strip()[:1]
    kind = "step" if sign.isascii() and sign.isdigit() else KINDS.get(sign, "paragraph")
    targets = tuple(link["target"] for link in _LINK.finditer(found["text"]))
    return TextPart(name, kind, _LINK.sub(r"[\g<words>]", found["text"]), found["mark"] + found["picture"], targets)


def _restored(found: re.Match[str], target: str) -> str:
    return f"[{found[1]}]({target})" if target else found[1]


def _numbers(text: str) -> Counter[str]:
    return Counter(re.sub(r"\D", "", number) for number in _NUMBER.findall(text))


def _targets(body: str) -> Counter[str]:
    return Counter(link["target"] for link in _LINK.finditer(body))


def _blocks(body: str) -> Counter[str]:
    return Counter(line for line in _BLOCK.findall(body) if line != ":::")
