"""The benches as SQL, for the engines that speak it; figures are tables by period, and by area and registration."""

REFERENCE = """
WITH h AS (
    SELECT household, deposits, vehicles, houses, standard, f.wage_percent, f.old_age_cap, f.medical_cap,
           standard * f.disability_percent {div} 100 AS for_disability, standard * f.deposit_months AS limit_one
    FROM households
    JOIN figures f ON f.period = month {div} 6
    JOIN standards s ON s.period = f.period AND s.area = households.area
        AND s.registration = households.registration
), m AS (
    SELECT members.household, count(*) AS size,
           sum(wage - wage * wage_percent {div} 100 + business + property
               + CASE transfer_kind WHEN 1 THEN 0 WHEN 2 THEN greatest(transfer - old_age_cap, 0) ELSE transfer END
               - CASE WHEN ill THEN least(medical, medical_cap) ELSE 0 END
               - CASE WHEN disability IN (1, 2) THEN for_disability ELSE 0 END)::BIGINT AS income,
           bool_or(disability IN (1, 2)) AS severe
    FROM members JOIN h ON h.household = members.household
    GROUP BY members.household
), p AS (
    SELECT h.*, size, severe, greatest(income, 0) {div} size AS per_capita
    FROM m JOIN h ON h.household = m.household
), r AS (
    SELECT *, (per_capita >= standard)::INT + (deposits > size * limit_one)::INT * 2
           + (vehicles > severe::INT)::INT * 4 + (houses > 1)::INT * 8 AS reason
    FROM p
)
SELECT household, reason, per_capita,
       CASE WHEN reason = 0 THEN ((standard - per_capita) * size + 99) {div} 100 * 100 ELSE 0 END AS amount
FROM r
"""

AGGREGATES = """
SELECT household,
       count(*) AS size,
       count(*) FILTER (WHERE disabled) AS disabled_count,
       count(*) FILTER (WHERE grade BETWEEN 1 AND 2) AS severe_count,
       count(*) FILTER (WHERE student) AS student_count,
       count(*) FILTER (WHERE labour = 0 AND NOT student AND NOT in_prison) AS worker_count,
       count(*) FILTER (WHERE birth <= DATE '1966-01-01') AS elderly_count,
       coalesce(sum(wage), 0)::BIGINT AS wage_sum,
       sum(coalesce(wage, 0) + coalesce(pension, 0) + coalesce(business, 0) + coalesce(property, 0))::BIGINT
           AS income_sum,
       coalesce(sum(pension) FILTER (WHERE birth <= DATE '1966-01-01'), 0)::BIGINT AS elderly_pension_sum,
       coalesce(sum(medical) FILTER (WHERE disease <> 0 OR grade BETWEEN 1 AND 2), 0)::BIGINT AS patient_medical_sum,
       coalesce(sum(deposits), 0)::BIGINT AS deposit_sum,
       coalesce(bool_or(in_prison), false) AS any_in_prison,
       coalesce(bool_or(public_employee AND wage > 6000000), false) AS any_well_paid_official,
       bool_and(coalesce(labour = 2, false)) AS all_unable,
       bool_and(coalesce(birth > DATE '2010-01-01' OR birth <= DATE '1966-01-01' OR disabled, false)) AS all_dependent,
       max(birth) AS youngest_birth,
       coalesce(max(wage), 0) AS highest_wage,
       min(coalesce(wage, 0)) FILTER (WHERE grade = 0) AS lowest_wage_ungraded,
       max(coalesce(hospital_days, 0)) FILTER (WHERE disabled) AS longest_stay_disabled,
       count(*) - count(wage) AS wage_unknown_count
FROM members
GROUP BY household
"""

# of `emitted.sql`
MODELS = SHIPPED = "SELECT person_row AS household, * EXCLUDE (person_row) FROM result_person"

SOURCES = 33

# the records of people of elsewhere go before anything is added: the quickest of the forms tried
MATCHING = (
    "SELECT h.household, "
    + ", ".join(f"s{i:02}.amount AS source{i:02}" for i in range(SOURCES))
    + " FROM households h "
    + " ".join(
        f"LEFT JOIN (SELECT p.household, sum(r.amount)::BIGINT AS amount FROM source{i:02} r"
        f" JOIN households p ON p.key = r.key GROUP BY p.household) s{i:02} ON s{i:02}.household = h.household"
        for i in range(SOURCES)
    )
)


def emitted(bench, folder):
    """The pack of the bench, as the library writes it out; it reads tables by the names of their entities."""
    people = {"models": "households", "shipped": "members"}[bench]
    views = [f"CREATE VIEW person AS SELECT household AS person_row, * FROM {people}"]
    if bench == "shipped":
        views.append("CREATE VIEW household AS SELECT household AS household_row, * FROM households")
    return [*views, (folder / "emitted.sql").read_text("utf-8")]


def sources(members):
    """The records of `matching`, a table a source, by name."""
    import pyarrow.compute as pc

    counts = {pair["values"]: pair["counts"] for pair in pc.value_counts(members["source"]).to_pylist()}
    first, out = 0, {}
    for source in range(SOURCES):
        rows = counts.get(source, 0)
        out[f"source{source:02}"] = members.slice(first, rows).select(["key", "amount"])
        first += rows
    return out
