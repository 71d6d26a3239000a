"""A page of the console in which people fill a form as phones show it; nothing is kept or sent."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup, escape

from sync.alerts.library_with_alerts import Library
from sync.documents.pictograms import define_beside_frame
from sync.editions.page import compose
from sync.forms.compiled_form import Form, form_text_lines
from sync.locale import own_name
from sync.rendering.channel_view import Assets, ChannelView
from sync.rendering.pages import site

PRACTICE_SCRIPT = "/console/assets/practice-page.js"
_BODY = Markup(
    "{title}\n<h1>{title}</h1><div id=practice data-version={version} data-languages='{languages}'></div>"
    "<script type=application/json data-part=1>{text}</script>{symbols}"
)


def render_practice(library: Library, assets: Assets, form: Form, lang: str) -> tuple[str, str]:
    """The HTML and the shell whose policy it needs; `lang` is that of the words around the questions."""
    channels = library.site.channels
    channel = next((channel for channel in channels if channel.startswith(f"{lang}-")), f"{lang}-ML")
    view = ChannelView.for_channel(replace(library, alerts={}), channel, replace(assets, scripts=(PRACTICE_SCRIPT,)))
    shell = site.shell_page(view).body
    body = _BODY.format(
        title=form.title(lang),
        version=form.version,
        languages=Markup("|").join(escape(f"{code}:{own_name(code)}") for code in form.json["languages"]),
        text=Markup("".join(form_text_lines(form.json))),  # noqa: S704 - its lines escape what HTML would read
        symbols=define_beside_frame(form.pictograms),
    )
    return compose(shell, body), shell
