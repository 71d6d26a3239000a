"""The examples of sync/PROTOCOL.md, by name. Used by the tests of the protocol and of submissions, and the bench."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from sync.submissions.submission import Submission, parse_submission

TEXT = (Path(__file__).parents[2] / "sync/PROTOCOL.md").read_text("utf-8")

EXAMPLES = re.findall(r"^```json example=(\w+)\n(.*?)^```", TEXT, re.M | re.S)


def example(kind: str) -> Any:
    [text] = [text for name, text in EXAMPLES if name == kind]
    return json.loads(text)


def sample_submission() -> Submission:
    """The submission of section 9."""
    return parse_submission(example("submission")["text"])
