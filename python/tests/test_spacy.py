"""The component of spaCy's pipelines."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

import wiretag
from cases import Case, cases

spacy = pytest.importorskip("spacy", reason="spaCy is not installed: pip install 'wiretag[spacy]'")

from spacy.tokens import Doc, Span  # noqa: E402
from spacy.training import Example  # noqa: E402

TEXT = "🚀 Seoul said the DPRK’s Hwasong–18 flew for 74 minutes."
ENTS = [("Seoul", "LOCATION"), ("DPRK", "COUNTRY"), ("Hwasong–18", "WEAPON")]
# spaCy takes the compound for one token.
COMPOUND = "The U.S.-Mexican border."


def pipeline(**config: Any) -> Any:
    nlp = spacy.blank("en")
    nlp.add_pipe("wiretag", config={"threads": 2, **config})
    return nlp


def component(nlp: Any) -> Any:
    return nlp.get_pipe("wiretag")


def found(spans: Any) -> list[tuple[str, str]]:
    return [(span.text, span.label_) for span in spans]


@pytest.fixture(scope="module")
def nlp() -> Any:
    return pipeline()


@pytest.fixture
def ships(tmp_path: Path) -> Path:
    file = tmp_path / "ships.txt"
    file.write_text("Nordhavn\nKyiv Star\n", encoding="utf-8")
    return file


class TestCases:
    @pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
    def test_comes_out_as_marked(self, case: Case, nlp: Any) -> None:
        wired = own(case) if case.gazetteers else component(nlp)
        # Characters as tokens: so every span is on tokens.
        doc = wired(Doc(nlp.vocab, words=list(case.text), spaces=[False] * len(case.text)))
        assert [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents] == case.marks

    @pytest.mark.filterwarnings("ignore")
    @pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
    def test_is_on_tokens_of_spacy(self, case: Case, nlp: Any) -> None:
        wired = own(case) if case.gazetteers else component(nlp)
        doc = nlp.make_doc(case.text)
        before = wired.counts.total()
        wired(doc)
        marked = [doc.char_span(start, end, label, alignment_mode="expand") for start, end, label in case.marks]
        if wired.counts.total() == before:
            assert [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents] == case.marks
        assert {(ent.start, ent.end, ent.label_) for ent in doc.ents} <= {
            (s.start, s.end, s.label_) for s in marked if s
        }


def own(case: Case) -> Any:
    nlp = pipeline(builtin=False)
    builder = wiretag.Gazetteer.builder()
    for text in case.gazetteers:
        builder.add_text(text)
    component(nlp).add_gazetteers([builder.build()])
    return component(nlp)


def test_entities_have_ids_and_what_the_record_has(nlp: Any) -> None:
    doc = nlp(TEXT)
    assert found(doc.ents) == ENTS
    dprk = doc.ents[1]
    assert dprk.kb_id_ == dprk.ent_id_ == dprk.id_ == "country/KP"
    assert [token.ent_kb_id_ for token in dprk] == ["country/KP"]
    [expected] = [s for s in wiretag.Tagger().annotate(TEXT).spans if s.text == "DPRK"]
    assert dprk._.wiretag == expected.to_dict()
    assert doc[4:7].as_doc(copy_user_data=True).ents[0]._.wiretag == dprk._.wiretag
    assert dprk._.wiretag["score"] == expected.score and dprk._.wiretag["origin"] == "alias"


def test_the_factory_needs_no_import() -> None:
    script = "import spacy; nlp = spacy.blank('de'); nlp.add_pipe('wiretag'); print(nlp('Iran.').ents[0].label_)"
    assert run(script) == "COUNTRY\n"


def run(script: str, *arguments: str | Path) -> str:
    command = [sys.executable, "-W", "error", "-c", script, *map(str, arguments)]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, timeout=120).stdout


def test_streams_give_what_calls_give(nlp: Any) -> None:
    texts = [f"{TEXT} No. {n}." for n in range(50)]
    every: list[dict[str, Any]] = [{}, {"batch_size": 7}, {"n_process": 2, "batch_size": 10}]
    for options in every:
        docs = list(nlp.pipe(texts, **options))
        assert [doc.text for doc in docs] == texts
        for doc, text in zip(docs, texts, strict=True):
            expected = nlp(text)
            assert found(doc.ents) == found(expected.ents) == ENTS
            assert [ent.kb_id_ for ent in doc.ents] == [ent.kb_id_ for ent in expected.ents]
            assert [ent._.wiretag for ent in doc.ents] == [ent._.wiretag for ent in expected.ents]


def test_groups_come_back_from_other_processes() -> None:
    nlp = pipeline(spans_key="sc")
    for doc in nlp.pipe([TEXT] * 4, n_process=2, batch_size=1):
        assert found(doc.spans["sc"]) == ENTS and not doc.ents
        assert doc.spans["sc"][1].id_ == doc.spans["sc"][1].kb_id_ == "country/KP"


def test_what_fails_goes_to_the_error_handler(nlp: Any) -> None:
    failed: list[str] = []
    other = pipeline(align="fail")
    other.set_error_handler(lambda name, proc, docs, error: failed.append(f"{name}: {error}"))
    docs = list(other.pipe([TEXT, COMPOUND, TEXT]))
    assert [doc.text for doc in docs] == [TEXT, TEXT]
    assert failed == [
        "wiretag: COUNTRY 'U.S.' at 4 does not start and end with tokens: align=\"expand\" takes the tokens that it touches"
    ]
    with pytest.raises(wiretag.Error, match="does not start and end with tokens"):
        pipeline(align="fail")(COMPOUND)


class TestAlignment:
    def test_expand_takes_the_token_and_one_span_alone(self) -> None:
        nlp = pipeline()
        with pytest.warns(wiretag_spacy().AlignmentWarning) as told:
            doc = nlp(COMPOUND)
        assert found(doc.ents) == [("U.S.-Mexican", "COUNTRY")]
        assert doc.ents[0]._.wiretag["text"] == "U.S."
        assert [str(warning.message).split(";")[0] for warning in told] == [
            "COUNTRY 'U.S.' at 4 does not start and end with tokens, and became 'U.S.-Mexican'",
            "NATIONALITY 'Mexican' at 9 has a token of another span, and was left out",
        ]
        # All are counted, the first of a kind is told.
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            nlp(COMPOUND)
        assert component(nlp).counts == {"moved": 4, "collided": 2}

    @pytest.mark.parametrize("align", ["contract", "drop"])
    def test_what_has_no_token_is_left_out(self, align: str) -> None:
        nlp = pipeline(align=align)
        with pytest.warns(wiretag_spacy().AlignmentWarning, match="'U.S.' at 4 .* was left out"):
            doc = nlp(COMPOUND)
        assert not doc.ents and component(nlp).counts == {"unaligned": 2}

    def test_contract_keeps_the_tokens_inside(self) -> None:
        nlp = pipeline(builtin=False, align="contract")
        component(nlp).add_gazetteers([wiretag.Gazetteer.from_rows([("North Korea", "X")])])
        words = ["North", "Korea-based"]
        doc = Doc(nlp.vocab, words=words)
        with pytest.warns(wiretag_spacy().AlignmentWarning, match="became 'North'"):
            assert found(nlp(doc).ents) == [("North", "X")]

    def test_one_that_was_not_moved_stays(self) -> None:
        nlp = pipeline(builtin=False)
        component(nlp).add_gazetteers([wiretag.Gazetteer.from_rows([("Iran Air", "A"), ("Kyiv", "B")])])
        doc = Doc(nlp.vocab, words=["Iran", "Air/Kyiv"])
        with pytest.warns(wiretag_spacy().AlignmentWarning):
            assert found(nlp(doc).ents) == [("Iran Air/Kyiv", "A")]

    def test_a_group_holds_all(self) -> None:
        nlp = pipeline(spans_key="sc")
        with pytest.warns(wiretag_spacy().AlignmentWarning):
            doc = nlp(COMPOUND)
        assert found(doc.spans["sc"]) == [("U.S.-Mexican", "COUNTRY"), ("U.S.-Mexican", "NATIONALITY")]
        assert [span._.wiretag["text"] for span in doc.spans["sc"]] == ["U.S.", "Mexican"]
        copied = Doc(nlp.vocab).from_bytes(doc.to_bytes())
        assert [span._.wiretag["text"] for span in copied.spans["sc"]] == ["U.S.", "Mexican"]
        assert doc[0:1]._.wiretag is None


def wiretag_spacy() -> Any:
    import wiretag.spacy

    return wiretag.spacy


class TestExisting:
    def annotated(self, nlp: Any) -> Any:
        doc = nlp.make_doc(TEXT)
        doc.ents = [Span(doc, 3, 5, "PHRASE", span_id="mine"), Span(doc, 9, 10, "CARDINAL")]
        assert found(doc.ents) == [("the DPRK", "PHRASE"), ("74", "CARDINAL")]
        return nlp(doc)

    def test_keep(self) -> None:
        nlp = pipeline()
        doc = self.annotated(nlp)
        assert ("the DPRK", "PHRASE") in found(doc.ents) and ("DPRK", "COUNTRY") not in found(doc.ents)
        assert component(nlp).counts == {"existing": 1}

    def test_overwrite(self) -> None:
        nlp = pipeline(existing="overwrite")
        doc = self.annotated(nlp)
        assert ("DPRK", "COUNTRY") in found(doc.ents) and ("the DPRK", "PHRASE") not in found(doc.ents)
        assert ("Seoul", "LOCATION") in found(doc.ents)
        assert [token.ent_id_ for token in doc if token.text == "the"] == [""]
        assert component(nlp).counts == {"replaced": 1}

    def test_error(self) -> None:
        with pytest.raises(wiretag.Error, match="COUNTRY 'DPRK' at 17 overlaps the entity 'the DPRK'"):
            self.annotated(pipeline(existing="error"))

    def test_groups(self) -> None:
        for existing, expected in [("keep", ["DPRK", "Iran"]), ("overwrite", ["Iran"])]:
            nlp = pipeline(existing=existing, spans_key="sc")
            doc = nlp.make_doc("DPRK, Iran")
            doc.spans["sc"] = [doc[0:1]]
            nlp.get_pipe("wiretag").set_annotations(doc, [wiretag.Span(6, 10, "COUNTRY")])
            assert [span.text for span in doc.spans["sc"]] == expected
        nlp = pipeline(existing="error", spans_key="sc")
        doc = nlp.make_doc("DPRK, Iran")
        doc.spans["sc"] = [doc[0:1]]
        with pytest.raises(wiretag.Error, match="has spans"):
            nlp(doc)


class TestSaved:
    PATTERNS = ({"label": "SHIP", "pattern": [{"LOWER": "tanker"}, {"IS_TITLE": True}], "id": "tanker"},)
    TEXT = "The Nordhavn, the tanker Baltica and the Kyiv Star left Kyiv."
    LOAD = "import spacy, sys; doc = spacy.load(sys.argv[1])(sys.argv[2]); print(doc.to_json())"

    def made(self, ships: Path) -> Any:
        patterns = ships.with_name("patterns.jsonl")
        patterns.write_text("".join(json.dumps(p) + "\n" for p in self.PATTERNS), encoding="utf-8")
        nlp = pipeline(gazetteers=[str(ships)], label="SHIP", patterns=[str(patterns)], labels=["SHIP"])
        component(nlp).add_patterns([{"label": "SHIP", "pattern": "Grey Heron"}])
        return nlp

    def test_a_new_process_gives_the_same_entities(self, ships: Path, tmp_path: Path) -> None:
        nlp = self.made(ships)
        text = f"{self.TEXT} The Grey Heron stays."
        doc = nlp(text)
        assert found(doc.ents) == [(name, "SHIP") for name in ["Nordhavn", "tanker Baltica", "Kyiv Star", "Grey Heron"]]
        assert len(component(nlp).patterns) == 2
        nlp.to_disk(tmp_path / "saved")
        # Twice, over what it read.
        spacy.load(tmp_path / "saved").to_disk(tmp_path / "saved")
        shutil.move(tmp_path / "saved", tmp_path / "moved")
        for file in [ships, ships.with_name("patterns.jsonl")]:
            file.unlink()
        assert run(self.LOAD, tmp_path / "moved", text) == f"{doc.to_json()}\n"

    def test_bytes_and_pickles_give_the_same_entities(self, ships: Path) -> None:
        nlp = self.made(ships)
        expected = nlp(self.TEXT).to_json()
        config, data, pickled = nlp.config, nlp.to_bytes(), pickle.dumps(component(nlp))
        ships.unlink()
        assert spacy.blank("en").from_config(config).from_bytes(data)(self.TEXT).to_json() == expected
        assert pickle.loads(pickled)(nlp.make_doc(self.TEXT)).to_json() == expected

    def test_a_list_that_is_not_there_is_told_at_the_first_use(self, ships: Path) -> None:
        nlp = pipeline(gazetteers=["nowhere.tsv"])
        with pytest.raises(FileNotFoundError, match="nowhere.tsv"):
            nlp(TEXT)
        ships.write_text("# label: SHIP\nname\nA {colour: blue}\n", encoding="utf-8")
        with pytest.raises(wiretag.DataError, match=r"ships\.txt:3"):
            pipeline(gazetteers=[str(ships)])

    def test_another_version_is_told(self, nlp: Any, tmp_path: Path) -> None:
        nlp.to_disk(tmp_path)
        file = tmp_path / "wiretag/saved.json"
        file.write_text(file.read_text().replace(wiretag.__version__, "0.0.1"))
        with pytest.warns(wiretag_spacy().VersionWarning, match="saved with wiretag 0.0.1"):
            spacy.load(tmp_path)

    def test_damage_is_told(self, ships: Path, tmp_path: Path) -> None:
        self.made(ships).to_disk(tmp_path / "saved")
        file = tmp_path / "saved/wiretag/0.gaz"
        data = bytearray(file.read_bytes())
        data[-9] ^= 1
        file.write_bytes(data)
        with pytest.raises(wiretag.Error, match=r"0\.gaz"):
            spacy.load(tmp_path / "saved")


def test_patterns_are_added_as_to_a_ruler() -> None:
    nlp = pipeline(builtin=False, rules=False)
    with pytest.raises(wiretag.Error, match="nothing to find"):
        nlp(TEXT)
    ruler = component(nlp)
    ruler.add_patterns([{"label": "ORG", "pattern": "Apple", "id": "apple"}])
    ruler.add_patterns([{"label": "GPE", "pattern": [{"LOWER": "san"}, {"LOWER": "francisco"}]}])
    doc = nlp("Apple opens in San Francisco.")
    assert [(ent.text, ent.label_, ent.ent_id_) for ent in doc.ents] == [
        ("Apple", "ORG", "apple"),
        ("San Francisco", "GPE", ""),
    ]
    assert ruler.labels == ("GPE", "ORG")
    with pytest.raises(wiretag.DataError, match="^patterns:4") as raised:
        ruler.add_patterns([{"label": "X", "pattern": "x"}, {"label": "X", "pattern": [{"LOWR": "x"}]}])
    assert raised.value.line == 4
    assert len(nlp("Apple opens in San Francisco.").ents) == 2
    assert [pattern["label"] for pattern in ruler.patterns] == ["ORG", "GPE"]
    with pytest.raises(wiretag.Error, match="no pattern has the id 'pear'"):
        ruler.remove_by_id("pear")
    ruler.remove_by_id("apple")
    assert found(nlp("Apple opens in San Francisco.").ents) == [("San Francisco", "GPE")]
    ruler.clear()
    assert not ruler.labels and not ruler.patterns


def test_training_configurations_give_gazetteers_and_patterns(ships: Path) -> None:
    nlp = pipeline(builtin=False, label="SHIP")
    nlp.config["initialize"]["components"]["wiretag"] = {
        "gazetteers": [str(ships)],
        "patterns": [{"label": "ORG", "pattern": "Apple"}],
    }
    for _ in range(2):
        nlp.initialize()
        assert found(nlp("The Nordhavn and Apple").ents) == [("Nordhavn", "SHIP"), ("Apple", "ORG")]


def test_names_count_from_the_day_of_the_document() -> None:
    nlp = pipeline(builtin=False)
    gazetteer = wiretag.Gazetteer.from_text("# label: X\nname\nByblos {until 2001-01-01}\n")
    component(nlp).add_gazetteers([gazetteer])
    Doc.set_extension("date", default=None)
    try:
        found_on = {}
        for day in ["2000-05-01", "2020-05-01"]:
            doc = nlp.make_doc("In Byblos.")
            doc._.date = day
            found_on[day] = len(nlp(doc).ents)
        assert found_on == {"2000-05-01": 1, "2020-05-01": 0}
    finally:
        Doc.remove_extension("date")


def test_scores_are_those_of_entities_or_of_the_group() -> None:
    nlp = pipeline()
    gold: dict[str, Any] = {"entities": [(2, 7, "LOCATION"), (17, 21, "COUNTRY")]}
    scores = nlp.evaluate([Example.from_dict(nlp.make_doc(TEXT), gold)])
    assert scores["ents_r"] == 1.0 and scores["ents_p"] == pytest.approx(2 / 3)
    nlp = pipeline(spans_key="sc")
    gold = {"spans": {"sc": [(2, 7, "LOCATION"), (17, 21, "COUNTRY")]}}
    scores = nlp.evaluate([Example.from_dict(nlp.make_doc(TEXT), gold)])
    assert scores["spans_sc_r"] == 1.0 and scores["spans_sc_p"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"overlaps": "all"}, "give spans_key"),
        ({"without": ["nonsense"]}, "nonsense"),
        ({"existing": "merge"}, "existing"),
        ({"align": "strict"}, "align"),
        ({"gazeteers": ["x"]}, "gazeteers"),
        ({"min_score": 2}, "min_score"),
    ],
)
def test_bad_settings_are_refused(config: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pipeline(**config)


def test_all_candidates_are_in_the_group() -> None:
    nlp = pipeline(overlaps="all", spans_key="sc")
    doc = nlp("The Ukrainian Navy left.")
    assert {"ORG", "NATIONALITY"} <= {span.label_ for span in doc.spans["sc"]}
