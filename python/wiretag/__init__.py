"""wiretag finds the countries, nationalities, organizations, weapons, people and places in news articles.

>>> import wiretag
>>> tagger = wiretag.Tagger()
>>> [(span.text, span.label, span.entity) for span in tagger.annotate("Seoul said the DPRK fired a Hwasong-18.").spans]
[('Seoul', 'LOCATION', 'place/seoul'), ('DPRK', 'COUNTRY', 'country/KP'), ('Hwasong-18', 'WEAPON', 'weapon/hwasong-18')]

All offsets are characters of Python's strings (Unicode code points), half-open: ``text[span.start:span.end] == span.text``.
"""

from ._errors import DataError, DocumentError, Error, FileError, MissingFileError
from ._files import evaluate, write
from ._types import Problem, Zone
from ._wiretag import (
    Annotations,
    ArrowArray,
    ArrowStream,
    Document,
    Explanation,
    Gazetteer,
    GazetteerBuilder,
    Reader,
    Span,
    Tagger,
    convert,
    read,
    read_articles,
    rules,
    verify,
    version,
)

__version__: str = version()

__all__ = [
    "Annotations",
    "ArrowArray",
    "ArrowStream",
    "DataError",
    "Document",
    "DocumentError",
    "Error",
    "Explanation",
    "FileError",
    "Gazetteer",
    "GazetteerBuilder",
    "MissingFileError",
    "Problem",
    "Reader",
    "Span",
    "Tagger",
    "Zone",
    "__version__",
    "convert",
    "evaluate",
    "read",
    "read_articles",
    "rules",
    "verify",
    "write",
]

for _exception in (DataError, DocumentError, Error, FileError, MissingFileError, Problem, Zone):
    # Messages and pickles name them as users import them.
    _exception.__module__ = "wiretag"
del _exception
