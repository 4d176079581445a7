"""`--tokenizer spacy` makes the tokens that spaCy's English tokenizer makes, and tells the spans that do not lie on them:
tokens.py WIRETAG SCRATCH [FILE...]. Run by .ci/interop; alone, with Python that has spaCy 3.8, in the root of the repository.

Compares token by token on the project's articles (and on FILEs, JSONL with a field "text", or plain text), of which 99.9 % must be the
same, and on random runs of what the rules are about. Spans that --unaligned lists must be those that spaCy finds on no tokens (W030)."""

import json
import pathlib
import random
import subprocess
import sys
import warnings

import spacy
from spacy.training import Example

WIRETAG, SCRATCH = sys.argv[1], pathlib.Path(sys.argv[2])
ROOT = pathlib.Path(__file__).resolve().parents[2]
LEAST = 0.999
nlp = spacy.blank("en")

PIECES = """Iran Kim’s don't cannot can't I'm she'd've they’re U.S. U.N. UN U.S.-led Gen. Gov. Co. Ltd. e.g. a.m. 10am 9p.m. J. K. Ph.D. N.Y.
Hwasong-18 AK-47s Iran-backed 18-year-old 2019-20 7.62mm 10km 5kg 3,000 $5bn US$5 5$ 10% €3m +5 5+ 3.5 1/2 and/or w/o end.Next a...b ...
… — – -- ' " “ ” ‘ ’ « » ( ) [ ] { } , . : ; ! ? / \\ # @ & * _ = < > + - ~ ^ | ° °C 30°C. 🚀 👩‍👩‍👧 e\u0301 Köln İstanbul 北京 東京 한국 Иран
Ελλάδα إيران ישראל https://example.org/a-b?c=d www.example.com example.com a@b.org 10.0.0.1 8.8.8.8 :-) :) <3 ;) XD o'clock ma'am y'all
gonna let's 'em 'cause ’tis rock'n'roll O’Neill Xi'an ﬁn ½ № ™ © $ £ € ¥ ₽ § \u200b \u00ad \u2011 \u00a0 \t \n \r\n \u2028 \u3000 a. b.
Ill its were Well wont Id hes co. vs. v.s. St. Mt. Jan. km² m/s K. T. M. G. KB MB lb.""".split(" ")
PIECES = [p for piece in PIECES for p in piece.split("\n") if p] + ["\u00a0", "\t", "\n", "\r\n", "\u2028", "\u3000", "\x1c", "\x85"]


def texts_of(path):
    content = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix in (".jsonl", ".json"):
        rows = (json.loads(line) for line in content.split("\n") if line)
        yield from (row["text"] for row in rows if "text" in row)
    elif path.suffix in (".txt", ".md"):
        yield content


def tokenized(texts, name):
    source, out = SCRATCH / f"{name}.jsonl", SCRATCH / f"{name}.tokens.jsonl"
    source.write_text("".join(json.dumps({"id": i, "text": t, "spans": []}) + "\n" for i, t in enumerate(texts)))
    command = [WIRETAG, "convert", source, "--to", "prodigy", "--tokenizer", "spacy", "-o", out, "--quiet"]
    subprocess.run(command, check=True)
    return [json.loads(line)["tokens"] for line in out.read_bytes().decode().split("\n") if line]


def compare(texts, name):
    """The share of spaCy's tokens that are ours, and some of the others."""
    same = total = 0
    odd = []
    for text, tokens in zip(texts, tokenized(texts, name), strict=True):
        ours = {(t["start"], t["end"], t["ws"]) for t in tokens}
        theirs = {(t.idx, t.idx + len(t), bool(t.whitespace_)) for t in nlp(text)}
        same += len(ours & theirs)
        total += len(theirs)
        if ours != theirs:
            odd.append((text, sorted(theirs - ours), sorted(ours - theirs)))
    print(f"{name}: {same} of {total} tokens are the same, {same / max(total, 1):.4%}")
    for text, theirs, ours in odd[:12]:
        show = lambda places: [text[s:e] for s, e, _ in places[:8]]
        at = min(p[0] for p in theirs + ours)
        print(f"  {text[max(at - 20, 0) : at + 30]!r}: spaCy {show(theirs)}, wiretag {show(ours)}")
    return same / max(total, 1)


def unaligned(paths, name):
    """Are the spans that are listed those that spaCy finds on no tokens?"""
    listing, out = SCRATCH / f"{name}.off.jsonl", SCRATCH / f"{name}.spans.jsonl"
    command = [WIRETAG, "annotate", *paths, "--to", "jsonl", "--quiet"]
    subprocess.run([*command, "-o", out], check=True)
    more = ["--tokenizer", "spacy", "--align", "drop", "--unaligned", listing]
    subprocess.run([*command, "-o", SCRATCH / f"{name}.kept.jsonl", *more], check=True)
    rows = lambda path: [json.loads(line) for line in path.read_bytes().decode().split("\n") if line]
    listed = {(r["id"], r["start"], r["end"]) for r in rows(listing)}
    theirs, spans, warned, documents = set(), 0, 0, set()
    for record in rows(out):
        doc = nlp(record["text"])
        entities = [(s["start"], s["end"], s["label"]) for s in record["spans"]]
        spans += len(entities)
        theirs |= {(record["id"], s, e) for s, e, label in entities if doc.char_span(s, e, label=label) is None}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            Example.from_dict(doc, {"entities": entities})
        if any("W030" in str(w.message) for w in caught):
            warned += 1
            documents.add(record["id"])
    assert listed == theirs, (name, sorted(listed ^ theirs)[:10])
    assert documents == {i for i, _, _ in listed}, (name, documents)
    print(f"{name}: {spans} spans, {len(listed)} listed by wiretag and not on spaCy's tokens, W030 for {warned} documents")


articles = sorted(p for folder in ("examples/articles", "tests/articles") for p in (ROOT / folder).rglob("*.*"))
shares = [compare([t for p in articles for t in texts_of(p)], "articles")]
unaligned([p for p in articles if p.suffix in (".txt", ".md")], "article-spans")
for i, path in enumerate(map(pathlib.Path, sys.argv[3:])):
    shares.append(compare(list(texts_of(path)), f"file-{i}-{path.stem}"))
    unaligned([path], f"file-{i}-spans")
rng = random.Random(1)
runs = ["".join(rng.choice(PIECES) + rng.choice(["", "", " "]) for _ in range(rng.randint(1, 6))) for _ in range(20000)]
random_share = compare(runs, "random runs")
assert min(shares) > LEAST and random_share > 0.99, "too many tokens differ"
