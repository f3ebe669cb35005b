"""OpenFisca: a country package of its own for the reference rule, one simulation a half-year.

Amounts are whole fen in int32. The variant `float32` holds them as the package holds money, to show what that gets wrong.
Households are given to the simulation of their half-year before the clock starts; figures are looked up in an array, because
the package's own lookup goes household by household.
"""

from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import MONTH
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

import figures

PERIODS = ["2025-01", "2025-07", "2026-01", "2026-07"]
ANSWER = ["amount", "reason", "per_capita"]
MONEY = {"wage", "business", "property", "transfer", "medical", "deposits", "per_capita", "amount"}


class Fen:
    """Amounts in whole fen, as whole numbers of 32 bits."""

    type = int
    figures = staticmethod(lambda fen: fen)
    given = staticmethod(lambda fen: fen)
    back = staticmethod(lambda amount: amount)
    share = staticmethod(lambda amount, percent: amount * percent // 100)
    each = staticmethod(lambda amount, size: amount // size)
    whole_yuan = staticmethod(lambda amount: -(-amount // 100) * 100)


class Yuan:
    """Amounts in yuan, as floating-point numbers of 32 bits: how the package holds money."""

    type = float
    figures = staticmethod(lambda fen: [amount / 100 for amount in fen])
    given = staticmethod(lambda fen: (fen / 100).astype(np.float32))
    back = staticmethod(lambda amount: np.rint(amount.astype(np.float64) * 100))
    share = staticmethod(lambda amount, percent: np.floor(amount * np.float32(percent)) / np.float32(100))
    each = staticmethod(lambda amount, size: np.floor(amount * np.float32(100) / size.astype(np.float32)) / np.float32(100))
    whole_yuan = staticmethod(np.ceil)


class Engine:
    version = f"OpenFisca-Core {version('OpenFisca-Core')}"

    def __init__(self, _bench: str, households: pa.Table, members: pa.Table, folder: Path, variant: str) -> None:
        self.unit = {"": Fen, "float32": Yuan}[variant]
        if variant:
            self.version += f", {variant}"
        system, self.formulas = country(figures.read(folder), self.unit)
        h = {name: households[name].to_numpy(zero_copy_only=False) for name in households.column_names}
        m = {name: members[name].to_numpy(zero_copy_only=False) for name in members.column_names}
        self.simulations = []
        for number, period in enumerate(PERIODS):
            chosen = h["month"] // 6 == number
            rows, people = np.flatnonzero(chosen), np.flatnonzero(chosen[m["household"]])
            builder = SimulationBuilder()
            builder.create_entities(system)
            builder.declare_person_entity("person", people)
            group = builder.declare_entity("household", rows)
            builder.join_with_persons(group, m["household"][people], np.zeros(len(people), dtype=int))
            simulation = builder.build(system)
            for name, variable in system.variables.items():
                if name not in self.formulas:
                    column = h[name][rows] if variable.entity.key == "household" else m[name][people]
                    if name in MONEY:
                        column = self.unit.given(column)
                    simulation.set_input(name, period, column)
            self.simulations.append((simulation, period, rows))

    def prepare(self) -> None:
        for simulation, _, _ in self.simulations:
            for name in self.formulas:
                simulation.delete_arrays(name)

    def run(self) -> list[list[np.ndarray]]:
        return [
            [simulation.calculate(name, period) for name in ANSWER] for simulation, period, _ in self.simulations
        ]

    def table(self, result: list[list[np.ndarray]]) -> pa.Table:
        columns = {"household": np.concatenate([rows for _, _, rows in self.simulations])}
        for name, parts in zip(ANSWER, zip(*result, strict=True), strict=True):
            column = np.concatenate(parts)
            columns[name] = (self.unit.back(column) if name in MONEY else column).astype(np.int64)
        return pa.table(columns)


def country(given: dict, unit: type) -> tuple[TaxBenefitSystem, list[str]]:
    """The rule as a country package, and the names of its formulas."""
    person = build_entity(key="person", plural="persons", label="a member of a household", is_person=True)
    household = build_entity(key="household", plural="households", label="a household", roles=[{"key": "member"}])
    system = TaxBenefitSystem([person, household])

    def dated(values: list) -> dict:
        return {"values": {f"{period}-01": {"value": value} for period, value in zip(PERIODS, values, strict=True)}}

    data = {name: dated(values) for name, values in given.items() if name != "standard"}
    for name in ["old_age_cap", "medical_cap"]:
        data[name] = dated(unit.figures(given[name]))
    data["standard"] = {
        f"{area}_{kind}": dated(unit.figures(values))
        for area, kinds in enumerate(given["standard"])
        for kind, values in enumerate(kinds)
    }
    system.parameters = ParameterNode("", data=data)
    areas = len(given["standard"])

    formulas = []

    def variable(name: str, entity: object, value_type: type, formula: object = None) -> None:
        body = {"value_type": value_type, "entity": entity, "definition_period": MONTH, "label": name}
        if formula is not None:
            formulas.append(name)
            body["formula"] = formula
        system.add_variable(type(name, (Variable,), body))

    for name in ["wage", "business", "property", "transfer", "medical"]:
        variable(name, person, unit.type)
    for name in ["transfer_kind", "disability"]:
        variable(name, person, int)
    variable("ill", person, bool)
    variable("deposits", household, unit.type)
    for name in ["area", "registration", "vehicles", "houses"]:
        variable(name, household, int)

    def standard(household, period, parameters):
        node = parameters(period).standard
        values = np.array([node[f"{area}_{kind}"] for area in range(areas) for kind in range(2)])
        return values[household("area", period) * 2 + household("registration", period)]

    def severe(person, period):
        grade = person("disability", period)
        return (grade == 1) | (grade == 2)

    def counted(person, period, parameters):
        at = parameters(period)
        wage, transfer, kind = person("wage", period), person("transfer", period), person("transfer_kind", period)
        kept = np.where(kind == 1, 0, np.where(kind == 2, np.maximum(transfer - at.old_age_cap, 0), transfer))
        left_out = unit.share(wage, at.wage_percent)
        return wage - left_out + person("business", period) + person("property", period) + kept

    def deducted(person, period, parameters):
        at = parameters(period)
        medical = np.where(person("ill", period), np.minimum(person("medical", period), at.medical_cap), 0)
        for_disability = unit.share(person.household("standard", period), at.disability_percent)
        return medical + np.where(person("severe", period), for_disability, 0)

    def per_capita(household, period):
        counted = household.sum(household.members("counted", period))
        deducted = household.sum(household.members("deducted", period))
        net = np.maximum(counted - deducted, 0)
        return unit.each(net, household.nb_persons())

    def reason(household, period, parameters):
        standard = household("standard", period)
        limit = household.nb_persons() * standard * parameters(period).deposit_months
        severe = household.any(household.members("severe", period))
        return (
            (household("per_capita", period) >= standard) * 1
            + (household("deposits", period) > limit) * 2
            + (household("vehicles", period) > severe) * 4
            + (household("houses", period) > 1) * 8
        )

    def amount(household, period):
        gap = (household("standard", period) - household("per_capita", period)) * household.nb_persons()
        return np.where(household("reason", period) == 0, unit.whole_yuan(gap), 0)

    variable("standard", household, unit.type, standard)
    variable("severe", person, bool, severe)
    variable("counted", person, unit.type, counted)
    variable("deducted", person, unit.type, deducted)
    variable("per_capita", household, unit.type, per_capita)
    variable("reason", household, int, reason)
    variable("amount", household, unit.type, amount)
    return system, formulas
