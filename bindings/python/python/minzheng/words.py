"""Words in two languages, and the small lists of words that answers use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

__all__ = ["FactStatus", "Lang", "Truth", "Verdict", "Words"]

Lang = Literal["zh", "en"]
"""A language of texts and pages: ``"zh"`` or ``"en"``."""


@dataclass(frozen=True, slots=True)
class Words:
    """One thing in Chinese and in English.

    >>> title = Words("最低生活保障", "minimum living allowance")
    >>> title.of("en")
    'minimum living allowance'
    >>> str(title)
    '最低生活保障'
    """

    zh: str
    en: str

    def of(self, lang: Lang) -> str:
        """The words in a language."""
        return self.zh if lang == "zh" else self.en

    def __str__(self) -> str:
        return self.zh or self.en

    @classmethod
    def from_dict(cls, words: Mapping[str, Any]) -> Words:
        """The words of an answer: ``{"zh": …, "en": …}``."""
        return cls(str(words.get("zh", "")), str(words.get("en", "")))


class Verdict(StrEnum):
    """What a programme comes to. Undetermined is neither of the others: something is still unknown.

    >>> Verdict("eligible") is Verdict.ELIGIBLE
    True
    """

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    UNDETERMINED = "undetermined"


class Truth(StrEnum):
    """Yes, no, or not known.

    >>> Truth("yes").is_known, Truth("undetermined").is_known
    (True, False)
    """

    YES = "yes"
    NO = "no"
    UNKNOWN = "undetermined"

    @property
    def is_known(self) -> bool:
        """Whether it is yes or no."""
        return self is not Truth.UNKNOWN


class FactStatus(StrEnum):
    """How a fact stands. The last three are unknown, and say why.

    >>> FactStatus.NOTHING.value
    'none'
    """

    DECLARED = "declared"
    VERIFIED = "verified"
    ATTESTED = "attested"
    NOTHING = "none"
    PENDING = "pending"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
