"""Annotating: one text, a list, a stream."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

import wiretag

TEXT = "🚀 Seoul said the DPRK’s Hwasong–18 flew for 74 minutes, e\u0301 by Köln."


def test_spans_are_characters_of_the_text(tagger: wiretag.Tagger) -> None:
    document = tagger.annotate(TEXT, id="a1", meta={"date": "2026-11-01"})
    assert [(s.text, s.label, s.entity) for s in document.spans] == [
        ("Seoul", "LOCATION", "place/seoul"),
        ("DPRK", "COUNTRY", "country/KP"),
        ("Hwasong–18", "WEAPON", "weapon/hwasong-18"),
    ]
    assert all(TEXT[s.start : s.end] == s.text for s in document.spans)
    dprk = document.spans[1]
    assert (dprk.name, dprk.origin, dprk.zone, dprk.also, dprk.lost) == ("North Korea", "alias", None, (), None)
    assert dprk.score is not None and 0.9 < dprk.score < 1
    assert document.id == "a1" and document.meta == {"date": "2026-11-01"} and document.text == TEXT


def test_the_record_is_a_line_of_jsonl(tagger: wiretag.Tagger) -> None:
    record = tagger.annotate(TEXT, "a1", {"n": [1, None, 0.5]}).to_dict()
    assert list(record) == ["id", "text", "offset_unit", "spans", "meta"]
    assert record["offset_unit"] == "codepoint" and record["meta"] == {"n": [1, None, 0.5]}
    assert record["spans"][0] == {
        "start": 2,
        "end": 7,
        "label": "LOCATION",
        "text": "Seoul",
        "entity": "place/seoul",
        "name": "Seoul",
        "origin": "alias",
        "score": 0.96,
    }


def test_zones_are_known(tagger: wiretag.Tagger) -> None:
    document = tagger.annotate("🚀 https://iran.example/\n\nKYIV, Ukraine (Reuters) - Iran denied it.")
    kinds = {zone.kind: document.text[zone.start : zone.end] for zone in document.zones}
    assert kinds["no-match"] == "https://iran.example/"
    assert kinds["dateline"].startswith("KYIV")
    assert {s.zone for s in document.spans if s.text == "Ukraine"} == {"dateline"}


def test_a_batch_keeps_the_order_and_equals_single_calls(tagger: wiretag.Tagger) -> None:
    texts = [f"{n} {TEXT} {'Iran denied it. ' * (n % 50)}" for n in range(500)]
    documents = tagger.annotate_batch(texts)
    assert [d.text for d in documents] == texts
    for text, document in list(zip(texts, documents, strict=True))[::37]:
        assert tagger.annotate(text) == document


def test_texts_may_be_mappings_and_documents(tagger: wiretag.Tagger) -> None:
    mapping = {"text": "Iran denied it.", "id": 7, "source": "desk"}
    first, second = tagger.annotate_batch([mapping, wiretag.Document("Chad won.", id="b")])
    assert (first.id, first.meta, first.spans[0].text) == ("7", {"source": "desk"}, "Iran")
    assert (second.id, second.spans[0].text) == ("b", "Chad")
    assert mapping == {"text": "Iran denied it.", "id": 7, "source": "desk"}
    again = tagger.annotate_batch([first.to_dict()])[0]
    assert again == first


@pytest.mark.parametrize(
    "bad, message",
    [
        (5, "it is of the type int"),
        (b"Iran", "it is of the type bytes"),
        ("Iran \ud800", "no Unicode text"),
        ({"body": "Iran"}, 'no "text"'),
        ({"text": 5}, '"text" is no string'),
        ({"text": "Iran", "id": [1]}, '"id" is'),
    ],
)
def test_a_bad_text_costs_no_other(tagger: wiretag.Tagger, bad: Any, message: str) -> None:
    texts: list[Any] = ["Iran denied it.", bad, "Chad won."]
    with pytest.raises(wiretag.DocumentError, match=message) as raised:
        tagger.annotate_batch(texts)
    assert raised.value.index == 1 and str(raised.value).startswith("document 1: ")
    kept = tagger.annotate_batch(texts, errors="keep")
    assert [type(d) for d in kept] == [wiretag.Document, wiretag.DocumentError, wiretag.Document]
    streamed = list(tagger.annotate_iter(texts, errors="keep"))
    assert streamed[::2] == kept[::2]


def test_a_stream_is_read_as_it_is_used(tagger: wiretag.Tagger) -> None:
    read = 0

    def texts() -> Iterator[str]:
        nonlocal read
        for n in range(1000):
            read += 1
            yield f"{n}: Iran denied it."

    stream = tagger.annotate_iter(texts(), chunk=10)
    assert read == 0
    assert next(stream).text == "0: Iran denied it."
    assert read <= 20
    rest = list(stream)
    assert [d.text for d in rest] == [f"{n}: Iran denied it." for n in range(1, 1000)]
    assert list(stream) == []


def test_what_a_stream_raises_comes_through(tagger: wiretag.Tagger) -> None:
    def texts() -> Iterator[str]:
        yield "Iran denied it."
        raise RuntimeError("the feed broke")

    stream = tagger.annotate_iter(texts(), chunk=1)
    assert next(stream).spans[0].text == "Iran"
    with pytest.raises(RuntimeError, match="the feed broke"):
        next(stream)


def test_threads_of_the_interpreter_share_a_tagger(tagger: wiretag.Tagger) -> None:
    expected = tagger.annotate(TEXT).spans
    wrong: list[object] = []

    def work() -> None:
        for _ in range(200):
            if tagger.annotate(TEXT).spans != expected or tagger.annotate_batch([TEXT])[0].spans != expected:
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.skipif(sys.platform == "win32", reason="a signal of Unix")
@pytest.mark.parametrize("call", ["tagger.annotate_batch(texts())", "for _ in tagger.annotate_iter(texts()): pass"])
def test_ctrl_c_ends_a_long_call(call: str) -> None:
    program = f"""
import wiretag
tagger = wiretag.Tagger(threads=2)
def texts():
    print("ready", flush=True)
    while True:
        yield "Iran denied it. " * 100
{call}
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert b"KeyboardInterrupt" in errors


def test_options_are_those_of_the_program() -> None:
    text = "President Kim Jong Un met Finnish and Iranian envoys in Kyiv."
    spans = {s.text: s.label for s in wiretag.Tagger(titles="inside").annotate(text).spans}
    assert "President Kim Jong Un" in spans
    spans = {s.text: s.label for s in wiretag.Tagger(labels=["COUNTRY", "GPE"], map_labels={"LOCATION": "GPE"}).annotate(text).spans}
    assert spans == {"Kyiv": "GPE"}
    spans = {s.text: s.label for s in wiretag.Tagger(map_labels="ontonotes").annotate(text).spans}
    assert spans["Kyiv"] == "GPE" and spans["Finnish"] == "NORP"
    names = wiretag.Gazetteer.from_rows([("New York Times", "ORG"), ("New York", "CITY")])
    won, lost = wiretag.Tagger(names, builtin=False, overlaps="all").annotate("the New York Times").spans
    assert (won.lost, lost.text, lost.score) == (None, "New York", None)
    assert lost.lost is not None and "New York Times (ORG)" in lost.lost
    former = wiretag.Gazetteer.from_text("# label: COUNTRY\nname\nSwaziland {until 2018-04-18}\n")
    dated = wiretag.Tagger(former, builtin=False, date_field="published")
    days = [date(2018, 4, 18), "2018-04-18", datetime(2018, 4, 18, 23), "Wed, 18 Apr 2018 08:00:00 GMT", 20180418, None]
    found = dated.annotate_batch([{"text": "In Swaziland", "published": day} for day in days])
    assert [len(d.spans) for d in found] == [1] * 6
    days = [date(2018, 4, 19), "2018-04-19", datetime(2018, 4, 19), "Thu, 19 Apr 2018 08:00:00 GMT", 20180419]
    found = dated.annotate_batch([{"text": "In Swaziland", "published": day} for day in days])
    assert [len(d.spans) for d in found] == [0] * 5
    assert not dated.annotate("In Swaziland", meta={"published": "2018-04-19"}).spans
    few = wiretag.Tagger(min_score=0.97).annotate(text).spans
    assert all(s.score is not None and s.score >= 0.97 for s in few)
    assert wiretag.Tagger(rules=False).annotate("Gen. Ivan Petrov spoke.").spans == ()
    assert wiretag.Tagger(without=["person-title"]).annotate("Gen. Zorp Blarg").spans == ()


def test_patterns_may_be_those_of_an_entity_ruler(tmp_path: Path) -> None:
    patterns: list[Any] = [
        {"label": "ORG", "pattern": "Acme Shipbuilding", "id": "org/acme"},
        {"label": "GPE", "pattern": [{"LOWER": "san"}, {"LOWER": "francisco"}]},
    ]
    path = tmp_path / "patterns.jsonl"
    path.write_text("".join(json.dumps(p) + "\n" for p in patterns), encoding="utf-8")
    text = "🚀 Acme Shipbuilding left San Francisco."
    ways: list[Any] = [patterns, path, [str(path)]]
    for given in ways:
        tagger = wiretag.Tagger(patterns=given, builtin=False)
        for made in (tagger, pickle.loads(pickle.dumps(tagger))):
            spans = [(s.start, s.label, s.entity, s.origin) for s in made.annotate(text).spans]
            assert spans == [(2, "ORG", "org/acme", "pattern"), (25, "GPE", None, "pattern")]
    with pytest.raises(wiretag.DataError, match="patterns:2: ") as raised:
        wiretag.Tagger(patterns=[patterns[0], {"label": "X", "pattern": [{"POS": "NOUN"}]}])
    assert raised.value.line == 2
    with pytest.raises(wiretag.Error, match="not both"):
        wiretag.Tagger(patterns=[patterns[0], path])


@pytest.mark.parametrize(
    "options, message",
    [
        ({"titles": "x"}, 'titles is "x": there are outside, inside'),
        ({"case": "x"}, 'case is "x": there are any, title, exact'),
        ({"overlaps": "x"}, 'overlaps is "x": there are longest, all'),
        ({"labels": ["FOO"]}, 'no label "FOO": the gazetteers have COUNTRY'),
        ({"labels": ["TWO WORDS"]}, "has white space"),
        ({"without": ["x"]}, 'no rule "x"'),
        ({"builtin": False}, "builtin=False leaves no gazetteer"),
        ({"min_score": 4}, "a score is a number from 0 to 1"),
        ({"map_labels": "x"}, "there are ontonotes, conll2003, re3d"),
    ],
)
def test_bad_options_say_what_there_is(options: dict[str, object], message: str) -> None:
    with pytest.raises(wiretag.Error, match=message):
        wiretag.Tagger(**options)  # type: ignore[arg-type]


def test_files_that_are_not_there_are_named() -> None:
    for options in [{"gazetteers": ["no/such.tsv"]}, {"patterns": "no/such.tsv"}]:
        with pytest.raises(FileNotFoundError) as raised:
            wiretag.Tagger(**options)  # type: ignore[arg-type]
        assert isinstance(raised.value, wiretag.Error)
        assert str(raised.value) == "no/such.tsv: No such file or directory"


def test_errors_pickle() -> None:
    with pytest.raises(wiretag.DataError) as raised:
        wiretag.Gazetteer.from_text("# label: SHIP\nname\nA {foo: x}\n", name="ships.tsv")
    error = pickle.loads(pickle.dumps(raised.value))
    assert (error.path, error.line, error.problems) == ("ships.tsv", 3, raised.value.problems)
    assert str(error) == str(raised.value) and str(error).startswith("ships.tsv:3: ")
    assert str(error.problems[0]) == str(error)
    error = pickle.loads(pickle.dumps(wiretag.DocumentError("no text", 3, "a")))
    assert (str(error), error.index, error.id) == ("document 3 (a): no text", 3, "a")
