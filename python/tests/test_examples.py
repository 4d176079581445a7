"""The examples run, and do what they say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import wiretag


@pytest.mark.parametrize("processes", [None, 2])
def test_datasets_are_mapped(root: Path, tmp_path: Path, tagger: wiretag.Tagger, processes: int | None) -> None:
    pytest.importorskip("datasets", reason="datasets is not installed")
    from datasets import Dataset

    file = root / "examples/articles/wire/desk-items.jsonl"
    command = [
        sys.executable,
        str(root / "examples/python/hf_datasets.py"),
        str(file),
        "-o",
        str(tmp_path / "a.parquet"),
    ]
    if processes:
        command += ["--processes", str(processes)]
    environment = {**os.environ, "HF_HOME": str(tmp_path), "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment, timeout=300).stdout
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    table = Dataset.from_parquet(str(tmp_path / "a.parquet"), cache_dir=str(tmp_path))
    assert said.splitlines()[0] == f"{len(rows)} documents, {sum(map(len, table['spans']))} spans"
    for row, line in zip(table, rows, strict=True):
        spans = tagger.annotate(line["text"]).spans
        assert spans and row["text"] == line["text"]
        assert [(s["start"], s["end"], s["label"], s["entity"], s["score"]) for s in row["spans"]] == [
            (s.start, s.end, s.label, s.entity, s.score) for s in spans
        ]
