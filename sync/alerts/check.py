"""The check before an alert is sent, one for the console, the command line and imports.

A finding of level STOP keeps the alert from leaving, one of level ADVICE is shown to the person who decides. What a
real alert about a danger to life must never lack or say is a stop there, and advice elsewhere.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

from sync.alerts.alert import Alert
from sync.alerts.issue import AlertIssue, IssueLevel
from sync.alerts.library_with_alerts import Library
from sync.alerts.requirements import check_requirements
from sync.alerts.story_check import check_story
from sync.alerts.text_check import check_texts
from sync.documents.yaml_tree import YamlNode, line_of
from sync.errors import BadContent, BadFolder
from sync.locale import Language


def find_issues(
    alert: Alert, library: Library, now: datetime.datetime, language_of: Callable[[str], Language] = Language
) -> Iterator[AlertIssue]:
    """All findings. `now`: the time of sending. `language_of`: translations, for the length of an SMS."""
    yield from check_requirements(alert, library, now, language_of)
    yield from check_story(alert, library, now)
    yield from check_texts(alert, library, language_of)


def require_sendable(
    alert: Alert, library: Library, now: datetime.datetime, path: str = "", node: YamlNode | None = None
) -> None:
    """Raise BadFolder with all stops. `path`, `node`: file and YAML tree of the alert, for the lines."""
    errors = [
        BadContent(
            path or alert.slug,
            line_of(node, *issue.steps) if node else 0,
            issue.code,
            issue.sentence,
            issue.hint,
            **issue.values,
        )
        for issue in find_issues(alert, library, now)
        if issue.level is IssueLevel.STOP
    ]
    if errors:
        raise BadFolder(errors)
