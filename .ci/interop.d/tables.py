"""Tables of Parquet, as pyarrow, pandas, polars and DuckDB load them, and theirs as wiretag reads them: tables.py WIRETAG SCRATCH. Run by
.ci/interop.

What is loaded is compared with our JSONL, field by field. Tables of all types, compressions and encodings are read, and what their meta
says compared with what pyarrow says."""

import base64
import datetime
import decimal
import json
import math
import pathlib
import subprocess
import sys
import uuid

import duckdb
import numpy
import pandas
import polars
import pyarrow
import pyarrow.parquet

WIRETAG, SCRATCH = sys.argv[1], pathlib.Path(sys.argv[2])
ROOT = pathlib.Path(__file__).resolve().parents[2]
folder = SCRATCH / "tables"
folder.mkdir()


def run(*arguments):
    command = [WIRETAG, *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, (command, ran.returncode, ran.stderr)
    return ran.stdout


def records(text):
    # Not splitlines(): it cuts at more than line feeds.
    return [json.loads(line) for line in text.split("\n") if line]


def record(row):
    """A record as JSONL has it, of a row."""
    spans = []
    for span in row["spans"]:
        span = {name: value for name, value in span.items() if value is not None or name in ("entity", "name")}
        if "also" in span:
            span["also"] = list(span["also"])
        if "attributes" in span:
            span["attributes"] = dict(span["attributes"])
        spans.append(span)
    made = {"id": row["id"], "text": row["text"], "spans": spans}
    # What is not there is NaN in pandas 3.
    return made | ({"meta": json.loads(row["meta"])} if isinstance(row["meta"], str) else {})


inputs = [ROOT / "examples" / "articles", "--attributes", "--overlaps", "all", "--offsets", "utf16"]
lines = run("annotate", *inputs, "--to", "jsonl")
wanted = records(lines)
for one in wanted:
    assert one.pop("offset_unit") == "utf16"
table = folder / "out.parquet"
run("annotate", *inputs, "--to", "parquet", "-o", table)

loaded = pyarrow.parquet.read_table(table)
assert loaded.schema.metadata[b"wiretag.offset_unit"] == b"utf16"
assert [record(row) for row in loaded.to_pylist()] == wanted
frame = pandas.read_parquet(table)
assert [record(row) for row in frame.to_dict("records")] == wanted
assert [record(row) for row in polars.read_parquet(table).to_dicts()] == wanted
rows = duckdb.sql(f"SELECT * FROM '{table}'").fetchall()
rows = [dict(zip(("id", "text", "spans", "meta"), row)) for row in rows]
assert [record(row) for row in rows] == wanted
spans = sum(len(one["spans"]) for one in wanted)
assert duckdb.sql(f"SELECT count(*) FROM (SELECT unnest(spans) FROM '{table}')").fetchall() == [(spans,)]
print(f"{len(wanted)} documents, {spans} spans: the same in pyarrow, pandas, polars and DuckDB")

# Tables of others.
utc = datetime.timezone.utc
values = pyarrow.table({
    "url": [f"u{i}" for i in range(5)],
    "title": ["Iran", "", None, "Köln 🚀", "e"],
    "body": pyarrow.array(["Iran denied it.", "b", "c in Berlin", "d", "NATO said"], pyarrow.large_string()),
    "int8": pyarrow.array([1, -2, None, 3, 4], pyarrow.int8()),
    "uint64": pyarrow.array([2**64 - 1] * 5, pyarrow.uint64()),
    "double": [1.5, math.nan, math.inf, 1e300, 0.1],
    "half": pyarrow.array(numpy.array([0.1, 1, 65504, 6e-8, -2], dtype=numpy.float16)),
    "bool": [True, False, None, True, False],
    "date": [datetime.date(2024, 1, 2), None, datetime.date(1, 1, 1), datetime.date(1969, 12, 31), datetime.date(9999, 12, 30)],
    "local": [datetime.datetime(2024, 1, 2, 3, 4, 5, 678000)] * 5,
    "instant": pyarrow.array([datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=utc)] * 5),
    "time": [datetime.time(1, 2, 3)] * 5,
    "decimal": [decimal.Decimal("-12.5"), None, decimal.Decimal("0.25"), decimal.Decimal("-0.75"), decimal.Decimal("99.99")],
    "binary": [b"\xff\x00", b"abc", None, b"", b"\xfe"],
    "uuid": pyarrow.array([uuid.UUID(int=n).bytes for n in range(5)], pyarrow.uuid()),
    "list": [["a", "b"], [], None, [None, "x"], ["y"]],
    "structs": [[{"a": 1, "b": ["p", None]}, None], [], None, [{"a": None, "b": []}], [{"a": 2, "b": None}]],
    "lists": [[[1, 2], [], None], [[3]], None, [], [[]]],
    "map": pyarrow.array([[("k", 1), ("l", None)], [], None, [("m", 2)], [("n", 3)]], pyarrow.map_(pyarrow.string(), pyarrow.int32())),
    "dictionary": pyarrow.array(["p", "q", "p", None, "q"]).dictionary_encode(),
    "null": pyarrow.nulls(5),
    "struct": [{"x": 1, "y": {"z": "w"}}, None, {"x": None, "y": None}, {"x": 3, "y": {"z": None}}, {"x": 4, "y": {"z": "v"}}],
})


def shown(value, name):
    """What JSON has for a value."""
    match value:
        case float() if not math.isfinite(value):
            return None
        case datetime.datetime(tzinfo=None) | datetime.date() | datetime.time() if not getattr(value, "tzinfo", None):
            return value.isoformat().removesuffix("000")
        case datetime.datetime():
            return value.isoformat().replace("+00:00", "Z")
        case decimal.Decimal():
            return float(value)
        case bytes():
            return value.decode() if value in (b"abc", b"") else base64.b64encode(value).decode()
        case uuid.UUID():
            return str(value)
        case numpy.floating():
            return float(value)
        case list() if name == "map":
            return dict(value)
        case _:
            return value


expected = {name: [shown(v, name) for v in values[name].to_pylist()] for name in values.column_names[3:]}
texts = ["Iran\n\nIran denied it.", "b", "c in Berlin", "Köln 🚀\n\nd", "e\n\nNATO said"]
encodings = {"url": "DELTA_BYTE_ARRAY", "int8": "DELTA_BINARY_PACKED", "body": "DELTA_LENGTH_BYTE_ARRAY"}
ways = [{}, {"row_group_size": 2}, {"use_dictionary": False, "column_encoding": encodings, "data_page_version": "2.0"}]
for compression in ["none", "snappy", "gzip", "zstd", "lz4"]:
    for way in ways:
        other = folder / "other.parquet"
        pyarrow.parquet.write_table(values, other, compression=compression, **way)
        got = records(run("annotate", other, "--text-field", "title,body", "--id-field", "url", "--to", "jsonl"))
        assert [one["id"] for one in got] == values["url"].to_pylist()
        assert [one["text"] for one in got] == texts
        for name, column in expected.items():
            assert [one["meta"][name] for one in got] == column, (compression, way, name, [one["meta"][name] for one in got], column)
print(f"{len(expected)} types in 5 compressions and 3 encodings: read as pyarrow reads them")

polars.DataFrame({"id": ["a"], "text": ["Iran left."]}).write_parquet(folder / "polars.parquet")
duckdb.sql(f"COPY (SELECT 'a' AS id, 'Iran left.' AS text) TO '{folder / 'duckdb.parquet'}'")
for name in ["polars.parquet", "duckdb.parquet"]:
    assert run("annotate", folder / name, "--to", "marked").split("\n")[:2] == ["== a", "[Iran|COUNTRY] left."], name
