import polars as pl

# Intervals. A value is two Int64 columns, lo and hi: every number from lo to hi is possible, lo = hi is known.
# The least and the greatest Int64 stand for "no bound". Truth is 0 to 1. No value is ever null.
# Sums and products are made in Int128; what does not fit Int64 is unknown.
MIN, MAX = -(2**63), 2**63 - 1
FIRST_DAY, LAST_DAY = -719162, 2932896  # 0001-01-01, 9999-12-31


def lit(number):
    return pl.lit(number, dtype=pl.Int64)


def known(number):
    return lit(number), lit(number)


def v(node):
    return pl.col(f"n{node}_lo"), pl.col(f"n{node}_hi")


def node(number, value):
    return [value[0].alias(f"n{number}_lo"), value[1].alias(f"n{number}_hi")]


def full(table):
    """Every column as long as the table, also one that holds the same in every row: what is made of it then is as long too."""
    return pl.DataFrame(table.get_columns())


def wide(x):
    return x.cast(pl.Int128)


def small(x):
    """Null where it does not fit."""
    return x.cast(pl.Int64, strict=False)


def either(test, yes, no):
    return pl.when(test).then(yes).otherwise(no)


def truth(test):
    return either(test, lit(1), lit(0))


def is_known(a):
    return a[0] == a[1]


def or_unknown(x, lo=MIN, hi=MAX):
    """A known value or null, as an interval."""
    return x.fill_null(lit(lo)), x.fill_null(lit(hi))


def ends(lo, hi):
    """Two ends in Int128, as an interval: both must fit."""
    lo, hi = small(lo), small(hi)
    fits = lo.is_not_null() & hi.is_not_null()
    return either(fits, lo, lit(MIN)), either(fits, hi, lit(MAX))


def fact(x, low, high):
    """Null is unknown between the declared bounds, a value outside them is unknown."""
    x = x.cast(pl.Int64)
    outside = (x < low) | (x > high)
    lo = pl.when(x.is_null()).then(lit(low)).when(outside).then(lit(MIN)).otherwise(x)
    hi = pl.when(x.is_null()).then(lit(high)).when(outside).then(lit(MAX)).otherwise(x)
    return lo, hi


def formula(finding, inner):
    """An official's finding, else what the rule gives."""
    finding = finding.cast(pl.Int64)
    return finding.fill_null(inner[0]), finding.fill_null(inner[1])


def not_(a):
    return 1 - a[1], 1 - a[0]


def least(*values):
    return pl.min_horizontal(*(a[0] for a in values)), pl.min_horizontal(*(a[1] for a in values))


def greatest(*values):
    return pl.max_horizontal(*(a[0] for a in values)), pl.max_horizontal(*(a[1] for a in values))


def lt(a, b):
    return truth(a[1] < b[0]), truth(a[0] < b[1])


def le(a, b):
    return truth(a[1] <= b[0]), truth(a[0] <= b[1])


def eq(a, b):
    return truth(is_known(a) & is_known(b) & (a[0] == b[0])), truth((a[0] <= b[1]) & (b[0] <= a[1]))


def is_in(a, numbers):
    inside = truth(a[0].is_in(numbers))
    possible = pl.any_horizontal(pl.lit(False), *((a[0] <= n) & (a[1] >= n) for n in numbers))
    return either(is_known(a), inside, lit(0)), either(is_known(a), inside, truth(possible))


def is_open(x):
    return (x == lit(MIN)) | (x == lit(MAX))


def plus(a, b, open_end):
    return either(is_open(a) | is_open(b), wide(lit(open_end)), wide(a) + wide(b))


def neg(x):
    return pl.when(x == lit(MIN)).then(lit(MAX)).when(x == lit(MAX)).then(lit(MIN)).otherwise(small(wide(lit(0)) - wide(x)))


def add(a, b):
    return ends(plus(a[0], b[0], MIN), plus(a[1], b[1], MAX))


def sub(a, b):
    return add(a, (neg(b[1]), neg(b[0])))


def times(a, k):
    return pl.when(k == 0).then(wide(lit(0))).when(is_open(a)).then(wide(a)).otherwise(wide(a) * wide(k))


def scale(a, k):
    return ends(times(a[0], k), times(a[1], k))


def mul(a, b):
    exact = or_unknown(small(wide(a[0]) * wide(b[0])))
    left, right = scale(a, b[0]), scale(b, a[0])
    return tuple(
        pl.when(is_known(a) & is_known(b))
        .then(exact[end])
        .when(is_known(b) & (b[0] >= 0))
        .then(left[end])
        .when(is_known(a) & (a[0] >= 0))
        .then(right[end])
        .otherwise(lit((MIN, MAX)[end]))
        for end in (0, 1)
    )


def if_(test, yes, no, unknown):
    return tuple(
        pl.when(test[0] != test[1]).then(lit(unknown[end])).when(test[0] == 1).then(yes[end]).otherwise(no[end])
        for end in (0, 1)
    )


def has(a):
    return truth(is_known(a)), truth(is_known(a))


def coalesce(a, number):
    return either(is_known(a), a[0], lit(number)), either(is_known(a), a[1], lit(number))


def div_round(a, b, rule):
    """In Int128; 0 half_up, 1 up, 2 down, 3 exact; null: zero divisor, not exact, no such rule."""
    whole, by = wide(a).abs(), wide(b).abs()
    by = either(by == 0, wide(pl.lit(None, dtype=pl.Int64)), by)
    quotient = whole // by
    rest = whole - quotient * by
    sign = either((a < 0) == (b < 0), wide(lit(1)), wide(lit(-1)))
    one, zero = wide(lit(1)), wide(lit(0))
    step = pl.when((rule == 0) & (rest * 2 >= by)).then(one).when((rule == 1) & (rest > 0)).then(one).otherwise(zero)
    good = rule.is_between(0, 3) & ~((rule == 3) & (rest != 0))
    return pl.when(good).then(sign * (quotient + step))


def rounded(a, b, rule, x):
    return or_unknown(pl.when(is_known(a) & is_known(b) & is_known(rule)).then(small(x)))


def mul_round_(a, b, rule):
    return rounded(a, b, rule, div_round(wide(a[0]) * wide(b[0]), wide(lit(10000)), rule[0]))


def div_round_(a, b, rule):
    return rounded(a, b, rule, div_round(wide(a[0]), wide(b[0]), rule[0]))


def round_to_(a, b, rule):
    units = small(div_round(wide(a[0]), wide(b[0]), rule[0]))
    return rounded(a, b, rule, wide(units) * wide(b[0]))


def day(a):
    """A date, or null."""
    number = pl.when(is_known(a) & a[0].is_between(FIRST_DAY, LAST_DAY)).then(a[0])
    return number.cast(pl.Int32).cast(pl.Date)


def number(d):
    return d.cast(pl.Int32).cast(pl.Int64)


def parts(d):
    return d.dt.year().cast(pl.Int64), d.dt.month().cast(pl.Int64), d.dt.day().cast(pl.Int64)


def age_(born, on):
    (by, bm, bd), (y, m, d) = parts(day(born)), parts(day(on))
    moved = (bm == 2) & (bd == 29) & ~day(on).dt.is_leap_year()
    birthday = either(moved, lit(228), bm * 100 + bd)
    return or_unknown(y - by - either(m * 100 + d >= birthday, lit(0), lit(1)))


def moved(d, months):
    """The same day of the month some months later, or the last day of that month; held inside the range."""
    y, m, dom = parts(d)
    t = wide(y * 12 + m - 1) + wide(months)
    inside = small(pl.when(t.is_between(12, 119999)).then(t))
    first = pl.date((inside // 12).cast(pl.Int32), (inside % 12 + 1).cast(pl.Int8), 1)
    last = first.dt.month_end().dt.day().cast(pl.Int64)
    there = number(first) + pl.min_horizontal(dom, last) - 1
    held = pl.when(t < 12).then(lit(FIRST_DAY)).when(t > 119999).then(lit(LAST_DAY)).otherwise(there)
    return pl.when(d.is_not_null()).then(held)


def add_months(a, months):
    return or_unknown(pl.when(is_known(months)).then(moved(day(a), months[0])))


def add_days(a, days, sign):
    there = wide(a[0]) + wide(days[0]) * sign
    fits = day(a).is_not_null() & is_known(days) & there.is_between(FIRST_DAY, LAST_DAY)
    return or_unknown(pl.when(fits).then(small(there)))


def first_of_month(a):
    return or_unknown(number(day(a).dt.month_start()))


def first_of_next_month(a):
    return or_unknown(moved(day(a).dt.month_start(), lit(1)))


def months_up(a, b):
    (ay, am, ad), (by, bm, bd) = parts(a), parts(b)
    last = b.dt.month_end().dt.day().cast(pl.Int64)
    return (by - ay) * 12 + bm - am - truth(pl.min_horizontal(ad, last) > bd)


def months_between(a, b):
    a, b = day(a), day(b)
    both = a.is_not_null() & b.is_not_null()
    return or_unknown(pl.when(both).then(either(b < a, -months_up(b, a), months_up(a, b))))


def year(a):
    return or_unknown(parts(day(a))[0])


def month(a):
    return or_unknown(parts(day(a))[1])


def figure(cells, codes, bounds, *keys):
    """Cells: one code or lower bound per key, and the figure; codes: how many each key's list has, 0 for a band.

    Of the bands the greatest lower bounds not above the keys hold, the first key first. An unknown code gives the hull
    over all codes; an unknown band, or a code without a figure, gives what the figure can be at all.
    """
    bands = [place for place, many in enumerate(codes) if many == 0]
    by_code = {}
    for key, amount in cells:
        own = tuple(k for place, k in enumerate(key) if codes[place])
        by_code.setdefault(own, []).append((tuple(key[place] for place in bands), amount))
    wanted, found, lows, highs = lit(1), lit(0), [], []
    for place, many in enumerate(codes):
        if many:
            wanted = wanted * either(is_known(keys[place]), lit(1), lit(many))
    nothing = pl.lit(None, dtype=pl.Int64)
    for own, rows in by_code.items():
        fits = pl.lit(True)
        for place, code in zip([p for p, many in enumerate(codes) if many], own):
            fits = fits & (~is_known(keys[place]) | (keys[place][0] == code))
        amount = nothing
        for lower, value in sorted(rows):
            above = pl.lit(True)
            for place, bound in zip(bands, lower):
                above = above & (keys[place][0] >= bound)
            amount = either(above, lit(value), amount)
        amount = either(fits, amount, nothing)
        found = found + truth(amount.is_not_null())
        lows.append(amount)
        highs.append(amount)
    good = wanted == found
    for place in bands:
        good = good & is_known(keys[place])
    lo = either(good, pl.min_horizontal(nothing, *lows), lit(bounds[0]))
    hi = either(good, pl.max_horizontal(nothing, *highs), lit(bounds[1]))
    return lo, hi


def total(x):
    """A sum in Int128. One that meets an end of Int64 means no more than one beyond it."""
    s = wide(x).sum()
    return either(is_open(s), s * 2, s)


def bring(value, lo, hi):
    """Columns of another table, unknown where there is no row."""
    return value[0].fill_null(lit(lo)), value[1].fill_null(lit(hi))


def along(key, lo, hi):
    """What is the same in every row, as long as the table: an aggregate sees one value per row."""
    return pl.col(key) * 0 + lit(lo), pl.col(key) * 0 + lit(hi)


# Aggregates: what is collected over the rows below, by row above …
def collect(number, kind, keep, value):
    sure, maybe = keep[0] == 1, keep[1] == 1
    if kind == "all":
        lo = pl.max_horizontal(1 - keep[1], value[0]).min()
        hi = pl.max_horizontal(1 - keep[0], value[1]).min()
    elif kind == "exists":
        lo = pl.min_horizontal(keep[0], value[0]).max()
        hi = pl.min_horizontal(keep[1], value[1]).max()
    elif kind == "count":
        lo, hi = keep[0].sum(), keep[1].sum()
    elif kind == "sum":
        low = pl.when(sure).then(value[0]).when(maybe).then(pl.min_horizontal(value[0], lit(0))).otherwise(lit(0))
        high = pl.when(sure).then(value[1]).when(maybe).then(pl.max_horizontal(value[1], lit(0))).otherwise(lit(0))
        lo = either(is_open(low).any(), wide(lit(MIN)), total(low))
        hi = either(is_open(high).any(), wide(lit(MAX)), total(high))
    elif kind == "min":
        lo, hi = value[0].filter(maybe).min(), value[1].filter(sure).min()
    else:
        lo, hi = value[0].filter(sure).max(), value[1].filter(maybe).max()
    return [lo.alias(f"a{number}_lo"), hi.alias(f"a{number}_hi"), sure.any().alias(f"a{number}_sure")]


# … and how it is closed: whole where no row is missing; bounds are what a missing row's value could be
def close(number, kind, whole, bounds, unknown):
    lo, hi = pl.col(f"a{number}_lo"), pl.col(f"a{number}_hi")
    if kind == "all":
        lo, hi = lo.fill_null(1), hi.fill_null(1)
        return either(whole, lo, lit(0)), hi
    if kind == "exists":
        lo, hi = lo.fill_null(0), hi.fill_null(0)
        return lo, either(whole, hi, lit(1))
    if kind == "count":
        lo, hi = lo.fill_null(0), hi.fill_null(0)
        return lo, either(whole, hi, lit(MAX))
    if kind == "sum":
        lo, hi = ends(lo.fill_null(0), hi.fill_null(0))
        return (
            lo if bounds[0] >= 0 else either(whole, lo, lit(MIN)),
            hi if bounds[1] <= 0 else either(whole, hi, lit(MAX)),
        )
    sure = pl.col(f"a{number}_sure").fill_null(False)
    if kind == "min":
        lo = either(whole, lo, pl.min_horizontal(lo, lit(bounds[0])))
    else:
        hi = either(whole, hi, pl.max_horizontal(hi, lit(bounds[1])))
    return either(sure, lo, lit(unknown[0])), either(sure, hi, lit(unknown[1]))


def calendar(years, rest, work):
    """Every day of the years with data and the day before each run of them: its run, and how many days were worked in it so far."""
    rows = [(run, n) for run, (first, last) in enumerate(years) for n in range(first - 1, last + 1)]
    days = pl.DataFrame(rows, schema={"run": pl.Int64, "day": pl.Int64}, orient="row")
    d = pl.col("day")
    weekday = d.cast(pl.Int32).cast(pl.Date).dt.weekday()
    worked = d.is_in(work) | ((weekday < 6) & ~d.is_in(rest))
    inside = d != d.min().over("run")
    return days.with_columns(worked=worked & inside).with_columns(nth=pl.col("worked").cast(pl.Int64).cum_sum().over("run"))


def with_working_days(table, days, number, start, count):
    """Adds the node of a day some working days later, the first day not counted; unknown where the calendar ends."""
    begin = pl.when(day(start).is_not_null()).then(start[0])
    many = pl.when(is_known(count) & count[0].is_between(0, 10000)).then(count[0])
    table = table.with_columns(w_day=begin, w_count=many)
    table = table.join(days.select(w_day="day", w_run="run", w_nth="nth"), on="w_day", how="left", maintain_order="left")
    table = table.with_columns(w_nth=pl.col("w_nth") + pl.col("w_count"))
    ends_on = days.filter(pl.col("worked")).select(w_run="run", w_nth="nth", w_end="day")
    table = table.join(ends_on, on=["w_run", "w_nth"], how="left", maintain_order="left")
    there = pl.when(pl.col("w_count") == 0).then(pl.col("w_day")).otherwise(pl.col("w_end"))
    table = table.with_columns(node(number, or_unknown(there)))
    return table.drop("w_day", "w_count", "w_run", "w_nth", "w_end")
