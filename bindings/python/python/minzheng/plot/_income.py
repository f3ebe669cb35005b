"""Per-capita income against the standard."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ._axes import BLUE, ORANGE, RED, Lang, Words, axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STEP = 4
"""Bars to one standard."""


def income(
    table: Any,
    *,
    income: str = "per_capita_income",
    standard: str = "standard_year",
    most: int = 4,
    ax: Axes | None = None,
    lang: Lang | None = None,
) -> Axes:
    """How far households are from the standard of their own place.

    Standards differ by place, so income is measured in standards: one is exactly at the line. A household that is not below the
    line to the fen stands right of it.

    :param table: The households of ``Engine.run(…, formulas=["per_capita_income", "standard_year"])``: anything that exports Arrow.
    :param income, standard: The columns, of one period.
    :param most: Whoever has so many standards or more stands in the last bar.
    :param ax: Where to draw.
    :param lang: ``zh``, ``en`` or ``both``; without it both where a font for Chinese is there, else English.
    :returns: Bars of a quarter of the standard, and in words how many are not drawn because income or standard is unknown.
    """
    import pyarrow as pa

    rows = pa.table(table)
    counts: Counter[int] = Counter()
    unknown = 0
    for own, line in zip(rows[income].to_pylist(), rows[standard].to_pylist(), strict=True):
        if own is None or not line:
            unknown += 1
            continue
        # whole numbers until the bar is known: a float would move who stands at the line
        at = (Decimal(own) * STEP) // Decimal(line)
        counts[max(0, min(int(at), most * STEP))] += 1
    words = Words(lang)
    ax = axes(ax)
    places = range(most * STEP + 1)
    colours = [ORANGE if at < STEP else BLUE for at in places]
    ax.bar([(at + 0.5) / STEP for at in places], [counts[at] for at in places], width=1 / STEP, color=colours, edgecolor="white")
    ax.axvline(1, color=RED, linewidth=1.5)
    ax.set_xticks(range(most + 1), [*map(str, range(most)), f"≥ {most}"])
    ax.set_xlabel(words("家庭人均收入，以当地低保标准为 1", "per-capita income, the local standard being 1"))
    ax.set_ylabel(words("户", "households"))
    below = sum(counts[at] for at in range(STEP))
    zh = f"人均收入与低保标准：低于标准 {below} 户，未知 {unknown} 户"
    ax.set_title(words.lines(zh, f"Income and the standard: {below} below it, {unknown} unknown"))
    return words.dress(ax)
