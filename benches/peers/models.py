"""The formulas of the pack `models` for engines of tables: read here, apart from our own parser, and written as each engine would have them.

A test of an age or of days gone by becomes a test of the date itself, as one writes it who knows the engine.
"""

import ast
import datetime
import re
import tomllib
from functools import cache, reduce
from pathlib import Path

ON = datetime.date(2026, 1, 1)
FOLDER = Path(__file__).parent.parent / "packs/models"
TURNED = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
SIGNS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "=", ast.NotEq: "<>"}
SIGNS |= {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}


@cache
def formulas() -> dict[str, ast.expr]:
    """The expression of every model; the pack language says `&&`, `||` and `!` where Python has words."""
    words = [(r"&&", " and "), (r"\|\|", " or "), (r"!(?!=)", " not ")]
    given = tomllib.loads((FOLDER / "models.toml").read_text("utf-8"))["formula"]
    text = {one["id"]: reduce(lambda expr, word: re.sub(*word, expr), words, one["expr"]) for one in given}
    return {name: ast.parse(expr.strip(), mode="eval").body for name, expr in text.items()}


@cache
def codes() -> dict[str, int]:
    lists = tomllib.loads((FOLDER / "pack.toml").read_text("utf-8"))["codes"]
    return {code["id"]: at for one in lists for at, code in enumerate(one["values"])}


class Writer:
    """Walks an expression. A subclass says how its engine writes a column, a constant, a date and each operation."""

    def all(self) -> dict:
        return {name: self.write(expr) for name, expr in formulas().items()}

    def write(self, node: ast.expr) -> object:
        match node:
            case ast.BoolOp(ast.And(), parts):
                return reduce(self.both, map(self.write, parts))
            case ast.BoolOp(_, parts):
                return reduce(self.either, map(self.write, parts))
            case ast.UnaryOp(ast.Not(), part):
                return self.opposite(self.write(part))
            case ast.Compare(left, [ast.In()], [ast.List(values)]):
                return self.one_of(self.write(left), [codes()[value.id] for value in values])
            case ast.Compare(left, [sign], [right]):
                return self.compare(left, type(sign), right)
            case ast.BinOp(left, sign, right):
                return self.sign(type(sign), self.write(left), self.write(right))
            case ast.Call(ast.Name("yuan"), [ast.Constant(value)]):
                return self.number(round(value * 100))
            case ast.Call(ast.Name("has"), [what]):
                return self.known(self.write(what))
            case ast.Call(ast.Name("coalesce"), [what, other]):
                return self.coalesce(self.write(what), self.write(other))
            case ast.Call(ast.Name("div_round"), [amount, by, ast.Name("half_up")]):
                # amounts are not negative
                return self.half_up(self.write(amount), self.write(by))
            case ast.Constant(value):
                return self.number(value)
            case ast.Name("on"):
                return self.day(ON)
            case ast.Name(name):
                return self.number(codes()[name]) if name in codes() else self.column(name)
        raise ValueError(ast.unparse(node))

    def compare(self, left: ast.expr, sign: type, right: ast.expr) -> object:
        match left, right:
            case ast.BinOp(ast.Name("on"), ast.Sub(), ast.Name(date)), ast.Call(_, [ast.Constant(days)]):
                return self.sign(TURNED[sign], self.column(date), self.day(ON - datetime.timedelta(days)))
            case ast.Call(ast.Name("age"), [ast.Name(birth)]), ast.Constant(years):
                # older than 24 is at least 25, and at least 60 is born by that day
                years += sign in (ast.Gt, ast.LtE)
                sign = ast.LtE if sign in (ast.Gt, ast.GtE) else ast.Gt
                return self.sign(sign, self.column(birth), self.day(ON.replace(year=ON.year - years)))
        return self.sign(sign, self.write(left), self.write(right))


class Sql(Writer):
    """SQL; `{div}` stands for the division of whole numbers."""

    def __init__(self) -> None:
        self.both = "({} AND {})".format
        self.either = "({} OR {})".format
        self.opposite = "(NOT {})".format
        self.known = "({} IS NOT NULL)".format
        self.coalesce = "coalesce({}, {})".format
        self.half_up = "(({0} * 2 + {1}) {{div}} ({1} * 2))".format
        self.day = "DATE '{}'".format
        self.number = str
        self.column = str

    def sign(self, sign: type, left: str, right: str) -> str:
        return f"({left} {SIGNS[sign]} {right})"

    def one_of(self, what: str, values: list[int]) -> str:
        return f"({what} IN ({', '.join(map(str, values))}))"


def statement() -> str:
    return f"SELECT household, {', '.join(f'{expr} AS {name}' for name, expr in Sql().all().items())} FROM households"
