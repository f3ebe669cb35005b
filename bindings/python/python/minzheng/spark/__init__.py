"""A province that outgrows a machine: the tables of ``Engine.run``, ``compare``, ``warn_tables`` and ``verify_tables`` as data frames of Spark.

Households and people are brought together by the key of the household, so that no household is ever split; each partition is then
decided as the local call decides it, in one thread, by the same engine. The answer is that of one machine, row by row.

Nothing here sets a setting of Spark. :func:`advice` says which ones are worth a thought; ``docs/guide/spark.md`` is the guide.

Examples
--------
>>> import minzheng.spark
>>> minzheng.spark.assess.__name__
'assess'
"""

from __future__ import annotations

from ._advice import advice
from ._answer import Answer
from ._calls import assess, compare, verify, warn
from ._errors import GroupingError, SparkError

__all__ = ["Answer", "GroupingError", "SparkError", "advice", "assess", "compare", "verify", "warn"]
