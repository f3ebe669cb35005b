"""Authorisations, the gate, and sharing: who may see which rows and columns, and by which rule.

Answers are those of the JSON call (``docs/guide/gate.md``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from .typing import Json

if TYPE_CHECKING:
    from .engine import Engine

__all__ = ["Gate"]


class Gate:
    """The gate of an engine's packs: :attr:`minzheng.Engine.gate`."""

    __slots__ = ("_engine",)

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def authorize(self, request: Mapping[str, Any], authorizations: Sequence[Mapping[str, Any]]) -> Json:
        """Which queries of a check may be asked, and why the others may not."""
        return self._engine.ask("authorize", request=dict(request), authorizations=[dict(a) for a in authorizations])

    def decide(
        self,
        request: Mapping[str, Any],
        *,
        authorizations: Sequence[Mapping[str, Any]] | None = None,
        agreed: Json = None,
    ) -> Json:
        """Which rows and columns are given, and by which rule."""
        papers = None if authorizations is None else [dict(a) for a in authorizations]
        return self._engine.ask("gate", request=dict(request), authorizations=papers, agreed=agreed)

    def sharing_step(self, request: Mapping[str, Any], event: Mapping[str, Any], *, on: date | str) -> Json:
        """A request for sharing after a step."""
        return self._engine.ask("sharing_step", request=dict(request), event=dict(event), on=on)

    def correction_step(self, correction: Mapping[str, Any], event: Mapping[str, Any], *, on: date | str) -> Json:
        """A request for correction after a step."""
        return self._engine.ask("correction_step", correction=dict(correction), event=dict(event), on=on)
