"""Documents in files: read, written, converted, evaluated."""

from __future__ import annotations

from pathlib import Path

import pytest

import wiretag

TEXTS = ["🚀 Seoul said the DPRK’s Hwasong–18 flew.", "Köln and Iran met. Chad did not.", "Nothing here."]


@pytest.fixture(scope="module")
def documents(tagger: wiretag.Tagger) -> list[wiretag.Document]:
    return tagger.annotate_batch([{"text": t, "id": f"d{n}", "n": n} for n, t in enumerate(TEXTS)])


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst"])
def test_what_is_written_is_read_again(tmp_path: Path, documents: list[wiretag.Document], name: str) -> None:
    done = wiretag.write(iter(documents), tmp_path / name)
    assert done["documents"] == 3 and sum(done["spans"].values()) == sum(len(d.spans) for d in documents)
    assert list(wiretag.read(tmp_path / name)) == documents
    assert sorted(p.name for p in tmp_path.iterdir()) == [name]


@pytest.mark.parametrize("to", ["prodigy", "doccano", "label-studio", "brat", "bdocjs", "spacy", "parquet", "conll"])
def test_formats_of_tools_keep_spans(tmp_path: Path, documents: list[wiretag.Document], to: str) -> None:
    output = tmp_path / ("out.jsonl" if to in ("prodigy", "doccano") else f"out.{to}")
    done = wiretag.write(documents, output, to=to)
    assert done["documents"] == 3
    read = {d.text.split("\n")[0]: d for d in wiretag.read(output)}
    for document in documents:
        spans = [(s.start, s.end, s.label) for s in document.spans]
        if to != "conll":
            assert [(s.start, s.end, s.label) for s in read[document.text].spans] == spans
    assert sum(len(d.spans) for d in read.values()) >= (0 if to == "conll" else 5)


def test_documents_without_ids_get_numbers(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    wiretag.write([wiretag.Document("Iran"), wiretag.Document("Chad", id="x"), wiretag.Document("Mali")], path)
    assert [d.id for d in wiretag.read(path)] == ["1", "x", "3"]


def test_options_of_convert_count(tmp_path: Path, documents: list[wiretag.Document]) -> None:
    path, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    wiretag.write(documents, path)
    done = wiretag.convert(path, output, to="jsonl", map_labels={"LOCATION": "GPE"}, labels=["GPE"], unit="sentence")
    assert done["spans"] == {"GPE": 1}
    done = wiretag.convert([path], tmp_path / "out.csv", to="csv")
    assert done["unheld"]["the text of documents"] == 3
    with pytest.raises(wiretag.Error, match='to is "x": there are jsonl, prodigy'):
        wiretag.convert(path, output, to="x")
    with pytest.raises(wiretag.Error, match="can't hold spans that overlap"):
        wiretag.convert(path, output, to="conll", overlaps="all")
    with pytest.raises(wiretag.FileError):
        wiretag.convert(path, tmp_path / "no" / "out.jsonl", to="jsonl")


BAD = """\
{"id": "a", "text": "Iran denied it.", "spans": [{"start": 0, "end": 4, "label": "COUNTRY"}]}
{"id": "b", "text": "Iran denied it.", "spans": [{"start": 0, "end": 40, "label": "COUNTRY"}]}
{"id": "c", "text": "Iran den
{"id": "d", "text": "Chad won.", "spans": [{"start": 0, "end": 4, "label": "COUNTRY"}]}
"""


def test_bad_documents_are_named_and_cost_no_other(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(BAD, encoding="utf-8")
    reader = wiretag.read(path)
    assert next(reader).id == "a"
    for line, message in [(2, "the text ends at 15"), (3, "JSON")]:
        with pytest.raises(wiretag.DataError, match=message) as raised:
            next(reader)
        assert (raised.value.path, raised.value.line) == (str(path), line)
    assert next(reader).id == "d"
    with pytest.raises(StopIteration):
        next(reader)
    reader = wiretag.read(path, errors="skip")
    assert [(d.id, len(d.spans)) for d in reader] == [("a", 1), ("b", 0), ("d", 1)]
    assert [p.line for p in reader.problems] == [2, 3]
    with pytest.raises(wiretag.DataError) as raised:
        wiretag.convert(path, tmp_path / "out.jsonl", to="jsonl")
    assert [p.line for p in raised.value.problems] == [2, 3]
    done = wiretag.convert(path, tmp_path / "out.jsonl", to="jsonl", errors="skip")
    assert done["documents"] == 3 and len(done["problems"]) == 2
    with pytest.raises(wiretag.Error, match="no/such.jsonl"):
        list(wiretag.read("no/such.jsonl"))


def test_articles_are_read_as_the_program_does(tmp_path: Path, tagger: wiretag.Tagger) -> None:
    (tmp_path / "a.txt").write_text("Iran denied it.", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"url": "u1", "body": "Chad won.", "date": "2026-11-01"}\n', encoding="utf-8")
    (tmp_path / "c.html").write_text(
        "<html><head><title>Mali</title></head><body><article><h1>Mali</h1><p>"
        + "Mali signed the deal with Niger on Monday. " * 10
        + "</p></article></body></html>",
        encoding="utf-8",
    )
    reader = wiretag.read_articles(tmp_path, text_field="body", id_field="url")
    found = list(tagger.annotate_iter(reader))
    assert [d.id for d in found] == ["a.txt", "u1", "c.html"]
    assert found[1].meta == {"date": "2026-11-01"} and found[2].meta["title"] == "Mali"
    assert [d.spans[0].text for d in found] == ["Iran", "Chad", "Mali"]
    with pytest.raises(wiretag.DataError, match="no text in field"):
        list(wiretag.read_articles(tmp_path / "b.jsonl"))
    with pytest.raises(wiretag.Error, match='format is "x"'):
        wiretag.read_articles(tmp_path, format="x")  # type: ignore[arg-type]
    with pytest.raises(wiretag.Error, match="no encoding"):
        wiretag.read_articles(tmp_path, encoding="x")


def test_evaluation_takes_documents_and_files(tmp_path: Path, documents: list[wiretag.Document]) -> None:
    path = tmp_path / "gold.jsonl"
    wiretag.write(documents, path)
    for gold in (documents, path, str(path)):
        assert wiretag.evaluate(gold, iter(documents))["all"]["strict"]["f1"] == 1.0
    fewer = [wiretag.Document(d.text, d.spans[:1], id=d.id) for d in documents]
    result = wiretag.evaluate(path, fewer, mistakes=3, compare=documents, samples=100)
    assert result["all"]["strict"]["precision"] == 1.0 and result["all"]["strict"]["recall"] < 1.0
    assert len(result["errors"]["most_frequent"]) == 3 and result["comparison"]["all"]["difference"] < 0
    assert wiretag.evaluate(path, fewer, labels=["LOCATION"])["labels"].keys() == {"LOCATION"}
    # Without ids the order decides.
    nameless = [wiretag.Document(d.text, d.spans) for d in documents]
    assert wiretag.evaluate(nameless, documents)["all"]["strict"]["f1"] == 1.0


def test_what_does_not_pair_is_told(documents: list[wiretag.Document]) -> None:
    with pytest.raises(wiretag.DataError, match='document "d2" is not in'):
        wiretag.evaluate(documents, documents[:2])
    result = wiretag.evaluate(documents, documents[:2], errors="skip")
    assert result["documents"]["missing"] == 1 and len(result["problems"]) == 1
    with pytest.raises(TypeError, match="not str"):
        wiretag.evaluate(documents, ["Iran"])  # type: ignore[list-item]
