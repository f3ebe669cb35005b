//! Charts of horizontal bars, as SVG.

use core::fmt::Write as _;

use minzheng_rules::pack::model::Words;

use super::escape_html;

/// How a series is painted. Each is told apart from the others in grey too: by lightness, or by lines across.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// What was: light grey.
    Before,
    /// What is: dark blue.
    After,
    /// Better: dark green.
    Good,
    /// A little better: light green.
    Mild,
    /// Worse: dark red with lines.
    Bad,
    /// A little worse: light red with lines.
    Weak,
    /// Open: yellow.
    Open,
    /// Closed: grey violet.
    Closed,
}

impl Tone {
    const fn colours(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Before => ("#c3cbd3", None),
            Self::After => ("#1f4e79", None),
            Self::Good => ("#2b6a3a", None),
            Self::Mild => ("#a9d8b0", None),
            Self::Bad => ("#a3261c", Some("#f4d9d6")),
            Self::Weak => ("#f4c1bb", Some("#a3261c")),
            Self::Open => ("#f6d365", None),
            Self::Closed => ("#8a8299", None),
        }
    }

    /// The colour of figures upon it.
    const fn ink(self) -> &'static str {
        match self {
            Self::After | Self::Good | Self::Closed => "#fff",
            _ => "#1b1b1b",
        }
    }
}

/// One row of bars: its label, and for every series a value and how it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    label: Words,
    values: Vec<(u128, String)>,
}

/// A chart of horizontal bars: side by side, or one after the other.
///
/// ```
/// use minzheng::report::{BarChart, Page, Tone, words};
/// let mut chart = BarChart::new(words("预算", "budget"), words("元/月", "yuan/month"));
/// chart.series(words("之前", "before"), Tone::Before);
/// chart.series(words("之后", "after"), Tone::After);
/// chart.row(words("低保", "dibao"), [(100, "1.00".into()), (250, "2.50".into())]);
/// let page = Page::new(&words("图", "chart"), minzheng::Lang::Zh).chart(&chart).finish();
/// assert!(page.contains("<desc") && page.contains("低保 (dibao): 之前 1.00, 之后 2.50"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarChart {
    title: Words,
    unit: Words,
    series: Vec<(Words, Tone)>,
    rows: Vec<Row>,
    is_stacked: bool,
}

/// Width of the drawing, of labels, and of the longest bar.
const WIDTH: u128 = 760;
const LABELS: u128 = 270;
const BARS: u128 = 320;

/// Height of a bar, and of the room between rows.
const BAR: u128 = 15;
const GAP: u128 = 12;

/// Height of a line of the head.
const LINE: u128 = 22;

/// How many narrow characters of English a label has room for.
const LABEL_CHARS: usize = 54;

impl BarChart {
    /// A chart without rows; the unit is that of its values.
    pub const fn new(title: Words, unit: Words) -> Self {
        Self {
            title,
            unit,
            series: Vec::new(),
            rows: Vec::new(),
            is_stacked: false,
        }
    }

    /// Bars of a row one after the other.
    #[must_use]
    pub const fn stacked(mut self) -> Self {
        self.is_stacked = true;
        self
    }

    /// Adds a series.
    pub fn series(&mut self, name: Words, tone: Tone) {
        self.series.push((name, tone));
    }

    /// Adds a row: for every series how long its bar is, and how its value is written.
    pub fn row(&mut self, label: Words, values: impl IntoIterator<Item = (u128, String)>) {
        let values = values.into_iter().collect();
        self.rows.push(Row { label, values });
    }

    /// Whether it has no rows.
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The longest bar, or sum of bars.
    fn longest(&self) -> u128 {
        let row = |row: &Row| {
            let values = row.values.iter().map(|(value, _)| *value);
            if self.is_stacked {
                values.fold(0, u128::saturating_add)
            } else {
                values.max().unwrap_or(0)
            }
        };
        self.rows.iter().map(row).max().unwrap_or(0)
    }

    /// The drawing; `id` tells its parts apart from those of other charts on the page.
    pub(super) fn svg(&self, id: &str) -> String {
        let lines = if self.is_stacked {
            1
        } else {
            self.series.len()
        };
        let lines = u128::try_from(lines).unwrap_or(1);
        let row_height = BAR.saturating_mul(lines.max(1)).max(28).saturating_add(GAP);
        let places = self.legend_places();
        let last = places.last().map_or(0, |(_, y)| *y);
        let head = last.saturating_add(LINE).saturating_add(GAP);
        let rows = u128::try_from(self.rows.len()).unwrap_or(0);
        let height = rows.saturating_mul(row_height).saturating_add(head);
        let mut out = String::new();
        // writing to a string cannot fail
        let _ = writeln!(
            out,
            "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" font-size=\"12\">\n\
             <title id=\"{id}-t\">{}</title>\n<desc id=\"{id}-d\">{}</desc>",
            escape_html(&self.title.zh),
            escape_html(&self.told())
        );
        self.patterns(&mut out, id);
        let _ = writeln!(
            out,
            "<text x=\"0\" y=\"15\" font-size=\"14\" font-weight=\"bold\">{}<tspan dx=\"6\" font-size=\"11\" font-weight=\"normal\" fill=\"#555\">{} ({} {})</tspan></text>",
            escape_html(&self.title.zh),
            escape_html(&self.title.en),
            escape_html(&self.unit.zh),
            escape_html(&self.unit.en)
        );
        self.legend(&mut out, id, &places);
        let longest = self.longest().max(1);
        let mut top = head;
        for row in &self.rows {
            self.bars(&mut out, id, row, top, longest);
            top = top.saturating_add(row_height);
        }
        let _ = writeln!(
            out,
            "<path d=\"M{LABELS} {head}V{}\" stroke=\"#444\"/>",
            height.saturating_sub(GAP)
        );
        out.push_str("</svg>\n");
        out
    }

    /// The chart in words, for those who do not see it.
    fn told(&self) -> String {
        let mut out = format!("{} ({})", self.title.zh, self.unit.zh);
        for row in &self.rows {
            let values = row.values.iter().zip(&self.series);
            let values: Vec<String> = values
                .map(|((_, shown), (name, _))| format!("{} {shown}", name.zh))
                .collect();
            let label = match (&row.label.zh, &row.label.en) {
                (zh, en) if zh == en || en.is_empty() => zh.clone(),
                (zh, en) => format!("{zh} ({en})"),
            };
            let _ = write!(out, "; {label}: {}", values.join(", "));
        }
        out
    }

    fn patterns(&self, out: &mut String, id: &str) {
        for (at, (_, tone)) in self.series.iter().enumerate() {
            if let (ground, Some(line)) = tone.colours() {
                let _ = writeln!(
                    out,
                    "<defs><pattern id=\"{id}-p{at}\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
                     <rect width=\"5\" height=\"5\" fill=\"{ground}\"/><path d=\"M0 0V5\" stroke=\"{line}\" stroke-width=\"2\"/></pattern></defs>"
                );
            }
        }
    }

    fn fill(&self, id: &str, at: usize) -> String {
        match self.series.get(at).map(|(_, tone)| tone.colours()) {
            Some((_, Some(_))) => format!("url(#{id}-p{at})"),
            Some((ground, None)) => ground.to_owned(),
            None => "#888".to_owned(),
        }
    }

    /// Where the names of series stand: in one line, or where that is too short, in more.
    fn legend_places(&self) -> Vec<(u128, u128)> {
        let (mut x, mut y) = (0_u128, LINE.saturating_add(5));
        let mut out = Vec::new();
        for (name, _) in &self.series {
            let (zh, en) = (
                width(&name.zh).saturating_mul(6),
                width(&name.en).saturating_mul(5),
            );
            let wide = zh.saturating_add(en).saturating_add(38);
            let wide = u128::try_from(wide).unwrap_or(WIDTH);
            if x > 0 && x.saturating_add(wide) > WIDTH {
                (x, y) = (0, y.saturating_add(LINE));
            }
            out.push((x, y));
            x = x.saturating_add(wide);
        }
        out
    }

    fn legend(&self, out: &mut String, id: &str, places: &[(u128, u128)]) {
        for (at, ((name, _), (x, y))) in self.series.iter().zip(places).enumerate() {
            let _ = writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"12\" height=\"12\" fill=\"{}\" stroke=\"#333\" stroke-width=\".6\"/>\
                 <text x=\"{}\" y=\"{}\">{}<tspan dx=\"3\" font-size=\"10\" fill=\"#555\">{}</tspan></text>",
                self.fill(id, at),
                x.saturating_add(17),
                y.saturating_add(10),
                escape_html(&name.zh),
                escape_html(&name.en)
            );
        }
    }

    fn bars(&self, out: &mut String, id: &str, row: &Row, top: u128, longest: u128) {
        let label = LABELS.saturating_sub(8);
        let _ = writeln!(
            out,
            "<text x=\"{label}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            top.saturating_add(11),
            escape_html(&cut(&row.label.zh, LABEL_CHARS.saturating_sub(12)))
        );
        if row.label.en != row.label.zh {
            let _ = writeln!(
                out,
                "<text x=\"{label}\" y=\"{}\" text-anchor=\"end\" font-size=\"9.5\" fill=\"#555\">{}</text>",
                top.saturating_add(24),
                escape_html(&cut(&row.label.en, LABEL_CHARS))
            );
        }
        let (mut x, mut y) = (LABELS, top);
        let mut total: u128 = 0;
        for (at, (value, shown)) in row.values.iter().enumerate() {
            let mut long = value.saturating_mul(BARS).checked_div(longest).unwrap_or(0);
            if *value > 0 {
                long = long.max(1);
            }
            let fill = self.fill(id, at);
            if long > 0 {
                let _ = writeln!(
                    out,
                    "<rect x=\"{x}\" y=\"{y}\" width=\"{long}\" height=\"{}\" fill=\"{fill}\" stroke=\"#333\" stroke-width=\".6\"/>",
                    BAR.saturating_sub(1)
                );
            }
            if self.is_stacked {
                let wanted = u128::try_from(width(shown).saturating_mul(7)).unwrap_or(u128::MAX);
                if long > wanted.saturating_add(4) {
                    let tone = self.series.get(at).map_or(Tone::Before, |(_, tone)| *tone);
                    upon(
                        out,
                        (x.saturating_add(long.div_euclid(2)), y),
                        wanted,
                        shown,
                        tone,
                    );
                }
                x = x.saturating_add(long);
                total = total.saturating_add(*value);
            } else {
                let _ = writeln!(
                    out,
                    "<text x=\"{}\" y=\"{}\">{}</text>",
                    LABELS.saturating_add(long).saturating_add(5),
                    y.saturating_add(11),
                    escape_html(shown)
                );
                y = y.saturating_add(BAR);
            }
        }
        if self.is_stacked {
            let total = super::grouped(i128::try_from(total).unwrap_or(i128::MAX));
            let _ = writeln!(
                out,
                "<text x=\"{}\" y=\"{}\" font-weight=\"bold\">{total}</text>",
                x.saturating_add(5),
                top.saturating_add(11)
            );
        }
    }
}

/// A figure upon a bar; upon lines it gets a ground.
fn upon(out: &mut String, (x, y): (u128, u128), wide: u128, shown: &str, tone: Tone) {
    if tone.colours().1.is_some() {
        let _ = writeln!(
            out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#fff\"/>",
            x.saturating_sub(wide.div_euclid(2)).saturating_sub(1),
            y.saturating_add(2),
            wide.saturating_add(2),
            BAR.saturating_sub(5)
        );
    }
    let _ = writeln!(
        out,
        "<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\" font-size=\"11\" fill=\"{}\">{}</text>",
        y.saturating_add(11),
        tone.ink(),
        escape_html(shown)
    );
}

/// How much room a text takes, a Latin letter one, a Chinese character two.
fn width(text: &str) -> usize {
    text.chars()
        .map(|c| if c > '\u{2e7f}' { 2 } else { 1 })
        .fold(0, usize::saturating_add)
}

/// A text that takes no more room than this; what is cut ends in `…`.
fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut room = most.saturating_sub(1);
    for c in text.chars() {
        let one = if c > '\u{2e7f}' { 2 } else { 1 };
        if one > room {
            break;
        }
        room = room.saturating_sub(one);
        out.push(c);
    }
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::words;

    fn chart(is_stacked: bool) -> BarChart {
        let mut chart = BarChart::new(words("图<", "chart&"), words("人次", "outcomes"));
        chart.is_stacked = is_stacked;
        chart.series(words("增", "gained"), Tone::Good);
        chart.series(words("减", "lost"), Tone::Bad);
        chart.row(
            words("甲\"", "a"),
            [(300, "300".to_owned()), (100, "100".to_owned())],
        );
        chart.row(words("乙", "b"), [(0, "0".to_owned()), (1, "1".to_owned())]);
        chart
    }

    #[test]
    fn the_longest_bar_takes_all_the_room_and_a_small_one_is_seen() {
        let side_by_side = chart(false).svg("c1");
        assert!(
            side_by_side.contains(&format!("width=\"{BARS}\"")),
            "{side_by_side}"
        );
        assert!(
            side_by_side.contains("width=\"106\""),
            "100 of 300: {side_by_side}"
        );
        assert!(side_by_side.contains("width=\"1\""), "{side_by_side}");
        let stacked = chart(true).svg("c1");
        // 300 and 100 of 400 are 240 and 80 of 320
        assert!(
            stacked.contains("width=\"240\"") && stacked.contains("width=\"80\""),
            "{stacked}"
        );
        assert!(stacked.contains(">400</text>"), "{stacked}");
    }

    #[test]
    fn nothing_stands_unescaped_and_a_chart_without_values_is_drawn() {
        let svg = chart(false).svg("c1");
        assert!(svg.contains("图&lt;") && svg.contains("chart&amp;") && svg.contains("甲&quot;"));
        let mut empty = BarChart::new(words("空", "empty"), words("人", "people"));
        empty.series(words("增", "gained"), Tone::Good);
        empty.row(words("甲", "a"), [(0, "0".to_owned())]);
        assert!(!empty.is_empty() && empty.svg("c2").contains("<desc id=\"c2-d\">"));
    }

    #[test]
    fn long_labels_are_cut_by_the_room_they_take() {
        assert_eq!(cut("低保低保", 8), "低保低保");
        assert_eq!(cut("低保低保", 6), "低保…");
        assert_eq!(cut("abcdef", 4), "abc…");
    }
}
