"""The preview shows what a writer wrote, also where readers would still get the original."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.writing.preview import render_preview
from sync.rendering.channel_view import Assets
from tests.support import site_texts


@pytest.mark.parametrize("lang", ["bm", "en"])
def test_a_letter_that_nobody_reviewed_is_previewed_in_its_own_language(lang: str) -> None:
    library = site_texts.library()
    original = library.templates["police-compte", "fr"]
    letter = replace(original, lang=lang, title="Kɔnti sonyalen", body=f"Aw ni ce.\n\n{original.body}", reviewed=None)
    preview = render_preview(library, Assets(), "template", letter)
    assert preview is not None and preview.channel == f"{lang}-ML"
    assert preview.page.title == "Kɔnti sonyalen" and "Aw ni ce." in preview.page.body
