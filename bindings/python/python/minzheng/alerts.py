"""The life of alerts, from issued to closed, and what is learnt from it (``docs/guide/alerts.md``).

Records are the host's: every call takes them and gives them back changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from .typing import Json
from .words import Lang

if TYPE_CHECKING:
    from .engine import Engine

__all__ = ["Alerts"]

Day = date | str
Records = Sequence[Mapping[str, Any]]


def _list(records: Records) -> list[dict[str, Any]]:
    return [dict(record) for record in records]


class Alerts:
    """The alerts of an engine's packs: :attr:`minzheng.Engine.alerts`."""

    __slots__ = ("_engine",)

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def step(self, alert: Mapping[str, Any], step: Mapping[str, Any]) -> Json:
        """The alert after a step of a person, and what is possible then."""
        return self._engine.ask("alert_step", alert=dict(alert), step=dict(step))

    def reconcile(self, alerts: Records, answers: Records, *, on: Day, suppressions: Records = ()) -> Json:
        """Every alert after this period, with its class; what was held back; counts."""
        return self._engine.ask(
            "alert_reconcile",
            on=on,
            alerts=_list(alerts),
            answers=_list(answers),
            suppressions=_list(suppressions),
        )

    def tasks(self, alerts: Records) -> Json:
        """One task for each household, the most urgent first."""
        return self._engine.ask("alert_tasks", alerts=_list(alerts))

    def due(self, within: Mapping[str, Any], *, on: Day) -> str:
        """The last day."""
        return str(self._engine.ask("alert_due", on=on, within=dict(within))["due"])

    def overdue(self, alerts: Records, *, on: Day) -> Json:
        """What is due or overdue, and who is told."""
        return self._engine.ask("alert_overdue", on=on, alerts=_list(alerts))

    def review(
        self,
        alerts: Records = (),
        *,
        cases: Records = (),
        by: Literal["county", "prefecture", "province"] | None = None,
        lang: Lang | None = None,
    ) -> Json:
        """Precision and cost by model and place; with ``lang`` also as text and page."""
        return self._engine.ask("alert_review", alerts=_list(alerts), cases=_list(cases), by=by, lang=lang)

    def thresholds(self, cases: Records, *, side: str, thresholds: Sequence[int], lang: Lang | None = None) -> Json:
        """What each threshold would have done on history."""
        return self._engine.ask("alert_thresholds", cases=_list(cases), side=side, thresholds=list(thresholds), lang=lang)

    def shadow(self, old: Records, new: Records, *, lang: Lang | None = None) -> Json:
        """Two versions of a model by place."""
        return self._engine.ask("alert_shadow", old=_list(old), new=_list(new), lang=lang)
