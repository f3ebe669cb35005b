"""What can go wrong between Spark and the library."""

from __future__ import annotations

from ..errors import Finding, MinzhengError
from ..words import Words

__all__ = ["GroupingError", "SparkError"]


class SparkError(MinzhengError, RuntimeError):
    """Something that only Spark can get wrong: tables that cannot be brought together, types that it has and tables do not.

    >>> error = spark_error("E-SPARK-KEY", ("没有主键列", "the key is missing"), ("请用 key=", "give key="), "people")
    >>> print(error)
    error[E-SPARK-KEY]: people: the key is missing (give key=)
    """


class GroupingError(SparkError):
    """A household is split over partitions, or its rows are not together: no answer is given."""


def spark_error(
    code: str,
    message: tuple[str, str],
    help_words: tuple[str, str] = ("", ""),
    path: str = "",
    kind: type[SparkError] = SparkError,
) -> SparkError:
    """One finding as an exception; words are Chinese and English."""
    return kind([Finding(code, Words(*message), Words(*help_words), path)])
