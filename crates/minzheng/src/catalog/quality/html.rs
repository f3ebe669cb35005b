//! The report as a page to read and to print.

use minzheng_rules::pack::model::{Lang, Words};

use super::report::{Measured, Outcome, Report, SummaryLine, Verdict};
use super::text::{counted, limit};
use super::{Dimension, Severity};
use crate::report::{BarChart, Cell, Grid, Page, Tone, grouped, words};

/// Resources that the chart shows; the table has all.
const CHARTED: usize = 20;

impl Report {
    /// A page that stands alone: what must be done, the rules by resource and dimension, every rule that does not hold with some
    /// rows, every rule of which nothing is known. It names rows by number and masked key.
    pub fn to_html(&self, lang: Lang) -> String {
        let title = words("数据质量报告", "Quality of data");
        let mut page = Page::new(&title, lang).wide();
        let day = self.as_of;
        page = page.paragraph(&words(format!("截至 {day}"), format!("as of {day}")));
        let quiet = self.unanswered();
        page = page.paragraph(&if quiet.is_empty() {
            words(
                "没有资源被阻断。",
                "No resource is blocked.",
            )
        } else {
            let names = |lang: Lang| {
                let names = quiet.iter().map(|id| self.title(id).of(lang).to_owned());
                names.collect::<Vec<_>>()
            };
            words(
                format!(
                    "以下资源在修复之前视为未答复，依据它们的事实为未知：{}",
                    names(Lang::Zh).join("、")
                ),
                format!(
                    "Until mended, to be treated as not answered; the facts that rest on them are unknown: {}",
                    names(Lang::En).join(", ")
                ),
            )
        });
        let summary = self.summary();
        page = self.chart(page, &summary);
        page = self.matrix(page, &summary);
        page = self.failures(page);
        page = self.unknowns(page);
        self.read(page).finish()
    }

    /// Rules that do not hold, by severity: the resources with most.
    fn chart(&self, page: Page, summary: &[SummaryLine]) -> Page {
        let many = |id: &str, severity: Severity| {
            let own = self.failing().filter(|o| o.rule.resource == id);
            own.filter(|o| o.rule.severity == severity).count()
        };
        let mut rows: Vec<(&str, [usize; 3])> = resources(summary)
            .into_iter()
            .map(|id| {
                let of = [Severity::Block, Severity::Warn, Severity::Info];
                (id, of.map(|severity| many(id, severity)))
            })
            .filter(|(_, counts)| *counts != [0; 3])
            .collect();
        rows.sort_by_key(|(_, counts)| core::cmp::Reverse(*counts));
        let mut chart = BarChart::new(
            words("不符合的规则", "rules that do not hold"),
            words("条", "rules"),
        )
        .stacked();
        chart.series(Severity::Block.title(), Tone::Bad);
        chart.series(Severity::Warn.title(), Tone::Open);
        chart.series(Severity::Info.title(), Tone::Before);
        for (id, counts) in rows.into_iter().take(CHARTED) {
            let bars = counts.map(|n| (u128::try_from(n).unwrap_or(0), n.to_string()));
            chart.row(self.title(id), bars);
        }
        if chart.is_empty() {
            return page;
        }
        page.chart(&chart)
    }

    /// Resources against dimensions: rules that hold of rules that could be told.
    fn matrix(&self, page: Page, summary: &[SummaryLine]) -> Page {
        let mut heads = vec![words("资源", "resource"), words("记录", "rows")];
        heads.extend(Dimension::ALL.iter().map(|d| d.title()));
        let row = |id: &str| {
            let rows = self.tables.iter().find(|t| t.resource == id);
            let rows = rows.map_or_else(String::new, |t| grouped(i128::from(t.rows)));
            let mut cells = vec![Cell::Words(self.title(id)), Cell::Number(rows)];
            for dimension in Dimension::ALL {
                let line = summary
                    .iter()
                    .find(|l| l.resource == id && l.dimension == *dimension);
                let text = line.map_or_else(String::new, |l| {
                    let told = l.met.saturating_add(l.failed);
                    let mark = match l.worst {
                        Some(Severity::Block) => "✗ ",
                        Some(_) => "! ",
                        None => "",
                    };
                    let open = match l.unknown {
                        0 => String::new(),
                        many => format!(" (? {many})"),
                    };
                    format!("{mark}{}/{told}{open}", l.met)
                });
                cells.push(Cell::Number(text));
            }
            cells
        };
        let grid = Grid {
            caption: words(
                "符合的规则 / 可判断的规则",
                "rules that hold of rules that could be told",
            ),
            heads,
            rows: resources(summary).into_iter().map(row).collect(),
        };
        page.heading(&words("按资源和维度", "By resource and dimension"))
            .grid(&grid)
    }

    fn failures(&self, page: Page) -> Page {
        let row = |o: &Outcome| {
            let rows = match &o.measured {
                Measured::Rows { sample, .. } => sample
                    .iter()
                    .map(|s| {
                        let row = s.row.saturating_add(1);
                        format!("{row} {} {}", s.key, s.why).trim().to_owned()
                    })
                    .collect(),
                _ => Vec::new(),
            };
            let mut cells = self.of(o);
            cells.extend([
                Cell::Words(counted(o)),
                Cell::Text(limit(o)),
                Cell::Codes(rows),
            ]);
            cells
        };
        let rows: Vec<Vec<Cell>> = self.failing().map(row).collect();
        let page = page.heading(&words("不符合的规则", "Rules that do not hold"));
        if rows.is_empty() {
            return page.paragraph(&words("没有。", "None."));
        }
        let mut heads = Self::heads();
        heads.extend([
            words("结果", "found"),
            words("限值", "limit"),
            words("行号、键（掩码）", "rows, masked keys"),
        ]);
        page.grid(&Grid {
            caption: Words::default(),
            heads,
            rows,
        })
    }

    fn unknowns(&self, page: Page) -> Page {
        let is_open = |o: &&Outcome| o.verdict == Verdict::Unknown;
        let row = |o: &Outcome| {
            let mut cells = self.of(o);
            cells.push(Cell::Words(counted(o)));
            cells
        };
        let rows: Vec<Vec<Cell>> = self.outcomes.iter().filter(is_open).map(row).collect();
        if rows.is_empty() {
            return page;
        }
        let mut heads = Self::heads();
        heads.push(words("原因", "why"));
        page.heading(&words("无法判断的规则", "Rules of which nothing is known"))
            .grid(&Grid {
                caption: Words::default(),
                heads,
                rows,
            })
    }

    fn heads() -> Vec<Words> {
        vec![
            words("资源", "resource"),
            words("规则", "rule"),
            words("字段", "fields"),
            words("维度", "dimension"),
            words("级别", "severity"),
        ]
    }

    fn of(&self, o: &Outcome) -> Vec<Cell> {
        let fields = o.rule.check.fields();
        vec![
            Cell::Words(self.title(&o.rule.resource)),
            Cell::Words(o.rule.title.clone()),
            Cell::Codes(fields.into_iter().map(str::to_owned).collect()),
            Cell::Words(o.rule.dimension.title()),
            Cell::Words(o.rule.severity.title()),
        ]
    }

    /// The tables whose columns are not those of the catalogue.
    fn read(&self, page: Page) -> Page {
        let odd = self
            .tables
            .iter()
            .filter(|t| !t.lacking.is_empty() || !t.foreign.is_empty());
        let rows: Vec<Vec<Cell>> = odd
            .map(|t| {
                vec![
                    Cell::Words(self.title(&t.resource)),
                    Cell::Codes(t.lacking.clone()),
                    Cell::Codes(t.foreign.clone()),
                ]
            })
            .collect();
        if rows.is_empty() {
            return page;
        }
        page.heading(&words(
            "与目录不一致的列",
            "Columns that are not those of the catalogue",
        ))
        .grid(&Grid {
            caption: Words::default(),
            heads: vec![
                words("资源", "resource"),
                words("缺少", "lacking"),
                words("目录中没有", "not in the catalogue"),
            ],
            rows,
        })
    }
}

/// The resources of a summary, in their order.
fn resources(summary: &[SummaryLine]) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    for line in summary {
        let id = line.resource.as_str();
        if !out.contains(&id) {
            out.push(id);
        }
    }
    out
}
