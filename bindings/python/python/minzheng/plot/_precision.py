"""How often models were right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._axes import BLUE, GREY, Lang, Words, axes, document

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def precision(review: Any, *, ax: Axes | None = None, lang: Lang | None = None) -> Axes:
    """The precision of each model: the share that was confirmed, with its interval.

    :param review: An answer of the call ``alert_review``, or its document (schema ``minzheng/review/1``).
    :param ax: Where to draw.
    :param lang: ``zh``, ``en`` or ``both``; without it both where a font for Chinese is there, else English.
    :returns: One row a model, those that are surest to be right first: a line from end to end of Wilson's interval at 95 %, a
        dot at the share, and the cases behind it. A model without a case that says anything has no dot: its precision is
        unknown, not zero.
    """
    words = Words(lang)
    models = [(one["model"], one["tally"]) for one in document(review)["models"]]

    def rank(one: tuple[str, Any]) -> tuple[int, str]:
        found = one[1]["precision"]
        return (-found["low"] if found else 1, one[0])

    models.sort(key=rank)
    ax = axes(ax, height=1.6 + 0.35 * max(len(models), 2))
    for at, (_, tally) in enumerate(models):
        confirmed, counted = tally["confirmed"], tally["confirmed"] + tally["refuted"]
        if tally["precision"] is None or not counted:
            ax.text(50, at, words("无可计结案", "nothing to count"), color=GREY, ha="center", va="center", fontsize="small")
            continue
        low, high = tally["precision"]["low"] / 100, tally["precision"]["high"] / 100
        ax.plot([low, high], [at, at], color=BLUE, linewidth=2, solid_capstyle="butt")
        ax.plot([100 * confirmed / counted], [at], "o", color=BLUE, markersize=6)
        ax.text(101, at, f"{confirmed}/{counted}", va="center", fontsize="small")
    ax.set_yticks(range(len(models)), [model for model, _ in models])
    ax.set_ylim(len(models) - 0.5, -0.5)
    ax.set_xlim(0, 100)
    ax.set_xlabel(words("属实比例（%），横线为 95% 威尔逊区间", "confirmed (%), with Wilson's interval at 95 %"))
    ax.set_title(words("模型准确率", "Precision of the models"))
    return words.dress(ax)
