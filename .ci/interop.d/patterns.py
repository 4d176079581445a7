"""spaCy's Matcher finds what wiretag's patterns find, on the same words: random token patterns of the documented subset
(docs/patterns.md), and phrases, over random texts.

Called by .ci/interop; alone, with Python that has spaCy 3.8, in the root of the repository: python .ci/interop.d/patterns.py [SEED]"""

import json
import random
import subprocess
import sys

import spacy
from spacy.matcher import Matcher, PhraseMatcher
from spacy.schemas import validate_token_pattern
from spacy.tokens import Doc

WORDS = """Kim Jong Un the The Gen. J. Smith’s U.S. U.S.-led Iran-backed Hwasong-18 AK-47s T-72B3 10 1,000 3/4 ٣ ² ½ third
Third 21st million and AND Köln İstanbul ﬁn ǅ Ǆ 北京 한국 e\u0301 O’Neill don't IAEA ( ) , . … -- “ ” $ + 🚀 ß ẞ Σίσυφος ΣΑΣ Ⅷ a A aa
_bold_ #tag 5.56mm KÖLN köln İ ⓐ""".split()
PLAIN = "a the the and Kim 10 , . IAEA Köln".split()
TEXTS = ["Kim", "the", "10", ",", "IAEA", "Köln", "’s", "Hwasong-18", "U.S.", "Gen.", "a", "北", "🚀", "“", "İstanbul"]
LOWERS = ["kim", "the", "10", ",", "iaea", "köln", "’s", "hwasong-18", "u.s.", "gen.", "a", "third", "i\u0307stanbul", "σας"]
SHAPES = ["Xxx", "xxx", "dd", "XXXX", "X.X.", "Xxxxx-dd", "’x", "Xxxx", "x"]
EXPRESSIONS = ["^[A-Z]", "o", "(?i)^kim$", r"\d+$", "[a-z]{2,}", "^[A-Za-z]+$", "^.$", r"\.$", "a|e|n", "^(?:a|the)"]
FLAGS = ["IS_ALPHA", "IS_ASCII", "IS_DIGIT", "IS_LOWER", "IS_UPPER", "IS_TITLE", "IS_PUNCT", "LIKE_NUM"]
OPERATORS = ["!", "?", "+", "*", "{2}", "{1,2}", "{0,2}", "{2,}", "{,2}"]


def strings(rng, values):
    kind = rng.randrange(5)
    if kind == 0:
        return {"REGEX": rng.choice(EXPRESSIONS)}
    if kind == 1:
        return {"IN": rng.sample(values, rng.randint(1, 4))}
    if kind == 2:
        return {"NOT_IN": rng.sample(values, rng.randint(1, 4))}
    if kind == 3:
        return {"REGEX": rng.choice(EXPRESSIONS), "NOT_IN": rng.sample(values, 2)}
    return rng.choice(values)


def token(rng):
    spec = {}
    for _ in range(rng.choice([0, 1, 1, 1, 1, 2])):
        kind = rng.randrange(8)
        if kind < 2:
            spec[rng.choice(["TEXT", "ORTH", "text"])] = strings(rng, TEXTS)
        elif kind < 4:
            spec["LOWER"] = strings(rng, LOWERS)
        elif kind == 4:
            spec["SHAPE"] = strings(rng, SHAPES)
        elif kind == 5:
            comparison = {rng.choice(["==", "!=", "<", "<=", ">", ">="]): rng.randint(1, 6)}
            spec["LENGTH"] = rng.choice([rng.randint(1, 6), comparison, {"IN": [1, 3]}, {"NOT_IN": [2]}])
        else:
            spec[rng.choice(FLAGS)] = rng.random() < 0.7
    # spaCy takes both, and then one of them counts.
    if len({"TEXT", "ORTH", "text"} & spec.keys()) > 1:
        return token(rng)
    if rng.random() < 0.45:
        spec["OP"] = rng.choice(OPERATORS)
    return spec


def case(rng):
    vocabulary = rng.choice([WORDS, PLAIN])
    text = ""
    for _ in range(rng.randint(1, 14)):
        text += rng.choice(vocabulary) + rng.choice([" ", " ", " ", "", "\u00a0"])
    patterns = []
    for _ in range(6):
        if rng.random() < 0.2:
            pattern = " ".join(rng.choice(PLAIN + ["Gen.", "U.S.-led"]) for _ in range(rng.randint(1, 3)))
        else:
            pattern = [token(rng) for _ in range(rng.randint(1, 4))]
            if all(t.get("OP") == "{0}" for t in pattern):
                continue
            errors = validate_token_pattern(pattern)
            assert not errors, (pattern, errors)
        patterns.append(pattern)
    return text, patterns


def run(cases):
    lines = [
        json.dumps({"text": text, "patterns": [json.dumps({"label": "X", "pattern": p}) for p in patterns]})
        for text, patterns in cases
    ]
    command = ["cargo", "run", "--quiet", "--release", "--example", "match_patterns"]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        sys.exit(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def doc_of(nlp, text, words):
    data = text.encode()
    return Doc(nlp.vocab, words=[data[s:e].decode() for s, e, _ in words], spaces=[space for _, _, space in words])


def main():
    rng = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    nlp = spacy.blank("en")
    cases = [case(rng) for _ in range(5000)]
    phrases = sorted({p for _, patterns in cases for p in patterns if isinstance(p, str)})
    phrase_docs = {p: doc_of(nlp, p, found["words"]) for p, found in zip(phrases, run([(p, []) for p in phrases]))}
    compared = matches = 0
    for (text, patterns), found in zip(cases, run(cases)):
        doc = doc_of(nlp, text, found["words"])
        starts = {s: i for i, (s, _, _) in enumerate(found["words"])}
        ends = {e: i + 1 for i, (_, e, _) in enumerate(found["words"])}
        for number, pattern in enumerate(patterns):
            ours = sorted((starts[s], ends[e]) for n, s, e in found["matches"] if n == number)
            if isinstance(pattern, str):
                matcher = PhraseMatcher(nlp.vocab)
                matcher.add("X", [phrase_docs[pattern]])
            else:
                matcher = Matcher(nlp.vocab)
                matcher.add("X", [pattern])
            theirs = sorted({(s, e) for _, s, e in matcher(doc)})
            compared += 1
            matches += len(theirs)
            if ours != theirs:
                sys.exit(f"{text!r}\n{[t.text for t in doc]}\n{json.dumps(pattern, ensure_ascii=False)}\n"
                         f"wiretag {ours}\nspaCy   {theirs}")
    print(f"{compared} patterns, {matches} matches: the same as spaCy {spacy.__version__}")


main()
