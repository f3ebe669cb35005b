"""A synthetic province as tables, locally and in Spark, and how both answers are compared."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import minzheng

ON = "2026-08-25"
RECORDS = ("obligors", "parents")

# each table of records is a plan of its own to Spark: a few say as much as all 33
ITEMS = ("income_tax", "death_register", "bank_deposits")


def tables(people, seed=1):
    """Households, people, obligors and parents."""
    each = min(people, 100_000)
    made = minzheng.synth(each, seed=seed)
    once = {"households": made.households, "people": made.people, **made.records}
    # many are the same province again, in households of their own
    times = range(-(-people // each))
    return {name: pa.concat_tables([moved(pa.table(table), at) for at in times]) for name, table in once.items()}


def moved(table, many):
    """A table whose households have other keys."""
    at = table.schema.get_field_index("household_id")
    return table.set_column(at, table.schema.field(at), pc.add(table["household_id"], many * 1_000_000))


def records(people, seed=2):
    """Households, people, the records of some items and what all sources answered, with two households spoilt.

    Two people who live apart have one number, and two records of people who live apart have one number of their own.
    """
    made = minzheng.synth(people, seed=seed, others=1)
    persons = pa.table(made.people)
    numbers = persons["id_number"].to_pylist()
    known = [at for at, number in enumerate(numbers) if number]
    numbers[known[-1]] = numbers[known[0]]
    at = persons.schema.get_field_index("id_number")
    persons = persons.set_column(at, persons.schema.field(at), pa.array(numbers, persons.schema.field(at).type))
    items = {name: pa.table(made.items[name]) for name in ITEMS}
    tax = items["income_tax"]
    own = set(numbers[at] for at in known[1:-1])
    mine = [at for at, number in enumerate(tax["id_number"].to_pylist()) if number in own]
    named = tax["record_no"].to_pylist()
    named[mine[-1]] = named[mine[0]]
    at = tax.schema.get_field_index("record_no")
    items["income_tax"] = tax.set_column(at, tax.schema.field(at), pa.array(named, tax.schema.field(at).type))
    return {"households": pa.table(made.households), "people": persons}, items, pa.table(made.answers)


def spoilt(given):
    """The same tables with rows that are wrong, one household in fifty: a doubled household, orphans, words that are none."""
    households = given["households"]
    homes = households["household_id"]
    some = [at for at in range(len(homes)) if at % 50 == 7]
    people = given["people"]
    orphans = people.slice(0, 5)
    at = orphans.schema.get_field_index("household_id")
    lost = pa.array(["999999"] * 5 if pa.types.is_string(homes.type) else [999_999] * 5, homes.type)
    orphans = orphans.set_column(at, orphans.schema.field(at), lost)
    hukou = households["hukou"].cast(pa.string()).to_pylist()
    for place in some[::2]:
        hukou[place] = "moon"
    at = households.schema.get_field_index("hukou")
    households = households.set_column(at, "hukou", pa.array(hukou, pa.string()))
    return {
        **given,
        "households": pa.concat_tables([households, households.take(some[1::2][:20])]),
        "people": pa.concat_tables([people, orphans]),
    }


def frames(spark, given, folder, files=5):
    """The tables as frames over Parquet files, their rows shuffled: the order of rows says nothing in Spark."""
    out = {}
    for name, table in given.items():
        where = folder / name
        where.mkdir(parents=True, exist_ok=True)
        order = pc.sort_indices(pa.array([(at * 7919) % 104_729 for at in range(table.num_rows)]))
        table = plain(table).take(order)
        each = -(-max(table.num_rows, 1) // files)
        for at in range(files):
            pq.write_table(table.slice(at * each, each), where / f"part-{at}.parquet")
        out[name] = spark.read.parquet(str(where))
    return out


def plain(table):
    """A table without dictionaries, views and unsigned numbers: what Spark can hold."""
    from minzheng.spark._types import plain as schema

    return table.cast(schema(table.schema))


def rows(table):
    """A table in an order of its own: by all columns that can be ordered, the keys first."""
    table = plain(pa.table(table)).replace_schema_metadata(None)
    ordered = [field.name for field in table.schema if not pa.types.is_list(field.type)]
    return table.sort_by([(name, "ascending") for name in ordered]).combine_chunks()


def written(folder, name):
    """A table of an answer that was written out, read without Spark."""
    column = pq.read_table(folder, columns=[name]).column(0)
    column = column.filter(column.is_valid()).combine_chunks()
    return pa.Table.from_arrays(column.flatten(), names=[field.name for field in column.type])


def collected(frame):
    """A frame of Spark as a table."""
    return frame.toArrow()
