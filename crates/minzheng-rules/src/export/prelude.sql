-- Intervals. A value is two BIGINT columns, lo and hi: every number from lo to hi is possible, lo = hi is known.
-- The least and the greatest BIGINT stand for "no bound". Truth is 0 to 1. No value is ever NULL.
-- Sums and products are made in HUGEINT; what does not fit BIGINT is unknown.
CREATE OR REPLACE TEMP MACRO mz_min() AS CAST(-9223372036854775808 AS BIGINT);
CREATE OR REPLACE TEMP MACRO mz_max() AS CAST(9223372036854775807 AS BIGINT);
CREATE OR REPLACE TEMP MACRO mz_small(x) AS TRY_CAST(x AS BIGINT);
CREATE OR REPLACE TEMP MACRO mz_open(x) AS (x = mz_min() OR x = mz_max());
-- a sum that meets an end of BIGINT means no more than one beyond it
CREATE OR REPLACE TEMP MACRO mz_total(x) AS CASE WHEN mz_open(x) THEN 2 * x ELSE x END;
CREATE OR REPLACE TEMP MACRO mz_bool(x) AS CASE WHEN x THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END;
-- a known value or NULL, as an interval
CREATE OR REPLACE TEMP MACRO mz_lo(x) AS coalesce(x, mz_min());
CREATE OR REPLACE TEMP MACRO mz_hi(x) AS coalesce(x, mz_max());
-- two ends in HUGEINT, as an interval: both must fit
CREATE OR REPLACE TEMP MACRO mz_ends_lo(l, h) AS CASE WHEN mz_small(l) IS NULL OR mz_small(h) IS NULL THEN mz_min() ELSE mz_small(l) END;
CREATE OR REPLACE TEMP MACRO mz_ends_hi(l, h) AS CASE WHEN mz_small(l) IS NULL OR mz_small(h) IS NULL THEN mz_max() ELSE mz_small(h) END;
-- facts: NULL is unknown between the declared bounds, a value outside them is unknown
CREATE OR REPLACE TEMP MACRO mz_fact_lo(x, low, high) AS CASE WHEN x IS NULL THEN low WHEN x < low OR x > high THEN mz_min() ELSE CAST(x AS BIGINT) END;
CREATE OR REPLACE TEMP MACRO mz_fact_hi(x, low, high) AS CASE WHEN x IS NULL THEN high WHEN x < low OR x > high THEN mz_max() ELSE CAST(x AS BIGINT) END;
CREATE OR REPLACE TEMP MACRO mz_truth_lo(x) AS CASE WHEN x IS NULL THEN CAST(0 AS BIGINT) ELSE mz_bool(x) END;
CREATE OR REPLACE TEMP MACRO mz_truth_hi(x) AS CASE WHEN x IS NULL THEN CAST(1 AS BIGINT) ELSE mz_bool(x) END;
-- comparisons are decided as soon as they must be
CREATE OR REPLACE TEMP MACRO mz_lt_lo(al, ah, bl, bh) AS mz_bool(ah < bl);
CREATE OR REPLACE TEMP MACRO mz_lt_hi(al, ah, bl, bh) AS mz_bool(al < bh);
CREATE OR REPLACE TEMP MACRO mz_le_lo(al, ah, bl, bh) AS mz_bool(ah <= bl);
CREATE OR REPLACE TEMP MACRO mz_le_hi(al, ah, bl, bh) AS mz_bool(al <= bh);
CREATE OR REPLACE TEMP MACRO mz_eq_lo(al, ah, bl, bh) AS mz_bool(al = ah AND bl = bh AND al = bl);
CREATE OR REPLACE TEMP MACRO mz_eq_hi(al, ah, bl, bh) AS mz_bool(al <= bh AND bl <= ah);
-- sums and products of intervals
CREATE OR REPLACE TEMP MACRO mz_plus(a, b, open) AS CASE WHEN mz_open(a) OR mz_open(b) THEN CAST(open AS HUGEINT) ELSE CAST(a AS HUGEINT) + CAST(b AS HUGEINT) END;
CREATE OR REPLACE TEMP MACRO mz_neg(x) AS CASE WHEN x = mz_min() THEN mz_max() WHEN x = mz_max() THEN mz_min() ELSE mz_small(-CAST(x AS HUGEINT)) END;
CREATE OR REPLACE TEMP MACRO mz_add_lo(al, ah, bl, bh) AS mz_ends_lo(mz_plus(al, bl, mz_min()), mz_plus(ah, bh, mz_max()));
CREATE OR REPLACE TEMP MACRO mz_add_hi(al, ah, bl, bh) AS mz_ends_hi(mz_plus(al, bl, mz_min()), mz_plus(ah, bh, mz_max()));
CREATE OR REPLACE TEMP MACRO mz_sub_lo(al, ah, bl, bh) AS mz_add_lo(al, ah, mz_neg(bh), mz_neg(bl));
CREATE OR REPLACE TEMP MACRO mz_sub_hi(al, ah, bl, bh) AS mz_add_hi(al, ah, mz_neg(bh), mz_neg(bl));
CREATE OR REPLACE TEMP MACRO mz_times(a, k) AS CASE WHEN k = 0 THEN CAST(0 AS HUGEINT) WHEN mz_open(a) THEN CAST(a AS HUGEINT) ELSE CAST(a AS HUGEINT) * CAST(k AS HUGEINT) END;
CREATE OR REPLACE TEMP MACRO mz_scale_lo(al, ah, k) AS mz_ends_lo(mz_times(al, k), mz_times(ah, k));
CREATE OR REPLACE TEMP MACRO mz_scale_hi(al, ah, k) AS mz_ends_hi(mz_times(al, k), mz_times(ah, k));
CREATE OR REPLACE TEMP MACRO mz_mul_lo(al, ah, bl, bh) AS CASE WHEN al = ah AND bl = bh THEN mz_lo(mz_small(CAST(al AS HUGEINT) * CAST(bl AS HUGEINT))) WHEN bl = bh AND bl >= 0 THEN mz_scale_lo(al, ah, bl) WHEN al = ah AND al >= 0 THEN mz_scale_lo(bl, bh, al) ELSE mz_min() END;
CREATE OR REPLACE TEMP MACRO mz_mul_hi(al, ah, bl, bh) AS CASE WHEN al = ah AND bl = bh THEN mz_hi(mz_small(CAST(al AS HUGEINT) * CAST(bl AS HUGEINT))) WHEN bl = bh AND bl >= 0 THEN mz_scale_hi(al, ah, bl) WHEN al = ah AND al >= 0 THEN mz_scale_hi(bl, bh, al) ELSE mz_max() END;
-- a choice: an unknown test gives u
CREATE OR REPLACE TEMP MACRO mz_if(tl, th, y, n, u) AS CASE WHEN tl <> th THEN u WHEN tl = 1 THEN y ELSE n END;
CREATE OR REPLACE TEMP MACRO mz_coalesce(al, ah, v) AS CASE WHEN al = ah THEN al ELSE v END;
-- division by a named rule, in HUGEINT: 0 half_up, 1 up, 2 down, 3 exact; NULL: zero divisor, not exact, no such rule
CREATE OR REPLACE TEMP MACRO mz_div_round(a, b, rule) AS CASE WHEN b = 0 OR (rule = 3 AND abs(a) % abs(b) <> 0) THEN NULL WHEN rule BETWEEN 0 AND 3 THEN (CASE WHEN (a < 0) = (b < 0) THEN 1 ELSE -1 END) * (abs(a) // abs(b) + CASE WHEN rule = 0 AND 2 * (abs(a) % abs(b)) >= abs(b) THEN 1 WHEN rule = 1 AND abs(a) % abs(b) > 0 THEN 1 ELSE 0 END) END;
CREATE OR REPLACE TEMP MACRO mz_known_mul_round(al, ah, bl, bh, rl, rh) AS CASE WHEN al = ah AND bl = bh AND rl = rh THEN mz_small(mz_div_round(CAST(al AS HUGEINT) * CAST(bl AS HUGEINT), CAST(10000 AS HUGEINT), rl)) END;
CREATE OR REPLACE TEMP MACRO mz_known_div_round(al, ah, bl, bh, rl, rh) AS CASE WHEN al = ah AND bl = bh AND rl = rh THEN mz_small(mz_div_round(CAST(al AS HUGEINT), CAST(bl AS HUGEINT), rl)) END;
CREATE OR REPLACE TEMP MACRO mz_known_round_to(al, ah, bl, bh, rl, rh) AS mz_small(CAST(mz_known_div_round(al, ah, bl, bh, rl, rh) AS HUGEINT) * CAST(bl AS HUGEINT));
-- days are numbers from 1970-01-01, between 0001-01-01 and 9999-12-31
CREATE OR REPLACE TEMP MACRO mz_day(l, h) AS CASE WHEN l = h AND l BETWEEN -719162 AND 2932896 THEN DATE '1970-01-01' + TRY_CAST(l AS INTEGER) END;
CREATE OR REPLACE TEMP MACRO mz_number(d) AS CAST(d - DATE '1970-01-01' AS BIGINT);
CREATE OR REPLACE TEMP MACRO mz_leap(y) AS (y % 4 = 0 AND (y % 100 <> 0 OR y % 400 = 0));
CREATE OR REPLACE TEMP MACRO mz_birthday(b, o) AS CASE WHEN month(b) = 2 AND day(b) = 29 AND NOT mz_leap(year(o)) THEN 228 ELSE month(b) * 100 + day(b) END;
CREATE OR REPLACE TEMP MACRO mz_age_of(b, o) AS year(o) - year(b) - CASE WHEN month(o) * 100 + day(o) >= mz_birthday(b, o) THEN 0 ELSE 1 END;
CREATE OR REPLACE TEMP MACRO mz_known_age(al, ah, bl, bh) AS CAST(CASE WHEN mz_day(al, ah) IS NOT NULL AND mz_day(bl, bh) IS NOT NULL THEN mz_age_of(mz_day(al, ah), mz_day(bl, bh)) END AS BIGINT);
CREATE OR REPLACE TEMP MACRO mz_month_number(d, n) AS CAST(year(d) * 12 + month(d) - 1 AS HUGEINT) + CAST(n AS HUGEINT);
CREATE OR REPLACE TEMP MACRO mz_day_in(t, d) AS make_date(mz_small(t // 12), mz_small(t % 12 + 1), least(day(d), day(last_day(make_date(mz_small(t // 12), mz_small(t % 12 + 1), 1)))));
CREATE OR REPLACE TEMP MACRO mz_moved(d, n) AS CASE WHEN d IS NULL THEN NULL WHEN mz_month_number(d, n) < 12 THEN CAST(-719162 AS BIGINT) WHEN mz_month_number(d, n) >= 120000 THEN CAST(2932896 AS BIGINT) ELSE mz_number(mz_day_in(mz_month_number(d, n), d)) END;
CREATE OR REPLACE TEMP MACRO mz_known_add_months(al, ah, bl, bh) AS CASE WHEN bl = bh THEN mz_moved(mz_day(al, ah), bl) END;
CREATE OR REPLACE TEMP MACRO mz_day_or_none(x) AS CASE WHEN x BETWEEN -719162 AND 2932896 THEN mz_small(x) END;
CREATE OR REPLACE TEMP MACRO mz_known_add_days(al, ah, bl, bh, sign) AS CASE WHEN mz_day(al, ah) IS NOT NULL AND bl = bh THEN mz_day_or_none(CAST(al AS HUGEINT) + sign * CAST(bl AS HUGEINT)) END;
CREATE OR REPLACE TEMP MACRO mz_months_up(a, b) AS (year(b) - year(a)) * 12 + month(b) - month(a) - CASE WHEN least(day(a), day(last_day(b))) > day(b) THEN 1 ELSE 0 END;
CREATE OR REPLACE TEMP MACRO mz_known_months_between(al, ah, bl, bh) AS CAST(CASE WHEN mz_day(al, ah) IS NULL OR mz_day(bl, bh) IS NULL THEN NULL WHEN bl < al THEN -mz_months_up(mz_day(bl, bh), mz_day(al, ah)) ELSE mz_months_up(mz_day(al, ah), mz_day(bl, bh)) END AS BIGINT);
CREATE OR REPLACE TEMP MACRO mz_first(d) AS make_date(year(d), month(d), 1);
CREATE OR REPLACE TEMP MACRO mz_known_first_of_month(al, ah) AS mz_number(mz_first(mz_day(al, ah)));
CREATE OR REPLACE TEMP MACRO mz_known_first_of_next_month(al, ah) AS mz_moved(mz_first(mz_day(al, ah)), 1);
CREATE OR REPLACE TEMP MACRO mz_known_year(al, ah) AS CAST(year(mz_day(al, ah)) AS BIGINT);
CREATE OR REPLACE TEMP MACRO mz_known_month(al, ah) AS CAST(month(mz_day(al, ah)) AS BIGINT);
