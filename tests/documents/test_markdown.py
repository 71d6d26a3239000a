"""Markdown becomes safe, compact, stable HTML; links and raw HTML are found with their lines."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.documents.markdown import (
    MarkdownLink,
    MediaLink,
    find_internal_links,
    find_links,
    find_raw_html,
    to_html,
    to_text,
)


def nowhere(target: str) -> str | None:
    return None


def everywhere(target: str) -> str | None:
    return "../" + target.replace(":", "/")


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("Un *mot* **fort** et `code`", "<p>Un <em>mot</em> <strong>fort</strong> et <code>code</code></p>"),
        ("un\ndeux", "<p>un deux</p>"),
        ("un  \ndeux", "<p>un<br>deux</p>"),
        ("# Un\n\n## Deux", '<h2 id="s1">Un</h2><h3>Deux</h3>'),
        ("## Un\n\n### Deux\n\n## Trois", '<h2 id="s1">Un</h2><h3>Deux</h3><h2 id="s2">Trois</h2>'),
        ("# Un\n\n###### Six", '<h2 id="s1">Un</h2><h6>Six</h6>'),
        ("1. un\n2. deux", "<ol><li>un</li><li>deux</li></ol>"),
        ("3. trois", '<ol start="3"><li>trois</li></ol>'),
        ("- un\n\n- deux", "<ul><li><p>un</p></li><li><p>deux</p></li></ul>"),
        ("> dit", "<blockquote><p>dit</p></blockquote>"),
        ("```js\na < b\n\n c\n```", "<pre><code>a &lt; b\n\n c</code></pre>"),
        ("    a\n    b", "<pre><code>a\nb</code></pre>"),
        ("---", "<hr>"),
        (
            "|a|b|\n|--|:-:|\n|1|2|",
            "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
        ),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>"),
        ("[x](https://a.org/?a=1&b=2)", '<p><a href="https://a.org/?a=1&amp;b=2">x</a></p>'),
        ("[**x**](javascript:alert(1))", "<p><strong>x</strong></p>"),
        ("[x](http://a.org) [y](//a.org) [z](../z) [t](tel:12)", "<p>x y z t</p>"),
        ("![une *photo*](https://a.org/x.png)", "<p>une photo</p>"),
        ("[![photo](x.png)](https://a.org)", '<p><a href="https://a.org">photo</a></p>'),
        ("<!--main-->", "<p>&lt;!--main--&gt;</p>"),
    ],
)
def test_html(markdown: str, html: str) -> None:
    assert to_html(markdown, nowhere) == html


def test_an_internal_link_gets_its_address_or_becomes_its_text() -> None:
    assert to_html("[le *guide*](guide:a-1) [x](page:phone)", everywhere) == (
        '<p><a href="../guide/a-1">le <em>guide</em></a> <a href="../page/phone">x</a></p>'
    )
    assert to_html("[le *guide*](guide:a-1)", nowhere) == "<p>le <em>guide</em></p>"


def test_a_changed_paragraph_changes_that_paragraph_only() -> None:
    before, after = (to_html(f"Un.\n\n{middle}\n\nTrois.", nowhere) for middle in ("Deux.", "Autre."))
    assert before.replace("Deux.", "Autre.") == after


def test_links_are_found_with_their_lines() -> None:
    text = (
        "[a](guide:a) et\n`x\ny` [b](https://b.org) ![c](c.png)\n\n- d\n- [d][ref]\n\n"
        "|e|\n|-|\n|[f](notice:f)|\n\n[ref]: topic:d\n\n<https://g.org>"
    )
    assert find_links(text) == [
        MarkdownLink("guide:a", 1, kind="guide", slug="a"),
        MarkdownLink("https://b.org", 3),
        MarkdownLink("c.png", 3, image=True),
        MarkdownLink("topic:d", 6, kind="topic", slug="d"),
        MarkdownLink("notice:f", 10, kind="notice", slug="f"),
        MarkdownLink("https://g.org", 14),
    ]
    assert [link.target for link in find_internal_links(text)] == ["guide:a", "topic:d", "notice:f"]


def test_raw_html_is_found_with_its_lines() -> None:
    assert find_raw_html("a\n\n<div>\n</div>\n\nb\nc <b>d</b> <!-- e -->\n\n`<i>` \\<u> <https://a.org>") == [3, 7]


def test_plain_text_is_the_visible_text() -> None:
    assert to_text("# Un\n\nDeux [lien](guide:a)\nsuite ![image](x)\n\n- trois\n\n```\nquatre\n```") == (
        "Un\nDeux lien suite image\ntrois\nquatre"
    )


PIECES = st.lists(
    st.sampled_from(
        [
            "a",
            " ",
            "\n",
            "\n\n",
            "<",
            ">",
            "</",
            "<!--",
            "-->",
            "script",
            "&",
            '"',
            "'",
            "[",
            "](",
            ")",
            "![",
            "javascript:",
            "https://x.y",
            "guide:a",
            "`",
            "```\n",
            "*",
            "**",
            "#",
            "- ",
            "1. ",
            "> ",
            "|",
            "|-|\n",
            "\\",
            "onerror=",
            "style=",
            "é",
            "&lt;",
            "&#60;",
            "<main",
            "%0A",
            "data:",
        ]
    ),
    max_size=40,
).map("".join)
ALLOWED = re.compile(
    r"<h2 id=\"s\d+\">"
    r"|</?(h[2-6]|p|br|hr|ul|ol|li|blockquote|pre|code|strong|em|table|thead|tbody|tr|th|td)>|</a>|<ol start=\"\d+\">"
    r"|<a href=\"(https://[^\"<>]*|\.\./guide/a)\">"
)


@given(PIECES)
def test_any_markdown_gives_allowed_tags_only(markdown: str) -> None:
    html = to_html(markdown, everywhere)
    rest = ALLOWED.sub("", html)
    assert "<" not in rest
    assert to_html(markdown, everywhere) == html


@given(PIECES)
def test_finding_links_and_text_never_fails(markdown: str) -> None:
    lines = markdown.count("\n") + 1
    assert all(1 <= link.line <= lines for link in find_links(markdown))
    assert all(1 <= line <= lines for line in find_raw_html(markdown))
    to_text(markdown)


def test_images_and_recordings_are_links_with_their_size() -> None:
    name = "A" * 43 + ".webp"

    def resolve_media(media_name: str, label: str) -> MediaLink | None:
        return MediaLink(f"Voir : {label} (38 ko)", 38_000) if media_name == name else None

    html = to_html(f"![un *masque*](media:{name})", nowhere, resolve_media)
    assert (
        html == f'<p><a data-feature="media" data-bytes="38000" href="/media/{name}">Voir : un masque (38 ko)</a></p>'
    )
    for other in (
        "media:x.webp",
        f"media:{'A' * 43}.svg",
        f"media:../{name}",
        f"/media/{name}",
        f"https://example.org/{name}",
    ):
        assert to_html(f"![mots]({other})", nowhere, resolve_media) == "<p>mots</p>"
