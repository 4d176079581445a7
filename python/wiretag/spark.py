"""Annotating on Spark: a column of spans for data frames that are larger than one machine.

>>> import wiretag.spark
>>> annotated = wiretag.spark.annotate(df, text_col="text", gazetteers=["ships.tsv"])  # doctest: +SKIP
>>> annotated.write.parquet("annotated")  # doctest: +SKIP

Needs ``wiretag``, ``pyspark`` (3.5 or later, with ``pyarrow``) on the driver and on each executor. Lists are compiled on the driver, sent to
each executor once (``SparkContext.addFile``) and mapped there, so that all Python workers of an executor share their memory. A Python
worker makes its tagger once and keeps it from task to task.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ._errors import Error
from ._wiretag import Gazetteer, Tagger

if TYPE_CHECKING:
    # Neither is needed to import this package.
    from pyarrow import RecordBatch  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from pyspark.sql import DataFrame, SparkSession  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from pyspark.sql.types import StructField  # type: ignore[import-not-found, import-untyped, unused-ignore]

__all__ = ["annotate", "spans_field"]

_BATCH_BYTES = 4 << 20


def annotate(
    df: DataFrame,
    text_col: str = "text",
    id_col: str | None = None,
    *,
    gazetteers: str | os.PathLike[str] | Gazetteer | Iterable[str | os.PathLike[str] | Gazetteer] | None = None,
    patterns: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None = None,
    keep: Iterable[str] | None = None,
    errors: Literal["column", "raise"] = "column",
    offset_unit: Literal["codepoint", "byte", "utf16"] = "codepoint",
    **settings: Any,
) -> DataFrame:
    """Adds a column of spans to a data frame. Lazy, as all of Spark: arguments are checked now, texts are annotated when rows are asked for.

    The columns of the result are those of ``df`` (or of ``keep``), then ``spans`` (an array of structs, see ``spans_field``; null where
    the text is null) and ``error`` (a string: why a text could not be annotated; null where it could). Rows stay in their order in
    their partitions.

    Rows come to Python in batches of ``spark.sql.execution.arrow.maxRecordsPerBatch`` (10,000): where texts are long, lower it, as a
    batch is in memory as a whole, three times. What is annotated and given back at once is 4 MB of text, whatever the batch. One text
    is the work of one core: where a few are very long, ``df.repartition(n)`` with many small partitions keeps the others busy.

    Args:
        df: The data frame.
        text_col: Its column with the texts, a string.
        id_col: The column with the ids that errors name, if they are raised. Default: none.
        gazetteers: Lists, folders of lists, compiled gazetteers (paths on the driver), ``Gazetteer`` objects.
        patterns: Files of patterns (paths on the driver).
        keep: The columns that the result has besides; all that it has not are not sent to Python. Default: all.
        errors: ``column``: what is wrong stands in the column ``error``. ``raise``: it ends the job, and there is no such column.
        offset_unit: What offsets count: ``codepoint`` (Python), ``utf16`` (Java, Scala) or ``byte``. Default: ``codepoint``.
        settings: The other arguments of ``wiretag.Tagger``. ``threads`` is ``spark.task.cpus`` if it is not given. A column with the
            name of ``date_field`` (``date``) gives the dates of the texts.

    Raises:
        Error: When an argument is none, or the data frame has not these columns; as ``wiretag.Tagger`` does.
    """
    from pyspark.sql.types import StringType, StructField, StructType  # type: ignore[import-not-found, import-untyped, unused-ignore]

    if errors not in ("column", "raise"):
        raise Error(f"errors is {errors!r}: there are column, raise")
    if offset_unit not in ("codepoint", "byte", "utf16"):
        raise Error(f"offset_unit is {offset_unit!r}: there are codepoint, byte, utf16")
    kept = list(df.columns if keep is None else keep)
    added = ["spans"] + (["error"] if errors == "column" else [])
    for option, names in (("text_col", [text_col]), ("id_col", [id_col] if id_col else []), ("keep", kept)):
        for name in names:
            if name not in df.columns:
                raise Error(f"no column {name!r}: there are {', '.join(map(repr, df.columns))} ({option}= names another)")
    for name in added:
        if name in df.columns:
            raise Error(f"there is a column {name!r} already: drop or rename it")
    if not isinstance(df.schema[text_col].dataType, StringType):
        raise Error(f"column {text_col!r} is of the type {df.schema[text_col].dataType.simpleString()}: texts are string")
    session = df.sparkSession
    if settings.get("threads") is None:
        settings["threads"] = int(session.conf.get("spark.task.cpus", "1") or 1)
    tagger = Tagger(gazetteers, patterns=patterns, **settings)
    arguments = _shipped(session, tagger)
    config = json.dumps(arguments, sort_keys=True)
    needed = [name for name in df.columns if name in {*kept, text_col, id_col, arguments["date_field"]}]
    fields: list[StructField] = [df.schema[name] for name in kept]
    fields.append(spans_field(offset_unit))
    if errors == "column":
        fields.append(StructField("error", StringType()))
    annotated = partial(
        _annotated,
        config=config,
        columns=kept + added,
        options={"text": text_col, "id": id_col, "errors": errors, "offset_unit": offset_unit},
    )
    return df.select(*needed).mapInArrow(annotated, StructType(fields))


def spans_field(offset_unit: str = "codepoint") -> StructField:
    """The column of spans: an array of structs with the fields ``start``, ``end`` (bigint), ``label``, ``text``, ``entity``, ``name``
    (string), ``also`` (array of strings), ``origin`` (string), ``score`` (double), ``zone``, ``lost`` (string) and ``attributes`` (map of
    strings), as they are in ``wiretag.Span``; what is not known is null. Its metadata says what offsets count."""
    from pyspark.sql import types  # type: ignore[import-not-found, import-untyped, unused-ignore]

    string, long = types.StringType(), types.LongType()
    span = types.StructType(
        [
            types.StructField("start", long, nullable=False),
            types.StructField("end", long, nullable=False),
            types.StructField("label", string, nullable=False),
            types.StructField("text", string, nullable=False),
            types.StructField("entity", string),
            types.StructField("name", string),
            types.StructField("also", types.ArrayType(string)),
            types.StructField("origin", string, nullable=False),
            types.StructField("score", types.DoubleType()),
            types.StructField("zone", string),
            types.StructField("lost", string),
            types.StructField("attributes", types.MapType(string, string)),
        ]
    )
    spans = types.ArrayType(span, containsNull=False)
    return types.StructField("spans", spans, metadata={"wiretag.offset_unit": offset_unit})


# On the driver.


def _shipped(session: SparkSession, tagger: Tagger) -> dict[str, Any]:
    """The arguments that make the tagger on an executor, its files sent there and named."""
    _, arguments = tagger.__getnewargs_ex__()
    label, case = arguments.pop("label"), arguments.pop("case")
    names = []
    for source in arguments["gazetteers"]:
        if not isinstance(source, Gazetteer):
            source = Gazetteer.builder().add_path(source, label=label, case=case).build()
        names.append(_ship(session, source.to_bytes(), ".gaz"))
    patterns = [_ship(session, Path(path).read_bytes(), ".jsonl") for path in arguments["patterns"]]
    return {**arguments, "gazetteers": names, "patterns": patterns}


_folder: tempfile.TemporaryDirectory[str] | None = None


def _ship(session: SparkSession, data: bytes, ending: str) -> str:
    """Sends a file to all executors, those that come later too; gives its name there, which its content decides."""
    global _folder
    if _folder is None:
        # Executors fetch it as long as the session lives.
        _folder = tempfile.TemporaryDirectory(prefix="wiretag-spark-")
    name = f"wiretag-{hashlib.sha256(data).hexdigest()[:32]}{ending}"
    path = Path(_folder.name, name)
    if not path.exists():
        path.write_bytes(data)
    try:
        session.sparkContext.addFile(str(path))
    except Exception as error:
        if "CONNECT" not in str(error).upper():
            raise
        raise Error(
            "Spark Connect can't send files to executors: annotate with the built-in gazetteers, or in a classic session"
        ) from error
    return name


# On executors.

# Those that were made last: a process lives as long as its executor, and configurations come and go.
_taggers: dict[str, Tagger] = {}
_MOST_TAGGERS = 4


def _tagger(config: str) -> Tagger:
    """The tagger of this process for a configuration."""
    tagger = _taggers.get(config)
    if tagger is None:
        from pyspark import SparkFiles  # type: ignore[import-not-found, import-untyped, unused-ignore]

        arguments: dict[str, Any] = json.loads(config)
        for files in ("gazetteers", "patterns"):
            arguments[files] = [SparkFiles.get(name) for name in arguments[files]]
        if len(_taggers) == _MOST_TAGGERS:
            del _taggers[next(iter(_taggers))]
        tagger = _taggers[config] = Tagger(**arguments)
    return tagger


def _annotated(
    batches: Iterator[RecordBatch], *, config: str, columns: list[str], options: Mapping[str, Any]
) -> Iterator[RecordBatch]:
    """What runs on executors: annotates the batches of a partition."""
    import pyarrow  # type: ignore[import-not-found, import-untyped, unused-ignore]

    tagger = _tagger(config)
    for batch in batches:
        for part in _parts(batch, options["text"]):
            arguments: dict[str, Any] = dict(options)
            yield pyarrow.record_batch(tagger.annotate_arrow(part, **arguments)).select(columns)


def _parts(batch: RecordBatch, text: str) -> Iterator[RecordBatch]:
    """A batch in parts of about 4 MB of text."""
    from pyarrow import compute  # type: ignore[import-not-found, import-untyped, unused-ignore]

    start, size = 0, 0
    for row, length in enumerate(compute.binary_length(batch.column(text)).to_pylist()):
        size += length or 0
        if size >= _BATCH_BYTES:
            yield batch.slice(start, row + 1 - start)
            start, size = row + 1, 0
    if start < batch.num_rows or batch.num_rows == 0:
        yield batch.slice(start)
