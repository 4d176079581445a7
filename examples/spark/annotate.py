"""Annotates a folder of JSONL, compressed or not, on Spark, and writes partitioned Parquet.

    spark-submit --master spark://HOST:7077 examples/spark/annotate.py archive/ annotated/ --gazetteer ships.tsv --partition-by source

archive/ holds *.jsonl, *.jsonl.gz or *.jsonl.zst with fields "id" and "text"; all other fields that lines have stay columns. What can't be
annotated stands in the column "error". Read it back with ``spark.read.parquet("annotated")``, DuckDB, polars, pandas, or
``wiretag stats annotated/**/*.parquet``.
"""

from __future__ import annotations

import argparse

from pyspark.sql import DataFrame, SparkSession

import wiretag.spark


def annotated(
    session: SparkSession, source: str, *, text: str, gazetteers: list[str], partitions: int | None, schema: str | None
) -> DataFrame:
    """The lines of a folder with their spans. With a schema (``id STRING, text STRING``) Spark need not read all to find one."""
    reader = session.read.schema(schema) if schema else session.read
    lines = reader.json(source)
    if partitions:
        # A packed file is one partition, and one partition the work of one core: many small ones spread the long texts.
        lines = lines.repartition(partitions)
    return wiretag.spark.annotate(lines, text, gazetteers=gazetteers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source", help="folder of JSONL, as Spark sees it: a path, s3a://…, hdfs://…")
    parser.add_argument("target", help="folder of Parquet; must not be there")
    parser.add_argument("--text", default="text", help="field with the text")
    parser.add_argument("--schema", help='fields of the lines: "id STRING, text STRING, source STRING" [default: Spark reads all to find out]')
    parser.add_argument("--gazetteer", action="append", default=[], help="list on this machine, before the built-in ones; may be repeated")
    parser.add_argument("--partition-by", action="append", default=[], help="a folder for each value of this field; may be repeated")
    parser.add_argument("--partitions", type=int, help="spread the rows over so many tasks first")
    options = parser.parse_args()
    session = SparkSession.builder.appName("wiretag").getOrCreate()
    frame = annotated(
        session,
        options.source,
        text=options.text,
        gazetteers=options.gazetteer,
        partitions=options.partitions,
        schema=options.schema,
    )
    frame.write.partitionBy(*options.partition_by).parquet(options.target)
    session.stop()


if __name__ == "__main__":
    main()
