"""The pages of the documentation and the strings of modules: what they show is what happens."""

from __future__ import annotations

import doctest
import importlib
import io
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [page for page in sorted(DOCS.glob("*.md")) if BLOCK.search(page.read_text(encoding="utf-8"))]


def examples(page: Path) -> str:
    """The blocks of a page, in the lines where they stand."""
    text = page.read_text(encoding="utf-8")
    lines = [""] * text.count("\n")
    for block in BLOCK.finditer(text):
        first = text.count("\n", 0, block.start(1))
        shown = block[1].split("\n")
        lines[first : first + len(shown)] = shown
    return "\n".join(lines)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_print_what_the_page_shows(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = examples(page)
    for package in ["spacy", "datasets", "pyarrow", "polars", "pandas"]:
        if re.search(rf"^>>> (?:import|from) {package}\b", source, re.MULTILINE):
            pytest.importorskip(package)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(DOCS.parent / "examples")
    test = doctest.DocTestParser().get_doctest(source, {}, page.name, str(page), 0)
    said = io.StringIO()
    done = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=said.write)
    assert done.attempted and not done.failed, said.getvalue()


@pytest.mark.parametrize("name", ["wiretag", "wiretag.spacy"])
def test_examples_of_modules_hold(name: str) -> None:
    if name == "wiretag.spacy":
        pytest.importorskip("spacy")
    done = doctest.testmod(importlib.import_module(name))
    assert done.attempted and not done.failed
