"""The exceptions. All are ``wiretag.Error``, and so ``ValueError``."""

from __future__ import annotations

from collections.abc import Iterable

from ._types import Problem


class Error(ValueError):
    """Something can't be done; the message says where, what, and the way out."""


class FileError(OSError, Error):
    """A file can't be read or written. ``filename`` and ``errno`` are those of ``OSError``."""

    def __str__(self) -> str:
        return str(self.strerror) if self.filename is None else f"{self.filename}: {self.strerror}"


class MissingFileError(FileError, FileNotFoundError):
    """A file is not there."""


class DataError(Error):
    """Data is bad: a line of a list, a pattern, a record."""

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        """All that is wrong, in the order of files and lines."""
        super().__init__(message, self.problems)

    def __str__(self) -> str:
        return str(self.args[0])

    @property
    def path(self) -> str | None:
        """The file of the first problem."""
        return self.problems[0].path if self.problems else None

    @property
    def line(self) -> int | None:
        """The line of the first problem, counted from 1."""
        return self.problems[0].line if self.problems else None


class DocumentError(Error):
    """One text of several could not be annotated."""

    def __init__(self, message: str, index: int, id: str) -> None:
        self.index: int = index
        """Its place in the input, counted from 0."""
        self.id: str = id
        """Its id, if it has one."""
        super().__init__(message, index, id)

    def __str__(self) -> str:
        name = f" ({self.id})" if self.id else ""
        return f"document {self.index}{name}: {self.args[0]}"
