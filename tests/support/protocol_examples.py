"""The examples of sync/PROTOCOL.md, by name. Used by the tests of the protocol and of submissions."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

TEXT = (Path(__file__).parents[2] / "sync/PROTOCOL.md").read_text("utf-8")

EXAMPLES = re.findall(r"^```json example=(\w+)\n(.*?)^```", TEXT, re.M | re.S)


def example(kind: str) -> Any:
    [text] = [text for name, text in EXAMPLES if name == kind]
    return json.loads(text)
