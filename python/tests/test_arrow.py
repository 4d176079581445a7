"""Columns of Arrow: what comes out is what annotate gives, from whatever program the column comes."""

from __future__ import annotations

import datetime
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

import wiretag

pa = pytest.importorskip("pyarrow")

TEXTS = ["🚀 Iran left.", None, "", "NATO\u00a0met in Köln with the U.S.-led coalition. " * 40, "nothing"]


def rows(spans: Any) -> list[Any]:
    """Spans of a column as those of documents are."""
    full: dict[str, Any] = {"also": (), "attributes": {}}

    def span(s: dict[str, Any]) -> wiretag.Span:
        s = {k: full.get(k) if v is None else v for k, v in s.items()}
        s["attributes"] = dict(s["attributes"])
        return wiretag.Span(s.pop("start"), s.pop("end"), s.pop("label"), s.pop("text"), **s)

    return [None if row is None else tuple(span(s) for s in row) for row in spans.to_pylist()]


def expected(tagger: wiretag.Tagger, texts: list[str | None]) -> list[Any]:
    return [None if t is None else tagger.annotate(t).spans for t in texts]


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view", "dictionary"])
def test_arrays_of_all_kinds_of_strings(tagger: wiretag.Tagger, kind: str) -> None:
    array = pa.array(TEXTS, "string" if kind == "dictionary" else getattr(pa, kind)())
    if kind == "dictionary":
        array = array.dictionary_encode()
    out = tagger.annotate_arrow(array)
    assert isinstance(out, wiretag.ArrowArray) and len(out) == len(TEXTS)
    spans = pa.array(out)
    spans.validate(full=True)
    assert rows(spans) == expected(tagger, TEXTS)
    # A part of an array is that part.
    assert rows(pa.array(tagger.annotate_arrow(array[2:4]))) == expected(tagger, TEXTS[2:4])
    assert rows(pa.array(tagger.annotate_arrow(array[:0]))) == []


def test_a_table_keeps_its_columns_and_does_not_copy_them(tagger: wiretag.Tagger) -> None:
    table = pa.table({"n": range(5), "body": TEXTS}, metadata={"k": "v"})
    table = pa.concat_tables([table, table])
    out = tagger.annotate_arrow(table, text="body")
    assert len(out) == 10 and "columns n, body, spans" in repr(out)
    # As often as one likes.
    for _ in range(2):
        loaded = pa.table(out)
        loaded.validate(full=True)
        assert loaded.column_names == ["n", "body", "spans"]
        assert rows(loaded["spans"]) == expected(tagger, TEXTS) * 2
        assert loaded.schema.metadata == {b"k": b"v", b"wiretag.offset_unit": b"codepoint"}
    addresses = [[b.address for b in chunk.buffers() if b] for chunk in table["body"].chunks]
    assert [[b.address for b in chunk.buffers() if b] for chunk in loaded["body"].chunks] == addresses
    with pytest.raises(wiretag.Error, match='no column "text": there are "n", "body" \\(text= names another\\)'):
        tagger.annotate_arrow(table)
    with pytest.raises(wiretag.Error, match='there is a column "spans" already'):
        tagger.annotate_arrow(loaded, text="body")
    with pytest.raises(wiretag.Error, match='column "n" is of the type Int64: texts are string'):
        tagger.annotate_arrow(table, text="n")


def test_the_schema_is_that_of_the_documentation(tagger: wiretag.Tagger) -> None:
    out = pa.record_batch(tagger.annotate_arrow(pa.record_batch({"text": TEXTS}), errors="column"))
    assert out.schema.names == ["text", "spans", "error"]
    assert out.schema.field("spans").metadata == {b"wiretag.offset_unit": b"codepoint"}
    item = out.schema.field("spans").type.value_type
    assert {f.name: str(f.type) for f in item} == {
        "start": "int64",
        "end": "int64",
        "label": "string",
        "text": "string",
        "entity": "string",
        "name": "string",
        "also": "list<item: string>",
        "origin": "string",
        "score": "double",
        "zone": "string",
        "lost": "string",
        "attributes": "map<string, string>",
    }
    assert out["error"].null_count == len(TEXTS)


@pytest.mark.parametrize("unit, place", [("codepoint", (2, 6)), ("byte", (5, 9)), ("utf16", (3, 7))])
def test_offsets_count_what_is_asked_for(tagger: wiretag.Tagger, unit: Any, place: tuple[int, int]) -> None:
    out = pa.record_batch(tagger.annotate_arrow(pa.record_batch({"text": TEXTS[:1]}), offset_unit=unit))
    span = out["spans"][0][0].as_py()
    assert (span["start"], span["end"]) == place
    assert out.schema.metadata[b"wiretag.offset_unit"] == unit.encode()
    with pytest.raises(wiretag.Error, match="offset_unit"):
        tagger.annotate_arrow(pa.array(TEXTS), offset_unit="utf8")  # type: ignore[call-overload]


def test_errors_are_raised_or_stand_in_a_column(tagger: wiretag.Tagger) -> None:
    offsets = pa.array([0, 4, 9, 14], pa.int32()).buffers()[1]
    texts = pa.StringArray.from_buffers(3, offsets, pa.py_buffer(b"IranK\xf6lnxIran "))
    batch = pa.record_batch({"id": [7, 8, 9], "text": texts})
    with pytest.raises(wiretag.DocumentError, match=r"document 1 \(8\): the text is not UTF-8 at byte 1") as raised:
        tagger.annotate_arrow(batch, id="id")
    assert (raised.value.index, raised.value.id) == (1, "8")
    with pytest.raises(wiretag.DocumentError) as raised:
        tagger.annotate_arrow(pa.Table.from_batches([batch, batch])[3:])
    assert raised.value.index == 1
    out = pa.record_batch(tagger.annotate_arrow(batch, errors="column"))
    assert out["error"].to_pylist() == [None, "the text is not UTF-8 at byte 1", None]
    assert [s and len(s) for s in out["spans"].to_pylist()] == [1, None, 1]
    with pytest.raises(wiretag.Error, match="needs a table"):
        tagger.annotate_arrow(texts, errors="column")
    with pytest.raises(wiretag.Error, match="errors is"):
        tagger.annotate_arrow(batch, errors="keep")  # type: ignore[call-overload]


def test_dates_and_lost_spans(tmp_path: Path) -> None:
    names = tmp_path / "ships.tsv"
    names.write_text("# label: SHIP\nname\nMoskva {from 2000-01-01; until 2022-04-14}\n")
    gazetteer = wiretag.Gazetteer.from_path(names)
    tagger = wiretag.Tagger(gazetteer, builtin=False, rules=False, overlaps="all")
    days = [datetime.date(2021, 5, 1), datetime.date(2023, 5, 1), None]
    table = pa.table({"text": ["The Moskva sailed."] * 3, "date": days})
    found = rows(pa.table(tagger.annotate_arrow(table))["spans"])
    assert found == [tagger.annotate("The Moskva sailed.", meta={"date": str(d)} if d else {}).spans for d in days]
    assert [len(f) for f in found][:2] == [1, 0]


def test_a_large_table_in_many_threads_is_what_one_gives(tagger: wiretag.Tagger, root: Path) -> None:
    articles = [p.read_text() for p in sorted((root / "examples" / "articles").iterdir()) if p.suffix in (".txt", ".md")]
    texts = [f"{article}\n{i}" for i in range(60) for article in articles]
    spans = rows(pa.table(tagger.annotate_arrow(pa.table({"text": texts})))["spans"])
    assert spans == [d.spans for d in tagger.annotate_batch(texts)]
    one = wiretag.Tagger(threads=1)
    assert pa.table(one.annotate_arrow(pa.table({"text": texts}))) == pa.table(tagger.annotate_arrow(pa.table({"text": texts})))
    # Others run meanwhile.
    ran = []
    thread = threading.Thread(target=lambda: ran.append(tagger.annotate_arrow(pa.array(texts))))
    thread.start()
    assert rows(pa.array(tagger.annotate_arrow(pa.array(texts)))) == spans
    thread.join()
    assert len(ran) == 1


def test_the_table_that_is_written_is_read_by_the_program(tagger: wiretag.Tagger, binary: str, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pa.table({"id": ["a", "b"], "text": ["🚀 Iran left.", "NATO"]})
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table(tagger.annotate_arrow(table, offset_unit="utf16")), path)
    ran = subprocess.run([binary, "check", path], capture_output=True, text=True)
    assert ran.stdout == "1 file, 2 documents, 2 spans: nothing found\n", ran
    lines = subprocess.run([binary, "convert", path, "--to", "jsonl"], capture_output=True, text=True).stdout
    given = [tagger.annotate(t, id=i).to_json() for i, t in (("a", "🚀 Iran left."), ("b", "NATO"))]
    assert lines.splitlines() == given


def test_polars(tagger: wiretag.Tagger) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"text": TEXTS, "n": range(5)})
    out = polars.DataFrame(tagger.annotate_arrow(frame))
    assert out.columns == ["text", "n", "spans"]
    assert out["spans"].list.len().to_list() == [None if s is None else len(s) for s in expected(tagger, TEXTS)]
    assert out["spans"][0].struct.field("text").to_list() == ["Iran"]
    series = polars.Series(tagger.annotate_arrow(frame["text"]))
    assert series.to_list() == out["spans"].to_list()


def test_duckdb(tagger: wiretag.Tagger) -> None:
    duckdb = pytest.importorskip("duckdb")
    relation = duckdb.sql("SELECT 'Iran met NATO.' AS text, 5 AS n UNION ALL SELECT NULL, 6")
    out = tagger.annotate_arrow(relation)
    found = duckdb.sql("SELECT n, s.label FROM (SELECT n, unnest(spans) AS s FROM out) ORDER BY ALL")
    assert found.fetchall() == [(5, "COUNTRY"), (5, "ORG")]


def test_pandas(tagger: wiretag.Tagger) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"text": ["Iran met NATO.", None]})
    out = pa.table(tagger.annotate_arrow(frame)).to_pandas()
    assert [s["label"] for s in out["spans"][0]] == ["COUNTRY", "ORG"]
    assert out["spans"][1] is None
