"""Polars: lazy expressions over frames in memory.

The variant `by_position` of the reference rule reads what belongs to a household by row number instead of joining it.
"""

import datetime
from pathlib import Path

import polars as pl
import pyarrow as pa

import figures
import statements

col = pl.col


class Engine:
    version = f"Polars {pl.__version__}"

    def __init__(self, bench: str, households: pa.Table, members: pa.Table, folder: Path, variant: str) -> None:
        self.households = pl.from_arrow(households, rechunk=True)
        if bench == "matching":
            tables = statements.sources(members)
            self.sources = {name: pl.from_arrow(table, rechunk=True) for name, table in tables.items()}
        else:
            # rows stand in the order of households: said, so that it can be used
            self.members = pl.from_arrow(members, rechunk=True).with_columns(col("household").set_sorted())
        given = figures.tables(folder)
        self.figures, self.standards = pl.from_arrow(given["figures"]), pl.from_arrow(given["standards"])
        if bench in ("models", "shipped"):
            # the pack of the bench, as the library writes it out; it reads a frame by the name of its entity
            exec((folder / "emitted.py").read_text("utf-8"), emitted := {})
            people = self.members if bench == "shipped" else self.households
            frames = {"household": self.households, "person": people}
            self.frames = {name: frame.rename({"household": f"{name}_row"}) for name, frame in frames.items()}
            self.emitted = emitted["run"]
        self.run = getattr(self, f"{bench}_{variant}" if variant else bench)

    def prepare(self) -> None:
        pass

    def table(self, result: pl.DataFrame) -> pa.Table:
        return result.rename({"person_row": "household"}, strict=False).to_arrow()

    def reference(self) -> pl.DataFrame:
        """What a household looks up for its members comes by joining them."""
        households = (
            self.households.lazy()
            .with_columns(period=col("month") // 6)
            .join(self.figures.lazy(), on="period")
            .join(self.standards.lazy(), on=["area", "registration", "period"])
            .with_columns(for_disability=col("standard") * col("disability_percent") // 100)
        )
        wanted = households.select("household", "wage_percent", "old_age_cap", "medical_cap")
        return decide(households, self.members.lazy().join(wanted, on="household"))

    def reference_by_position(self) -> pl.DataFrame:
        """The same for someone who knows that row numbers are positions: nothing is joined to the members."""
        period = col("month") // 6

        def of(name: str) -> pl.Expr:
            return pl.lit(self.figures[name]).gather(period)

        # the standards stand by area, registration and period
        place = col("area").cast(pl.Int32) * 8 + col("registration").cast(pl.Int32) * 4 + period.cast(pl.Int32)
        households = (
            self.households.lazy()
            .with_columns(standard=pl.lit(self.standards["standard"]).gather(place))
            .with_columns(
                wage_percent=of("wage_percent"),
                old_age_cap=of("old_age_cap"),
                medical_cap=of("medical_cap"),
                deposit_months=of("deposit_months"),
                for_disability=col("standard") * of("disability_percent") // 100,
            )
            .collect()
        )
        above = {
            name: pl.lit(households[name]).gather(col("household"))
            for name in ["wage_percent", "old_age_cap", "medical_cap"]
        }
        return decide(households.lazy(), self.members.lazy().with_columns(**above))

    def models(self) -> pl.DataFrame:
        return self.emitted(self.frames)["result_person"]

    shipped = models

    def matching(self) -> pl.DataFrame:
        people = self.households.lazy()
        out = people.select("household")
        for name, source in self.sources.items():
            theirs = source.lazy().join(people, on="key").group_by("household").agg(col("amount").sum().alias(name))
            out = out.join(theirs, on="household", how="left")
        return out.collect()

    def aggregates(self) -> pl.DataFrame:
        elderly = col("birth") <= datetime.date(1966, 1, 1)
        young = col("birth") > datetime.date(2010, 1, 1)
        severe = col("grade").is_between(1, 2)
        yes = pl.Expr.sum
        money = [col(name).fill_null(0) for name in ["wage", "pension", "business", "property"]]
        # what an aggregate takes is worked out for all rows at once, before grouping
        rows = self.members.lazy().select(
            "household",
            "disabled",
            "student",
            "in_prison",
            "birth",
            "wage",
            "deposits",
            severe=severe,
            worker=(col("labour") == 0) & ~col("student") & ~col("in_prison"),
            elderly=elderly,
            income=money[0] + money[1] + money[2] + money[3],
            elderly_pension=pl.when(elderly).then("pension"),
            patient_medical=pl.when((col("disease") != 0) | severe).then("medical"),
            well_paid=col("public_employee") & (col("wage") > 6_000_000),
            unable=(col("labour") == 2).fill_null(value=False),
            dependent=(young | elderly | col("disabled")).fill_null(value=False),
            ungraded_wage=pl.when(col("grade") == 0).then(money[0]),
            disabled_stay=pl.when("disabled").then(col("hospital_days").fill_null(0)),
        )
        return (
            rows.group_by("household")
            .agg(
                size=pl.len(),
                disabled_count=yes(col("disabled")),
                severe_count=yes(col("severe")),
                student_count=yes(col("student")),
                worker_count=yes(col("worker")),
                elderly_count=yes(col("elderly")),
                wage_sum=col("wage").sum(),
                income_sum=col("income").sum(),
                elderly_pension_sum=col("elderly_pension").sum(),
                patient_medical_sum=col("patient_medical").sum(),
                deposit_sum=col("deposits").sum(),
                any_in_prison=col("in_prison").any(),
                any_well_paid_official=col("well_paid").any(),
                all_unable=col("unable").all(),
                all_dependent=col("dependent").all(),
                youngest_birth=col("birth").max(),
                highest_wage=col("wage").max(),
                lowest_wage_ungraded=col("ungraded_wage").min(),
                longest_stay_disabled=col("disabled_stay").max(),
                wage_unknown_count=col("wage").null_count(),
            )
            .with_columns(col("highest_wage").fill_null(0))
            .collect()
        )


def decide(households: pl.LazyFrame, members: pl.LazyFrame) -> pl.DataFrame:
    """The reference rule; members carry the figures of their household."""
    severe = col("disability").is_between(1, 2)
    kept = (
        pl.when(col("transfer_kind") == 1)
        .then(0)
        .when(col("transfer_kind") == 2)
        .then(pl.max_horizontal(col("transfer") - col("old_age_cap"), 0))
        .otherwise(col("transfer"))
    )
    income = col("wage") - col("wage") * col("wage_percent") // 100 + col("business") + col("property") + kept
    deducted = pl.when("ill").then(pl.min_horizontal("medical", "medical_cap")).otherwise(0)
    sums = (
        members.select("household", income=income - deducted, severe=severe)
        .group_by("household")
        .agg(income=col("income").sum(), severe=col("severe").sum(), size=pl.len().cast(pl.Int64))
    )
    net = col("income") - col("severe").cast(pl.Int64) * col("for_disability")
    limit = col("standard") * col("deposit_months")
    reason = (
        (col("per_capita") >= col("standard")).cast(pl.UInt8)
        + (col("deposits") > col("size") * limit).cast(pl.UInt8) * 2
        + (col("vehicles") > (col("severe") > 0).cast(pl.Int32)).cast(pl.UInt8) * 4
        + (col("houses") > 1).cast(pl.UInt8) * 8
    )
    gap = ((col("standard") - col("per_capita")) * col("size") + 99) // 100 * 100
    return (
        sums.join(households, on="household")
        .with_columns(per_capita=pl.max_horizontal(net, 0) // col("size"))
        .with_columns(reason=reason)
        .select("household", "reason", "per_capita", amount=pl.when(col("reason") == 0).then(gap).otherwise(0))
        .collect()
    )
