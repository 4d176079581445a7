from __future__ import annotations

import os
from pathlib import Path

import pytest

import wiretag


@pytest.fixture(scope="session")
def tagger() -> wiretag.Tagger:
    """The built-in gazetteers; two threads, so that batches are shared."""
    return wiretag.Tagger(threads=2)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def binary() -> str:
    """The program, which the results are held against."""
    path = os.environ.get("WIRETAG")
    if not path:
        pytest.skip("WIRETAG does not name the program")
    return path
