"""China's social assistance law as data: who is entitled to what, how much, since when, and why.

>>> from datetime import date
>>> from decimal import Decimal
>>> import minzheng as mz
>>> family = mz.Household(
...     date(2026, 8, 25),
...     place="159921",
...     hukou="urban",
...     members_complete=True,
...     persons=[
...         mz.Person("p1", relation="self", birth=date(1946, 5, 1), pension=mz.Fact.per_month(Decimal("800.00"))),
...     ],
... )
>>> answer = mz.Engine().assess(family)
>>> answer.programme("old_age", "p1").verdict
<Verdict.UNDETERMINED: 'undetermined'>
>>> answer.missing[0].answered_by
('applicant', 'official')
"""

from importlib import import_module
from typing import TYPE_CHECKING

from ._native import VERSION as __version__

if TYPE_CHECKING:
    from . import errors, typing
    from .alerts import Alerts
    from .assessment import (
        Assessment,
        Change,
        Condition,
        Explanation,
        MissingFact,
        PackReceipt,
        ProgrammeOutcome,
        ProvisionalFact,
        Receipt,
        Value,
    )
    from .audit import Audit
    from .catalog import Catalog
    from .engine import Engine, call, call_json, default_engine, lint_pack
    from .errors import (
        AlertError,
        AuditError,
        CallError,
        CatalogError,
        FactValueError,
        FaultError,
        Finding,
        GateError,
        HostTypeError,
        HouseholdError,
        InexactError,
        MinzhengError,
        PackError,
        RefusedError,
        StoppedError,
        TableError,
        VerificationError,
        VersionError,
    )
    from .gate import Gate
    from .household import Fact, Figure, Household, OfficialFinding, Person
    from .packs import Pack, Parameter, ParameterRow, Remark
    from .progress import Bar, Progress
    from .province import SynthProvince, synth
    from .tables import Comparison, Field, QualityReport, Table, Tables
    from .verification import Verification, read_verification
    from .warning import Hit, Warnings
    from .words import FactStatus, Truth, Verdict, Words

__all__ = [
    "AlertError",
    "Alerts",
    "Assessment",
    "Audit",
    "AuditError",
    "Bar",
    "CallError",
    "Catalog",
    "CatalogError",
    "Change",
    "Comparison",
    "Condition",
    "Engine",
    "Explanation",
    "Fact",
    "FactStatus",
    "FactValueError",
    "FaultError",
    "Field",
    "Figure",
    "Finding",
    "Gate",
    "GateError",
    "Hit",
    "HostTypeError",
    "Household",
    "HouseholdError",
    "InexactError",
    "MinzhengError",
    "MissingFact",
    "OfficialFinding",
    "Pack",
    "PackError",
    "PackReceipt",
    "Parameter",
    "ParameterRow",
    "Person",
    "ProgrammeOutcome",
    "Progress",
    "ProvisionalFact",
    "QualityReport",
    "Receipt",
    "RefusedError",
    "Remark",
    "StoppedError",
    "SynthProvince",
    "Table",
    "TableError",
    "Tables",
    "Truth",
    "Value",
    "Verdict",
    "Verification",
    "VerificationError",
    "VersionError",
    "Warnings",
    "Words",
    "__version__",
    "call",
    "call_json",
    "default_engine",
    "errors",
    "lint_pack",
    "read_verification",
    "synth",
    "typing",
]

# a module is imported when one of its names is first asked for: most programs decide, and need no more
_MODULES = {
    "alerts": ("Alerts",),
    "assessment": (
        "Assessment",
        "Change",
        "Condition",
        "Explanation",
        "MissingFact",
        "PackReceipt",
        "ProgrammeOutcome",
        "ProvisionalFact",
        "Receipt",
        "Value",
    ),
    "audit": ("Audit",),
    "catalog": ("Catalog",),
    "engine": ("Engine", "call", "call_json", "default_engine", "lint_pack"),
    "errors": (
        "AlertError",
        "AuditError",
        "CallError",
        "CatalogError",
        "FactValueError",
        "FaultError",
        "Finding",
        "GateError",
        "HostTypeError",
        "HouseholdError",
        "InexactError",
        "MinzhengError",
        "PackError",
        "RefusedError",
        "StoppedError",
        "TableError",
        "VerificationError",
        "VersionError",
    ),
    "gate": ("Gate",),
    "household": ("Fact", "Figure", "Household", "OfficialFinding", "Person"),
    "packs": ("Pack", "Parameter", "ParameterRow", "Remark"),
    "progress": ("Bar", "Progress"),
    "province": ("SynthProvince", "synth"),
    "tables": ("Comparison", "Field", "QualityReport", "Table", "Tables"),
    "verification": ("Verification", "read_verification"),
    "warning": ("Hit", "Warnings"),
    "words": ("FactStatus", "Truth", "Verdict", "Words"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name in _MODULES or name == "typing":
            return import_module(f".{name}", __name__)
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
