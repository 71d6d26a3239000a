"""The fields of all documents are the frozen ones: records and content files of earlier releases stay readable."""

from __future__ import annotations

import json

from tests.support.document_fields import VECTOR, describe_documents


def test_the_fields_of_every_kind_are_the_frozen_ones() -> None:
    """After an intended change: `python -m tests.support.document_fields`."""
    assert describe_documents() == json.loads(VECTOR.read_text("utf-8"))
