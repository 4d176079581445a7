"""Gazetteers made, compiled and used from Python."""

from __future__ import annotations

import pickle
import threading
from pathlib import Path
from typing import Any

import pytest

import wiretag

LIST = "# label: SHIP\nname\taliases\nMoskva\tМосква | cruiser Moskva\nNordhavn\n"


def texts(gazetteer: object) -> list[tuple[str, str, str | None]]:
    tagger = wiretag.Tagger(gazetteer, builtin=False)  # type: ignore[arg-type]
    spans = tagger.annotate("🚀 The Москва met the Nordhavn; the Iran did not.").spans
    return [(s.text, s.label, s.entity) for s in spans]


EXPECTED = [("Москва", "SHIP", "ship/moskva"), ("Nordhavn", "SHIP", "ship/nordhavn")]


def test_all_ways_to_a_gazetteer_find_the_same(tmp_path: Path) -> None:
    path = tmp_path / "ships.tsv"
    path.write_text(LIST, encoding="utf-8")
    compiled = tmp_path / "ships.gaz"
    from_path = wiretag.Gazetteer.from_path(path)
    from_path.compile(compiled)
    wiretag.verify(compiled)
    rows: list[Any] = [{"name": "Moskva", "aliases": ["Москва", "cruiser Moskva"]}, "Nordhavn"]
    builder = wiretag.Gazetteer.builder()
    builder.add("Moskva", "SHIP", aliases=["Москва"]).add("Nordhavn", "SHIP", attributes={"flag": "DK"})
    gazetteers = [
        path,
        str(compiled),
        from_path,
        wiretag.Gazetteer.from_text(LIST, name="ships.tsv"),
        wiretag.Gazetteer.from_path(compiled),
        wiretag.Gazetteer.from_bytes(compiled.read_bytes()),
        wiretag.Gazetteer.from_bytes(from_path.to_bytes()),
        wiretag.Gazetteer.from_rows(rows, label="SHIP"),
        builder.build(),
        wiretag.GazetteerBuilder().add_path(path).build(),
        wiretag.GazetteerBuilder().add_text(LIST).build(),
    ]
    for gazetteer in gazetteers:
        assert texts(gazetteer) == EXPECTED, gazetteer
        assert texts(pickle.loads(pickle.dumps(gazetteer))) == EXPECTED, gazetteer
    count = builder.compile(compiled)
    assert count == 3 and texts(compiled) == EXPECTED


def test_a_compiled_file_travels_by_path(tmp_path: Path) -> None:
    compiled = tmp_path / "ships.gaz"
    many = [f"Ship Number {n}" for n in range(10_000)]
    wiretag.Gazetteer.from_rows(many, label="SHIP").compile(compiled)
    assert len(pickle.dumps(wiretag.Gazetteer.from_path(compiled))) < 1000
    assert len(pickle.dumps(wiretag.Gazetteer.from_bytes(compiled.read_bytes()))) > 100_000
    assert len(pickle.dumps(wiretag.Tagger(compiled))) < 1000


def test_attributes_and_policies_count() -> None:
    gazetteer = wiretag.Gazetteer.from_rows(
        [{"name": "may", "label": "PERSON", "case": "exact", "priority": 5, "id": "p/1", "attributes": {"x": "y"}}]
    )
    spans = wiretag.Tagger(gazetteer, attributes=True, builtin=False).annotate("May may").spans
    assert [(s.start, s.entity, s.attributes) for s in spans] == [(4, "p/1", {"x": "y"})]


def test_lists_may_name_built_in_lexicons() -> None:
    gazetteer = wiretag.Gazetteer.from_text("# label: PERSON\nname\nZorp {preceded by: @title}\n")
    assert [s.text for s in wiretag.Tagger(gazetteer, rules=False).annotate("President Zorp and Zorp").spans] == ["Zorp"]


def test_plain_lists_need_a_label(tmp_path: Path) -> None:
    path = tmp_path / "ships.txt"
    path.write_text("Moskva\n", encoding="utf-8")
    with pytest.raises(wiretag.DataError) as raised:
        wiretag.Tagger([path])
    assert raised.value.path == str(path) and raised.value.line == 1
    assert [s.label for s in wiretag.Tagger([path], label="SHIP").annotate("The Moskva").spans] == ["SHIP"]


@pytest.mark.parametrize(
    "rows, message",
    [
        (["Moskva"], "row 0: no label"),
        ([("Moskva", "A B")], "row 0: .*white space"),
        ([("Moskva", "SHIP"), {"label": "SHIP"}], "row 1: no name"),
        ([{"name": "x", "label": "SHIP", "alias": ["y"]}], 'no field "alias": there are name, label'),
        ([{"name": "x", "label": "SHIP", "case": "upper"}], 'case is "upper"'),
    ],
)
def test_bad_rows_are_named(rows: list[object], message: str) -> None:
    with pytest.raises(wiretag.Error, match=message):
        wiretag.Gazetteer.from_rows(rows)  # type: ignore[arg-type]


def test_rows_of_other_types_are_refused() -> None:
    with pytest.raises(TypeError, match="a row is a name"):
        wiretag.Gazetteer.from_rows([5])  # type: ignore[list-item]


def test_damage_is_found(tmp_path: Path) -> None:
    compiled = tmp_path / "ships.gaz"
    wiretag.Gazetteer.from_text(LIST).compile(compiled)
    whole = compiled.read_bytes()
    compiled.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(wiretag.Error, match="ships.gaz"):
        wiretag.verify(compiled)
    with pytest.raises(wiretag.Error):
        wiretag.Gazetteer.from_bytes(whole[: len(whole) // 2])
    with pytest.raises(wiretag.Error):
        wiretag.verify(tmp_path / "none.gaz")


def test_threads_may_share_a_builder(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("".join(f"Ship Number {n}\n" for n in range(20_000)), encoding="utf-8")
    builder = wiretag.Gazetteer.builder()
    outcomes: list[str] = []

    def add() -> None:
        try:
            builder.add_path(path, label="SHIP")
            outcomes.append("added")
        except RuntimeError:
            outcomes.append("busy")

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(outcomes) == 4 and "added" in outcomes
