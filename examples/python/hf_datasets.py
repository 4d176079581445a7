"""Annotates a dataset of Hugging Face with `map`, in batches.

    python examples/python/hf_datasets.py examples/articles/wire/desk-items.jsonl -o annotated.parquet

The columns of the input stay as they are, `spans` is added: the struct that `wiretag annotate --to parquet` writes, in short.
"""

import argparse
from collections import Counter
from typing import Any

import datasets
import wiretag

# Given, not inferred: the first batch may have no span, or none with an entity.
SPANS = datasets.List(
    {
        "start": datasets.Value("int64"),
        "end": datasets.Value("int64"),
        "label": datasets.Value("string"),
        "text": datasets.Value("string"),
        "entity": datasets.Value("string"),
        "name": datasets.Value("string"),
        "score": datasets.Value("float64"),
    }
)


def annotate(batch: dict[str, list[Any]], tagger: wiretag.Tagger) -> dict[str, list[Any]]:
    """The spans of each text of a batch; all cores work on it, without the interpreter's lock."""
    documents = tagger.annotate_batch(batch["text"])
    return {"spans": [[{name: getattr(s, name) for name in SPANS.feature} for s in d.spans] for d in documents]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", help="files of JSON lines with a text")
    parser.add_argument("-o", "--output", required=True, help="the table of Parquet to write")
    parser.add_argument(
        "--processes", type=int, help="processes of datasets; the tagger has threads of its own, so none are needed"
    )
    arguments = parser.parse_args()

    dataset = datasets.load_dataset("json", data_files=arguments.files, split="train")
    annotated = dataset.map(
        annotate,
        batched=True,
        batch_size=1000,
        num_proc=arguments.processes,
        # The cache of datasets knows a tagger by its settings, and lists by their paths: after a change of a list, or of wiretag,
        # pass load_from_cache_file=False.
        fn_kwargs={"tagger": wiretag.Tagger()},
        features=datasets.Features({**dataset.features, "spans": SPANS}),
    )
    annotated.to_parquet(arguments.output)

    entities = Counter(span["entity"] for row in annotated for span in row["spans"] if span["entity"])
    print(f"{len(annotated)} documents, {sum(len(row['spans']) for row in annotated)} spans")
    for entity, count in entities.most_common(3):
        print(count, entity)


if __name__ == "__main__":
    main()
