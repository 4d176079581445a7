"""A corpus on a Spark cluster: cluster.py WIRETAG MASTER WORKER,WORKER SCRATCH [measure]. Run by .ci/spark.

Rows must be those that the program gives on one machine, also when the second of the workers (a process) is killed while they are made.
With `measure` the same is done on one core first, for docs/scaling.md."""

import collections
import gzip
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

from pyspark.sql import SparkSession

WIRETAG, MASTER, SCRATCH = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[4])
WORKERS = [int(process) for process in sys.argv[3].split(",")]
ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = 24
# One core has work for so many seconds.
SECONDS = 20

sys.path.insert(0, str(ROOT / "examples" / "spark"))
from annotate import annotated  # noqa: E402

ARTICLES = [
    path.read_text()
    for folder in ("examples/articles", "tests/articles")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".md", ".txt")
]
SHIPS = SCRATCH / "ships.tsv"
SHIPS.write_text("# label: SHIP\nid\tname\nship/dispatch\tDispatch 7\n")


def documents(size):
    """Articles, each a little different, so many bytes in all; some are a thousand times as long as others."""
    number = 0
    while size > 0:
        text = f"{ARTICLES[number % len(ARTICLES)]}\n\nDispatch {number} 🚀 of {number % 31} Köln.\n"
        if number % 997 == 0:
            text *= 200
        if number % 101 == 0:
            text = "Short."
        size -= len(text.encode())
        yield {"id": f"d{number}", "text": text, "source": f"agency-{number % 5}"}
        number += 1


def program(*arguments):
    subprocess.run([WIRETAG, *map(str, arguments), "--quiet"], check=True)


def lines_of(path):
    """Lines without their meta."""
    with path.open("rb") as lines:
        for line in lines:
            yield line.rstrip(b"\n").rsplit(b',"meta":', 1)[0].removesuffix(b"}")


def rows(path):
    """How often each line is there, by its hash: the lines are more than should be in memory."""
    return collections.Counter(hashlib.blake2b(line, digest_size=16).digest() for line in lines_of(path))


# How fast one core is here says how much is so many seconds of work.
sample = SCRATCH / "sample.jsonl"
sample.write_text("".join(json.dumps(d) + "\n" for d in documents(4 << 20)))
start = time.monotonic()
program("annotate", sample, "-g", SHIPS, "-j", "1", "-o", SCRATCH / "sample.out")
rate = (4 << 20) / (time.monotonic() - start)
size = int(min(max(1.2 * SECONDS * rate, 20e6), 1e9))

corpus = SCRATCH / "corpus"
corpus.mkdir()
files = [gzip.open(corpus / f"part-{n:02}.jsonl.gz", "wt", compresslevel=1) for n in range(FILES)]
count = 0
for document in documents(size):
    files[count % FILES].write(json.dumps(document, ensure_ascii=False) + "\n")
    count += 1
for file in files:
    file.close()
start = time.monotonic()
program("annotate", corpus, "-g", SHIPS, "-j", "2", "-o", SCRATCH / "expected.jsonl")
alone = time.monotonic() - start
print(f"{count} documents, {size / 1e6:.0f} MB; the program with -j 2: {alone:.1f} s, {size / 1e6 / alone:.1f} MB/s", flush=True)
expected = rows(SCRATCH / "expected.jsonl")
assert expected.total() == count
assert sum(b'"ship/dispatch"' in line for line in lines_of(SCRATCH / "expected.jsonl")) == 1


def processor_time():
    """Seconds that workers, their executors and the Python processes of these have used so far."""
    parents, seconds = {}, {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        process = int(stat.parent.name)
        parents[process] = int(fields[1])
        seconds[process] = sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    def works(process):
        return process in WORKERS or process in parents and works(parents[process])

    return sum(time for process, time in seconds.items() if works(process))


def run(cores, out, meanwhile=lambda session: None):
    session = (
        SparkSession.builder.master(MASTER)
        .appName(out.name)
        .config("spark.cores.max", cores)
        .config("spark.executor.cores", 1)
        .config("spark.executor.memory", "1g")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", 1000)
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    while len(session.sparkContext.statusTracker()._jtracker.getExecutorInfos()) < cores + 1:
        time.sleep(0.2)
    beside = threading.Thread(target=meanwhile, args=(session,))
    start, before = time.monotonic(), processor_time()
    beside.start()
    frame = annotated(
        session,
        str(corpus),
        text="text",
        gazetteers=[str(SHIPS)],
        partitions=2 * FILES,
        schema="id STRING, text STRING, source STRING",
    )
    frame.write.partitionBy("source").parquet(str(out))
    seconds = time.monotonic() - start
    beside.join()
    worked = processor_time() - before
    session.stop()
    folders = sorted(path.name for path in out.iterdir() if path.is_dir())
    assert folders == [f"source=agency-{n}" for n in range(5)], folders
    program("convert", out, "--to", "jsonl", "-o", out.with_suffix(".jsonl"))
    got = rows(out.with_suffix(".jsonl"))
    for missing in (expected - got).keys():
        lines = lines_of(SCRATCH / "expected.jsonl")
        raise AssertionError(next(l[:2000] for l in lines if hashlib.blake2b(l, digest_size=16).digest() == missing))
    assert got == expected
    print(f"{out.name}: {seconds:.1f} s, of processors {worked:.1f} s, {size / 1e6 / seconds:.1f} MB/s; {got.total()} rows, all as on one machine", flush=True)
    return seconds


killed = threading.Event()


def kill(session):
    """Kills a worker and its executor when a part of the tasks is done."""
    tracker = session.sparkContext.statusTracker()
    while True:
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        if any(stage and stage.numTasks == 2 * FILES and stage.numCompletedTasks >= 8 for stage in stages):
            break
        time.sleep(0.1)
    os.killpg(WORKERS[-1], signal.SIGKILL)
    killed.set()
    left = [f"{s.numCompletedTasks} of {s.numTasks} tasks" for s in stages if s]
    print(f"killed a worker after {', '.join(left)}", flush=True)


if "measure" in sys.argv[5:]:
    run(1, SCRATCH / "one-worker")
seconds = run(2, SCRATCH / "two-workers")
assert seconds >= SECONDS, f"{seconds} s of work are too few"
run(2, SCRATCH / "one-killed", kill)
assert killed.is_set()
