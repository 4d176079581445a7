"""Compares `wiretag eval` with nervaluate: nervaluate.py WIRETAG SCRATCH. Run by .ci/interop.

All counts and scores of the four schemes, over all labels and by label, must be equal on the examples and on random annotations, as far
as predictions do not overlap each other. What `wiretag eval` documents as a difference is checked as well, each in a test of its own.
"""

import json
import pathlib
import random
import subprocess
import sys

# This file has the package's name.
sys.path.pop(0)
from nervaluate.evaluator import Evaluator  # noqa: E402

WIRETAG, SCRATCH = sys.argv[1], pathlib.Path(sys.argv[2])
ROOT = pathlib.Path(__file__).resolve().parents[2]
LABELS = ["COUNTRY", "ORG", "PERSON", "WEAPON"]
SCHEMES = {"strict": "strict", "exact": "exact", "partial": "partial", "type": "ent_type"}
COUNTS = ["correct", "incorrect", "partial", "missed", "spurious"]
SCORES = ["precision", "recall", "f1"]


def ours(gold, predicted, *options):
    command = [WIRETAG, "eval", str(gold), str(predicted), "--to", "json", *options]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, (command, ran.returncode, ran.stderr)
    return json.loads(ran.stdout)


def theirs(gold, predicted):
    """The results of nervaluate for lists of (start, end, label), a list a document; its ends are inclusive."""
    dicts = lambda side: [
        [{"start": s, "end": e - 1, "label": l} for s, e, l in sorted(doc)] for doc in side
    ]
    tags = sorted({l for side in (gold, predicted) for doc in side for _, _, l in doc})
    return Evaluator(dicts(gold), dicts(predicted), tags=tags, loader="dict").evaluate()


def check(what, mine, other):
    """All counts and scores are equal."""
    rows = [("all", mine["all"], other["overall"])]
    assert set(mine["labels"]) == set(other["entities"]), what
    rows += [(label, mine["labels"][label], of) for label, of in other["entities"].items()]
    for row, a, b in rows:
        for scheme, their_name in SCHEMES.items():
            counts = [a[scheme][c] for c in COUNTS]
            expected = [getattr(b[their_name], c) for c in COUNTS]
            assert counts == expected, (what, row, scheme, counts, expected)
            for score in SCORES:
                x, y = a[scheme][score], getattr(b[their_name], score)
                assert abs(x - y) < 1e-12, (what, row, scheme, score, x, y)
    return len(rows)


def write(name, texts, side, **fields):
    path = SCRATCH / name
    with open(path, "w", encoding="utf-8") as out:
        for i, (text, spans) in enumerate(zip(texts, side)):
            spans = [{"start": s, "end": e, "label": l} for s, e, l in spans]
            out.write(json.dumps({"id": i, "text": text, "spans": spans, **fields}) + "\n")
    return path


def some_text(rng):
    return "".join(rng.choice("abc 🚀éл東\n") for _ in range(rng.randint(40, 160)))


def some_spans(rng, text, overlap):
    """Random spans without repetitions."""
    spans, at = set(), 0
    while at < len(text) - 1:
        start = min(at + rng.randint(0, 9), len(text) - 1)
        end = min(start + rng.randint(1, 12), len(text))
        spans.add((start, end, rng.choice(LABELS)))
        at = start + rng.randint(0, 4) if overlap else end
    return sorted(spans)


def near(rng, text, gold):
    """Predictions as taggers make them: most are near gold, none overlap."""
    spans, at = [], 0
    for start, end, label in gold:
        if rng.random() < 0.15:
            continue
        if rng.random() < 0.3:
            start, end = start + rng.randint(-3, 2), end + rng.randint(-2, 3)
        if rng.random() < 0.2:
            label = rng.choice(LABELS)
        start, end = max(start, at), min(end, len(text))
        if start < end:
            spans.append((start, end, label))
            at = end
    return spans


def random_pairs():
    rng = random.Random(20240607)
    rows = 0
    for round in range(300):
        texts = [some_text(rng) for _ in range(rng.randint(1, 6))]
        gold = [some_spans(rng, t, overlap=round % 3 == 0) for t in texts]
        predicted = [
            near(rng, t, g) if round % 2 else some_spans(rng, t, overlap=False)
            for t, g in zip(texts, gold)
        ]
        mine = ours(write("gold.jsonl", texts, gold), write("predicted.jsonl", texts, predicted))
        rows += check(f"random pair {round}", mine, theirs(gold, predicted))
    return rows


def examples():
    """The committed pair; nervaluate knows no optional spans, so those and what lies on them are left out for it."""
    read = lambda name: [json.loads(l) for l in open(ROOT / "examples/eval" / name, encoding="utf-8")]
    key = lambda s: (s["start"], s["end"], s["label"])
    gold, predicted = [], []
    for g, p in zip(read("gold.jsonl"), read("predicted.jsonl")):
        optional = [s for s in g["spans"] if s.get("optional")]
        overlaps = lambda s: any(s["start"] < o["end"] and o["start"] < s["end"] for o in optional)
        gold.append([key(s) for s in g["spans"] if not s.get("optional")])
        predicted.append([key(s) for s in p["spans"] if not overlaps(s)])
    folder = ROOT / "examples/eval"
    mine = ours(folder / "gold.jsonl", folder / "predicted.jsonl")
    return check("examples", mine, theirs(gold, predicted))


def columns():
    """CoNLL: nervaluate takes lists of IOB2 tags, we read the same as IOB1, IOB2, BILOU and BIOES."""
    rng = random.Random(7)
    rows = 0
    for round in range(40):
        lengths = [rng.randint(1, 30) for _ in range(rng.randint(1, 8))]
        tokens = [[rng.choice(["Köln", "said", "#", "🚀", "U.S."]) for _ in range(n)] for n in lengths]
        sides = [[some_spans(rng, "x" * n, overlap=False) for n in lengths] for _ in range(2)]
        tags = [
            [tagged(spans, n, "IOB2") for spans, n in zip(side, lengths)] for side in sides
        ]
        used = {l for side in sides for doc in side for _, _, l in doc}
        other = Evaluator(*tags, tags=sorted(used), loader="list").evaluate()
        for scheme in ("IOB1", "IOB2", "BILOU", "BIOES"):
            paths = []
            for name, side in zip(("gold.conll", "predicted.conll"), sides):
                with open(SCRATCH / name, "w", encoding="utf-8") as out:
                    for words, spans in zip(tokens, side):
                        out.write("-DOCSTART- -X- -X- O\n\n")
                        for word, tag in zip(words, tagged(spans, len(words), scheme)):
                            out.write(f"{word} NN _ {tag}\n" if round % 2 else f"{word}\t{tag}\n")
                        out.write("\n")
                paths.append(SCRATCH / name)
            # Bounds in characters, not tokens, may make another gold span the nearest: that is left out here.
            mine = ours(*paths)
            for result in [mine["all"], *mine["labels"].values()]:
                del result["type"]
            rows += check_but_type(f"columns {round} {scheme}", mine, other)
    return rows


def check_but_type(what, mine, other):
    kept = SCHEMES.pop("type")
    try:
        return check(what, mine, other)
    finally:
        SCHEMES["type"] = kept


def tagged(spans, length, scheme):
    tags = ["O"] * length
    before = (0, 0, "")
    for start, end, label in spans:
        inside = ["I"] * (end - start)
        if scheme in ("BILOU", "BIOES"):
            inside[0], inside[-1] = "B", scheme[2] if scheme == "BILOU" else "E"
            if len(inside) == 1:
                inside[0] = scheme[4] if scheme == "BILOU" else "S"
        elif scheme == "IOB2" or before[1:] == (start, label):
            inside[0] = "B"
        before = (start, end, label)
        tags[start:end] = [f"{prefix}-{label}" for prefix in inside]
    return tags


def differences():
    """What `wiretag eval` counts in another way, and says so."""
    text = ["x" * 400]

    def both(gold, predicted):
        mine = ours(write("gold.jsonl", text, [gold]), write("predicted.jsonl", text, [predicted]))
        return mine["all"]["strict"], theirs([gold], [predicted])["overall"]["strict"]

    # A repeated prediction counts once.
    mine, other = both([(0, 5, "ORG")], [(0, 5, "ORG"), (0, 5, "ORG")])
    assert (mine["correct"], mine["spurious"]) == (1, 0) and other.spurious == 1
    # Where predictions overlap, the one that is right is paired before the one that comes first.
    mine, other = both([(0, 5, "ORG")], [(0, 4, "ORG"), (0, 5, "ORG")])
    assert (mine["correct"], mine["spurious"]) == (1, 1) and other.correct == 0
    # One character of a long span is an overlap.
    mine, other = both([(0, 300, "ORG")], [(299, 305, "ORG")])
    assert (mine["incorrect"], mine["spurious"]) == (1, 0) and other.incorrect == 0
    # With overlapping predictions strict counts are those of the two sets.
    rng = random.Random(11)
    for _ in range(60):
        texts = [some_text(rng)]
        gold, predicted = (some_spans(rng, texts[0], overlap=True) for _ in range(2))
        predicted = sorted(set(predicted) | set(rng.sample(gold, len(gold) // 2)))
        mine = ours(write("gold.jsonl", texts, [gold]), write("predicted.jsonl", texts, [predicted]))
        strict = mine["all"]["strict"]
        assert strict["correct"] == len(set(gold) & set(predicted))
        assert mine["all"]["gold"] == len(gold) and mine["all"]["predicted"] == len(predicted)


if __name__ == "__main__":
    differences()
    print(f"{examples() + random_pairs() + columns()} rows are equal, and the differences are as documented")
