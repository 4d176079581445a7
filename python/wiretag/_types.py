"""Small values that the compiled part makes."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """Something wrong with one piece of data, at a place."""

    path: str
    """The file, as it was named."""
    line: int | None
    """The line, counted from 1, where the format has lines."""
    severity: str
    """``error``: the data could not be used; ``warning``: it was used, perhaps not as meant."""
    message: str
    """What is wrong and what to do."""

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        warning = "warning: " if self.severity == "warning" else ""
        return f"{place}: {warning}{self.message}"


class Zone(NamedTuple):
    """A part of a text that is read in another way than the body of the article."""

    start: int
    """Where it starts, in characters."""
    end: int
    """Where it ends (exclusive), in characters."""
    kind: str
    """``dateline``, ``byline``, ``credit``, ``boilerplate``; ``no-match`` where nothing is ever found (links, handles)."""
