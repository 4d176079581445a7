"""Documents and spans, made here or by a tagger."""

from __future__ import annotations

import copy
import pickle

import pytest

import wiretag


def test_documents_can_be_made() -> None:
    document = wiretag.Document(
        "🚀 Iran denied it.", [wiretag.Span(2, 6, "COUNTRY", entity="country/IR", score=0.5)], id="a", meta={"x": 1}
    )
    assert document.spans[0].text == "Iran"
    assert len(document) == len(document.text)
    assert repr(document) == "<Document 'a': '🚀 Iran denied it.', 1 span>"
    assert repr(document.spans[0]) == "Span(2, 6, 'COUNTRY', 'Iran', entity='country/IR')"
    assert document.to_dict()["spans"] == [document.spans[0].to_dict()]


def test_spans_are_checked() -> None:
    with pytest.raises(wiretag.Error, match="span 2..20: the text has 17 characters"):
        wiretag.Document("🚀 Iran denied it.", [wiretag.Span(2, 20, "COUNTRY")])
    with pytest.raises(wiretag.Error, match='span 2..6: it should be "Chad" and is "Iran"'):
        wiretag.Document("🚀 Iran denied it.", [wiretag.Span(2, 6, "COUNTRY", "Chad")])
    with pytest.raises(wiretag.Error, match="it is empty"):
        wiretag.Span(2, 2, "COUNTRY")
    with pytest.raises(wiretag.Error, match="has white space"):
        wiretag.Span(2, 3, "TWO WORDS")
    with pytest.raises(wiretag.Error, match="a score is a number from 0 to 1"):
        wiretag.Span(2, 3, "ORG", score=2)


def test_documents_and_spans_are_values(tagger: wiretag.Tagger) -> None:
    annotated = tagger.annotate("Iran and the IAEA met.", "a", {"x": [1]})
    for copied in [pickle.loads(pickle.dumps(annotated)), copy.deepcopy(annotated)]:
        assert copied == annotated and hash(copied) == hash(annotated)
        assert copied.spans == annotated.spans and copied.zones == annotated.zones
    span = annotated.spans[0]
    assert pickle.loads(pickle.dumps(span)) == span and hash(copy.copy(span)) == hash(span)
    assert span != annotated.spans[1] and annotated != "Iran"
    assert annotated != tagger.annotate("Iran and the IAEA met.", "b", {"x": [1]})


def test_meta_that_json_has_not_is_refused_when_it_is_written(tagger: wiretag.Tagger) -> None:
    with pytest.raises(wiretag.Error, match='meta: "x" can\'t be written as JSON'):
        tagger.annotate("Iran", meta={"x": object()}).to_dict()
    with pytest.raises(wiretag.Error, match="the name 5 is not a string"):
        tagger.annotate("Iran", meta={5: 1}).to_dict()  # type: ignore[dict-item]


def test_html_escapes_all(tagger: wiretag.Tagger) -> None:
    document = wiretag.Document(
        '<script>alert("1 & $2")</script> 🚀 Iran',
        [wiretag.Span(35, 39, "COUNTRY", entity='"><b>', origin="<i>")],
    )
    page = document._repr_html_()
    body = page[page.index("</style>") :]
    assert "<script" not in body and "<i>" not in body and '"><b>"' not in body
    assert "&lt;script&gt;alert(&quot;1 &amp; &#36;2&quot;)" in body
    assert '">Iran<b>COUNTRY</b></mark>' in body
    assert "color-scheme: light dark" in page


def test_html_marks_what_overlaps_once() -> None:
    document = wiretag.Document("South Korea won", [wiretag.Span(0, 11, "COUNTRY"), wiretag.Span(6, 11, "ORG")])
    page = document._repr_html_()
    assert page.count("<mark") == 1 and "South Korea<b>COUNTRY</b></mark> won" in page
