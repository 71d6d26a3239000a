"""The vectors by which phone and server compare messages alike."""

from __future__ import annotations

from tests.support.vectors import read_vectors
from tests.vectors.make_claims import claims_vectors


def test_the_vectors_are_what_python_says() -> None:
    assert claims_vectors() == read_vectors("claims")
