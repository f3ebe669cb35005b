"""What a comparison says: who moves, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any, Literal

from ._axes import BLUE, GREEN, GREY, ORANGE, RED, Lang, Words, axes, document, yuan

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PER = {"month": ("元/月", "yuan/month"), "year": ("元/年", "yuan/year"), "once": ("元", "yuan")}

CHANGES = {
    "gained": ("新增享受", "gained", GREEN, 1),
    "up": ("金额提高", "amount up", BLUE, 1),
    "decided": ("待定变为已定", "became decided", "#56B4E9", 1),
    "lost": ("不再享受", "lost", RED, -1),
    "down": ("金额降低", "amount down", ORANGE, -1),
    "opened": ("变为待定", "became open", GREY, -1),
    "unclear": ("金额无法比较", "amount unclear", "#CC79A7", -1),
}


def movers(comparison: Any, programme: str = "dibao", *, ax: Axes | None = None, lang: Lang | None = None) -> Axes:
    """Who changes, by league: gains to the right, losses to the left.

    :param comparison: An answer of ``Engine.compare``, or its document (schema ``minzheng/comparison/1``).
    :param programme: Id of the programme.
    :param ax: Where to draw.
    :param lang: ``zh``, ``en`` or ``both``; without it both where a font for Chinese is there, else English.
    :returns: One row a league, with a bar for every change that is met there.
    :raises ValueError: The comparison has no such programme.
    """
    found, words = document(comparison), Words(lang)
    shift = _programme(found, programme)
    leagues = sorted(shift["leagues"])
    met = [c for c in CHANGES if any(_rows(shift["leagues"][league], c) for league in leagues)]
    ax = axes(ax, height=1.6 + 0.45 * max(len(leagues), 2))
    for side in (1, -1):
        ends = [0] * len(leagues)
        for change in (c for c in met if CHANGES[c][3] == side):
            zh, en, colour, _ = CHANGES[change]
            rows = [side * _rows(shift["leagues"][league], change) for league in leagues]
            ax.barh(range(len(leagues)), rows, left=ends, color=colour, label=words(zh, en))
            ends = [end + row for end, row in zip(ends, rows, strict=True)]
    ax.axvline(0, color="black", linewidth=0.8)
    names = found.get("leagues", {})
    ax.set_yticks(range(len(leagues)), [_league(words, league, names.get(league, {})) for league in leagues])
    ax.invert_yaxis()
    people = shift.get("table") == "people"
    ax.set_xlabel(words("人", "people") if people else words("户", "households"))
    ax.set_title(words.of(shift.get("title", {}), programme, ("变化：", "Who changes: ")))
    if met:
        ax.legend(loc="best", frameon=False)
    else:
        ax.text(0.5, 0.5, words("没有变化", "nothing changes"), transform=ax.transAxes, ha="center")
    return words.dress(ax)


def budget(
    comparison: Any,
    *,
    programmes: Sequence[str] | None = None,
    per: Literal["month", "year", "once"] = "month",
    ax: Axes | None = None,
    lang: Lang | None = None,
) -> Axes:
    """What is paid before and after, by programme, of those whose amounts are known.

    :param comparison: An answer of ``Engine.compare``, or its document.
    :param programmes: Ids, in this order; without it all that pay by ``per``.
    :param per: The period of the amounts: sums of different periods are not drawn beside each other.
    :param ax, lang: As for :func:`movers`.
    :returns: Two bars a programme, and in words how many are entitled to an amount that is not known: they are not in the sums.
    :raises ValueError: No programme, or one that does not pay by ``per`` on both sides.
    """
    found, words = document(comparison), Words(lang)
    if programmes is None:
        chosen = [p for p in found["programmes"] if _per(p) == per]
    else:
        chosen = [_programme(found, programme) for programme in programmes]
    for one in chosen:
        if _per(one) != per:
            raise ValueError(f"`{one['id']}` does not pay by `{per}` on both sides")
    if not chosen:
        raise ValueError(f"no programme of the comparison pays by `{per}`")
    ax = axes(ax, width=max(6.0, 2 * len(chosen) + 2))
    places = range(len(chosen))
    for shift, side, colour, zh, en in ((-0.2, "before", GREY, "之前", "before"), (0.2, "after", BLUE, "之后", "after")):
        sums = [yuan(one["total"][side]["amount"]) for one in chosen]
        bars = ax.bar([at + shift for at in places], sums, width=0.4, color=colour, label=words(zh, en))
        open_ = [one["total"][side]["unknown"] for one in chosen]
        ax.bar_label(bars, [f"+ {many} ?" if many else "" for many in open_], padding=2, fontsize="small")
    names = [words.of(one.get("title", {}), one["id"]) for one in chosen]
    # a title is at most as wide as its two bars
    ax.set_xticks(places, ["\n".join(fill(line, 22) for line in name.split("\n")) for name in names], fontsize="small")
    ax.set_ylabel(words(*PER[per]))
    ax.set_ylim(bottom=0)
    ax.set_title(words("预算", "Budget"))
    ax.legend(loc="best", frameon=False)
    return words.dress(ax)


def _programme(found: Mapping[str, Any], programme: str) -> Mapping[str, Any]:
    for one in found["programmes"]:
        if one["id"] == programme:
            return dict(one)
    known = ", ".join(one["id"] for one in found["programmes"])
    raise ValueError(f"the comparison has no programme `{programme}`: it has {known}")


def _per(one: Mapping[str, Any]) -> str | None:
    before, after = one.get("per_before"), one.get("per_after")
    return before if after is None else after if before in (None, after) else None


def _rows(shift: Mapping[str, Any], change: str) -> int:
    return int(shift.get("changes", {}).get(change, {}).get("rows", 0))


def _league(words: Words, code: str, facts: Mapping[str, Any]) -> str:
    if not code:
        return words("未知", "not known")
    name = str(facts.get("name") or "")
    return f"{name} {code}".strip() if words.lang != "en" else code
