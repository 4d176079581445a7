"""The whole job, JSONL to JSONL with a list of names, with Python packages: `benches/peers/run` calls it.

    peers.py compare FOLDER WIRETAG       runs all on names.txt and articles.jsonl, and prints a table
    peers.py PEER LIST ARTICLES OUTPUT    does the job with one

All write `id`, `text` and `spans` with start, end (code points), label and text. All find names in any case, between characters that
are no letters and digits, and of names that overlap the longest.
"""

import importlib.util
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 3
LABEL = "ENT"


def phrase_matcher(names):
    import spacy
    from spacy.matcher import PhraseMatcher
    from spacy.util import filter_spans

    nlp = spacy.blank("en")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add(LABEL, list(nlp.tokenizer.pipe(names)))

    def find(text):
        spans = filter_spans(matcher(nlp.make_doc(text), as_spans=True))
        return [(span.start_char, span.end_char) for span in spans]

    return find


def entity_ruler(names):
    import spacy

    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns([{"label": LABEL, "pattern": name} for name in names])
    return lambda text: [(span.start_char, span.end_char) for span in nlp(text).ents]


def flashtext2(names):
    from flashtext2 import KeywordProcessor

    processor = KeywordProcessor(case_sensitive=False)
    processor.add_keywords_from_iter(names)
    return lambda text: [(start, end) for _, start, end in processor.extract_keywords_with_span(text)]


def pyahocorasick(names):
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for name in names:
        automaton.add_word(name.lower(), len(name))
    automaton.make_automaton()

    def find(text):
        # No character of the text changes its length in lower case.
        found = automaton.iter(text.lower())
        return longest(text, [(end + 1 - length, end + 1) for end, length in found])

    return find


def ahocorasick_rs(names):
    from ahocorasick_rs import AhoCorasick

    automaton = AhoCorasick([name.lower() for name in names])

    def find(text):
        found = automaton.find_matches_as_indexes(text.lower(), overlapping=True)
        return longest(text, [(start, end) for _, start, end in found])

    return find


def quickner(names):
    from quickner import Document, Entity, Quickner

    entities = [Entity(name, LABEL) for name in names]

    def annotate(texts):
        texts = list(texts)
        batch = Quickner(documents=[Document(text) for text in texts], entities=entities)
        batch.process(save=False)
        return [longest(text, [label[:2] for label in doc.label]) for text, doc in zip(texts, batch.documents)]

    return annotate


def longest(text, candidates):
    """Of those that are words, the longest first, each if no one before it overlaps it."""
    length = len(text)
    bounded = [
        (start, end)
        for start, end in candidates
        if not (start > 0 and text[start - 1].isalnum()) and not (end < length and text[end].isalnum())
    ]
    bounded.sort()
    if all(a[1] <= b[0] for a, b in zip(bounded, bounded[1:])):
        return bounded
    taken, spans = set(), []
    for start, end in sorted(bounded, key=lambda span: (span[0] - span[1], span[0])):
        if start not in taken and end - 1 not in taken:
            taken.update(range(start, end))
            spans.append((start, end))
    return sorted(spans)


# What makes the function, the module it needs, and the most megabytes of text: the slow ones get less.
PEERS = {
    "spaCy PhraseMatcher": (phrase_matcher, "spacy", 8),
    "spaCy EntityRuler": (entity_ruler, "spacy", 4),
    "flashtext2": (flashtext2, "flashtext2", 50),
    "pyahocorasick": (pyahocorasick, "ahocorasick", 20),
    "ahocorasick_rs": (ahocorasick_rs, "ahocorasick_rs", 20),
    "quickner": (quickner, "quickner", 20),
}

# These take all texts at once.
BATCHES = {"quickner"}


def job(peer, names, articles, output):
    import orjson

    find = PEERS[peer][0](Path(names).read_text(encoding="utf-8").splitlines())
    annotate = find if peer in BATCHES else lambda texts: map(find, texts)
    with open(articles, "rb") as lines, open(output, "wb", buffering=1 << 20) as out:
        articles, again = itertools.tee(map(orjson.loads, lines))
        for article, found in zip(articles, annotate(article["text"] for article in again)):
            text = article["text"]
            spans = [{"start": s, "end": e, "label": LABEL, "text": text[s:e]} for s, e in found]
            out.write(orjson.dumps({"id": article["id"], "text": text, "spans": spans}))
            out.write(b"\n")


def compare(folder, wiretag):
    folder = Path(folder)
    names, articles = folder / "names.txt", folder / "articles.jsonl"
    commands = {}
    for peer, (_, module, most) in PEERS.items():
        if importlib.util.find_spec(module) is None:
            print(f"{peer} is not installed: skipped", file=sys.stderr)
            continue
        commands[peer] = (most, [sys.executable, __file__, peer, names])
    options = "annotate --quiet --no-builtin --no-rules --label ENT --case any --from jsonl -j 1".split()
    commands["wiretag"] = (10**6, [wiretag, *options, "-g", names])

    pieces = {most: piece(articles, most, folder) for most in {most for most, _ in commands.values()} | {0}}
    times = {peer: [] for peer in commands}
    for round in range(ROUNDS):
        for peer, (most, command) in commands.items():
            print(f"round {round + 1} of {ROUNDS}: {peer}", file=sys.stderr)
            output = ["-o"] * (peer == "wiretag") + [folder / f"out-{peer.replace(' ', '-')}.jsonl"]
            start_up, _ = run([*command, pieces[0][0], *output])
            whole, peak = run([*command, pieces[most][0], *output])
            times[peer].append((start_up, whole, peak))

    wiretag_spans = read_spans(folder / "out-wiretag.jsonl", None)
    rates = {
        peer: statistics.median(pieces[most][1] / 1e6 / (whole - start_up) for start_up, whole, _ in times[peer])
        for peer, (most, _) in commands.items()
    }
    print(f"{len(names.read_text().splitlines())} names; processor time on one processor, medians of {ROUNDS} rounds in turn.\n")
    print("| | text, MB | start-up, s | MB/s after it | wiretag is faster by | peak, MB | of wiretag's spans |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for peer, (most, _) in sorted(commands.items(), key=lambda command: -rates[command[0]]):
        spans = read_spans(folder / f"out-{peer.replace(' ', '-')}.jsonl", pieces[most][2])
        same = sum(len(found & wiretag_spans[id]) for id, found in spans.items())
        all = sum(len(wiretag_spans[id]) for id in spans)
        start_up = statistics.median(t[0] for t in times[peer])
        ratio = statistics.median(
            (t[1] - t[0]) / pieces[most][1] * pieces[commands["wiretag"][0]][1] / (w[1] - w[0])
            for t, w in zip(times[peer], times["wiretag"])
        )
        print(
            f"| {peer} | {pieces[most][1] / 1e6:.0f} | {start_up:.1f} | {rates[peer]:.2f} "
            f"| {ratio:.1f}× | {max(t[2] for t in times[peer]):.0f} | {100 * same / all:.2f} % |"
        )


def piece(articles, megabytes, folder):
    """The first articles, so many megabytes of text (at least one article): the file, the bytes of its text, and its articles."""
    import orjson

    path = folder / f"articles-{megabytes}.jsonl"
    size, count = 0, 0
    with open(articles, "rb") as source, open(path, "wb") as target:
        for line in source:
            target.write(line)
            size += len(orjson.loads(line)["text"].encode())
            count += 1
            if size >= megabytes * 10**6:
                break
    return path, size, count


def run(command):
    """Seconds of processor time and peak megabytes of a process on one processor: other work on the machine counts little."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            log.seek(0)
            sys.exit(f"{process.args} ended with {process.returncode}:\n{log.read().decode()}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def read_spans(path, count):
    import orjson

    spans = {}
    with open(path, "rb") as lines:
        for line in lines:
            record = orjson.loads(line)
            spans[record["id"]] = {(span["start"], span["end"]) for span in record["spans"]}
            if len(spans) == count:
                break
    return spans


if __name__ == "__main__":
    if sys.argv[1] == "compare":
        compare(*sys.argv[2:])
    else:
        job(*sys.argv[1:])
