"""What wiretag writes to train on, as spaCy, datasets, pandas and skweak load it: training.py WIRETAG SCRATCH. Run by .ci/interop.

Spans are compared one by one with those of our JSONL, on the example articles and on a text with characters of all lengths, marks and
line breaks inside names. A blank model of spaCy must learn from a DocBin; DocBins that spaCy wrote must be read back."""

import json
import pathlib
import subprocess
import sys
import warnings

import datasets
import numpy
import pandas
import spacy
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Corpus, Example

WIRETAG, SCRATCH = sys.argv[1], pathlib.Path(sys.argv[2])
ROOT = pathlib.Path(__file__).resolve().parents[2]
HARD = (
    "🚀 Kim’s envoy said North\nKorea’s Hwasong-18 worries the\u00a0IAEA. 👩‍👩‍👧 South\u00a0Korea denied it.\r\n\r\n"
    "Cafe\u0301 in Iran — 東京 and the U.S.-led\u2028United\r\nNations, e\u0301 NATO's.\n\n\tKo\u0308ln,  Germany "
)
# Words that spaCy has numbers of its own for.
SYMBOLS = "The agent had a number. MONEY, TIME and DATE mark the root of Iran’s PERSON_ID case: _ FLAG19 X.\n"

folder = SCRATCH / "training"
folder.mkdir()
hard = folder / "hard.jsonl"
hard.write_text(
    json.dumps({"id": "hard.txt", "text": HARD, "source": "é", "n": [1, -2, 2.5, None, True]})
    + "\n"
    + json.dumps({"id": "symbols.txt", "text": SYMBOLS})
    + "\n"
    + json.dumps({"id": "nothing", "text": "Nothing here.\n"})
    + "\n"
)
inputs = [ROOT / "examples" / "articles", hard]


def run(*arguments):
    command = [WIRETAG, *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, (command, ran.returncode, ran.stderr)
    return ran


def lines(path):
    # Not splitlines(): it cuts at more than line feeds.
    return [json.loads(line) for line in path.read_bytes().decode().split("\n") if line]


def annotate(to, name, *options):
    ran = run("annotate", *inputs, "--to", to, "-o", folder / name, *options)
    return folder / name, ran.stderr


records = {r["id"]: r for r in lines(annotate("jsonl", "a.jsonl")[0])}
wanted = {i: [(s["start"], s["end"], s["label"], s["entity"] or "") for s in r["spans"]] for i, r in records.items()}
total = sum(map(len, wanted.values()))
assert len(wanted["hard.txt"]) >= 8 and not wanted["nothing"], wanted


def same(name, found, wanted=wanted):
    assert found == wanted, (name, [(i, found.get(i), w) for i, w in wanted.items() if found.get(i) != w][:1])
    print(f"{name}: {len(found)} documents, {sum(map(len, wanted.values()))} spans")


# --- spaCy
nlp = spacy.blank("en")
out, said = annotate("spacy", "spacy")
docs = [doc for path in sorted(out.iterdir()) for doc in DocBin().from_disk(path).get_docs(nlp.vocab)]
assert [d.user_data["id"] for d in docs] == list(records)
found = {}
for doc in docs:
    record = records[doc.user_data["id"]]
    assert doc.text == record["text"], (record["id"], doc.text, record["text"])
    assert dict(doc.user_data.get("meta", {})) == {
        k: tuple(v) if isinstance(v, list) else v for k, v in record.get("meta", {}).items()
    }
    found[record["id"]] = [(e.start_char, e.end_char, e.label_, e.kb_id_) for e in doc.ents]
    assert all(e.id_ == e.kb_id_ for e in doc.ents)
    group = [(s.start_char, s.end_char, s.label_, s.kb_id_) for s in doc.spans["sc"]]
    assert group == found[record["id"]]
    assert doc.has_annotation("SENT_START") and doc.has_annotation("ENT_IOB")
    assert len(list(doc.sents)) >= 1
    # The symbols are those of spaCy, or these would not be the words.
    assert [t.text for t in doc] == [nlp.vocab.strings[nlp.vocab.strings[t.text]] for t in doc]
# Spans that were moved to the bounds of words are those that were told.
moved = {i for i in wanted if found[i] != wanted[i]}
told = sum(len(set(wanted[i]) - set(found[i])) for i in moved)
assert not moved or f"{told} span" in said, (moved, said)
same("DocBin in spaCy", {i: f for i, f in found.items() if i not in moved}, {i: w for i, w in wanted.items() if i not in moved})
print(f"moved to the bounds of words: {[(set(wanted[i]) - set(found[i]), set(found[i]) - set(wanted[i])) for i in moved]}")

# The bytes are those of every other run.
again, _ = annotate("spacy", "spacy-1", "-j", "1")
for path in out.iterdir():
    assert path.read_bytes() == (again / path.name).read_bytes()

# Training on it: no warning about misaligned entities that was not told, and the model learns.
with warnings.catch_warnings():
    warnings.filterwarnings("error", message=r"\[W030\]")
    examples = list(Corpus(out)(nlp))
    assert len(examples) == len(records)
    aligned = missing = 0
    for example in examples:
        aligned += sum(tag not in (None, "O") for tag in example.get_aligned_ner())
        missing += sum(tag is None for tag in example.get_aligned_ner())
    print(f"Example: {aligned} of spaCy's own tokens in entities, {missing} unknown for they are cut elsewhere")
    ner = nlp.add_pipe("ner")
    spacy.util.fix_random_seed(0)
    optimizer = nlp.initialize(lambda: examples)
    losses = []
    for _ in range(20):
        loss = {}
        for batch in spacy.util.minibatch(examples, 2):
            nlp.update(batch, sgd=optimizer, losses=loss)
        losses.append(loss["ner"])
scores = nlp.evaluate(list(Corpus(out)(nlp)))
print(f"blank NER model: loss {losses[0]:.0f} to {losses[-1]:.0f}, F1 on its own training data {scores['ents_f']:.2f}")
assert losses[-1] < losses[0] / 2 and scores["ents_f"] > 0.3

# On the words of spaCy all tokens are those of its tokenizer, and no entity is misaligned (W030): those that were are told.
out, said = annotate("spacy", "spacy-words", "--tokenizer", "spacy", "--align", "expand", "--unaligned", folder / "moved.jsonl")
told = {(u["id"], u["start"], u["end"]) for u in lines(folder / "moved.jsonl")}
moved, tokens = set(), 0
with warnings.catch_warnings():
    warnings.filterwarnings("error", message=r"\[W030\]")
    for doc in DocBin().from_disk(out / "00001.spacy").get_docs(nlp.vocab):
        theirs, i = nlp.make_doc(doc.text), doc.user_data["id"]
        assert [(t.text, t.whitespace_) for t in doc] == [(t.text, t.whitespace_) for t in theirs], i
        entities = [(e.start_char, e.end_char, e.label_) for e in doc.ents]
        example = Example.from_dict(theirs, {"entities": entities})
        assert None not in example.get_aligned_ner()
        tokens += len(doc)
        moved |= {(i, s, e) for s, e, label, _ in wanted[i] if (s, e, label) not in entities}
assert moved == told, (moved, told)
print(f"--tokenizer spacy: {tokens} tokens are spaCy's, no W030, {len(told)} spans moved and told")

out = folder / "spacy"
# Back: what we wrote, and what spaCy writes with any attributes.
run("convert", out, "--to", "jsonl", "-o", folder / "back.jsonl")
back = {r["id"]: r for r in lines(folder / "back.jsonl")}
for i, r in back.items():
    assert r["text"] == records[i]["text"] and r.get("meta", {}) == records[i].get("meta", {}), (r, records[i])
same("DocBin read back", {i: [(s["start"], s["end"], s["label"], s["entity"] or "") for s in r["spans"]] for i, r in back.items()}, found)
run("check", out, "--most", "20") if not moved else None

theirs = folder / "theirs"
theirs.mkdir()
blank = spacy.blank("en")
Doc.set_extension("desk", default=None)
theirs_wanted = {}
for number, attrs in enumerate((None, ["ENT_IOB", "ENT_TYPE"], ["ENT_KB_ID", "ENT_TYPE", "ENT_IOB", "LEMMA", "ENT_ID"], ["ORTH"])):
    for store in (True, False):
        made = DocBin(store_user_data=store) if attrs is None else DocBin(attrs=attrs, store_user_data=store)
        name = f"{number}-{store}"
        for i, record in records.items():
            doc = blank(record["text"])
            spans = [doc.char_span(s["start"], s["end"], label=s["label"], kb_id=s["entity"] or "") for s in record["spans"]]
            spans = [s for s in spans if s is not None]
            doc.set_ents(spans)
            doc.spans["sc"] = spans
            if len(doc) > 3:
                doc.spans["other"] = [Span(doc, 0, 3, label="WIDE")]
            doc.user_data["id"] = f"{name}/{i}"
            doc._.desk = "world"
            doc.cats = {"news": 1.0}
            made.add(doc)
            spans = {(s.start_char, s.end_char, s.label_) for s in spans} | {(s.start_char, s.end_char, "WIDE") for s in doc.spans.get("other", [])}
            theirs_wanted[f"{name}/{i}" if store else f"{theirs / name}.spacy:{len(made)}"] = sorted(spans)
        made.to_disk(theirs / f"{name}.spacy")
run("convert", theirs, "--to", "jsonl", "-o", folder / "theirs.jsonl")
found = {}
for r in lines(folder / "theirs.jsonl"):
    found[r["id"]] = sorted((s["start"], s["end"], s["label"]) for s in r["spans"])
    text = r["text"]
    assert all(text[s["start"] : s["end"]] == s["text"] for s in r["spans"])
    assert ":" in r["id"] or r["meta"]["desk"] == "world"
same("DocBins of spaCy", found, theirs_wanted)


# --- Hugging Face datasets
def squeezed(text):
    return "".join(text.split())


def spans_of(row, names):
    spans = []
    for token, tag in zip(row["tokens"], row["ner_tags"]):
        name = names[tag]
        if name.startswith("B-"):
            spans.append([token, name[2:]])
        elif name.startswith("I-"):
            assert spans[-1][1] == name[2:]
            spans[-1][0] += token
    return [(squeezed(text), label) for text, label in spans]


labels = sorted({s["label"] for r in records.values() for s in r["spans"]})
texts = {i: [(squeezed(s["text"]), s["label"]) for s in r["spans"]] for i, r in records.items() if i not in moved}
for to in ("huggingface", "huggingface-jsonl"):
    for unit in ("sentence", "document"):
        out, _ = annotate(to, f"{to}-{unit}", *(() if unit == "sentence" else ("--unit", unit)))
        cache = str(folder / "cache" / to / unit)
        data = datasets.load_dataset(str(out), cache_dir=cache)
        assert list(data) == ["train"], data
        data = data["train"]
        feature = data.features["ner_tags"].feature
        assert isinstance(feature, datasets.ClassLabel), data.features
        assert feature.names[0] == "O" and set(labels) <= {n[2:] for n in feature.names[1:]}
        assert feature.names[1:] == [f"{p}-{l}" for l in sorted({n[2:] for n in feature.names[1:]}) for p in "BI"], feature.names
        found = {i: [] for i in texts}
        for row in data:
            record = records[row["source"]]
            text = record["text"][row["start"] :]
            assert squeezed(text).startswith(squeezed("".join(row["tokens"]))), row
            if row["source"] in found:
                found[row["source"]] += spans_of(row, feature.names)
        same(f"{to}, {unit}, in datasets", found, texts)
    if to == "huggingface":
        # The file alone tells the names of the classes, too.
        alone = datasets.Dataset.from_parquet(str(out / "data" / "train.parquet"), cache_dir=cache)
        assert alone.features == data.features, (alone.features, data.features)
        frame = pandas.read_parquet(out / "data" / "train.parquet")
        assert list(frame.columns) == ["id", "tokens", "ner_tags", "source", "start"] and len(frame) == len(data)
        # The card is called as the folder is.
        (folder / "again").mkdir()
        again, _ = annotate(to, f"again/{to}-{unit}", "-j", "1", "--unit", "document")
        assert all((again / p.relative_to(out)).read_bytes() == p.read_bytes() for p in out.rglob("*") if p.is_file())

# --- votes
gold = folder / "gold.jsonl"
gold.write_text("".join(json.dumps(r) + "\n" for r in records.values()))
ran = run("votes", *inputs, "--gold", gold, "-o", folder / "votes", "--all")
print(ran.stdout.splitlines()[-1])
votes, summary = folder / "votes", json.loads((folder / "votes" / "summary.json").read_text())
matrix = pandas.read_parquet(votes / "matrix.parquet")
functions = [f["name"] for f in summary["functions"]]
assert list(matrix.columns) == ["document", "start", "end", "text", "gold", *functions]
assert all(matrix.dtypes[c] == "int64" for c in ["start", "end", "gold", *functions])
L = matrix[functions].to_numpy()
names = summary["labels"]
assert names[0] == "O" and L.min() == -1 and L.max() < len(names) and len(L) == summary["rows"]
for row in matrix.itertuples():
    assert records[row.document]["text"][row.start : row.end] == row.text
# The measures are those of snorkel.labeling.LFAnalysis.
Y = matrix["gold"].to_numpy()
for j, function in enumerate(summary["functions"]):
    votes_here = L[:, j] != -1
    others = numpy.delete(L, j, axis=1)
    overlap = votes_here & (others != -1).any(axis=1)
    conflict = votes_here & ((others != -1) & (others != L[:, [j]])).any(axis=1)
    correct = votes_here & (Y == L[:, j])
    judged = votes_here & (Y != -1)
    assert function["votes"] == votes_here.sum()
    for name, share in (("coverage", votes_here.mean()), ("overlaps", overlap.mean()), ("conflicts", conflict.mean())):
        assert abs(function[name] - share) < 1e-12, (function, name, share)
    assert (function["correct"], function["incorrect"]) == (correct.sum(), judged.sum() - correct.sum())
    assert sorted(function["labels"]) == sorted(names[n] for n in set(L[votes_here, j]))
# Each annotation was voted for by somebody, and its entity comes with it.
cells = {(r.document, r.start, r.end): r for r in matrix.itertuples(index=False)}
for i, spans in wanted.items():
    for start, end, label, _ in spans:
        row = cells[i, start, end]
        assert names.index(label) in row[5:] and row.gold == names.index(label), row
by_line = {(r["id"], s["start"], s["end"], s["origin"], s["label"]) for r in lines(votes / "votes.jsonl") for s in r["spans"]}
for row in matrix.itertuples(index=False):
    for function, label in zip(functions, row[5:]):
        if label > 0:
            assert (row.document, row.start, row.end, function, names[label]) in by_line
print(f"votes in pandas: {len(matrix)} rows, {len(functions)} functions, {(L != -1).sum()} votes, {len(by_line)} spans")
docs = list(DocBin().from_disk(votes / "spacy" / "00001.spacy").get_docs(blank.vocab))
grouped = sum(len(group) for doc in docs for group in doc.spans.values())
assert grouped == len(by_line) and {d.user_data["id"] for d in docs} == set(records)

try:
    import skweak
except ImportError as error:
    print(f"skweak: not installed here ({error}); its data structure, a group of spans for each function, was checked")
else:
    voter = skweak.voting.SequentialMajorityVoter("majority", labels=names[1:])
    docs = voter.fit_and_aggregate(docs)
    agreed = everything = 0
    for doc in docs:
        majority = {(s.start_char, s.end_char, s.label_) for s in doc.spans["majority"]}
        ours = {w[:3] for w in wanted[doc.user_data["id"]]}
        agreed, everything = agreed + len(majority & ours), everything + len(ours)
    print(f"skweak: the majority of the votes has {agreed} of {everything} spans that we annotate")
    assert agreed > everything / 2
    hmm = skweak.generative.HMM("hmm", labels=names[1:])
    docs = hmm.fit_and_aggregate(docs)
    print(f"skweak: the HMM has {sum(len(d.spans['hmm']) for d in docs)} spans")
    assert any(len(d.spans["hmm"]) for d in docs)
