"""A component of spaCy's pipelines: ``nlp.add_pipe("wiretag")``. Nothing need be imported for it, spaCy finds it by its name.

>>> import spacy
>>> nlp = spacy.blank("en")
>>> component = nlp.add_pipe("wiretag")
>>> doc = nlp("Seoul said the DPRK fired a Hwasong-18.")
>>> [(ent.text, ent.label_, ent.kb_id_) for ent in doc.ents]
[('Seoul', 'LOCATION', 'place/seoul'), ('DPRK', 'COUNTRY', 'country/KP'), ('Hwasong-18', 'WEAPON', 'weapon/hwasong-18')]
>>> doc.ents[1]._.wiretag["name"], doc.ents[1]._.wiretag["origin"]
('North Korea', 'alias')
"""

import copyreg
import json
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

import srsly
from spacy import util
from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.scorer import Scorer, get_ner_prf
from spacy.tokens import Doc, Span, SpanGroup
from spacy.training import Example

import wiretag
from wiretag import DocumentError, Error, FileError, Gazetteer, Tagger

__all__ = ["AlignmentWarning", "VersionWarning", "WiretagPipe"]

_Aligned: TypeAlias = tuple[wiretag.Span, Span]


def _key(span: Span) -> Any:
    # As spaCy keys values of extensions, so that parts of documents and documents put together keep them.
    return ("._.", "wiretag", span.start_char, span.end_char)


def _record(span: Span) -> dict[str, Any] | None:
    records = span.doc.user_data.get(_key(span), ())
    same = [record for record in records if record["label"] == span.label_]
    return next((record for record in same if record.get("entity", "") == span.id_), same[0] if same else None)


def _keep_record(span: Span, found: wiretag.Span) -> None:
    records, record = span.doc.user_data.setdefault(_key(span), []), found.to_dict()
    if record not in records:
        records.append(record)


if not Span.has_extension("wiretag"):
    Span.set_extension("wiretag", getter=_record)


class AlignmentWarning(UserWarning):
    """A span does not start and end with tokens, and was moved or left out."""


class VersionWarning(UserWarning):
    """A pipeline was saved with another version, whose built-in gazetteers and rules may find other entities."""


@Language.factory(
    "wiretag",
    assigns=["doc.ents", "doc.spans", "token.ent_type", "token.ent_iob", "token.ent_id", "token.ent_kb_id"],
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
)
class WiretagPipe(Pipe):
    """Sets ``doc.ents``, or a group of ``doc.spans``, to what a ``Tagger`` finds.

    A span has the id of its entity in ``ent_id_`` and ``kb_id_`` (``id_`` and ``kb_id_`` in a group), and in ``span._.wiretag`` the
    span of the record, as a dictionary: ``name``, ``origin``, ``score``, ``also``, ``zone``, ``attributes``, and ``start``, ``end``
    and ``text`` as they were found, in characters.

    Names that count from or until a day are held against the date in ``doc._.date``, where there is such an extension: make a document
    with ``nlp.make_doc``, set its date, and give it to ``nlp`` or ``nlp.pipe``.

    What is not named here is as for ``wiretag.Tagger``.

    Args:
        nlp: The pipeline.
        name: The name of the component in it.
        gazetteers: Paths of lists, folders of lists, compiled gazetteers. They are read when the component is made, and saved with
            the pipeline: where that is loaded they need not be there. A file that can't be read is told when it is first needed.
        patterns: Paths of files of patterns; saved too.
        spans_key: Set ``doc.spans[KEY]`` rather than ``doc.ents``. Default: None, ``doc.ents``.
        existing: What becomes of annotations that are there. Of entities that new ones overlap: ``keep`` them and leave out the new,
            ``overwrite`` them, or ``error``: a ValueError. Of a group: ``keep`` it and add, ``overwrite`` it, or ``error``.
        align: What becomes of a span that does not start and end with tokens: ``expand`` to all tokens that it touches, ``contract``
            to those that lie inside, ``drop``, or ``fail``: a ValueError. The first that is moved or left out is a warning, all are
            counted in ``counts``.
    """

    counts: Counter[str]
    """How many spans, in this process, were ``moved`` to tokens; left out as ``unaligned``; left out as ``collided`` with another on
    the same tokens; left out for an ``existing`` entity; and how many such entities were ``replaced``."""

    def __init__(
        self,
        nlp: Language,
        name: str = "wiretag",
        *,
        gazetteers: list[str] | None = None,
        patterns: list[str] | None = None,
        spans_key: str | None = None,
        existing: Literal["keep", "overwrite", "error"] = "keep",
        align: Literal["expand", "contract", "drop", "fail"] = "expand",
        builtin: bool = True,
        rules: bool = True,
        without: list[str] | None = None,
        titles: Literal["outside", "inside"] = "outside",
        date_field: str = "date",
        label: str | None = None,
        case: Literal["any", "title", "exact"] | None = None,
        labels: list[str] | None = None,
        map_labels: dict[str, str] | list[str] | None = None,
        min_score: float = 0.0,
        overlaps: Literal["longest", "all"] = "longest",
        attributes: bool = False,
        threads: int = 0,
    ) -> None:
        _one_of("existing", existing, ("keep", "overwrite", "error"))
        _one_of("align", align, ("expand", "contract", "drop", "fail"))
        if overlaps == "all" and spans_key is None:
            raise Error('overlaps is "all", and entities of doc.ents do not overlap: give spans_key')
        self.name = name
        self.spans_key = spans_key
        self.existing = existing
        self.align = align
        self.counts = Counter()
        self._date_field = date_field
        self._list_defaults: dict[str, Any] = {"label": label, "case": case}
        self._settings: dict[str, Any] = {
            "builtin": builtin,
            "rules": rules,
            "without": without,
            "titles": titles,
            "date_field": date_field,
            "labels": labels,
            "map_labels": map_labels,
            "min_score": min_score,
            "overlaps": overlaps,
            "attributes": attributes,
            "threads": threads,
        }
        self._configured = (gazetteers or [], patterns or [])
        self.clear()

    def __call__(self, doc: Doc) -> Doc:
        """Annotates a document."""
        [document] = self.tagger.annotate_batch([self._text(doc)])
        self.set_annotations(doc, document.spans)
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Annotates documents as they come, so many at a time on all cores.

        What can't be annotated goes to the error handler.
        """
        handle = self.get_error_handler()
        for docs in util.minibatch(stream, size=batch_size):
            documents = self.tagger.annotate_batch(map(self._text, docs), errors="keep")
            for doc, document in zip(docs, documents, strict=True):
                try:
                    if isinstance(document, DocumentError):
                        raise document
                    self.set_annotations(doc, document.spans)
                except Exception as error:
                    handle(self.name, self, [doc], error)
                else:
                    yield doc

    def set_annotations(self, doc: Doc, found: Iterable[wiretag.Span]) -> None:
        """Sets the entities, or the group, of a document to what was found in its text."""
        aligned = [(f, span) for f in found if (span := self._aligned(doc, f)) is not None]
        if self.spans_key is None:
            self._set_ents(doc, aligned)
        else:
            self._set_group(doc, aligned, self.spans_key)

    @property
    def tagger(self) -> Tagger:
        """What finds the entities.

        Raises:
            Error: When there is none: a file of the configuration could not be read, or there is nothing to find yet.
        """
        if self._tagger is None:
            raise self._missing or Error("nothing to find: builtin is False, and no gazetteer or pattern was added")
        return self._tagger

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that spans may have, sorted."""
        return tuple(self._tagger.labels) if self._tagger is not None else ()

    def clear(self) -> None:
        """Goes back to the gazetteers and patterns of the configuration."""
        lists, patterns = self._configured
        self._tagger: Tagger | None = None
        self._missing: FileError | None = None
        self._gazetteers: list[Gazetteer] = []
        self._patterns: list[dict[str, Any]] = []
        try:
            gazetteers = self._opened(lists)
            self._tagger = self._made(gazetteers, patterns)
        except FileError as error:
            # A pipeline that is loaded where its lists are not: what it saved of them is read next.
            self._missing = error
        else:
            self._gazetteers = gazetteers
            self._patterns = [pattern for path in patterns for pattern in _read_patterns(path)]

    def add_gazetteers(self, gazetteers: Iterable[str | Path | Gazetteer]) -> None:
        """Adds gazetteers behind those that are there. They are saved with the pipeline."""
        self._use([*self._gazetteers, *self._opened(gazetteers)], self._patterns)

    def add_patterns(self, patterns: Iterable[dict[str, Any]]) -> None:
        """Adds patterns: dictionaries as ``EntityRuler.add_patterns`` takes them. They are saved with the pipeline.

        Raises:
            DataError: When one is bad; ``line`` is its place among all patterns, counted from 1.
        """
        self._use(self._gazetteers, [*self._patterns, *patterns])

    @property
    def patterns(self) -> list[dict[str, Any]]:
        """The patterns, those of the configuration first."""
        return list(self._patterns)

    def remove_by_id(self, pattern_id: str) -> None:
        """Removes the patterns with an id.

        Raises:
            Error: When no pattern has it.
        """
        kept = [pattern for pattern in self._patterns if pattern.get("id") != pattern_id]
        if len(kept) == len(self._patterns):
            raise Error(f"no pattern has the id {pattern_id!r}")
        self._use(self._gazetteers, kept)

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]] | None = None,
        *,
        nlp: Language | None = None,
        gazetteers: Sequence[str | Path | Gazetteer] = (),
        patterns: Iterable[dict[str, Any]] = (),
    ) -> None:
        """Starts again from the configuration, and adds what ``[initialize.components.wiretag]`` of a training configuration has."""
        self.clear()
        if gazetteers:
            self.add_gazetteers(gazetteers)
        if patterns:
            self.add_patterns(patterns)

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Precision, recall and F1 of the entities, or of the group, for ``nlp.evaluate``."""
        key = self.spans_key
        if key is None:
            return get_ner_prf(examples, **kwargs)
        kwargs.setdefault("getter", lambda doc, _: doc.spans.get(key, []))
        kwargs.setdefault("has_annotation", lambda doc: key in doc.spans)
        return Scorer.score_spans(examples, f"spans_{key}", allow_overlap=True, **kwargs)

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The gazetteers and patterns; settings are in the configuration of the pipeline."""
        gazetteers = [gazetteer.to_bytes() for gazetteer in self._gazetteers]
        saved = {"wiretag": wiretag.__version__, "gazetteers": gazetteers, "patterns": self._patterns}
        return bytes(srsly.msgpack_dumps(saved))

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "WiretagPipe":
        """Takes gazetteers and patterns from what ``to_bytes`` gave, in place of those that are there."""
        saved = srsly.msgpack_loads(data)
        self._check_version(saved["wiretag"])
        self._use([Gazetteer.from_bytes(g, name=self.name) for g in saved["gazetteers"]], saved["patterns"])
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Writes a folder: the gazetteers, compiled, and the patterns; settings are in the configuration of the pipeline."""
        path = Path(path)
        path.mkdir(parents=True, exist_ok=True)
        gazetteers = [f"{n}.gaz" for n in range(len(self._gazetteers))]
        for name, gazetteer in zip(gazetteers, self._gazetteers, strict=True):
            gazetteer.compile(path / name)
        saved = {"wiretag": wiretag.__version__, "gazetteers": gazetteers, "patterns": self._patterns}
        srsly.write_json(path / "saved.json", saved)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "WiretagPipe":
        """Takes gazetteers and patterns from the folder that ``to_disk`` wrote, in place of those that are there."""
        path = Path(path)
        saved = srsly.read_json(path / "saved.json")
        self._check_version(saved["wiretag"])
        for name in saved["gazetteers"]:
            wiretag.verify(path / name)
        self._use([Gazetteer.from_path(path / name) for name in saved["gazetteers"]], saved["patterns"])
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        state = {**self.__dict__, "name": self.name, "_tagger": None}
        return copyreg.__newobj__, (type(self),), state  # type: ignore[attr-defined]

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        if self._missing is None:
            self._use(self._gazetteers, self._patterns)

    def _opened(self, gazetteers: Iterable[str | Path | Gazetteer]) -> list[Gazetteer]:
        return [g if isinstance(g, Gazetteer) else Gazetteer.from_path(g, **self._list_defaults) for g in gazetteers]

    def _use(self, gazetteers: list[Gazetteer], patterns: list[dict[str, Any]]) -> None:
        self._tagger = self._made(gazetteers, patterns)
        self._gazetteers, self._patterns, self._missing = gazetteers, patterns, None

    def _made(self, gazetteers: list[Gazetteer], patterns: list[str] | list[dict[str, Any]]) -> Tagger | None:
        if not (gazetteers or patterns or self._settings["builtin"]):
            return None
        return Tagger(gazetteers, patterns=patterns, **self._settings)

    def _check_version(self, saved: str) -> None:
        if saved != wiretag.__version__ and (self._settings["builtin"] or self._settings["rules"]):
            message = f"{self.name} was saved with wiretag {saved}, and this is {wiretag.__version__}"
            warnings.warn(
                f"{message}: built-in gazetteers and rules may find other entities", VersionWarning, stacklevel=3
            )

    def _text(self, doc: Doc) -> str | dict[str, Any]:
        date = doc._.get(self._date_field) if Doc.has_extension(self._date_field) else None
        return doc.text if date is None else {self._date_field: date, "text": doc.text}

    def _aligned(self, doc: Doc, found: wiretag.Span) -> Span | None:
        mode = self.align if self.align in ("expand", "contract") else "strict"
        entity = found.entity or ""
        span = doc.char_span(
            found.start, found.end, label=found.label, kb_id=entity, span_id=entity, alignment_mode=mode
        )
        if span is None and self.align == "fail":
            raise Error(
                f'{_shown(found)} does not start and end with tokens: align="expand" takes the tokens that it touches'
            )
        if span is None:
            self._tell("unaligned", found, "does not start and end with tokens, and was left out")
        elif _is_moved(found, span):
            self._tell("moved", found, f"does not start and end with tokens, and became {span.text!r}")
        return span

    def _set_ents(self, doc: Doc, aligned: list[_Aligned]) -> None:
        there = doc.ents
        there_at = {i: n for n, ent in enumerate(there) for i in range(ent.start, ent.end)}
        new_at: set[int] = set()
        new, replaced = [], set()
        # Of spans that share a token, one that was not moved stays; else the longest.
        for found, span in sorted(aligned, key=lambda a: (_is_moved(*a), a[1].start - a[1].end)):
            tokens = range(span.start, span.end)
            overlapped = {there_at[i] for i in tokens if i in there_at}
            if not new_at.isdisjoint(tokens):
                self._tell("collided", found, "has a token of another span, and was left out")
            elif overlapped and self.existing == "error":
                message = f"{_shown(found)} overlaps the entity {there[min(overlapped)].text!r}"
                raise Error(f'{message}: existing="keep" leaves the one that is there, "overwrite" takes the new one')
            elif overlapped and self.existing == "keep":
                self.counts["existing"] += 1
            else:
                _keep_record(span, found)
                new.append(span)
                new_at.update(tokens)
                replaced |= overlapped
        for n in replaced:
            self.counts["replaced"] += 1
            # spaCy leaves the ids of tokens where the new entity has none.
            for token in there[n]:
                token.ent_id = 0
        doc.ents = [*new, *(ent for n, ent in enumerate(there) if n not in replaced)]

    def _set_group(self, doc: Doc, aligned: list[_Aligned], key: str) -> None:
        there = list(doc.spans.get(key, ()))
        if there and self.existing == "error":
            raise Error(
                f'doc.spans[{key!r}] has spans: existing="keep" adds to them, "overwrite" puts others in their place'
            )
        for found, span in aligned:
            _keep_record(span, found)
        kept = there if self.existing == "keep" else []
        doc.spans[key] = SpanGroup(doc, name=key, spans=[*kept, *(span for _, span in aligned)])

    def _tell(self, count: str, found: wiretag.Span, what: str) -> None:
        self.counts[count] += 1
        if self.counts[count] == 1:
            message = f"{_shown(found)} {what}; nlp.get_pipe({self.name!r}).counts has how many did"
            warnings.warn(message, AlignmentWarning, stacklevel=2)


def _read_patterns(path: str) -> list[dict[str, Any]]:
    lines = Path(path).read_text(encoding="utf-8-sig").split("\n")
    return [json.loads(line) for line in lines if line.strip()]


def _shown(span: wiretag.Span) -> str:
    return f"{span.label} {span.text!r} at {span.start}"


def _is_moved(found: wiretag.Span, span: Span) -> bool:
    return (span.start_char, span.end_char) != (found.start, found.end)


def _one_of(option: str, value: str, values: tuple[str, ...]) -> None:
    if value not in values:
        raise Error(f"{option} is {value!r}: there are {', '.join(values)}")
