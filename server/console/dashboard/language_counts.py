"""Numbers of essential guides that are written and spoken in each language, as readers have them."""

from __future__ import annotations

from dataclasses import dataclass

from sync.alerts.library_with_alerts import Library


@dataclass(frozen=True, slots=True)
class LanguageCover:
    """Numbers of essential guides that were reviewed in a language, and that have a voice in it, of `count`."""

    lang: str
    written: int
    spoken: int
    count: int


def language_cover(library: Library) -> list[LanguageCover]:
    """A line for each language of the site's channels and of its voices, the site's own first."""
    own = library.site.lang
    guides = [guide for guide in library.guides.values() if guide.essential and guide.lang == own]
    voices = {voice.lang for guide in guides for voice in guide.spoken if voice.reviewed}
    langs = dict.fromkeys([own, *(channel.partition("-")[0] for channel in library.site.channels), *sorted(voices)])
    lines = []
    for lang in langs:
        texts = [library.guides.get((guide.slug, lang)) for guide in guides]
        written = [text is not None and (lang == own or text.reviewed is not None) for text in texts]
        spoken = [
            bool(text and is_written and text.audio)
            or any(voice.lang == lang and voice.reviewed for voice in guide.spoken)
            for guide, text, is_written in zip(guides, texts, written, strict=True)
        ]
        lines.append(LanguageCover(lang, sum(written), sum(spoken), len(guides)))
    return lines
