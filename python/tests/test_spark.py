"""Annotating on Spark, on this machine; .ci/spark does it on a cluster."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import wiretag

pytest.importorskip("pyspark")
if not shutil.which("java"):
    pytest.skip("there is no Java", allow_module_level=True)

import wiretag.spark  # noqa: E402

TEXTS = ["🚀 Iran left.", None, "", "NATO\u00a0met in Köln. " * 40, "The Moskva sailed."]


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from pyspark.sql import SparkSession  # type: ignore[import-not-found, unused-ignore]

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", 2)
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture
def frame(session: Any) -> Any:
    rows = [(i, text, f"d{i}") for i, text in enumerate(TEXTS)]
    return session.createDataFrame(rows, "n INT, text STRING, name STRING").repartition(2)


def spans(row: Any) -> Any:
    if row.spans is None:
        return None
    given = [{k: v for k, v in s.asDict().items() if v is not None} for s in row.spans]
    return tuple(wiretag.Span(s.pop("start"), s.pop("end"), s.pop("label"), s.pop("text"), **s) for s in given)


def test_rows_are_those_of_the_tagger(tagger: wiretag.Tagger, frame: Any) -> None:
    out = wiretag.spark.annotate(frame)
    assert out.columns == ["n", "text", "name", "spans", "error"]
    assert out.schema["spans"] == wiretag.spark.spans_field()
    assert out.schema["spans"].metadata == {"wiretag.offset_unit": "codepoint"}
    rows = sorted(out.collect(), key=lambda row: row.n)
    assert [row.text for row in rows] == TEXTS
    assert [spans(row) for row in rows] == [None if t is None else tagger.annotate(t).spans for t in TEXTS]
    assert all(row.error is None for row in rows)


def test_lists_are_shipped_and_settings_hold(frame: Any, tmp_path: Path) -> None:
    ships = tmp_path / "ships.txt"
    ships.write_text("Moskva\n")
    patterns = tmp_path / "patterns.jsonl"
    patterns.write_text('{"label": "VERB", "pattern": "sailed"}\n')
    towns = wiretag.Gazetteer.from_text("# label: TOWN\nname\nKöln\n")
    out = wiretag.spark.annotate(
        frame,
        gazetteers=[ships, towns],
        patterns=patterns,
        label="SHIP",
        builtin=False,
        map_labels={"VERB": "ACTION"},
        offset_unit="utf16",
        keep=["name"],
        errors="raise",
        id_col="name",
    )
    assert out.columns == ["name", "spans"]
    # The file of a list may be gone when the rows are made.
    ships.unlink()
    found = {row.name: [(s.text, s.label, s.start) for s in row.spans or []] for row in out.collect()}
    assert found["d4"] == [("Moskva", "SHIP", 4), ("sailed", "ACTION", 11)]
    assert found["d3"][0] == ("Köln", "TOWN", 12) and len(found["d3"]) == 40
    assert found["d0"] == []


def test_a_worker_makes_a_tagger_once(session: Any) -> None:
    made = session.createDataFrame([(str(i),) for i in range(40)], "text STRING").repartition(8)
    out = wiretag.spark.annotate(made)

    def count(batches: Iterator[Any]) -> Iterator[Any]:
        import os

        import pyarrow  # type: ignore[import-not-found, import-untyped, unused-ignore]

        for _ in batches:
            pass
        yield pyarrow.record_batch({"process": [os.getpid()], "taggers": [[id(t) for t in wiretag.spark._taggers.values()]]})

    def taggers() -> dict[int, list[int]]:
        assert out.count() == 40
        return {row.process: row.taggers for row in made.mapInArrow(count, "process LONG, taggers ARRAY<LONG>").collect()}

    # Some 30 tasks, and a process that had a tagger has the same one.
    before, after = taggers(), taggers()
    both = before.keys() & after.keys()
    assert both and all(before[process] == after[process][: len(before[process])] for process in both)
    assert any(before[process] for process in both)


def test_long_batches_are_given_back_in_parts() -> None:
    pa = pytest.importorskip("pyarrow")
    batch = pa.record_batch({"t": ["x" * 3_000_000, None, "y" * 3_000_000, "", "z"]})
    parts = list(wiretag.spark._parts(batch, "t"))
    assert [part.num_rows for part in parts] == [3, 2]
    assert pa.Table.from_batches(parts).to_pydict() == batch.to_pydict()
    assert [part.num_rows for part in wiretag.spark._parts(batch[:0], "t")] == [0]


def test_what_can_not_be_is_said_before_the_job(frame: Any) -> None:
    def refused(message: str, **arguments: Any) -> None:
        with pytest.raises(wiretag.Error, match=message):
            wiretag.spark.annotate(frame, **arguments)

    refused("no column 'body': there are 'n', 'text', 'name' \\(text_col= names another\\)", text_col="body")
    refused("no column 'x'.*keep=", keep=["x"])
    refused("no column 'x'.*id_col=", id_col="x")
    refused("column 'n' is of the type int: texts are string", text_col="n")
    refused("errors is 'keep'", errors="keep")
    refused("offset_unit is 'utf8'", offset_unit="utf8")
    refused("no/such.tsv", gazetteers="no/such.tsv")
    refused("min_score is 2", min_score=2.0)
    with pytest.raises(wiretag.Error, match="there is a column 'spans' already"):
        wiretag.spark.annotate(wiretag.spark.annotate(frame))
