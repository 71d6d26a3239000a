"""The skeletons of frequent dangers that this process offers, read once from the content folder, like translations."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from server.web.app_state import HasApp
from sync.alerts.danger_templates import DangerTemplate, read_danger_templates
from sync.errors import BadFolder

log = logging.getLogger("kunnafoni.alerts")

DangerTemplates = Mapping[str, DangerTemplate]


def load_danger_templates(content: Path) -> DangerTemplates:
    """The skeletons by slug; none if one of them cannot be read: an alert can be written without."""
    try:
        return read_danger_templates(content)
    except (BadFolder, OSError) as error:
        log.warning("skeletons of alerts: %s", error)
        return {}


def danger_templates_of(request: HasApp) -> DangerTemplates:
    templates: DangerTemplates = request.app.state.danger_templates
    return templates
