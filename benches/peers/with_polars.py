"""Polars: lazy expressions over frames in memory."""

import datetime
import json
from pathlib import Path

import polars as pl
import pyarrow as pa

col = pl.col


class Engine:
    version = f"Polars {pl.__version__}"

    def __init__(self, bench: str, households: pa.Table, members: pa.Table, folder: Path, _variant: str) -> None:
        self.households = pl.from_arrow(households, rechunk=True)
        # rows stand in the order of households: said, so that it can be used
        self.members = pl.from_arrow(members, rechunk=True).with_columns(col("household").set_sorted())
        self.run = getattr(self, bench)
        if bench == "reference":
            self.figures = json.loads((folder / "figures.json").read_text("utf-8"))

    def prepare(self) -> None:
        pass

    def table(self, result: pl.DataFrame) -> pa.Table:
        return result.to_arrow()

    def reference(self) -> pl.DataFrame:
        figures = self.figures
        period = col("month") // 6

        def of(name: str) -> pl.Expr:
            return pl.lit(pl.Series(figures[name], dtype=pl.Int64)).gather(col("period"))

        flat = [value for area in figures["standard"] for row in area for value in row]
        place = col("area").cast(pl.Int32) * 8 + col("registration").cast(pl.Int32) * 4 + period.cast(pl.Int32)
        households = (
            self.households.lazy()
            .with_columns(period=period, standard=pl.lit(pl.Series(flat, dtype=pl.Int64)).gather(place))
            .with_columns(
                wage_percent=of("wage_percent"),
                old_age_cap=of("old_age_cap"),
                medical_cap=of("medical_cap"),
                for_disability=col("standard") * of("disability_percent") // 100,
                limit=col("standard") * of("deposit_months"),
            )
            .collect()
        )

        def above(name: str) -> pl.Expr:
            return pl.lit(households[name]).gather(col("household"))

        severe = col("disability").is_between(1, 2)
        kept = (
            pl.when(col("transfer_kind") == 1)
            .then(0)
            .when(col("transfer_kind") == 2)
            .then(pl.max_horizontal(col("transfer") - above("old_age_cap"), 0))
            .otherwise(col("transfer"))
        )
        income = col("wage") - col("wage") * above("wage_percent") // 100 + col("business") + col("property") + kept
        deducted = pl.when("ill").then(pl.min_horizontal("medical", above("medical_cap"))).otherwise(0)
        sums = (
            self.members.lazy()
            .select("household", income=income - deducted, severe=severe)
            .group_by("household")
            .agg(income=col("income").sum(), severe=col("severe").sum(), size=pl.len().cast(pl.Int64))
        )
        net = col("income") - col("severe").cast(pl.Int64) * col("for_disability")
        reason = (
            (col("per_capita") >= col("standard")).cast(pl.UInt8)
            + (col("deposits") > col("size") * col("limit")).cast(pl.UInt8) * 2
            + (col("vehicles") > (col("severe") > 0).cast(pl.Int32)).cast(pl.UInt8) * 4
            + (col("houses") > 1).cast(pl.UInt8) * 8
        )
        gap = ((col("standard") - col("per_capita")) * col("size") + 99) // 100 * 100
        return (
            sums.join(households.lazy(), on="household")
            .with_columns(per_capita=pl.max_horizontal(net, 0) // col("size"))
            .with_columns(reason=reason)
            .select("household", "reason", "per_capita", amount=pl.when(col("reason") == 0).then(gap).otherwise(0))
            .collect()
        )

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
