//! What was learnt, for people: as text, and as a page with charts.

use std::fmt::Write as _;

use minzheng_rules::pack::model::{Lang, Words};
use minzheng_rules::pack::place::{Places, parse_code};

use super::readings::{Reading, Readings};
use super::review::{Review, Tally};
use super::shadow::{Shadow, Shift};
use super::threshold::Thresholds;
use super::wilson::Interval;
use crate::report::{BarChart, Cell, Grid, Page, Tone, grouped, words};
use crate::warning::Models;

/// Models that a chart shows: the page's table has all.
const SHOWN: usize = 20;

/// Ten-thousandths as per cent, exact: `25.52`.
fn percent(share: u16) -> String {
    let share = u32::from(share);
    format!("{}.{:02}", share.div_euclid(100), share.rem_euclid(100))
}

/// A share as whole numbers say it: `12 of 40, 17.98 % to 45.43 %`.
fn precision(tally: &Tally, readings: &Readings) -> (String, String) {
    let (confirmed, counted) = tally.precision(readings);
    (
        format!("{confirmed}/{counted}"),
        bounds(tally.interval(readings)),
    )
}

fn bounds(interval: Option<Interval>) -> String {
    interval.map_or_else(
        || "–".to_owned(),
        |i| format!("{} %–{} %", percent(i.low), percent(i.high)),
    )
}

/// Whole numbers beside one: `2.5` for 5 per 2, rounded up; a dash where there is none to divide by.
fn each(sum: u64, many: u64) -> String {
    let tenths = u128::from(sum).saturating_mul(10);
    let many = u128::from(many);
    if many == 0 {
        return "–".to_owned();
    }
    let up = tenths.div_ceil(many);
    format!("{}.{}", up.div_euclid(10), up.rem_euclid(10))
}

fn number(many: u64) -> String {
    grouped(i128::from(many))
}

const HONEST: (&str, &str) = (
    "区间为 95% 威尔逊区间，向外取整。无法联系、重复等不计入属实与否；未办结的不计。样本少则区间宽：不要只看比例。模型不会自动启停。",
    "Intervals are Wilson's at 95 %, rounded outward. Closings that say nothing, such as unreachable and duplicate, and open alerts are not counted. Few cases, wide interval: do not go by the share alone. No model is switched by itself.",
);

/// A model by its title with its id, where the packs have it.
fn titled(models: &Models, id: &str, lang: Lang) -> String {
    let model = models.get(id).ok();
    model.map_or_else(|| id.to_owned(), |m| format!("{} ({id})", m.title.of(lang)))
}

/// A place by its name with its code, where the packs know it.
fn named(places: &Places, code: &str) -> String {
    let known = parse_code(code).filter(|_| code.len() == 6);
    known
        .and_then(|number| places.get(number))
        .map_or_else(|| code.to_owned(), |place| format!("{} {code}", place.name))
}

/// A sum that leaves out what is not known; a dash where nothing is known.
fn known(sum: u64, unknown: u64, all: u64) -> String {
    match unknown {
        0 => number(sum),
        _ if unknown >= all => "–".to_owned(),
        _ => format!("{} + ?", number(sum)),
    }
}

/// The columns of a table of tallies, after what each row is about.
fn heads() -> Vec<Words> {
    [
        ("预警", "alerts"),
        ("未办结", "open"),
        ("属实/已核", "confirmed/counted"),
        ("属实率区间", "precision, 95 %"),
        ("不计", "not counted"),
        ("核查", "checks"),
        ("入户", "home visits"),
        ("每属实一件核查", "checks per confirmed"),
        ("每属实一件入户", "visits per confirmed"),
    ]
    .map(|(zh, en)| words(zh, en))
    .into()
}

fn cells(tally: &Tally, readings: &Readings) -> Vec<String> {
    let (confirmed, _) = tally.precision(readings);
    // a part of the cost says nothing about the whole
    let per = if tally.cost_unknown == 0 {
        confirmed
    } else {
        0
    };
    let (share, interval) = precision(tally, readings);
    vec![
        number(tally.cases()),
        number(tally.open),
        share,
        interval,
        number(tally.read(readings, Reading::Silent)),
        known(tally.checks, tally.cost_unknown, tally.cases()),
        known(tally.home_visits, tally.cost_unknown, tally.cases()),
        each(tally.checks, per),
        each(tally.home_visits, per),
    ]
}

/// Rows as text, tab by tab: simple to read and to paste.
fn lines(heads: &[Words], rows: Vec<Vec<String>>, lang: Lang) -> String {
    let head: Vec<&str> = heads.iter().map(|h| h.of(lang)).collect();
    let mut out = head.join("\t");
    out.push('\n');
    for row in rows {
        out.push_str(&row.join("\t"));
        out.push('\n');
    }
    out
}

fn grid(caption: Words, heads: Vec<Words>, rows: Vec<Vec<String>>) -> Grid {
    let row = |cells: Vec<String>| {
        let cells = cells.into_iter().enumerate();
        let cell = |(at, text): (usize, String)| {
            if at == 0 {
                Cell::Text(text)
            } else {
                Cell::Number(text)
            }
        };
        cells.map(cell).collect()
    };
    Grid {
        caption,
        heads,
        rows: rows.into_iter().map(row).collect(),
    }
}

impl Review {
    fn rows<'t>(
        of: impl IntoIterator<Item = (String, &'t Tally)>,
        readings: &Readings,
    ) -> Vec<Vec<String>> {
        let row = |(name, tally): (String, &Tally)| {
            let mut row = vec![name];
            row.extend(cells(tally, readings));
            row
        };
        of.into_iter().map(row).collect()
    }

    fn with_head(name: (&str, &str)) -> Vec<Words> {
        let mut all = vec![words(name.0, name.1)];
        all.extend(heads());
        all
    }

    /// Models by their titles, and places, in rows of text, the columns apart by tabs.
    pub fn to_text(
        &self,
        readings: &Readings,
        models: &Models,
        places: &Places,
        lang: Lang,
    ) -> String {
        let by_model = self.by_model();
        let rows = by_model.iter().map(|(m, t)| (titled(models, m, lang), t));
        let mut rows = Self::rows(rows, readings);
        let total = self.total();
        let all = words("合计", "all");
        rows.extend(Self::rows([(all.of(lang).to_owned(), &total)], readings));
        let mut out = lines(&Self::with_head(("模型", "model")), rows, lang);
        let by_place = self.by_place();
        let rows = by_place.iter().map(|(p, t)| (named(places, p), t));
        let rows = Self::rows(rows, readings);
        out.push('\n');
        out.push_str(&lines(&Self::with_head(("地区", "place")), rows, lang));
        let _ = writeln!(out, "\n{}", words(HONEST.0, HONEST.1).of(lang));
        out
    }

    /// A page that stands alone, with charts.
    pub fn to_html(
        &self,
        readings: &Readings,
        models: &Models,
        places: &Places,
        lang: Lang,
    ) -> String {
        let title = words("预警模型回顾", "review of warning models");
        let mut page = Page::new(&title, lang)
            .wide()
            .note(&words(HONEST.0, HONEST.1));
        let by_model = self.by_model();
        let mut by_cases: Vec<(&&str, &Tally)> = by_model.iter().collect();
        by_cases.sort_by_key(|(model, tally)| (core::cmp::Reverse(tally.cases()), **model));
        let mut chart = BarChart::new(
            words("各模型的处置结果", "what came of the alerts of each model"),
            words("件", "alerts"),
        )
        .stacked();
        chart.series(words("属实", "confirmed"), Tone::Good);
        chart.series(words("不属实", "refuted"), Tone::Bad);
        chart.series(words("不计", "not counted"), Tone::Closed);
        chart.series(words("未办结", "open"), Tone::Open);
        let mut shares = BarChart::new(
            words("属实率的区间", "bounds of the precision"),
            words("%", ""),
        );
        shares.series(words("下限", "lower"), Tone::Before);
        shares.series(words("上限", "upper"), Tone::After);
        for (model, tally) in by_cases.into_iter().take(SHOWN) {
            let label = || words(titled(models, model, lang), "");
            let (confirmed, counted) = tally.precision(readings);
            let silent = tally.read(readings, Reading::Silent);
            let parts = [
                confirmed,
                counted.saturating_sub(confirmed),
                silent,
                tally.open,
            ];
            chart.row(label(), parts.map(|many| (u128::from(many), number(many))));
            if let Some(bounds) = tally.interval(readings) {
                let bounds = [bounds.low, bounds.high];
                shares.row(label(), bounds.map(|b| (u128::from(b), percent(b))));
            }
        }
        for drawn in [chart, shares] {
            if !drawn.is_empty() {
                page = page.chart(&drawn);
            }
        }
        let rows = by_model.iter().map(|(m, t)| (titled(models, m, lang), t));
        let rows = Self::rows(rows, readings);
        page = page.grid(&grid(
            words("按模型", "by model"),
            Self::with_head(("模型", "model")),
            rows,
        ));
        let by_place = self.by_place();
        let rows = by_place.iter().map(|(p, t)| (named(places, p), t));
        let rows = Self::rows(rows, readings);
        page = page.grid(&grid(
            words("按地区", "by place"),
            Self::with_head(("地区", "place")),
            rows,
        ));
        let both = self.tallies().iter();
        let rows = Self::rows(
            both.map(|((m, p), t)| {
                let model = titled(models, m, lang);
                (format!("{model} · {}", named(places, p)), t)
            }),
            readings,
        );
        let head = Self::with_head(("模型与地区", "model and place"));
        page.grid(&grid(
            words("按模型与地区", "by model and place"),
            head,
            rows,
        ))
        .finish()
    }
}

impl Thresholds {
    fn table(&self) -> (Vec<Words>, Vec<Vec<String>>) {
        let heads = [
            ("阈值", "threshold"),
            ("命中", "hits"),
            ("属实", "confirmed"),
            ("不属实", "refuted"),
            ("不明", "unknown"),
            ("漏掉的属实", "confirmed, missed"),
            ("属实率区间", "precision, 95 %"),
            ("核查", "checks"),
        ];
        let row = |w: &super::Would| {
            let tried = &w.tried;
            vec![
                format!(
                    "{} {}",
                    self.side().sign(),
                    grouped(i128::from(w.threshold))
                ),
                number(tried.hits),
                number(tried.confirmed),
                number(tried.refuted),
                number(tried.unknown),
                number(tried.missed),
                bounds(tried.interval()),
                known(tried.checks, tried.cost_unknown, tried.hits),
            ]
        };
        let heads = heads.map(|(zh, en)| words(zh, en)).into();
        (heads, self.would().iter().map(row).collect())
    }

    fn note(&self) -> Words {
        let many = self.without_figure();
        words(
            format!(
                "只有过去命中的才核查过：放宽阈值会增加哪些人、其中多少属实，无法从历史得知。没有数值、不在表中的：{many} 件。"
            ),
            format!(
                "Only what was hit in the past was ever checked: what a wider threshold would find cannot be learnt from history. Cases without a figure, not in the table: {many}."
            ),
        )
    }

    /// In rows of text, the columns apart by tabs.
    pub fn to_text(&self, lang: Lang) -> String {
        let (heads, rows) = self.table();
        format!("{}\n{}\n", lines(&heads, rows, lang), self.note().of(lang))
    }

    /// A page that stands alone, with a chart.
    pub fn to_html(&self, lang: Lang) -> String {
        let (heads, rows) = self.table();
        let title = words("另设阈值的结果", "what other thresholds would have done");
        let mut chart = BarChart::new(title.clone(), words("件", "cases")).stacked();
        chart.series(words("属实", "confirmed"), Tone::Good);
        chart.series(words("不属实", "refuted"), Tone::Bad);
        chart.series(words("不明", "unknown"), Tone::Open);
        for w in self.would() {
            let sign = format!(
                "{} {}",
                self.side().sign(),
                grouped(i128::from(w.threshold))
            );
            let parts = [w.tried.confirmed, w.tried.refuted, w.tried.unknown];
            chart.row(
                words(sign, ""),
                parts.map(|many| (u128::from(many), number(many))),
            );
        }
        let mut page = Page::new(&title, lang).note(&self.note());
        if !chart.is_empty() {
            page = page.chart(&chart);
        }
        page.grid(&grid(Words::default(), heads, rows)).finish()
    }
}

impl Shadow {
    fn table(&self, places: &Places, lang: Lang) -> (Vec<Words>, Vec<Vec<String>>) {
        let heads = [
            ("地区", "place"),
            ("旧", "old"),
            ("新", "new"),
            ("都有", "both"),
            ("新增", "gained"),
            ("减少", "lost"),
            ("加重", "graver"),
            ("减轻", "milder"),
        ];
        let row = |name: &str, s: &Shift| {
            let figures = [s.old, s.new, s.both, s.gained, s.lost, s.graver, s.milder];
            let mut row = vec![name.to_owned()];
            row.extend(figures.map(number));
            row
        };
        let all = self.places().iter();
        let mut rows: Vec<Vec<String>> = all
            .map(|(place, shift)| row(&named(places, place), shift))
            .collect();
        rows.push(row(words("合计", "all").of(lang), &self.total()));
        (heads.map(|(zh, en)| words(zh, en)).into(), rows)
    }

    /// In rows of text, the columns apart by tabs.
    pub fn to_text(&self, places: &Places, lang: Lang) -> String {
        let (heads, rows) = self.table(places, lang);
        lines(&heads, rows, lang)
    }

    /// A page that stands alone, with a chart. It names nobody.
    pub fn to_html(&self, places: &Places, lang: Lang) -> String {
        let (heads, rows) = self.table(places, lang);
        let title = words("新旧模型并行", "a new version beside the old");
        let mut chart = BarChart::new(title.clone(), words("件", "hits")).stacked();
        chart.series(words("都有", "both"), Tone::After);
        chart.series(words("新增", "gained"), Tone::Good);
        chart.series(words("减少", "lost"), Tone::Bad);
        let mut by_change: Vec<(&String, &Shift)> = self.places().iter().collect();
        by_change.sort_by_key(|(_, s)| core::cmp::Reverse(s.gained.saturating_add(s.lost)));
        for (place, s) in by_change.into_iter().take(SHOWN) {
            let parts = [s.both, s.gained, s.lost];
            chart.row(
                words(named(places, place), ""),
                parts.map(|many| (u128::from(many), number(many))),
            );
        }
        let mut page = Page::new(&title, lang);
        if !chart.is_empty() {
            page = page.chart(&chart);
        }
        page.grid(&grid(Words::default(), heads, rows)).finish()
    }
}
