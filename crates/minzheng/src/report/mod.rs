//! Pages for people: HTML that stands alone, with tables and charts, to read on a screen and to print.
//!
//! A [`Page`] takes headings, paragraphs, [`Grid`]s and [`BarChart`]s in Chinese with English beside, and ends as one file without
//! scripts and without anything from outside. Charts are drawn with whole numbers; every figure also stands in words. All text is escaped.
//!
//! It stands in this crate because everything that reports to people lies above it: comparison, models, verification.

mod chart;

use core::fmt::Write as _;

pub use chart::{BarChart, Tone};
pub use minzheng_rules::explain::escape_html;
use minzheng_rules::pack::model::{Lang, Words};

/// How every page looks: readable on a screen, and on paper in grey.
const STYLE: &str = "body{font:16px/1.6 \"Noto Sans SC\",\"Noto Sans CJK SC\",\"PingFang SC\",\"Microsoft YaHei\",sans-serif;\
max-width:50em;margin:2em auto;padding:0 1em;color:#1b1b1b;print-color-adjust:exact;-webkit-print-color-adjust:exact}\
h1{font-size:1.5em;line-height:1.3}h2{font-size:1.1em;margin-top:1.8em}p{margin:.2em 0}\
.d2{margin-left:1.5em}.d3{margin-left:3em}.en{color:#555;font-size:.85em;font-weight:normal}.note{color:#444;font-size:.9em}\
figure{margin:1em 0;break-inside:avoid}svg{width:100%;max-width:760px;height:auto}td .en,th .en{display:block}\
table{border-collapse:collapse;width:100%;font-size:.8em;line-height:1.35;margin:.8em 0}\
caption{text-align:left;font-weight:bold;padding:.2em 0}th,td{border-bottom:1px solid #bbb;padding:.25em .4em;text-align:left;vertical-align:top}\
thead th{border-bottom:2px solid #444}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}tr{break-inside:avoid}\
code{font-size:.85em;overflow-wrap:anywhere}.wide{max-width:72em}\
@media print{body{margin:0;max-width:none;font-size:11pt}thead{display:table-header-group}}";

/// The page around an explanation of one household, which is HTML already: [`Explanation::render_html`](crate::Explanation::render_html).
///
/// ```
/// use minzheng::Lang;
/// let page = minzheng::report::explained("<p>…</p>", Lang::En);
/// assert!(page.starts_with("<!doctype html>") && page.contains("<p>…</p>"));
/// ```
pub fn explained(fragment: &str, lang: Lang) -> String {
    let title = match lang {
        Lang::Zh => words("社会救助测算", ""),
        Lang::En => words("", "Social assistance: assessment"),
    };
    Page::new(&title, lang).fragment(fragment).finish()
}

/// Two languages of one thing.
///
/// ```
/// assert_eq!(minzheng::report::words("户", "household").zh, "户");
/// ```
pub fn words(zh: impl Into<String>, en: impl Into<String>) -> Words {
    Words {
        zh: zh.into(),
        en: en.into(),
    }
}

/// Chinese with English beside, escaped.
fn both(text: &Words) -> String {
    let (zh, en) = (escape_html(&text.zh), escape_html(&text.en));
    match (zh.is_empty(), en.is_empty() || zh == en) {
        (false, false) => format!("{zh} <span class=\"en\" lang=\"en\">{en}</span>"),
        (false, true) => zh,
        (true, _) => en,
    }
}

/// A whole number with commas: `1,234,567`.
///
/// ```
/// use minzheng::report::grouped;
/// assert_eq!([grouped(0), grouped(-1_234), grouped(1_234_567)], ["0", "-1,234", "1,234,567"]);
/// ```
pub fn grouped(number: i128) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::new();
    if number < 0 {
        out.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(at);
        if at > 0 && left.is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A sum in fen as yuan, exact, with commas: `1,234.50`.
///
/// ```
/// use minzheng::report::yuan;
/// assert_eq!([yuan(123_450), yuan(-5), yuan(0)], ["1,234.50", "-0.05", "0.00"]);
/// ```
pub fn yuan(fen: i128) -> String {
    let (whole, rest) = (
        fen.unsigned_abs().div_euclid(100),
        fen.unsigned_abs().rem_euclid(100),
    );
    let sign = if fen < 0 { "-" } else { "" };
    // a hundredth of any sum fits
    let whole = grouped(i128::try_from(whole).unwrap_or(i128::MAX));
    format!("{sign}{whole}.{rest:02}")
}

/// A number in words with a sign before it where it is not zero.
///
/// ```
/// use minzheng::report::{signed, yuan};
/// assert_eq!([signed(1, yuan), signed(0, yuan), signed(-1, yuan)], ["+0.01", "0.00", "-0.01"]);
/// ```
pub fn signed(number: i128, shown: impl Fn(i128) -> String) -> String {
    let text = shown(number);
    if number > 0 { format!("+{text}") } else { text }
}

/// One cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words in two languages.
    Words(Words),
    /// Text that is the same in all languages.
    Text(String),
    /// Ids, digests: each on a line of its own.
    Codes(Vec<String>),
    /// A figure; it stands to the right.
    Number(String),
}

impl Cell {
    fn html(&self) -> String {
        match self {
            Self::Words(text) => both(text),
            Self::Text(text) | Self::Number(text) => escape_html(text),
            Self::Codes(list) => {
                let list = list.iter();
                let list = list.map(|text| format!("<code>{}</code>", escape_html(text)));
                list.collect::<Vec<_>>().join("<br>")
            }
        }
    }
}

/// A table of a page.
///
/// ```
/// use minzheng::report::{Cell, Grid, Page, words};
/// let grid = Grid {
///     caption: words("户数", "households"),
///     heads: vec![words("盟市", "league"), words("户", "households")],
///     rows: vec![vec![Cell::Text("1 & 2".into()), Cell::Number("3".into())]],
/// };
/// let page = Page::new(&words("表", "table"), minzheng::Lang::Zh).grid(&grid).finish();
/// assert!(page.contains("<td>1 &amp; 2</td><td class=\"n\">3</td>"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grid {
    /// What it is about.
    pub caption: Words,
    /// The heads of its columns.
    pub heads: Vec<Words>,
    /// Its rows; each has a cell for every head.
    pub rows: Vec<Vec<Cell>>,
}

impl Grid {
    fn html(&self) -> String {
        // writing to a string cannot fail
        let is_number = |at: usize| {
            let first = self.rows.first().and_then(|r| r.get(at));
            matches!(first, Some(Cell::Number(_)))
        };
        let mut out = String::from("<table>\n");
        if self.caption != Words::default() {
            let _ = writeln!(out, "<caption>{}</caption>", both(&self.caption));
        }
        out.push_str("<thead><tr>");
        for (at, head) in self.heads.iter().enumerate() {
            let class = if is_number(at) { " class=\"n\"" } else { "" };
            let _ = write!(out, "<th scope=\"col\"{class}>{}</th>", both(head));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            out.push_str("<tr>");
            for cell in row {
                let class = if matches!(cell, Cell::Number(_)) {
                    " class=\"n\""
                } else {
                    ""
                };
                let _ = write!(out, "<td{class}>{}</td>", cell.html());
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table>\n");
        out
    }
}

/// A page that stands alone.
///
/// ```
/// use minzheng::report::{Page, words};
/// let page = Page::new(&words("一页", "a page"), minzheng::Lang::Zh)
///     .heading(&words("标题 <1>", "heading <1>"))
///     .finish();
/// assert!(page.starts_with("<!doctype html>") && page.contains("标题 &lt;1&gt;"));
/// ```
#[derive(Debug, Clone)]
pub struct Page {
    title: Words,
    lang: Lang,
    is_wide: bool,
    body: String,
    charts: usize,
}

impl Page {
    /// A page; `lang` is the language that it says it is in.
    pub fn new(title: &Words, lang: Lang) -> Self {
        Self {
            title: title.clone(),
            lang,
            is_wide: false,
            body: String::new(),
            charts: 0,
        }
    }

    /// A page with room for wide tables.
    #[must_use]
    pub const fn wide(mut self) -> Self {
        self.is_wide = true;
        self
    }

    /// A heading.
    #[must_use]
    pub fn heading(mut self, text: &Words) -> Self {
        let _ = writeln!(self.body, "<h2>{}</h2>", both(text));
        self
    }

    /// A paragraph.
    #[must_use]
    pub fn paragraph(mut self, text: &Words) -> Self {
        let _ = writeln!(self.body, "<p>{}</p>", both(text));
        self
    }

    /// A side note.
    #[must_use]
    pub fn note(mut self, text: &Words) -> Self {
        let line = format!("<p class=\"note\">{}</p>\n", both(text));
        self.body.push_str(&line);
        self
    }

    /// A table.
    #[must_use]
    pub fn grid(mut self, grid: &Grid) -> Self {
        self.body.push_str(&grid.html());
        self
    }

    /// A chart.
    #[must_use]
    pub fn chart(mut self, chart: &BarChart) -> Self {
        self.charts = self.charts.saturating_add(1);
        let svg = chart.svg(&format!("c{}", self.charts));
        let _ = writeln!(self.body, "<figure>\n{svg}</figure>");
        self
    }

    /// HTML as it is: whoever makes it has escaped it, as [`Explanation::render_html`](crate::Explanation::render_html) does.
    #[must_use]
    pub fn fragment(mut self, html: &str) -> Self {
        self.body.push_str(html);
        self
    }

    /// The page.
    pub fn finish(self) -> String {
        let code = match self.lang {
            Lang::Zh => "zh",
            Lang::En => "en",
        };
        let title = escape_html(match self.title.of(self.lang) {
            "" => &self.title.zh,
            own => own,
        });
        // a wide page is printed across
        let (class, paper) = if self.is_wide {
            (" class=\"wide\"", "@page{size:A4 landscape;margin:12mm}")
        } else {
            ("", "")
        };
        format!(
            "<!doctype html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}{paper}</style>\n</head>\n\
             <body{class}>\n<h1>{}</h1>\n{}</body>\n</html>\n",
            both(&self.title),
            self.body
        )
    }
}
