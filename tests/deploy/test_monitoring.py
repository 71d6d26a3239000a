"""Alert rules and dashboard: every figure in them exists, and promtool takes the rules where there is one."""

from __future__ import annotations

import datetime
import json
import re
import subprocess

import yaml

from server.hubs.hub_job import HubReport
from server.maintenance.backup_status import BackupStatus
from server.maintenance.drill import DrillReport
from server.monitoring.exposition import write_exposition
from server.monitoring.observation import JobObservation, Observation
from tests.support import repository
from tests.support.promtool import PROMTOOL

RULES = "deploy/monitoring/alerts.yaml"
NOW = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
FULL = Observation(
    NOW,
    ["job-failing"],
    [JobObservation("receipts", NOW.timestamp(), 1, 60.0)],
    {"accepted": 3},
    {"busy": 1},
    {"hub": 1},
    {"delivered": 5},
    [HubReport("kayes", NOW.isoformat(), NOW.isoformat(), (), {"up": ("current", 0, "")}, "0.2.0", 5)],
    {"heard": 1, "silent": 0},
    {"fr-ML": 1},
    1,
    2,
    BackupStatus(NOW, NOW),
    DrillReport(NOW.isoformat(), "Mon.backup"),
)
KNOWN = set(re.findall(r"^(kunnafoni_\w+)", write_exposition(FULL).decode(), re.MULTILINE))


def figures_in(expression: str) -> set[str]:
    return set(re.findall(r"kunnafoni_\w+", expression))


def test_every_rule_asks_for_figures_that_exist_and_says_what_to_do() -> None:
    [group] = yaml.safe_load(repository.text(RULES))["groups"]
    assert len(group["rules"]) >= 10
    for rule in group["rules"]:
        assert figures_in(rule["expr"]) <= KNOWN, rule["alert"]
        assert {"summary", "action"} == set(rule["annotations"]), rule["alert"]


def test_every_panel_of_the_dashboard_asks_for_figures_that_exist() -> None:
    dashboard = json.loads(repository.text("deploy/monitoring/dashboard.json"))
    asked = {target["expr"] for panel in dashboard["panels"] for target in panel["targets"]}
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    for expression in asked:
        assert figures_in(expression)
        assert figures_in(expression) <= KNOWN, expression


if PROMTOOL:

    def test_promtool_takes_the_rules() -> None:
        checked = subprocess.run(
            [PROMTOOL, "check", "rules", str(repository.ROOT / RULES)], capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr
