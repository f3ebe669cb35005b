"""How old the sources are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from ._axes import BLUE, GREY, ORANGE, RED, Lang, Words, axes, document

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STATES = {
    "fresh": ("正常", "fresh", BLUE),
    "due": ("待报", "due", ORANGE),
    "late": ("逾期", "late", RED),
    "never": ("从未报送", "never came", GREY),
}


def freshness(board: Any, *, resources: Sequence[str] | None = None, ax: Axes | None = None, lang: Lang | None = None) -> Axes:
    """How many days old the newest delivery of each source is, and whether that is in time.

    :param board: An answer of the call ``freshness``, or its document.
    :param resources: Ids of sources; without it all of the board.
    :param ax: Where to draw.
    :param lang: ``zh``, ``en`` or ``both``; without it both where a font for Chinese is there, else English.
    :returns: One row a source, the oldest first. One that never came has a cross and no bar: its age is unknown.
    """
    found, words = document(board), Words(lang)
    on = date.fromisoformat(found["on"])

    def age(line: Any) -> int | None:
        return (on - date.fromisoformat(line["as_of"])).days if line.get("as_of") else None

    chosen = [line for line in found["lines"] if resources is None or line["resource"] in resources]
    lines = sorted(chosen, key=lambda line: (age(line) is not None, -(age(line) or 0), line["resource"]))
    ax = axes(ax, height=1.6 + 0.25 * max(len(lines), 4))
    for state, (zh, en, colour) in STATES.items():
        own = [(at, age(line)) for at, line in enumerate(lines) if line["state"] == state]
        if not own:
            continue
        days = [(at, many) for at, many in own if many is not None]
        if days:
            ax.barh([at for at, _ in days], [many for _, many in days], color=colour, label=words(zh, en))
        never = [at for at, many in own if many is None]
        if never:
            ax.plot([0] * len(never), never, "x", color=colour, label=words(zh, en), clip_on=False)
    ax.set_yticks(range(len(lines)), [line["resource"] for line in lines], fontsize="small")
    ax.set_ylim(len(lines) - 0.5, -0.5)
    ax.set_xlim(left=0)
    ax.set_xlabel(words("数据距今天数", "days since the day the data are of"))
    ax.set_title(words("数据时效", "Freshness of the sources") + f" {on}")
    if lines:
        ax.legend(loc="lower right", frameon=False)
    return words.dress(ax)
