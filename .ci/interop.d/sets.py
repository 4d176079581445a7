"""Loads a set of `wiretag split` with datasets, by the header of its card, and compares it with its files.

sets.py WIRETAG SCRATCH
"""

import json
import subprocess
import sys
from pathlib import Path

import datasets
import yaml

wiretag, scratch = sys.argv[1], Path(sys.argv[2])
datasets.disable_progress_bars()

# Documents that differ in what they have: no meta, meta of several types, entities of some spans.
articles = scratch / "set.jsonl"
subprocess.run([wiretag, "annotate", "examples/articles", "--annotated-by", "-q", "-o", articles], check=True)
records = [json.loads(line) for line in articles.read_text().splitlines()]
records += [
    {"id": f"plain {i}", "text": f"\U0001f680 Köln {i} in {word}.", "spans": [{"start": 2, "end": 6, "label": "NO"}]}
    | ({"meta": {"n": i if i % 2 else str(i), "list": [i]}} if i % 3 else {})
    for i, word in enumerate("May June July rain snow wind north south east west".split())
]
articles.write_text("".join(json.dumps(record) + "\n" for record in records))

set_ = scratch / "set"
subprocess.run(
    [wiretag, "split", articles, "-o", set_, "--name", "no: \"set\"", "--license", "cc-by-4.0", "--dev", "0.2", "-q"],
    check=True,
)
header = yaml.safe_load((set_ / "README.md").read_text().split("---\n")[1])
assert header["pretty_name"] == "no: \"set\"" and header["language"] == ["en"], header
assert header["size_categories"] == ["n<1K"] and header["license"] == "cc-by-4.0", header

loaded = datasets.load_dataset(str(set_))
assert list(loaded) == ["train", "validation", "test"], loaded
count = 0
for name, file in {"train": "train", "validation": "dev", "test": "test"}.items():
    lines = [json.loads(line) for line in (set_ / f"{file}.jsonl").read_text().splitlines()]
    assert len(lines) == len(loaded[name]) > 0, name
    for line, row in zip(lines, loaded[name]):
        assert (line["id"], line["text"]) == (row["id"], row["text"])
        spans = [[(s["start"], s["end"], s["label"], s["text"]) for s in spans] for spans in (line["spans"], row["spans"])]
        assert spans[0] == spans[1], row["id"]
        assert all(row["text"][start:end] == text for start, end, _, text in spans[1]), row["id"]
        count += len(spans[1])
print(f"{len(records)} documents, {count} spans: the same")
