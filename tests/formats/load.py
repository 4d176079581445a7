"""Loads what `wiretag annotate --to` writes as the tools do: load.py WIRETAG SCRATCH. Run by .ci/interop.

Every format's spans, counted in the format's unit, must cover the same words as those of our JSONL, on the example articles and on a text
with characters of all lengths, marks, and line breaks inside names. Prodigy's tokens must make a spaCy document whose text is the
article's and on whose tokens all spans lie; gatenlp must load bdocjs with both offset types; brat's parts must be what brat checks.
"""

import csv
import json
import pathlib
import subprocess
import sys
import warnings
import xml.etree.ElementTree

import gatenlp
import spacy

WIRETAG, SCRATCH = sys.argv[1], pathlib.Path(sys.argv[2])
ROOT = pathlib.Path(__file__).resolve().parents[2]
HARD = (
    "🚀 Kim’s envoy said North\nKorea’s Hwasong-18 worries the\u00a0IAEA. 👩‍👩‍👧 South\u00a0Korea denied it.\r\n\r\n"
    "Cafe\u0301 in Iran — 東京 and the U.S.-led\u2028United\r\nNations, e\u0301 NATO's.\n\n\tKo\u0308ln,  Germany "
)


def run(*arguments):
    command = [WIRETAG, *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, (command, ran.returncode, ran.stderr)


def lines(path):
    # Not splitlines(): it cuts at more than line feeds.
    return [json.loads(line) for line in path.read_bytes().decode().split("\n") if line]


folder = SCRATCH / "formats"
folder.mkdir()
hard = folder / "hard.jsonl"
hard.write_text(json.dumps({"id": "hard.txt", "text": HARD, "source": "é"}) + "\n")
inputs = [ROOT / "examples" / "articles", hard]


def annotate(to, name, *options):
    run("annotate", *inputs, "--to", to, "-o", folder / name, "--quiet", *options)
    run("check", folder / name, "--most", "20") if to != "csv" else None
    return folder / name


records = {r["id"]: r for r in lines(annotate("jsonl", "a.jsonl"))}
wanted = {i: [(s["text"], s["label"]) for s in r["spans"]] for i, r in records.items()}
starts = {i: [s["start"] for s in r["spans"]] for i, r in records.items()}
assert len(wanted["hard.txt"]) >= 8, wanted["hard.txt"]
total = sum(map(len, wanted.values()))


def same(name, found):
    assert found == wanted, (name, [(i, found.get(i), w) for i, w in wanted.items() if found.get(i) != w][:1])
    print(f"{name}: {len(found)} documents, {total} spans")


nlp = spacy.blank("en")
# Spans that do not lie on spaCy's own tokens are no fault of the file.
warnings.filterwarnings("ignore", message=r"\[W030\]")
found = {}
for task in lines(annotate("prodigy", "prodigy.jsonl")):
    text, tokens = task["text"], task["tokens"]
    doc = spacy.tokens.Doc(nlp.vocab, [t["text"] for t in tokens], [t["ws"] for t in tokens])
    assert doc.text == text, (task["id"], doc.text, text)
    assert [t.idx for t in doc] == [t["start"] for t in tokens]
    spans = []
    for s in task["spans"]:
        span = doc.char_span(s["start"], s["end"], label=s["label"])
        assert span is not None, s
        assert (span.start, span.end - 1) == (s["token_start"], s["token_end"]), s
        spans.append(span)
    doc.set_ents(spans)
    found[task["id"]] = [(e.text, e.label_) for e in doc.ents]
same("prodigy in spaCy", found)

for to, field in (("doccano", "label"), ("doccano-entities", "entities")):
    found = {}
    for row in lines(annotate(to, to + ".jsonl")):
        triples = [
            e if isinstance(e, list) else [e["start_offset"], e["end_offset"], e["label"]]
            for e in row[field]
        ]
        # As its readers of training data take them: those that do not lie on spaCy's tokens are -.
        example = spacy.training.Example.from_dict(nlp.make_doc(row["text"]), {"entities": triples})
        assert example.reference.text == row["text"]
        found[row["doc_id"]] = [(row["text"][s:e], label) for s, e, label in triples]
    same(to, found)

for unit, sign in (("codepoint", "p"), ("utf16", "j")):
    out, found = annotate("bdocjs", "bdocjs-" + sign, "--offsets", unit), {}
    for path in out.rglob("*.bdocjs"):
        assert json.loads(path.read_text())["offset_type"] == sign
        doc = gatenlp.Document.load(str(path))
        annotations = sorted(doc.annset(), key=lambda a: a.start)
        found[doc.name] = [(doc[a], a.type) for a in annotations]
        assert [a.start for a in annotations] == starts[doc.name]
        assert doc.text == records[doc.name]["text"]
        assert all(a.features["origin"] for a in annotations)
    same(f"bdocjs {sign} in gatenlp", found)

# Label Studio is JavaScript: offsets are those of its strings.
tasks, found = json.loads(annotate("label-studio", "tasks.json").read_text()), {}
config = xml.etree.ElementTree.parse(folder / "tasks.json.config.xml").getroot()
control, view = config.find("Labels"), config.find("Text")
assert view.get("value") == "$text" and control.get("toName") == view.get("name")
values = {label.get("value") for label in control}
for task in tasks:
    units, spans = task["data"]["text"].encode("utf-16-le"), []
    (prediction,) = task["predictions"]
    for r in prediction["result"]:
        assert (r["from_name"], r["to_name"], r["type"]) == (control.get("name"), view.get("name"), "labels")
        value = r["value"]
        text = units[2 * value["start"] : 2 * value["end"]].decode("utf-16-le")
        assert text == value["text"] and set(value["labels"]) <= values and 0 < r["score"] < 1
        spans.append((text, value["labels"][0]))
    assert len({r["id"] for r in prediction["result"]}) == len(spans)
    found[task["data"]["doc_id"]] = spans
same("label-studio", found)

# What brat's server checks when it reads an .ann (server/src/annotation.py of nlplab/brat).
out, found = annotate("brat", "brat"), {}
declared = (out / "annotation.conf").read_text().split("[relations]")[0].split("\n")[1:]
for path in out.rglob("*.ann"):
    text = path.with_suffix(".txt").read_bytes().decode()
    name, spans, ids = str(path.with_suffix(".txt").relative_to(out)), [], set()
    for line in path.read_bytes().decode().splitlines():
        identifier, data, tail = line.split("\t", 2)
        assert identifier not in ids
        ids.add(identifier)
        if identifier.startswith("T"):
            label, offsets = data.split(" ", 1)
            parts = [tuple(map(int, part.split(" "))) for part in offsets.split(";")]
            assert " ".join(text[s:e] for s, e in parts) == tail and label in declared
            assert all(a[1] < b[0] for a, b in zip(parts, parts[1:]))
            spans.append((text[parts[0][0] : parts[-1][1]], label))
        else:
            assert data.split(" ")[1] in ids
    found[{i.removesuffix(".txt") + ".txt": i for i in records}[name]] = spans
same("brat", found)

found = {i: [] for i in records}
with open(annotate("csv", "mentions.csv"), newline="") as table:
    for row in csv.DictReader(table):
        text = records[row["id"]]["text"]
        assert text[int(row["start"]) : int(row["end"])] == row["text"]
        found[row["id"]].append((row["text"], row["label"]))
same("csv", found)
