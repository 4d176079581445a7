"""Formats of words, in the programs that read them: tags.py WIRETAG SCRATCH. Run by .ci/interop.

CoNLL columns (IOB2 and BILOU) are read by spaCy's own converter and by seqeval, examples of GLiNER by their shape, and all by wiretag
again; every span must be that of our JSONL, by its words and by its offsets, with both tokenizers, on the project's articles and on a
text with characters of all lengths, marks, and line breaks inside names."""

import collections
import json
import pathlib
import subprocess
import sys

import seqeval.scheme
import spacy
from spacy.tokens import DocBin

WIRETAG, SCRATCH = sys.argv[1], pathlib.Path(sys.argv[2]) / "tags"
ROOT = pathlib.Path(__file__).resolve().parents[2]
HARD = (
    "🚀 Kim’s envoy said North\nKorea’s Hwasong-18 worries the\u00a0IAEA. 👩‍👩‍👧 South\u00a0Korea denied it.\r\n\r\n"
    "Cafe\u0301 in Iran — 東京 and the U.S.-led\u2028United\r\nNations, e\u0301 NATO's.\n\n\tKo\u0308ln,  Germany \x1c\u200b end of Iran. "
)
SCRATCH.mkdir()
hard = SCRATCH / "hard.jsonl"
hard.write_text(json.dumps({"id": "a hard %.txt", "text": HARD}) + "\n")
INPUTS = [ROOT / "examples" / "articles", *sorted((ROOT / "tests" / "articles").glob("*.txt")), hard]
NATURAL = {"ORG": "organization"}


def run(*arguments):
    ran = subprocess.run([WIRETAG, *map(str, arguments)], capture_output=True, text=True)
    assert ran.returncode == 0, (arguments, ran.returncode, ran.stdout[-2000:], ran.stderr[-2000:])


def rows(path):
    return [json.loads(line) for line in path.read_bytes().decode().split("\n") if line]


def annotate(to, name, tokenizer, *options):
    run("annotate", *INPUTS, "--to", to, "-o", SCRATCH / name, "--quiet", "--align", "expand", "--tokenizer", tokenizer, *options)
    return SCRATCH / name


def documents(path):
    """Id, and sentences of (word, start, end, tag), of each document of a file of columns."""
    for block in path.read_bytes().decode().split("-DOCSTART- -X- O O\n")[1:]:
        name, sentences = None, []
        for lines in filter(None, block.strip("\n").split("\n\n")):
            sentence = []
            for line in lines.split("\n"):
                word, pos, place, tag = line.split()
                assert line == f"{word} {pos} {place} {tag}" and pos == "-X-"
                name, place = place.rsplit("#", 1) if "#" in place else (name, place)
                sentence.append((word, *map(int, place.split(":")), tag))
            sentences.append(sentence)
        yield name.replace("%20", " ").replace("%25", "%"), sentences


def check_columns(records, path, scheme):
    spans = 0
    for name, sentences in documents(path):
        record, found = records.pop(name), []
        for sentence in sentences:
            for word, start, end, _ in sentence:
                assert record["text"][start:end] == word, (name, word)
            entities = seqeval.scheme.Entities([[tag for *_, tag in sentence]], scheme).entities[0]
            for entity in entities:
                start, end = sentence[entity.start][1], sentence[entity.end - 1][2]
                found.append((start, end, entity.tag))
            tagged = sum(tag != "O" for *_, tag in sentence)
            assert tagged == sum(e.end - e.start for e in entities), (name, sentence)
        assert found == [(s["start"], s["end"], s["label"]) for s in record["spans"]], name
        spans += len(found)
    assert not records, records.keys()
    return spans


def bare(text):
    """The text without white space, the invisible included."""
    return "".join(text.replace("\u200b", "").replace("\ufeff", "").split())


def check_spacy(records, path):
    """spaCy's converter makes documents of the same words, sentences and entities."""
    out = SCRATCH / "spacy"
    out.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "spacy", "convert", "-c", "ner", path, out]
    subprocess.run(command, check=True, capture_output=True)
    docs = list(DocBin().from_disk(out / (path.stem + ".spacy")).get_docs(spacy.blank("xx").vocab))
    ours = list(documents(path))
    assert len(docs) == len(ours), (len(docs), len(ours))
    for doc, (name, sentences) in zip(docs, ours):
        words = [w for sentence in sentences for w, *_ in sentence]
        assert [t.text for t in doc] == words, name
        assert [len(s) for s in doc.sents] == [len(s) for s in sentences], name
        wanted = [(bare(s["text"]), s["label"]) for s in records[name]["spans"]]
        assert [(bare(e.text), e.label_) for e in doc.ents] == wanted, name
    return len(docs)


def back(path):
    """What wiretag reads of a file."""
    run("check", path, "--most", "20")
    run("convert", path, "--to", "jsonl", "-o", SCRATCH / "back.jsonl", "--quiet")
    return {r["id"]: [(s["start"], s["end"], s["label"]) for s in r["spans"]] for r in rows(SCRATCH / "back.jsonl")}


for tokenizer in ("words", "spacy"):
    records = {r["id"]: r for r in rows(annotate("jsonl", f"{tokenizer}.jsonl", tokenizer))}
    offsets = {i: [(s["start"], s["end"], s["label"]) for s in r["spans"]] for i, r in records.items()}
    assert len(records["a hard %.txt"]["spans"]) >= 9
    for to, scheme in (("conll", seqeval.scheme.IOB2), ("bilou", seqeval.scheme.BILOU)):
        path = annotate(to, f"{tokenizer}-{to}.conll", tokenizer)
        spans = check_columns(dict(records), path, scheme)
        docs = check_spacy(records, path)
        assert back(path) == offsets
        print(f"{to}, {tokenizer}: {docs} documents, {spans} spans, the same in seqeval, spaCy and wiretag")

    found = collections.defaultdict(list)
    path = annotate("gliner", f"{tokenizer}-gliner.jsonl", tokenizer)
    for row in rows(path):
        words, starts = row["tokenized_text"], row["starts"]
        assert len(words) == len(starts) and all(isinstance(w, str) and w for w in words)
        name, start = row["id"].rsplit("#", 1)
        text = records[name]["text"][int(start) :]
        assert all(text[s : s + len(w)] == w for s, w in zip(starts, words)), row
        for first, last, label in row["ner"]:
            assert 0 <= first <= last < len(words) and label == label.lower()
            found[name].append((int(start) + starts[first], int(start) + starts[last] + len(words[last]), label))
    natural = {i: [(s, e, NATURAL.get(x, x.lower())) for s, e, x in spans] for i, spans in offsets.items()}
    assert {i: found[i] for i in natural} == natural
    again = collections.defaultdict(list)
    for name, spans in back(path).items():
        name, start = name.rsplit("#", 1)
        again[name] += [(int(start) + s, int(start) + e, label.replace("_", " ")) for s, e, label in spans]
    assert {i: again[i] for i in natural} == natural
    print(f"gliner, {tokenizer}: {sum(map(len, found.values()))} spans")
