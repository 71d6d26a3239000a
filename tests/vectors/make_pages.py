"""The vectors of canonical JSON, patches, pages and manifests; `make.py` writes them."""

from __future__ import annotations

from typing import Any

from sync.canonical import canonical, digest
from sync.editions.delta import diff_manifests
from sync.editions.manifest import Manifest, build_manifest
from sync.editions.page import Page
from sync.editions.patch import make_patch


def canonical_cases() -> dict[str, Any]:
    values: list[Any] = [
        [],
        {},
        "",
        None,
        True,
        0,
        -1,
        2**53 - 1,
        {"b": 1, "a": [2, {"z": "", "y": None}]},
        "kɛnɛ ɲɛ ŋ ɔ",
        "\u2028\u2029\u007f",
        '\b\f\n\r\t\u0001"\\/',
        "😀",
        ["kunnafoni-edition/1", "x"],
    ]
    return {
        "cases": [
            {"value": value, "text": canonical(value).decode(), "digest": digest(canonical(value))} for value in values
        ],
        "refused": [1.5, 2**53, {"é": 1}, [0.1]],
    }


def patch_cases() -> dict[str, Any]:
    pairs = [
        ("un deux trois", "un deux trois"),
        ("un deux trois", "un trois"),
        ("un deux trois", "un 2 trois quatre"),
        ("", "<p>nouveau"),
        ("<p>ancien", ""),
        ("<p>Ne donnez jamais votre code.\n<p>Fin", "<p>Ne donnez jamais votre code secret.\n<p>Fin<p>Et puis"),
        ("a  b\n\nc", "a b\n\n\nc"),
        ("kɛnɛ <b>ɲɛ</b> 😀", "kɛnɛ <i>ɲɛ</i> 😀 😀"),
        ("x " * 300, "x " * 150 + "y " + "x " * 150),
    ]
    return {
        "cases": [{"old": old, "new": new, "patch": make_patch(old, new)} for old, new in pairs],
        "refused": [
            {"old": "un deux", "patch": [3]},
            {"old": "un deux", "patch": [-3]},
            {"old": "un deux", "patch": [0]},
            {"old": "un deux", "patch": [1.5]},
            {"old": "un deux", "patch": [True]},
            {"old": "un deux", "patch": [None]},
            {"old": "un deux", "patch": [["x"]]},
        ],
    }


def page_cases() -> dict[str, Any]:
    shell = "<!doctype html><title><!--title--> · K</title><main><!--main--></main>"
    banner = "<main><!--alerts--><a>$& alerte</a><!--alerts--><!--main--></main>"
    framed = "<!doctype html><title><!--title--></title>" + banner
    own_part = "A\n<!--alerts--><h1>A</h1><!--alerts-->"
    bodies = ["Titre\n<h1>Titre</h1>", "Sans suite", "Deux\n<p>un\n<p>deux <!--main-->", "$& $1 \\1\n<p>$& $1 \\1 $$"]
    return {
        "compose": [
            {
                "shell": shell,
                "body": body,
                "document": "<!doctype html><title>"
                + body.split("\n")[0]
                + " · K</title><main>"
                + (body.split("\n", 1)[1] if "\n" in body else "")
                + "</main>",
            }
            for body in bodies
        ]
        + [
            {
                "shell": framed,
                "body": "A\n<p>a",
                "document": "<!doctype html><title>A</title>" + banner.replace("<!--main-->", "<p>a"),
            },
            {
                "shell": framed,
                "body": own_part,
                "document": "<!doctype html><title>A</title><main>" + own_part[2:] + "</main>",
            },
        ],
        "shells refused": ["", "<title><!--title--></title>", "<main><!--main--></main>"],
        "paths": [
            "index",
            "guides/mot-de-passe",
            "complaints/scam/prosecutor",
            "a/b/c/d",
            "_shell",
            "_missing",
            "a" * 120,
        ],
        "paths refused": [
            "",
            "/",
            "a/",
            "/a",
            "A",
            "a//b",
            "../a",
            "_x",
            "a/_shell",
            "é",
            "a b",
            "a/b/c/d/e",
            "a" * 121,
            "index\n",
        ],
    }


def manifest(paths: str, first: int, changed: str = "") -> Manifest:
    return build_manifest(
        Page(path, f"{path}\n{'neuf' if path in changed.split() else 'vieux'}", "first" if index < first else "rest")
        for index, path in enumerate(paths.split())
    )


def manifest_json(value: Manifest) -> dict[str, Any]:
    return {"texts": list(value.texts), "first": value.first}


def manifest_cases() -> dict[str, Any]:
    moves = [
        (manifest("_shell index a b c d", 3), manifest("_shell index a b c d", 3)),
        (manifest("_shell index a b c d", 3), manifest("_shell index a b c d", 3, "b d")),
        (manifest("_shell index a b c d", 3), manifest("_shell index a c d", 3)),
        (manifest("_shell index a b c d", 3), manifest("_shell index e a b f c d g", 4)),
        (manifest("_shell index a b c d", 3), manifest("_shell index d c b a", 5, "c")),
        (manifest("_shell index a b c d", 3), manifest("x y z", 1)),
        (manifest("_shell index a b c d", 3), manifest("_shell index b d f", 5, "b")),
    ]
    good = digest("x")
    return {
        "deltas": [
            {
                "base": manifest_json(base),
                "new": manifest_json(new),
                "gone": list(diff_manifests(base, new).gone),
                "changes": [[c.entry.path, c.entry.digest, c.at] for c in diff_manifests(base, new).changes],
            }
            for base, new in moves
        ],
        "deltas refused": [
            {"base": manifest_json(moves[0][0]), "gone": [], "changes": [["z", good, None]], "first": 3},
            {"base": manifest_json(moves[0][0]), "gone": [], "changes": [["z", good, 8]], "first": 3},
            {"base": manifest_json(moves[0][0]), "gone": [], "changes": [["z", good, 3], ["y", good, 2]], "first": 3},
            {"base": manifest_json(moves[0][0]), "gone": [], "changes": [["z", good, -1]], "first": 3},
            {"base": manifest_json(moves[0][0]), "gone": ["a", "b", "c"], "changes": [], "first": 4},
        ],
        "texts refused": [
            [f"a {good}", ""],
            [f"a {good}\n", f"a {good}\n"],
            [f"A {good}\n", ""],
            [f"a {good[:-1]}\n", ""],
            [f"a  {good}\n", ""],
            ["\n", ""],
            [f"a {good} \n", ""],
        ],
    }
