"""Axes, words and fonts."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Lang = Literal["zh", "en", "both"]

FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "SimHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "AR PL UMing CN",
    "Droid Sans Fallback",
)
"""Fonts with Chinese characters, the best first."""

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#8A8A8A"
"""Colours that the colour-blind can tell apart."""


def axes(ax: Axes | None, width: float = 8.0, height: float = 4.5) -> Axes:
    """The Axes given, or those of a new figure."""
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError("minzheng.plot needs matplotlib: pip install minzheng[plot]") from error
    return pyplot.subplots(figsize=(width, height), layout="constrained")[1]


def font() -> str | None:
    """A font with Chinese characters that matplotlib knows of."""
    from matplotlib import font_manager

    known = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in known), None)


class Words:
    """Words in the language asked for.

    Without a language they are in both where a font for Chinese is there, else in English.
    """

    def __init__(self, lang: Lang | None) -> None:
        if lang not in (None, "zh", "en", "both"):
            raise ValueError(f"no language `{lang}`: zh, en, both")
        self.font = font()
        if lang in ("zh", "both") and self.font is None:
            warnings.warn("matplotlib knows no font with Chinese characters: install Noto Sans CJK", UserWarning, stacklevel=4)
        self.lang: Lang = lang or ("both" if self.font else "en")

    def __call__(self, zh: str, en: str) -> str:
        if self.lang == "zh" or not en:
            return zh or en
        if self.lang == "en" or not zh:
            return en
        return zh if zh == en else f"{zh} {en}"

    def lines(self, zh: str, en: str) -> str:
        """The same on two lines where it is in both languages."""
        return f"{zh}\n{en}" if self.lang == "both" and zh and en and zh != en else self(zh, en)

    def of(self, title: Mapping[str, Any], otherwise: str, before: tuple[str, str] = ("", "")) -> str:
        """A title of the packs, ``{"zh", "en"}``, behind other words; on two lines."""
        zh, en = (str(title.get(lang) or "") for lang in ("zh", "en"))
        return self.lines(before[0] + (zh or otherwise), before[1] + (en or otherwise))

    def dress(self, ax: Axes) -> Axes:
        """Gives every text a font that has its characters, and takes away what says nothing."""
        ax.spines[["top", "right"]].set_visible(False)
        if self.font and self.lang != "en":
            families = [self.font, "DejaVu Sans"]
            legend = ax.get_legend()
            texts = [ax.title, ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels(), *ax.texts]
            for text in [*texts, *(legend.get_texts() if legend else [])]:
                text.set_fontfamily(families)
        return ax


def document(answer: Any) -> Mapping[str, Any]:
    """The document of an answer: itself, or what its ``to_dict`` gives."""
    if isinstance(answer, Mapping):
        return answer
    given = getattr(answer, "to_dict", None)
    if given is None:
        raise TypeError(f"a document is wanted, or an answer with `to_dict`, not `{type(answer).__name__}`")
    found = given()
    assert isinstance(found, Mapping)
    return found


def yuan(fen: str | int) -> float:
    """Fen to yuan, to be drawn."""
    return int(fen) / 100
