# What the compiled part has. Its documentation strings are in the code: help(wiretag.Tagger) shows them.

from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, Protocol, TypeAlias, final, overload

from ._errors import DocumentError
from ._types import Problem, Zone

__all__ = [
    "Annotations",
    "ArrowArray",
    "ArrowStream",
    "Document",
    "Explanation",
    "Gazetteer",
    "GazetteerBuilder",
    "Reader",
    "Span",
    "Tagger",
    "convert",
    "evaluate",
    "read",
    "read_articles",
    "rules",
    "verify",
    "version",
]

_Path: TypeAlias = str | PathLike[str]
_Case: TypeAlias = Literal["any", "title", "exact"]

class _ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

_Text: TypeAlias = str | Mapping[str, Any] | Document
_Paths: TypeAlias = _Path | Iterable[_Path]
_Map: TypeAlias = Mapping[str, str] | str | Iterable[str]
_Annotated: TypeAlias = Literal[
    "jsonl", "prodigy", "doccano", "label-studio", "bdocjs", "brat", "conll", "gliner", "spacy", "parquet"
]

def rules() -> dict[str, str]: ...
def verify(path: _Path) -> None: ...
def version() -> str: ...
def read(
    paths: _Paths,
    *,
    format: _Annotated | None = None,
    label_field: str = "label",
    errors: Literal["raise", "skip"] = "raise",
) -> Reader: ...
def read_articles(
    paths: _Paths,
    *,
    format: Literal["text", "markdown", "jsonl", "json", "html", "csv", "tsv", "warc", "parquet"] | None = None,
    text_field: str | Iterable[str] | None = None,
    id_field: str = "id",
    encoding: str | None = None,
    max_document: int = 67108864,
    errors: Literal["raise", "skip"] = "raise",
) -> Reader: ...
def convert(
    paths: _Paths,
    output: _Path,
    *,
    to: str,
    format: str | None = None,
    labels: str | Iterable[str] | None = None,
    map_labels: _Map | None = None,
    min_score: float = 0.0,
    overlaps: Literal["longest", "all"] | None = None,
    unit: Literal["document", "paragraph", "sentence"] | None = None,
    tokenizer: Literal["words", "spacy"] | None = None,
    align: Literal["expand", "contract", "drop", "fail"] | None = None,
    threads: int = 0,
    errors: Literal["raise", "skip"] = "raise",
) -> dict[str, Any]: ...
def evaluate(
    gold: str,
    predicted: str,
    *,
    compare_with: str | None = None,
    labels: str | Iterable[str] | None = None,
    map_labels: _Map | None = None,
    ignore_determiners: bool = False,
    mistakes: int = 0,
    changes: int = 10,
    samples: int = 10000,
    seed: int = 1,
    format: str | None = None,
    label_field: str = "label",
    errors: str = "raise",
) -> dict[str, Any]: ...
@final
class Reader:
    @property
    def problems(self) -> list[Problem]: ...
    def __iter__(self) -> Reader: ...
    def __next__(self) -> Document: ...

@final
class Span:
    def __new__(
        cls,
        start: int,
        end: int,
        label: str,
        text: str = "",
        *,
        entity: str | None = None,
        name: str | None = None,
        also: Sequence[str] = ...,
        origin: str = "",
        score: float | None = None,
        zone: str | None = None,
        lost: str | None = None,
        attributes: dict[str, str] = ...,
    ) -> Span: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def label(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def entity(self) -> str | None: ...
    @property
    def name(self) -> str | None: ...
    @property
    def also(self) -> tuple[str, ...]: ...
    @property
    def origin(self) -> str: ...
    @property
    def score(self) -> float | None: ...
    @property
    def zone(self) -> str | None: ...
    @property
    def lost(self) -> str | None: ...
    @property
    def attributes(self) -> dict[str, str]: ...
    def to_dict(self) -> dict[str, Any]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __getnewargs_ex__(self) -> tuple[tuple[int, int, str, str], dict[str, Any]]: ...

@final
class Document:
    def __new__(
        cls, text: str, spans: Sequence[Span] = ..., *, id: str = "", meta: dict[str, Any] | None = None
    ) -> Document: ...
    @property
    def text(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def meta(self) -> dict[str, Any]: ...
    @property
    def spans(self) -> tuple[Span, ...]: ...
    @property
    def zones(self) -> tuple[Zone, ...]: ...
    def to_dict(self) -> dict[str, Any]: ...
    def to_json(self) -> str: ...
    def __len__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __getnewargs_ex__(self) -> tuple[tuple[str, tuple[Span, ...]], dict[str, Any]]: ...
    def _repr_html_(self) -> str: ...

@final
class Tagger:
    def __new__(
        cls,
        gazetteers: _Path | Gazetteer | Iterable[_Path | Gazetteer] | None = None,
        *,
        builtin: bool | None = None,
        patterns: _Paths | Iterable[Mapping[str, Any]] | None = None,
        rules: bool | None = None,
        without: str | Iterable[str] | None = None,
        titles: Literal["outside", "inside"] | None = None,
        date_field: str | None = None,
        label: str | None = None,
        case: _Case | None = None,
        labels: str | Iterable[str] | None = None,
        map_labels: _Map | None = None,
        min_score: float | None = None,
        overlaps: Literal["longest", "all"] | None = None,
        attributes: bool | None = None,
        config: _Path | None = None,
        threads: int | None = None,
    ) -> Tagger: ...
    @property
    def labels(self) -> list[str]: ...
    @property
    def threads(self) -> int: ...
    def annotate(self, text: str, id: str = "", meta: dict[str, Any] | None = None) -> Document: ...
    @overload
    def annotate_batch(self, texts: Iterable[_Text], *, errors: Literal["raise"] = "raise") -> list[Document]: ...
    @overload
    def annotate_batch(
        self, texts: Iterable[_Text], *, errors: Literal["keep"]
    ) -> list[Document | DocumentError]: ...
    @overload
    def annotate_iter(
        self, texts: Iterable[_Text], *, chunk: int = 4096, errors: Literal["raise"] = "raise"
    ) -> Iterator[Document]: ...
    @overload
    def annotate_iter(
        self, texts: Iterable[_Text], *, chunk: int = 4096, errors: Literal["keep"]
    ) -> Iterator[Document | DocumentError]: ...
    @overload
    def annotate_arrow(
        self,
        data: _ArrowArray,
        *,
        text: str = "text",
        id: str | None = None,
        errors: Literal["raise", "column"] = "raise",
        offset_unit: Literal["codepoint", "byte", "utf16"] = "codepoint",
    ) -> ArrowArray: ...
    @overload
    def annotate_arrow(
        self,
        data: _ArrowStream,
        *,
        text: str = "text",
        id: str | None = None,
        errors: Literal["raise", "column"] = "raise",
        offset_unit: Literal["codepoint", "byte", "utf16"] = "codepoint",
    ) -> ArrowStream: ...
    def explain(self, text: _Text, *, word: str | None = None, at: int | None = None) -> Explanation: ...
    def __getnewargs_ex__(self) -> tuple[tuple[()], dict[str, Any]]: ...

@final
class ArrowArray:
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...
    def __len__(self) -> int: ...

@final
class ArrowStream:
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __len__(self) -> int: ...

@final
class Explanation:
    def to_dict(self) -> dict[str, Any]: ...

@final
class Annotations:
    def __iter__(self) -> Annotations: ...
    def __next__(self) -> Document | DocumentError: ...

@final
class Gazetteer:
    @classmethod
    def from_path(cls, path: _Path, *, label: str | None = None, case: _Case | None = None) -> Gazetteer: ...
    @classmethod
    def from_text(
        cls, text: str, *, name: str = "gazetteer", label: str | None = None, case: _Case | None = None
    ) -> Gazetteer: ...
    @classmethod
    def from_rows(
        cls, rows: Iterable[str | tuple[str, str] | Mapping[str, Any]], *, label: str | None = None
    ) -> Gazetteer: ...
    @classmethod
    def from_bytes(cls, bytes: bytes, *, name: str = "gazetteer") -> Gazetteer: ...
    @staticmethod
    def builder() -> GazetteerBuilder: ...
    def compile(self, path: _Path) -> None: ...
    def to_bytes(self) -> bytes: ...

@final
class GazetteerBuilder:
    def __new__(cls) -> GazetteerBuilder: ...
    def add_path(
        self, path: _Path, *, label: str | None = None, case: _Case | None = None
    ) -> GazetteerBuilder: ...
    def add_text(
        self, text: str, *, name: str = "gazetteer", label: str | None = None, case: _Case | None = None
    ) -> GazetteerBuilder: ...
    def add(
        self,
        name: str,
        label: str,
        *,
        id: str | None = None,
        aliases: Sequence[str] = ...,
        attributes: dict[str, str] = ...,
        case: _Case | None = None,
        priority: int = 0,
    ) -> GazetteerBuilder: ...
    def build(self) -> Gazetteer: ...
    def compile(self, path: _Path) -> int: ...
