"""The cases of ``tests/cases/``; ``tests/integration/cases.rs`` says how they are written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

Mark = tuple[int, int, str]
"""Start and end, in characters, and label."""

FOLDER = Path(__file__).parents[2] / "tests/cases"
OUTSIDE = re.compile(r"\\u\{(?P<number>[0-9A-F]+)\}|\\(?P<escaped>.)|(?P<open>\[)|(?P<plain>.)", re.DOTALL)
INSIDE = re.compile(rf"\|(?P<label>[^\]]+)\]|{OUTSIDE.pattern}", re.DOTALL)


class Case(NamedTuple):
    name: str
    gazetteers: list[str]
    """Texts of lists; none for the built-in ones."""
    text: str
    marks: list[Mark]


def cases() -> list[Case]:
    """All cases."""
    return [case for file in sorted(FOLDER.glob("*.txt")) for case in of_file(file)]


def of_file(file: Path) -> list[Case]:
    blocks = re.split(r"^== ", file.read_bytes().decode(), flags=re.MULTILINE)
    return [case(f"{file.stem}: {block}") for block in blocks[1:]]


def case(block: str) -> Case:
    name, *lines = block.split("\n")
    listed = [line.removeprefix(">> ") for line in lines if line.startswith(">> ")]
    gazetteers = [f"{text}\n" for text in "\n".join(listed).split("\n---\n")] if listed else []
    body = "\n".join(line for line in lines if not line.startswith((">> ", "-- ")))
    return Case(name, gazetteers, *unmarked(body.rstrip("\n")))


def unmarked(body: str) -> tuple[str, list[Mark]]:
    text, marks, start, at = "", [], None, 0
    while piece := (OUTSIDE if start is None else INSIDE).match(body, at):
        at, parts = piece.end(), piece.groupdict()
        if parts["open"] and start is None:
            start = len(text)
        elif label := parts.get("label"):
            marks.append((start or 0, len(text), label))
            start = None
        else:
            number = parts["number"]
            text += chr(int(number, 16)) if number else parts["escaped"] or parts["open"] or parts["plain"]
    return text, marks
