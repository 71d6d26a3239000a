"""Pages of the console, rendered from an area's template inside the common layout.

Templates are named `<area>/<file>.html` or `components/<file>.html`. Called by the handlers of all areas.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from server.accounts.account import Role
from server.console.components import labels
from server.console.context import CONSOLE_PATH, FLASH_COOKIE, ConsoleContext
from server.web.app_state import settings_of
from sync.documents import pictograms
from sync.errors import KunnafoniError
from sync.locale import FRENCH, Language
from sync.rendering.typography import french_spacing

CONSOLE_FOLDER = Path(__file__).parent
SYMBOLS_PLACE = Markup("<!--symbols-->")

CONTENT_SECURITY_POLICY = (
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data: blob:;media-src 'self' blob:;"
    "connect-src 'self';frame-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'"
)


class _SpacedFrench(Language):
    """French whose own sentences keep colons and marks on the line of their word; what people wrote stays as it is."""

    def __call__(self, sentence: str, **values: Any) -> str:
        return Language.__call__(self, _space(sentence), **values)

    def plural(self, one: str, other: str, count: int, **values: Any) -> str:
        return Language.plural(self, _space(one), _space(other), count, **values)


_space = lru_cache(4096)(french_spacing)  # as many sentences as the console could ever have


def _language_of_pages(context: ConsoleContext) -> Language:
    language = context.language
    return _SpacedFrench(language.code, language.texts) if language.code == FRENCH else language


def render(context: ConsoleContext, template: str, title: str, *, status: int = 200, **values: Any) -> Response:
    """Render a page. The template gets `values` and the names below, which every page has.

    A flash message left by a redirect is shown and its cookie deleted.
    """
    flash = context.read_flash()
    language = _language_of_pages(context)
    html = (
        _get_environment()
        .get_template(template)
        .render(
            context=context,
            _=language,
            n_=language.plural,
            language=language,
            title=_space(title) if language.code == FRENCH else title,
            flash=flash,
            path=context.request.scope["path"],
            icon=icon,
            symbols=SYMBOLS_PLACE,
            labels=labels,
            Role=Role,
            site=settings_of(context),
            console=CONSOLE_PATH,
            **values,
        )
    )
    response = HTMLResponse(_draw_symbols(html), status)
    if flash:
        context.delete_cookie(response, FLASH_COOKIE)
    return response


def render_error(context: ConsoleContext, error: KunnafoniError, status: int) -> Response:
    """Render an error as a page: its sentence, its hint and its code."""
    _ = _language_of_pages(context)
    sentence, hint = error.translate(_)
    return render(
        context,
        "components/error.html",
        _("Cela n’a pas marché"),
        status=status,
        sentence=sentence,
        hint=hint,
        code=error.code,
    )


def icon(name: str) -> Markup:
    """A pictogram, hidden from screen readers: the label beside it carries the meaning."""
    return Markup('<svg aria-hidden="true"><use href="#i-{}"></use></svg>').format(name)


def _draw_symbols(html: str) -> str:
    """The page with the drawings that it uses, once each."""
    used = set(re.findall(r'href="?#i-([a-z0-9-]+)', html)) & set(pictograms.PICTOGRAMS)
    return html.replace(SYMBOLS_PLACE, pictograms.define(sorted(used)), 1)


class _AreaLoader(BaseLoader):
    """Load `media/list.html` from server/console/media/templates/list.html."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        area, _, name = template.partition("/")
        path = CONSOLE_FOLDER / area / "templates" / name
        if not path.resolve().is_relative_to(CONSOLE_FOLDER) or not path.is_file():
            raise TemplateNotFound(template)
        modified = path.stat().st_mtime
        return path.read_text("utf-8"), str(path), lambda: path.stat().st_mtime == modified


@cache
def _get_environment() -> Environment:
    return Environment(
        loader=_AreaLoader(), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
