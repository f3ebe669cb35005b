"""Warning models held against one household: suspicions for a person to check, never a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .typing import Json
from .words import Words

__all__ = ["Hit", "Warnings"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A model points at a person or the household."""

    model: str
    person: str | None
    title: Words
    sentence: Words
    """With figures, sources and days; never a name or the number of a document."""
    direction: str
    level: str
    """``red``, ``orange``, ``yellow`` or ``blue``, the gravest first."""
    due: date | None
    """The last day to deal with it."""
    raw: Mapping[str, Json]
    """The whole answer: evidence, thresholds, what it means and does not mean (``docs/reference/warnings.schema.json``)."""

    def __repr__(self) -> str:
        person = f" [{self.person}]" if self.person else ""
        return f"Hit({self.model}{person}: {self.level}, due {self.due})"


class Warnings:
    """What the models say of a household."""

    __slots__ = ("_answer",)

    def __init__(self, answer: dict[str, Json]) -> None:
        self._answer = answer

    @property
    def hits(self) -> tuple[Hit, ...]:
        """What the models point at, in the order of models and persons."""
        return tuple(_hit(hit) for hit in self._answer["hits"])

    @property
    def unknown(self) -> tuple[Mapping[str, Json], ...]:
        """The models that cannot tell, each with what is missing. Unknown is never a miss."""
        return tuple(self._answer["unknown"])

    def to_dict(self) -> dict[str, Json]:
        """The whole answer, as the JSON call gives it."""
        return dict(self._answer)

    def __repr__(self) -> str:
        return f"Warnings(hits={len(self._answer['hits'])}, unknown={len(self._answer['unknown'])})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Warnings) and other._answer == self._answer

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[object, ...]:
        return Warnings, (self._answer,)


def _hit(hit: Mapping[str, Any]) -> Hit:
    due = hit.get("due")
    return Hit(
        model=hit["model"],
        person=hit.get("person"),
        title=Words.from_dict(hit["title"]),
        sentence=Words.from_dict(hit["sentence"]),
        direction=hit["direction"],
        level=hit["level"],
        due=None if due is None else date.fromisoformat(due),
        raw=hit,
    )
