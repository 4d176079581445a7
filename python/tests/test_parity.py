"""The program and the package find the same, whatever the text."""

from __future__ import annotations

import json
import random
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import wiretag

PARTS = [
    *("Iran", "the DPRK", "Kim Jong Un", "Hwasong–18", "U.S.", "Köln", "İstanbul", "Côte d’Ivoire", "东京", "N. Korea", "IAEA"),
    *("Gen. Ivan Petrov", "Pacific Trade Watch (PTW)", "President Biden", "said", "missile", "the", "a", "Moskva", "Reuters"),
    *("🚀", "👩‍👩‍👧", "𝔘𝔫𝔦", "𐍈", "e\u0301", "ﬁ", "\u00ad", "\u200b", "\ufeff", "\x00", "\u2028", "\U0010ffff", "ẞ", "１２"),
    *(" ", " ", " ", " ", ". ", ", ", "\n", "\n\n", "-", "’s ", " “", "” ", "(", ") ", "https://x.org/Iran ", "KYIV, Ukraine (Reuters) — "),
]


Mark = tuple[int, int, str]


@dataclass
class Case:
    """A case of ``tests/cases``: a text with its spans, and lists of its own, or none."""

    name: str
    lists: list[str] = field(default_factory=list)
    body: str = ""

    def unmarked(self) -> tuple[str, list[Mark]]:
        text, marks, start = "", [], -1
        tokens = re.findall(r"\\u\{([0-9A-Fa-f]+)\}|\\(.)|(\[)|\|([^\[\]\\|\s]+)\]|(.)", self.body.strip("\n"), re.DOTALL)
        for code, escaped, opens, label, plain in tokens:
            if opens:
                start = len(text)
            elif label:
                marks.append((start, len(text), label))
            else:
                text += chr(int(code, 16)) if code else escaped or plain
        return text, marks


def cases(root: Path) -> list[Case]:
    found: list[Case] = []
    for path in sorted((root / "tests/cases").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.startswith("== "):
                found.append(Case(f"{path.name}: {line[3:]}"))
            elif line.startswith(">> "):
                lists = found[-1].lists
                if line == ">> ---" or not lists:
                    lists.append("")
                if line != ">> ---":
                    lists[-1] += line[3:] + "\n"
            elif not line.startswith("-- "):
                found[-1].body += line + "\n"
    return found


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


def test_all_cases_are_annotated_alike(root: Path, binary: str, tagger: wiretag.Tagger, tmp_path: Path) -> None:
    count, texts = 0, []
    for number, case in enumerate(cases(root)):
        text, marks = case.unmarked()
        count += 1
        texts.append(text)
        if not case.lists:
            continue
        paths = [tmp_path / f"{number}-{n}.tsv" for n in range(len(case.lists))]
        builder = wiretag.Gazetteer.builder()
        for path, source in zip(paths, case.lists, strict=True):
            path.write_text(source, encoding="utf-8")
            builder.add_text(source, name=path.name)
        options = [option for path in paths for option in ("-g", str(path))]
        expected = records(binary, [text], "codepoint", "--no-builtin", *options)[0]
        for gazetteers in (paths, [builder.build()]):
            own = wiretag.Tagger(gazetteers, builtin=False, threads=1).annotate(text, id="0")
            assert [(s.start, s.end, s.label) for s in own.spans] == marks, case.name
            assert own.to_dict() == expected, case.name
    assert count > 200
    for case in cases(root):
        if not case.lists:
            text, marks = case.unmarked()
            assert [(s.start, s.end, s.label) for s in tagger.annotate(text).spans] == marks, case.name
    assert check(binary, tagger, texts) > 300
    other = wiretag.Tagger(titles="inside", overlaps="all", attributes=True, map_labels=["ontonotes"])
    options = ["--titles", "inside", "--overlaps", "all", "--attributes", "--map-labels", "ontonotes"]
    assert check(binary, other, texts, *options) > 300


def test_a_thousand_random_texts_are_annotated_alike(binary: str, tagger: wiretag.Tagger) -> None:
    texts = random_texts(1000)
    assert sum(any(ord(c) > 0xFFFF for c in text) for text in texts) > 800
    assert check(binary, tagger, texts) > 1000
