"""What analysts draw: ``pip install minzheng[plot]``.

Each function takes an answer of the library, draws it on ``ax`` (a new figure where none is given) and returns the Axes, so that
all of matplotlib can go on from there. Money becomes a float here, at the edge of the chart, and nowhere before it.

What is unknown is never drawn as zero: it is counted in words, or has a mark of its own.

Examples
--------
>>> import minzheng.plot
>>> minzheng.plot.income.__name__
'income'
"""

from __future__ import annotations

from ._comparison import budget, movers
from ._freshness import freshness
from ._income import income
from ._precision import precision

__all__ = ["budget", "freshness", "income", "movers", "precision"]
