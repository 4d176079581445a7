"""Explanations, and settings of a project."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import wiretag

TEXT = "🚀 Georgia Gov. Brian Kemp spoke of Georgia."


def test_all_of_a_text_is_explained(tagger: wiretag.Tagger) -> None:
    why = tagger.explain(TEXT)
    report = why.to_dict()
    found = {(c["start"], c["end"], c["label"]) for c in report["candidates"] if c["outcome"] == "found"}
    assert found == {(s.start, s.end, s.label) for s in tagger.annotate(TEXT).spans}
    assert all(TEXT[c["start"] : c["end"]] == c["text"] for c in report["candidates"] + report["refused"])
    assert "found" in str(why) and "\x1b" not in str(why)


def test_words_are_explained(tagger: wiretag.Tagger) -> None:
    words = tagger.explain(TEXT, word="georgia").to_dict()["words"]
    assert [w["start"] for w in words] == [2, 35]
    assert tagger.explain(TEXT, at=36).to_dict()["words"][0]["text"] == "Georgia"
    assert tagger.explain("Vladmir Putin", word="vladmir").to_dict()["words"]
    with pytest.raises(wiretag.Error, match='"Chad" does not stand in the text'):
        tagger.explain(TEXT, word="Chad")
    with pytest.raises(wiretag.Error, match="offset 99: the text ends at 43"):
        tagger.explain(TEXT, at=99)


def test_a_file_of_settings_holds_where_no_argument_says_else(tmp_path: Path) -> None:
    (tmp_path / "ships.txt").write_text("Nordhavn\n", encoding="utf-8")
    config = tmp_path / "wiretag.toml"
    config.write_text(
        'gazetteers = ["ships.txt"]\nlabel = "SHIP"\nlabels = ["SHIP", "GPE"]\nmap-labels = { LOCATION = "GPE" }\n'
        'text-field = ["body"]\nthreads = 1\nrules = false\n',
        encoding="utf-8",
    )
    text = "The Nordhavn left Kyiv, Gen. Zorp Blarg of Iran said."
    tagger = wiretag.Tagger(config=config)
    assert [(s.text, s.label) for s in tagger.annotate(text).spans] == [("Nordhavn", "SHIP"), ("Kyiv", "GPE")]
    assert tagger.threads == 1
    other = wiretag.Tagger(config=config, labels=["COUNTRY"], rules=True)
    assert [(s.text, s.label) for s in other.annotate(text).spans] == [("Iran", "COUNTRY")]
    config.unlink()
    assert pickle.loads(pickle.dumps(tagger)).annotate(text) == tagger.annotate(text)


@pytest.mark.parametrize(
    "settings, line, message",
    [
        ("builtin = 5\n", 1, "builtin is true or false"),
        ("\nlables = []\n", 2, 'no setting "lables"'),
        ('\n\ntitles = "x"\n', 3, "there are outside, inside"),
        ('without = ["x"]\n', 1, 'no rule "x"'),
        ("labels = [\n", 1, "unclosed array"),
    ],
)
def test_bad_settings_are_named_with_their_line(tmp_path: Path, settings: str, line: int, message: str) -> None:
    config = tmp_path / "wiretag.toml"
    config.write_text(settings, encoding="utf-8")
    with pytest.raises(wiretag.DataError, match=message) as raised:
        wiretag.Tagger(config=config)
    assert (raised.value.path, raised.value.line) == (str(config), line)
