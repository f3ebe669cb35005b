"""What is raised. Every exception carries stable codes, words in Chinese and English, a way out and the path of what is wrong.

::

    MinzhengError
    ├── RefusedError (ValueError)       what was given is refused
    │   ├── HouseholdError              a household: its shape, its facts, its numbers of documents
    │   ├── FactValueError              a value that is none of its type, unit or list
    │   ├── InexactError (TypeError)    a float where something exact is due
    │   ├── HostTypeError (TypeError)   a value of Python that has no counterpart
    │   ├── PackError                   packs, and the expressions in them
    │   ├── TableError                  tables, columns, files
    │   ├── CallError                   a call, a programme or an output that does not exist
    │   ├── VerificationError           requests, answers and records of sources
    │   ├── CatalogError                the catalogue, its lists, quality rules
    │   ├── AlertError                  warning models and the life of alerts
    │   ├── GateError                   authorisations, the gate, sharing
    │   └── AuditError                  the audit trail
    ├── StoppedError                    the work was asked to stop
    ├── VersionError                    what travelled was made by another version of the library
    └── FaultError (RuntimeError)       a fault of the library; report it

No message holds personal data: identity numbers and values are never repeated.

>>> import minzheng
>>> try:
...     minzheng.Engine().assess({"on": "2026-08-25", "household": {"hukuo": "urban"}})
... except minzheng.HouseholdError as error:
...     print(error.code, error.path, error.help.en)
E-FACT-NAME household.hukuo did you mean `hukou`?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .words import Lang, Words

__all__ = [
    "AlertError",
    "AuditError",
    "CallError",
    "CatalogError",
    "FactValueError",
    "FaultError",
    "Finding",
    "GateError",
    "HostTypeError",
    "HouseholdError",
    "InexactError",
    "MinzhengError",
    "PackError",
    "RefusedError",
    "StoppedError",
    "TableError",
    "VerificationError",
    "VersionError",
]

_Raw = tuple[str, tuple[str, str], tuple[str, str], str, str, int]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    ``path`` is the place inside what was given, as ``person[1].wage``; ``file`` and ``line`` are those of a pack or file that has a
    name. Empty, and zero, where there is none.
    """

    code: str
    message: Words
    help: Words
    path: str = ""
    file: str = ""
    line: int = 0

    def line_of(self, lang: Lang = "en") -> str:
        """The finding in one line."""
        where = f"{self.file}:{self.line}: " if self.file and self.line else f"{self.file}: " if self.file else ""
        path = f"{self.path}: " if self.path else ""
        help_words = self.help.of(lang)
        if lang == "zh":
            return f"{where}错误[{self.code}]: {path}{self.message.zh}" + (f"（{help_words}）" if help_words else "")
        return f"{where}error[{self.code}]: {path}{self.message.en}" + (f" ({help_words})" if help_words else "")


class MinzhengError(Exception):
    """The base of everything that this package raises of its own."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(tuple(findings))
        self.findings: tuple[Finding, ...] = tuple(findings)
        """Everything that is wrong, at least one."""

    @property
    def code(self) -> str:
        """The stable code of the first finding; all stand in ``docs/reference/errors.md``."""
        return self.findings[0].code

    @property
    def message(self) -> Words:
        """What is wrong."""
        return self.findings[0].message

    @property
    def help(self) -> Words:
        """What to do; empty where nothing can be said."""
        return self.findings[0].help

    @property
    def path(self) -> str:
        """The place inside what was given, as ``person[1].wage``; empty where it is about the whole."""
        return self.findings[0].path

    def lines(self, lang: Lang = "en") -> str:
        """All findings, one a line."""
        return "\n".join(finding.line_of(lang) for finding in self.findings)

    def __str__(self) -> str:
        return self.lines("en")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r}, path={self.path!r})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, MinzhengError) and other.findings == self.findings

    def __hash__(self) -> int:
        return hash(self.findings)


class RefusedError(MinzhengError, ValueError):
    """What was given is refused."""


class HouseholdError(RefusedError):
    """A household is refused: its shape, a fact, a row, the number of a document."""


class FactValueError(RefusedError):
    """A value is none of its type, unit or list."""


class InexactError(RefusedError, TypeError):
    """A float stands where something exact is due. Write a ``Decimal``, or text."""


class HostTypeError(RefusedError, TypeError):
    """A value of Python that has no counterpart: an object, a moment where a day is due, text that is not UTF-8."""


class PackError(RefusedError):
    """A pack is refused, with file and line."""


class TableError(RefusedError):
    """A table, a column or a file is refused before a row is read. What is wrong with rows stands in the table of findings."""


class CallError(RefusedError):
    """A call, a programme or an output that does not exist, or a field of a call of another kind."""


class VerificationError(RefusedError):
    """A request, an answer or a record of a verification is refused."""


class CatalogError(RefusedError):
    """Something about the catalogue is refused, or there is no such resource."""


class AlertError(RefusedError):
    """A warning model, an alert or a step of its life is refused."""


class GateError(RefusedError):
    """An authorisation, a request to the gate, or a step of sharing is refused."""


class AuditError(RefusedError):
    """An event or a head of the audit trail is refused."""


class StoppedError(MinzhengError):
    """The work was asked to stop: the progress callback said ``False``."""


class VersionError(MinzhengError, RuntimeError):
    """What travelled here, as a pickle does, was made by another version of the library or by other packs."""


class FaultError(MinzhengError, RuntimeError):
    """A fault of the library, caught at its border. Please report it."""


# by the longest beginning of a code that fits
_CLASSES: dict[str, type[MinzhengError]] = {
    "E-ALERT-": AlertError,
    "E-ANSWER-": VerificationError,
    "E-API-": CallError,
    "E-ARREARS-": CallError,
    "E-AUDIT-": AuditError,
    "E-AUTH-": GateError,
    "E-CATALOG-": CatalogError,
    "E-COMPARE-": TableError,
    "E-DOC-": HouseholdError,
    "E-EVIDENCE-": CatalogError,
    "E-EXPORT-": CallError,
    "E-FACT-": HouseholdError,
    "E-FILE-": TableError,
    "E-FINDING-": HouseholdError,
    "E-GATE-": GateError,
    "E-HOST-FAULT": FaultError,
    "E-HOST-TABLE": TableError,
    "E-HOST-TYPE": HostTypeError,
    "E-HOST-VERSION": VersionError,
    "E-ID-": HouseholdError,
    "E-INPUT": FaultError,
    "E-LIST-": CatalogError,
    "E-MAP-": TableError,
    "E-MATCH-": TableError,
    "E-MATCH-FAULT": FaultError,
    "E-OUTPUT-": CallError,
    "E-OVERLAY-": HouseholdError,
    "E-PROGRAMME-": CallError,
    "E-RECHECK-": VerificationError,
    "E-RECORD-": VerificationError,
    "E-REPORT-": VerificationError,
    "E-REQUEST-": VerificationError,
    "E-ROW-": HouseholdError,
    "E-RUN-": TableError,
    "E-RUN-STOPPED": StoppedError,
    "E-SET": HouseholdError,
    "E-SHARING-": GateError,
    "E-SHEET-": CatalogError,
    "E-TABLE-": TableError,
    "E-TABLE-FAULT": FaultError,
    "E-TABLE-FLOAT": InexactError,
    "E-VALUE-": FactValueError,
    "E-VALUE-FLOAT": InexactError,
    "E-WARNING-": AlertError,
}


def class_of(code: str) -> type[MinzhengError]:
    """The class of a code.

    >>> class_of("E-VALUE-FLOAT").__name__, class_of("E-PACK-TOML").__name__
    ('InexactError', 'PackError')
    """
    fits = [start for start in _CLASSES if code.startswith(start)]
    # packs have the codes of their expressions beside their own
    return _CLASSES[max(fits, key=len)] if fits else PackError


def of_findings(findings: Sequence[_Raw]) -> MinzhengError:
    """The exception of what the library found."""
    made = [
        Finding(code, Words(*message), Words(*help_words), path, file, line)
        for code, message, help_words, path, file, line in findings
    ]
    return class_of(made[0].code)(made)


def refused(code: str, message: Words, help_words: Words, path: str = "") -> MinzhengError:
    """The exception of something that this package finds before the library is asked."""
    return class_of(code)([Finding(code, message, help_words, path)])
