"""The files that come with a form: lists as CSV, images and sounds. Importing this module loads no XLSForm library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FormFiles:
    """The files that come with a form.

    `lists`: CSV files by name. `media`: the site's name of an image or sound, by the name that the form uses.
    `may_wait`: a file that is missing is asked for, and the form is read as far as it goes without it.
    """

    lists: Mapping[str, bytes] = field(default_factory=dict)
    media: Mapping[str, str] = field(default_factory=dict)
    may_wait: bool = False


NO_FILES = FormFiles()
