"""Texts in memory to spans, with a list of names: `benches/python/run` calls it.

    batches.py compare FOLDER WIRETAG           runs all on names.txt and articles.jsonl, and prints a table
    batches.py CALL NAMES ARTICLES MEGABYTES    does the job with one, and prints megabytes, seconds, seconds of processors

Each call is timed in a process of its own, where the texts are in memory and the names are read. The command line is timed as a whole,
from file to file, less its time for one article.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "peers"))
import peers  # noqa: E402

ROUNDS = 3
THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

Call = Callable[[list[str]], int]


def tagger(names: list[str], threads: int):
    import wiretag

    gazetteer = wiretag.Gazetteer.from_rows(({"name": n, "case": "any"} for n in names), label=peers.LABEL)
    return wiretag.Tagger(gazetteer, builtin=False, rules=False, threads=threads)


def batch(names: list[str], threads: int) -> Call:
    """Documents alone: nobody asks for their spans."""
    made = tagger(names, threads)
    return lambda texts: len(made.annotate_batch(texts))


def batch_and_spans(names: list[str], threads: int) -> Call:
    """The same, and each span's start, end and label are read."""
    made = tagger(names, threads)

    def call(texts: list[str]) -> int:
        documents = made.annotate_batch(texts)
        return len([(s.start, s.end, s.label) for document in documents for s in document.spans])

    return call


def stream(names: list[str], threads: int) -> Call:
    made = tagger(names, threads)
    return lambda texts: sum(1 for _ in made.annotate_iter(iter(texts)))


def one_by_one(find: Callable[[list[str]], Callable[[str], list[tuple[int, int]]]]) -> Callable[[list[str], int], Call]:
    def make(names: list[str], _: int) -> Call:
        found = find(names)
        return lambda texts: sum(len(found(text)) for text in texts)

    return make


def entity_ruler(names: list[str], _: int) -> Call:
    import spacy

    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns([{"label": peers.LABEL, "pattern": name} for name in names])
    return lambda texts: sum(len(doc.ents) for doc in nlp.pipe(texts))


# What makes the call, its threads, and the most megabytes of text: the slow ones get less.
CALLS = {
    "annotate_batch": (batch, THREADS, 10**6),
    "annotate_batch, spans read": (batch_and_spans, THREADS, 10**6),
    "annotate_iter": (stream, THREADS, 10**6),
    "annotate_batch, threads=1": (batch, 1, 10**6),
    "flashtext2": (one_by_one(peers.flashtext2), 1, 20),
    "spaCy EntityRuler, nlp.pipe": (entity_ruler, 1, 2),
}


def run_one(name: str, names: str, articles: str, megabytes: str) -> None:
    make, threads, _ = CALLS[name]
    texts, size = [], 0
    with open(articles, encoding="utf-8") as lines:
        for line in lines:
            texts.append(json.loads(line)["text"])
            size += len(texts[-1].encode())
            if size >= float(megabytes) * 1e6:
                break
    call = make(Path(names).read_text(encoding="utf-8").splitlines(), threads)
    call(texts[:20])
    start, start_work = time.perf_counter(), time.process_time()
    call(texts)
    print(json.dumps([size / 1e6, time.perf_counter() - start, time.process_time() - start_work]))


def command_line(wiretag: str, folder: Path, articles: Path, threads: int) -> tuple[float, float]:
    """Seconds, and seconds of processors."""
    options = "annotate --quiet --config none --no-builtin --no-rules --label ENT --case any --from jsonl".split()
    command = [wiretag, *options, "-j", str(threads), "-g", folder / "names.txt", articles, "-o", folder / "out.jsonl"]
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    work = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return time.perf_counter() - start, work


def compare(folder_name: str, wiretag: str) -> None:
    folder = Path(folder_name)
    articles, one = folder / "articles.jsonl", folder / "one.jsonl"
    with articles.open("rb") as lines:
        one.write_bytes(lines.readline())
        lines.seek(0)
        whole = sum(len(json.loads(line)["text"].encode()) for line in lines) / 1e6
    programs = {f"wiretag annotate -j {n}": n for n in sorted({1, THREADS}, reverse=True)}
    rates: dict[str, list[float]] = {name: [] for name in [*programs, *CALLS]}
    # The same by the time of processors: what else the machine does has no say in it.
    work_rates: dict[str, list[float]] = {name: [] for name in rates}
    for round in range(ROUNDS):
        print(f"round {round + 1} of {ROUNDS}", file=sys.stderr)
        for name, threads in programs.items():
            start_up, start_up_work = command_line(wiretag, folder, one, threads)
            seconds, work = command_line(wiretag, folder, articles, threads)
            rates[name].append(whole / (seconds - start_up))
            work_rates[name].append(whole / (work - start_up_work))
        for name, (_, _, most) in CALLS.items():
            command = [sys.executable, __file__, name, folder / "names.txt", articles, str(most)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
            size, seconds, work = json.loads(done.stdout)
            rates[name].append(size / seconds)
            work_rates[name].append(size / work)
    program = f"wiretag annotate -j {THREADS}"
    count = len((folder / "names.txt").read_text(encoding="utf-8").splitlines())
    print(f"{count} names, {whole:.0f} MB of text, {THREADS} processors; medians of {ROUNDS} rounds in turn.\n")
    print("| | threads | MB/s of text | of the command line | annotate_batch is faster by | MB/s of one processor |")
    print("|---|--:|--:|--:|--:|--:|")
    against = lambda name, other: statistics.median(a / b for a, b in zip(rates[name], rates[other]))  # noqa: E731
    for name in rates:
        threads = programs[name] if name in programs else CALLS[name][1]
        share = 100 * against(name, f"wiretag annotate -j {threads}")
        ratio = against("annotate_batch", name)
        rate, work = statistics.median(rates[name]), statistics.median(work_rates[name])
        print(f"| {name} | {threads} | {rate:.2f} | {share:.0f} % | {ratio:.1f}× | {work:.2f} |")
    bars = [
        ("the command line", against("annotate_batch", program), 0.8),
        ("EntityRuler", against("annotate_batch", "spaCy EntityRuler, nlp.pipe"), 50),
        ("flashtext2", against("annotate_batch", "flashtext2"), 8),
    ]
    for name, ratio, bar in bars:
        print(f"{'' if ratio >= bar else 'NOT '}at least {bar} times {name}: {ratio:.2f}", file=sys.stderr)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["compare", folder, wiretag]:
            compare(folder, wiretag)
        case [name, names, articles, megabytes]:
            run_one(name, names, articles, megabytes)
