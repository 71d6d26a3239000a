"""A schema is derived from its dataclass: a field is added by one line, with its type, its limits and its default."""

from __future__ import annotations

from dataclasses import dataclass, field, make_dataclass
from typing import Annotated, Any

import pytest

from sync.documents import yaml_tree
from sync.documents.field_types import Boolean, ErrorReport, Integer, ListOf, MapOf, PositiveDecimal, Schema, Text
from sync.documents.schema_derivation import Keys, Unique, derive_schema
from sync.documents.yaml_tree import YamlNode, line_of

Name = Annotated[str, Text(8)]


@dataclass(frozen=True, slots=True)
class Step:
    name: Name
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Recipe:
    title: Name
    steps: Annotated[tuple[Step, ...], Unique("name")]
    tags: Annotated[tuple[Name, ...], Unique()] = ()
    notes: tuple[Name, ...] = ()
    titles: Annotated[dict[str, Name], Keys("[a-z]{2}", "Un code de langue.")] = field(default_factory=dict)
    rest: Step | None = None
    price: float = 1.0
    is_public: bool = False

    def check_fields(self, node: YamlNode, report: ErrorReport) -> None:
        if self.is_public and not self.tags:
            report.add(line_of(node, "is_public"), "untagged", "Il manque un mot.")


@dataclass(frozen=True, slots=True)
class RecipeWithSource(Recipe):
    source: Annotated[str, Text(20)] = ""


def read(model: Any, text: str) -> tuple[Any, list[tuple[int, str]]]:
    report = ErrorReport("x")
    value = derive_schema(model).read("x", yaml_tree.parse(text, "x"), report)
    return value, [(error.line, error.code) for error in report.errors]


def test_the_annotation_gives_the_type_of_each_field_in_order() -> None:
    fields = derive_schema(Recipe).fields
    assert list(fields) == ["title", "steps", "tags", "notes", "titles", "rest", "price", "is_public"]
    assert fields["title"] == Text(8)
    assert fields["tags"] == ListOf(Text(8), key=str)
    assert fields["notes"] == ListOf(Text(8))
    assert fields["titles"] == MapOf("[a-z]{2}", "Un code de langue.", Text(8))
    assert fields["price"] == PositiveDecimal()
    assert fields["is_public"] == Boolean()
    steps = fields["steps"]
    assert isinstance(steps, ListOf)
    assert steps.item_type is fields["rest"] is derive_schema(Step)
    assert derive_schema(Step).fields == {"name": Text(8), "minutes": Integer()}


def test_a_document_is_read_and_written_by_the_derived_schema() -> None:
    recipe, errors = read(
        Recipe, "title: Riz\nsteps: [{name: Cuire, minutes: 20}]\ntitles: {fr: Riz}\nrest: {name: Dix}"
    )
    assert errors == []
    assert recipe == Recipe("Riz", (Step("Cuire", 20),), titles={"fr": "Riz"}, rest=Step("Dix"))
    assert derive_schema(Recipe).to_json(recipe) == {
        "title": "Riz",
        "steps": [{"name": "Cuire", "minutes": 20}],
        "titles": {"fr": "Riz"},
        "rest": {"name": "Dix"},
    }


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("steps: [{name: a}]", [(1, "field-missing")]),
        ("title: Riz au gras\nsteps: [{name: a}]", [(1, "text-long")]),
        ("title: Riz\nsteps:\n - name: a\n - name: a", [(4, "value-twice")]),
        ("title: Riz\nsteps: [{name: a}]\ntags: [a, a]", [(3, "value-twice")]),
        ("title: Riz\nsteps: [{name: a}]\nnotes: [a, a]", []),
        ("title: Riz\nsteps: [{name: a}]\ntitles: {FR: Riz}", [(3, "key-form")]),
        ("title: Riz\nsteps: [{name: a}]\nis_public: true", [(3, "untagged")]),
    ],
)
def test_limits_and_the_check_across_fields_apply(text: str, errors: list[tuple[int, str]]) -> None:
    assert read(Recipe, text)[1] == errors


def test_a_field_is_added_by_one_line_of_the_dataclass() -> None:
    text = "title: Riz\nsteps: [{name: a}]\nsource: Une cousine"
    assert read(Recipe, text)[1] == [(3, "field-unknown")]
    recipe, errors = read(RecipeWithSource, text)
    assert (recipe.source, errors) == ("Une cousine", [])
    assert derive_schema(RecipeWithSource).to_json(recipe)["source"] == "Une cousine"
    assert read(RecipeWithSource, text.replace("cousine", "cousine de mon oncle"))[1] == [(3, "text-long")]
    assert read(RecipeWithSource, "title: Riz\nsteps: [{name: a}]")[1] == []


@pytest.mark.parametrize(
    "annotation", [str, list[str], tuple[str, ...], tuple[Name, Name], dict[str, Name], Name | int]
)
def test_a_field_without_limits_is_refused(annotation: Any) -> None:
    with pytest.raises(TypeError, match=r"Draft\.text: no field type"):
        derive_schema(make_dataclass("Draft", [("text", annotation)]))


def test_a_schema_is_derived_once() -> None:
    assert derive_schema(Recipe) is derive_schema(Recipe)
    assert isinstance(derive_schema(Recipe), Schema)
