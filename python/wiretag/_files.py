"""Documents of a program where the compiled part wants files."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from . import _wiretag
from ._wiretag import Document

_Path = str | os.PathLike[str]


def write(documents: Iterable[Document], path: _Path, *, to: str = "jsonl", **options: Any) -> dict[str, Any]:
    """Writes documents in a format of an annotation tool or of training, in bounded memory.

    Documents without an id get their number, counted from 1. They are put beside the output first, as JSONL.

    Args:
        documents: The documents; an iterator is used up.
        path: The file (``.gz`` and ``.zst`` pack it) or folder; it appears when it is whole.
        to: The format, as for ``convert``.
        options: The options of ``convert``: ``labels``, ``map_labels``, ``min_score``, ``overlaps``, ``unit``, ``tokenizer``, ``align``,
            ``threads``.

    Returns:
        What was done, as ``convert`` says it.
    """
    folder = Path(path).parent
    with tempfile.TemporaryDirectory(prefix=".wiretag-", dir=folder) as temporary:
        spooled = Path(temporary) / "documents.jsonl"
        with spooled.open("w", encoding="utf-8") as file:
            for number, document in enumerate(documents, 1):
                file.write(_line(document, str(number)))
        return _wiretag.convert(spooled, path, to=to, format="jsonl", **options)


def evaluate(
    gold: _Path | Iterable[Document],
    predicted: _Path | Iterable[Document],
    *,
    compare: _Path | Iterable[Document] | None = None,
    labels: str | Iterable[str] | None = None,
    map_labels: Mapping[str, str] | str | Iterable[str] | None = None,
    ignore_determiners: bool = False,
    mistakes: int = 0,
    changes: int = 10,
    samples: int = 10_000,
    seed: int = 1,
    format: str | None = None,
    label_field: str = "label",
    errors: str = "raise",
) -> dict[str, Any]:
    """Scores predicted spans against gold spans: what ``wiretag eval --to json`` writes, as a dictionary.

    Documents are paired by id, or in their order where one side has none; their texts must be the same but for white space.

    Args:
        gold: The gold side: documents, or a file, a folder, a pattern.
        predicted: The predicted side.
        compare: Other predictions: ``comparison`` says what differs, and whether it could be chance.
        labels: Score these labels alone, as they are mapped. Default: all that occur.
        map_labels: Labels that count as others, on both sides: a mapping, or ``["ontonotes"]``.
        ignore_determiners: Leave *the*, *a*, *its* before spans and a possessive behind them out.
        mistakes: So many of the most frequent mistakes, with context, in ``errors``.
        changes: So many of the most frequent changes of each kind, in ``comparison``.
        samples: Samples of the bootstrap that ``compare`` draws.
        seed: What they are drawn from.
        format: Format of the files. Default: by name, then content.
        label_field: The field of a gold span that has its label, in JSONL.
        errors: ``raise``: a ``DataError`` tells of documents that are missing, left over, repeated or have another text, and of spans
            that are none. ``skip``: they are in ``problems``, and the rest is scored.

    Returns:
        ``all``, ``macro``, ``labels``, ``zones``, ``origins``, ``scores`` and more; F1 is ``result["all"]["strict"]["f1"]``.
    """
    with tempfile.TemporaryDirectory(prefix="wiretag-") as temporary:
        folder = Path(temporary)
        return _wiretag.evaluate(
            _side(gold, folder / "gold"),
            _side(predicted, folder / "predicted"),
            compare_with=None if compare is None else _side(compare, folder / "compare"),
            labels=labels,
            map_labels=map_labels,
            ignore_determiners=ignore_determiners,
            mistakes=mistakes,
            changes=changes,
            samples=samples,
            seed=seed,
            format=format,
            label_field=label_field,
            errors=errors,
        )


def _side(side: _Path | Iterable[Document], path: Path) -> str:
    """A side of an evaluation as files."""
    if isinstance(side, (str, os.PathLike)):
        return os.fspath(side)
    # An extension would be that of a format; objects of JSON tell theirs.
    with path.open("w", encoding="utf-8") as file:
        for document in side:
            file.write(_line(document, None))
    return os.fspath(path)


def _line(document: Document, number: str | None) -> str:
    """The record of a document; one without an id gets this number, or has none."""
    if not isinstance(document, Document):
        raise TypeError(f"a document is a wiretag.Document, not {type(document).__name__}")
    if document.id:
        return document.to_json() + "\n"
    record = document.to_dict()
    if number is None:
        del record["id"]
    else:
        record["id"] = number
    return json.dumps(record, ensure_ascii=False) + "\n"
