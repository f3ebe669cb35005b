"""What is declared beside what the sources report: findings, never a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from . import _native
from .assessment import card
from .household import Household
from .typing import Json
from .words import Lang

if TYPE_CHECKING:
    from .engine import Engine

__all__ = ["Verification", "read_verification"]


def read_verification(source: str | PathLike[str], name: str = "verification.toml") -> dict[str, Json]:
    """A verification file as a dictionary: its path, or its text where it has more than one line."""
    if isinstance(source, str) and "\n" in source:
        return _native.verification_from_text(source, name)
    with open(fspath(source), encoding="utf-8") as file:
        return _native.verification_from_text(file.read(), fspath(source))


class Verification:
    """A household that was checked against its sources."""

    __slots__ = ("_answer", "_engine", "_file")

    def __init__(self, engine: Engine, file: dict[str, Any], answer: dict[str, Json]) -> None:
        self._engine = engine
        self._file = file
        self._answer = answer

    @property
    def report(self) -> dict[str, Json]:
        """The report (``docs/reference/verification-report.schema.json``)."""
        report: dict[str, Json] = self._answer["report"]
        return report

    @property
    def household(self) -> Household:
        """The household with the facts that were adopted."""
        return Household.from_dict(self._answer["household"])

    @property
    def plan(self) -> Json:
        """Which queries were covered by an authorisation; ``None`` where that was checked elsewhere."""
        return self._answer["plan"]

    @property
    def assessment(self) -> Json:
        """The decision of the adopted household, where it was asked for."""
        return self._answer.get("assessment")

    @property
    def events(self) -> Json:
        """The events for the audit trail, where they were asked for."""
        return self._answer.get("events")

    def text(self, lang: Lang = "zh") -> str:
        """The report as text."""
        return self._engine._native.verification(self._file).render("text", lang)

    def html(self, lang: Lang = "zh") -> str:
        """The report as a page that stands alone."""
        return self._engine._native.verification(self._file).render("page", lang)

    def to_dict(self) -> dict[str, Json]:
        """The whole answer, as the JSON call gives it."""
        return dict(self._answer)

    def __repr__(self) -> str:
        return f"Verification(report, household, {len(self._answer['report'])} parts)"

    def _repr_html_(self) -> str:
        return card(self.html())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Verification) and other._answer == self._answer

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[object, ...]:
        return Verification, (self._engine, self._file, self._answer)


def file_of(verification: Mapping[str, Any] | str | PathLike[str]) -> dict[str, Any]:
    """A verification file as a dictionary, however it was given."""
    return dict(verification) if isinstance(verification, Mapping) else read_verification(verification)
