"""Taggers in other processes: forked while their threads run, spawned with what they pickle as."""

from __future__ import annotations

import gc
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import pytest

import wiretag

TEXT = "Seoul said the DPRK’s Nordhavn left Kyiv. " * 20

shared: wiretag.Tagger


def share(tagger: wiretag.Tagger) -> None:
    global shared
    shared = tagger


def annotate(n: int) -> list[tuple[int, int, str]]:
    single = shared.annotate(TEXT)
    batch = shared.annotate_batch([TEXT] * n)
    assert all(document == single for document in batch)
    # Lists are read in threads as well.
    assert wiretag.Tagger(threads=2).annotate("Iran").spans
    return [(s.start, s.end, s.label) for s in single.spans]


def share_anew(_: object) -> None:
    """Drops the tagger of the parent in a child."""
    share(wiretag.Tagger(threads=2))
    gc.collect()


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork")
def test_a_tagger_is_dropped_in_a_forked_process() -> None:
    share(wiretag.Tagger(threads=2))
    expected = annotate(50)
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(1, mp_context=context, initializer=share_anew, initargs=(None,)) as pool:
        assert list(pool.map(annotate, [1, 10], timeout=120)) == [expected] * 2


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_processes_annotate_alike(method: str) -> None:
    gazetteer = wiretag.Gazetteer.from_rows([("Nordhavn", "SHIP")])
    tagger = wiretag.Tagger(gazetteer, threads=2)
    share(tagger)
    expected = annotate(50)
    assert ("SHIP" in {label for _, _, label in expected}) and len(expected) == 80
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context, initializer=share, initargs=(tagger,)) as pool:
        assert list(pool.map(annotate, [1, 10, 100], timeout=120)) == [expected] * 3


def test_a_pickle_has_the_settings(tagger: wiretag.Tagger) -> None:
    options = {
        "labels": ["GPE", "SHIP"],
        "map_labels": {"LOCATION": "GPE"},
        "min_score": 0.5,
        "titles": "inside",
        "without": ["person-title"],
        "threads": 1,
    }
    gazetteer = wiretag.Gazetteer.from_rows([("Nordhavn", "SHIP")])
    tagger = wiretag.Tagger(gazetteer, **options)  # type: ignore[arg-type]
    copied = pickle.loads(pickle.dumps(tagger))
    kept = copied.__getnewargs_ex__()[1]
    assert {name: kept[name] for name in options} == options
    assert copied.annotate(TEXT).spans == tagger.annotate(TEXT).spans and copied.threads == 1
