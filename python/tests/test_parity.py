"""The program and the package find the same, whatever the text."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest

import wiretag
from cases import Case, cases

PARTS = [
    *("Iran", "the DPRK", "Kim Jong Un", "Hwasong–18", "U.S.", "Köln", "İstanbul", "Côte d’Ivoire", "东京", "N. Korea", "IAEA"),
    *("Gen. Ivan Petrov", "Pacific Trade Watch (PTW)", "President Biden", "said", "missile", "the", "a", "Moskva", "Reuters"),
    *("🚀", "👩‍👩‍👧", "𝔘𝔫𝔦", "𐍈", "e\u0301", "ﬁ", "\u00ad", "\u200b", "\ufeff", "\x00", "\u2028", "\U0010ffff", "ẞ", "１２"),
    *(" ", " ", " ", " ", ". ", ", ", "\n", "\n\n", "-", "’s ", " “", "” ", "(", ") ", "https://x.org/Iran ", "KYIV, Ukraine (Reuters) — "),
]


def random_texts(count: int) -> list[str]:
    rng = random.Random(8)
    return ["".join(rng.choice(PARTS) for _ in range(rng.randrange(60))) for _ in range(count)]


def records(binary: str, texts: list[str], unit: str, *options: str) -> list[dict[str, object]]:
    lines = "".join(json.dumps({"id": str(n), "text": text}) + "\n" for n, text in enumerate(texts))
    command = [binary, "annotate", "--from", "jsonl", "--to", "jsonl", "--offsets", unit, "--config", "none", "-q", *options]
    done = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.decode().split("\n") if line]


def check(binary: str, tagger: wiretag.Tagger, texts: list[str], *options: str) -> int:
    inputs = [{"id": str(n), "text": text} for n, text in enumerate(texts)]
    batch = [d.to_dict() for d in tagger.annotate_batch(inputs)]
    assert batch == records(binary, texts, "codepoint", *options)
    assert batch[::7] == [tagger.annotate(t, id=str(n)).to_dict() for n, t in list(enumerate(texts))[::7]]
    for record, of_bytes in zip(batch, records(binary, texts, "byte", *options), strict=True):
        text = str(record["text"])
        for span, other in zip(record["spans"], of_bytes["spans"], strict=True):  # type: ignore[call-overload]
            assert len(text[: span["start"]].encode()) == other["start"]
            assert len(text[: span["end"]].encode()) == other["end"]
            assert text[span["start"] : span["end"]] == span["text"] == other["text"]
    return sum(len(r["spans"]) for r in batch)


@pytest.fixture(scope="module")
def all_cases() -> list[Case]:
    found = cases()
    assert len(found) > 200
    return found


def test_all_cases_are_annotated_alike(all_cases: list[Case], binary: str, tagger: wiretag.Tagger) -> None:
    for case in all_cases:
        if not case.gazetteers:
            spans = tagger.annotate(case.text).spans
            assert [(s.start, s.end, s.label) for s in spans] == case.marks, case.name
    texts = [case.text for case in all_cases]
    assert check(binary, tagger, texts) > 300
    other = wiretag.Tagger(titles="inside", overlaps="all", attributes=True, map_labels=["ontonotes"])
    options = ["--titles", "inside", "--overlaps", "all", "--attributes", "--map-labels", "ontonotes"]
    assert check(binary, other, texts, *options) > 300


def test_cases_with_lists_of_their_own_are_annotated_alike(all_cases: list[Case], binary: str, tmp_path: Path) -> None:
    for number, case in enumerate(case for case in all_cases if case.gazetteers):
        paths = [tmp_path / f"{number}-{n}.tsv" for n in range(len(case.gazetteers))]
        builder = wiretag.Gazetteer.builder()
        for path, source in zip(paths, case.gazetteers, strict=True):
            path.write_text(source, encoding="utf-8")
            builder.add_text(source, name=path.name)
        options = [option for path in paths for option in ("-g", str(path))]
        expected = records(binary, [case.text], "codepoint", "--no-builtin", *options)[0]
        for gazetteers in (paths, [builder.build()]):
            own = wiretag.Tagger(gazetteers, builtin=False, threads=1).annotate(case.text, id="0")
            assert [(s.start, s.end, s.label) for s in own.spans] == case.marks, case.name
            assert own.to_dict() == expected, case.name


def test_a_thousand_random_texts_are_annotated_alike(binary: str, tagger: wiretag.Tagger) -> None:
    texts = random_texts(1000)
    assert sum(any(ord(c) > 0xFFFF for c in text) for text in texts) > 800
    assert check(binary, tagger, texts) > 1000
