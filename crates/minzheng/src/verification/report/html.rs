//! A report as a page: A4, to be printed, signed and filed.

use core::fmt::Write as _;

use minzheng_rules::explain::escape_html;
use minzheng_rules::pack::model::Lang;

use super::{FactLine, Report, SourceLine, UncoveredLine, answer_words, say, status_words};

const STYLE: &str = "\
@page{size:A4;margin:18mm 16mm}\
*{box-sizing:border-box}\
body{font:10.5pt/1.5 'Noto Serif CJK SC','Source Han Serif SC','Songti SC',SimSun,serif;color:#000;max-width:178mm;margin:8mm auto;padding:0 2mm}\
h1{font-size:19pt;text-align:center;letter-spacing:.1em;margin:0 0 3mm;font-weight:700}\
h2{font-size:12pt;margin:6mm 0 2mm;font-weight:700;break-after:avoid}\
p{margin:1mm 0}\
.no{text-align:right;font-size:8.5pt;overflow-wrap:anywhere}\
table{border-collapse:collapse;width:100%;font-size:9pt;line-height:1.35}\
thead{display:table-header-group}\
tr{break-inside:avoid}\
th,td{border:.5pt solid #555;padding:1mm 1.4mm;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
th{font-weight:700;background:#f0f0f0}\
td.n{text-align:right;white-space:nowrap}\
.s{font-size:8pt;color:#333}\
.w{font-weight:700}\
tr.far td{background:#f6f6f6}\
.sign{display:grid;grid-template-columns:1fr 1fr;gap:9mm 12mm;margin-top:10mm;break-inside:avoid}\
.sign div{border-bottom:.5pt solid #000;height:9mm}\
.d{white-space:nowrap}\
td:first-child{word-break:keep-all}\
.foot{font-size:8pt;color:#333;margin-top:5mm}\
@media print{body{margin:0;max-width:none;padding:0}th,tr.far td{print-color-adjust:exact}}";

pub(super) fn page(report: &Report, lang: Lang) -> String {
    let mut page = Page {
        r: report,
        lang,
        out: String::new(),
        part: 0,
    };
    page.write();
    page.out
}

struct Page<'r> {
    r: &'r Report,
    lang: Lang,
    out: String,
    /// Parts so far, for their numbers.
    part: usize,
}

impl Page<'_> {
    fn l(&self, zh: &'static str, en: &'static str) -> &'static str {
        say(self.lang, zh, en)
    }

    /// Adds text as it is.
    fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn heading(&mut self, text: &str) {
        const ZH: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
        let number = match self.lang {
            Lang::Zh => format!("{}、", ZH.get(self.part).copied().unwrap_or_default()),
            Lang::En => format!("{}. ", self.part.saturating_add(1)),
        };
        self.part = self.part.saturating_add(1);
        let text = escape_html(text);
        self.raw(&format!("<h2>{number}{text}</h2>\n"));
    }

    fn row(&mut self, cell: &str, cells: &[String]) {
        self.raw("<tr>");
        for text in cells {
            self.raw(&format!("<{cell}>{}</{cell}>", escape_html(text)));
        }
        self.raw("</tr>\n");
    }

    /// Opens a table with heads and the widths of its columns in hundredths.
    fn table(&mut self, heads: &[(&'static str, &'static str, u8)]) {
        self.raw("<table><colgroup>");
        for (_, _, width) in heads {
            self.raw(&format!("<col style=\"width:{width}%\">"));
        }
        self.raw("</colgroup><thead>");
        let heads: Vec<String> = heads
            .iter()
            .map(|(zh, en, _)| self.l(zh, en).to_owned())
            .collect();
        self.row("th", &heads);
        self.raw("</thead><tbody>\n");
    }

    fn end_table(&mut self) {
        self.raw("</tbody></table>\n");
    }

    fn write(&mut self) {
        let r = self.r;
        let title = self.l(
            "家庭经济状况核对报告",
            "Verification of the household's economy",
        );
        let lang = self.l("zh-CN", "en");
        self.raw(&format!(
            "<!DOCTYPE html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n"
        ));
        let number = format!("{}{}", self.l("报告编号：", "report "), r.id);
        self.raw(&format!("<p class=\"no\">{}</p>\n", escape_html(&number)));
        self.request();
        self.persons();
        self.sources();
        self.ledgers();
        self.differences();
        self.awaited();
        self.end();
        self.raw("</body></html>\n");
    }

    fn request(&mut self) {
        let r = self.r;
        self.heading(self.l("核对委托", "Request"));
        let valid = r.valid_until.clone().unwrap_or_else(|| {
            self.l("未设定，由当地规定", "not set: the place sets it")
                .to_owned()
        });
        let mut rows = vec![
            (self.l("委托编号", "request"), r.request.id.clone()),
            (
                self.l("申请人", "applicant"),
                r.who(Some(&r.request.applicant), self.lang),
            ),
            (self.l("用途", "purpose"), r.request.purpose.clone()),
            (
                self.l("委托日期", "requested on"),
                r.request.requested_on.clone(),
            ),
            (
                self.l("申报日期", "declared on"),
                r.request.declared_on.clone(),
            ),
            (self.l("核对截至日", "as of"), r.request.as_of.clone()),
            (
                self.l("授权核验", "authorisations"),
                r.authorized(self.lang),
            ),
            (self.l("报告有效期至", "valid until"), valid),
        ];
        if !r.request.recheck_of.is_empty() {
            rows.push((
                self.l("复查的原报告", "checks again"),
                r.request.recheck_of.clone(),
            ));
        }
        self.raw("<table><tbody>\n");
        for (head, text) in rows {
            let line = format!(
                "<tr><th style=\"width:24%\">{}</th><td>{}</td></tr>\n",
                escape_html(head),
                escape_html(&text)
            );
            self.raw(&line);
        }
        self.end_table();
    }

    fn persons(&mut self) {
        self.heading(self.l("核对对象", "Persons"));
        self.table(&[
            ("编号", "id", 20),
            ("姓名", "name", 30),
            ("与申请人关系", "relation", 30),
            ("范围", "side", 20),
        ]);
        for p in &self.r.persons {
            let side = if p.member {
                self.l("家庭成员", "household")
            } else {
                self.l("家庭以外", "outside it")
            };
            let relation = p.relation.of(self.lang).to_owned();
            self.row(
                "td",
                &[p.id.clone(), p.name.clone(), relation, side.to_owned()],
            );
        }
        self.end_table();
    }

    /// One row an item, one column a person.
    fn sources(&mut self) {
        let r = self.r;
        self.heading(self.l("查询与答复", "Asked and answered"));
        let share = 48_usize.checked_div(r.persons.len().max(1)).unwrap_or(48);
        self.raw("<table><colgroup><col style=\"width:6%\"><col style=\"width:24%\"><col style=\"width:22%\">");
        for _ in &r.persons {
            self.raw(&format!("<col style=\"width:{share}%\">"));
        }
        self.raw("</colgroup><thead>");
        let mut heads = vec![
            self.l("序", "no.").to_owned(),
            self.l("数据项", "item").to_owned(),
            self.l("提供单位", "department").to_owned(),
        ];
        heads.extend(r.persons.iter().map(|p| r.who(Some(&p.id), self.lang)));
        self.row("th", &heads);
        self.raw("</thead><tbody>\n");
        for lines in r.sources.chunk_by(|a, b| a.item == b.item) {
            let Some(first) = lines.first() else { continue };
            let mut row = format!(
                "<tr><td>{}</td><td>{}</td><td>{}</td>",
                first.number,
                escape_html(first.title.of(self.lang)),
                escape_html(first.department.of(self.lang))
            );
            for person in &r.persons {
                let answer = lines.iter().find(|s| s.person == person.id);
                let cell = answer.map_or_else(String::new, |s| self.answer(s));
                let _ = write!(row, "<td>{cell}</td>");
            }
            row.push_str("</tr>\n");
            self.raw(&row);
        }
        self.end_table();
    }

    /// A cell, escaped.
    fn answer(&self, s: &SourceLine) -> String {
        let mut words = escape_html(&answer_words(&s.status, s.uncovered.as_ref(), self.lang));
        if s.records > 0 {
            let _ = match self.lang {
                Lang::Zh => write!(words, " {} 条", s.records),
                Lang::En => write!(words, " ({})", s.records),
            };
        }
        if let Some(day) = &s.as_of {
            let lead = self.l("截至 ", "as of ");
            let _ = write!(
                words,
                "<br><span class=\"s d\">{lead}{}</span>",
                escape_html(day)
            );
        }
        if s.stale {
            words.push_str(self.l("，已过更新周期", ", past its cycle"));
        }
        let why = UncoveredLine::or(s.uncovered.as_ref(), &s.reason, self.lang);
        if !why.is_empty() {
            let _ = write!(words, "<br><span class=\"s\">{}</span>", escape_html(&why));
        }
        words
    }

    fn ledgers(&mut self) {
        let r = self.r;
        for part in &r.ledgers {
            let lines = Report::grouped(part, |person| r.name(person, self.lang), self.lang);
            if lines.is_empty() && part.totals.is_empty() {
                continue;
            }
            self.heading(part.title.of(self.lang));
            self.table(&[
                ("对象", "who", 11),
                ("项目", "fact", 15),
                ("申报", "declared", 17),
                ("来源及所载", "sources and what they say", 33),
                ("采用及理由", "taken, and why", 24),
            ]);
            for (who, line) in lines {
                self.fact(&who, line);
            }
            for total in &part.totals {
                let who = r.name(total.person.as_deref(), self.lang);
                let mut title = escape_html(total.title.of(self.lang));
                let parts = total.made_of(self.lang);
                if !parts.is_empty() {
                    let of = self.l("由 ", "of ");
                    let _ = write!(
                        title,
                        "<br><span class=\"s\">{of}{}</span>",
                        escape_html(&parts)
                    );
                }
                let line = format!(
                    "<tr><td>{}</td><td colspan=\"3\">{}</td><td class=\"w\">{}</td></tr>\n",
                    escape_html(&who),
                    title,
                    escape_html(total.shown.of(self.lang))
                );
                self.raw(&line);
            }
            self.end_table();
        }
    }

    fn fact(&mut self, who: &str, line: &FactLine) {
        let r = self.r;
        let lang = self.lang;
        let far = r
            .differences
            .iter()
            .any(|d| d.fact == line.fact && d.person == line.person);
        let declared = line.declared.as_ref().map_or_else(
            || escape_html(self.l("未申报", "not declared")),
            |d| {
                format!(
                    "{}<br><span class=\"s\">{} <span class=\"d\">{}</span></span>",
                    escape_html(d.shown.of(lang)),
                    escape_html(&status_words(&d.status, lang)),
                    escape_html(d.as_of.as_deref().unwrap_or_default())
                )
            },
        );
        let evidence: Vec<String> = line
            .evidence
            .iter()
            .filter(|e| e.found != "not_asked")
            .map(|e| {
                // dates stay in one piece
                let day = |text: &str| format!("<span class=\"d\">{}</span>", escape_html(text));
                let mut side: Vec<String> = Vec::new();
                if e.found == "value" {
                    if let Some(from) = &e.from {
                        side.push(format!(
                            "{} {} {}",
                            day(from),
                            self.l("至", "to"),
                            day(&e.to)
                        ));
                    }
                    if let Some(as_of) = &e.as_of {
                        side.push(day(&format!("{}{as_of}", self.l("截至 ", "as of "))));
                    }
                    if !e.records.is_empty() {
                        let all: Vec<String> = e.records.iter().map(|r| r.said(lang)).collect();
                        side.push(escape_html(&all.join(self.l("、", ", "))));
                    }
                }
                if e.stale {
                    side.push(self.l("已过更新周期", "past its cycle").to_owned());
                }
                if e.short {
                    let words = self.l("来源截至日早于期末", "ends before the window");
                    side.push(words.to_owned());
                }
                let side = side.join(self.l("，", ", "));
                let main = e.said(lang);
                if side.is_empty() {
                    escape_html(&main)
                } else {
                    format!("{}<br><span class=\"s\">{side}</span>", escape_html(&main))
                }
            })
            .collect();
        let adopted = format!(
            "<span class=\"w\">{}</span><br><span class=\"s\">{}{}{}</span>",
            escape_html(line.adopted.shown.of(lang)),
            escape_html(&status_words(&line.adopted.status, lang)),
            self.l("；", "; "),
            escape_html(line.reason_words.of(lang))
        );
        let who = escape_html(who);
        let title = escape_html(line.title.of(lang));
        let class = if far { " class=\"far\"" } else { "" };
        let row = format!(
            "<tr{class}><td>{who}</td><td>{title}</td><td>{declared}</td><td>{}</td><td>{adopted}</td></tr>\n",
            evidence.join("<br>")
        );
        self.raw(&row);
    }

    fn differences(&mut self) {
        let r = self.r;
        self.heading(self.l("与申报不一致的事项", "Differences from the declaration"));
        if r.differences.is_empty() {
            let none = self.l("无", "none");
            self.raw(&format!("<p>{none}</p>\n"));
            return;
        }
        self.table(&[
            ("对象", "who", 14),
            ("项目", "fact", 20),
            ("申报", "declared", 18),
            ("记录", "records", 18),
            ("差额", "difference", 16),
            ("程度", "grade", 14),
        ]);
        for found in &r.differences {
            let Some(line) = r.line(&found.fact, found.person.as_deref()) else {
                continue;
            };
            let (Some(declared), Some(difference)) = (&line.declared, &line.difference) else {
                continue;
            };
            let cells = [
                r.name(line.person.as_deref(), self.lang),
                line.title.of(self.lang).to_owned(),
                declared.shown.of(self.lang).to_owned(),
                difference.evidence_shown.of(self.lang).to_owned(),
                difference.by_shown.of(self.lang).to_owned(),
                difference.grade_words.of(self.lang).to_owned(),
            ];
            self.row("td", &cells);
        }
        self.end_table();
    }

    fn awaited(&mut self) {
        let r = self.r;
        self.heading(self.l("尚待答复", "Still awaited"));
        if r.awaited.is_empty() {
            let none = self.l("无", "none");
            self.raw(&format!("<p>{none}</p>\n"));
            return;
        }
        self.table(&[
            ("对象", "who", 16),
            ("数据项", "item", 24),
            ("情况", "status", 30),
            ("涉及事项", "facts that wait", 30),
        ]);
        for line in &r.awaited {
            let facts: Vec<&str> = line.facts.iter().map(|f| f.title.of(self.lang)).collect();
            let mut status = answer_words(&line.status, line.uncovered.as_ref(), self.lang);
            let why = UncoveredLine::or(line.uncovered.as_ref(), &line.reason, self.lang);
            if !why.is_empty() {
                let _ = write!(status, "{}{why}", self.l("：", ": "));
            }
            let facts = if facts.is_empty() {
                self.l("无", "none").to_owned()
            } else {
                facts.join(self.l("、", ", "))
            };
            let cells = [
                r.name(Some(&line.person), self.lang),
                line.title.of(self.lang).to_owned(),
                status,
                facts,
            ];
            self.row("td", &cells);
        }
        self.end_table();
    }

    fn end(&mut self) {
        let r = self.r;
        self.heading(self.l("说明", "Notes"));
        for (index, note) in r.notes.iter().enumerate() {
            let number = index.saturating_add(1);
            let cite = note.cite.join(self.l("；", "; "));
            let cite = if cite.is_empty() {
                cite
            } else {
                format!("（{cite}）")
            };
            let text = escape_html(&format!("{number}. {}{cite}", note.text.of(self.lang)));
            self.raw(&format!("<p>{text}</p>\n"));
        }
        let lines = [
            self.l("核对人：", "checked by:"),
            self.l("复核人：", "reviewed by:"),
            self.l("核对机构（盖章）：", "body (seal):"),
            self.l("日期：", "date:"),
        ];
        self.raw("<div class=\"sign\">");
        for line in lines {
            self.raw(&format!("<div>{line}</div>"));
        }
        self.raw("</div>\n");
        let packs: Vec<String> = r
            .packs
            .iter()
            .map(|p| {
                let short: String = p.digest.chars().take(12).collect();
                format!("{} {} ({short})", p.id, p.version)
            })
            .collect();
        let foot = format!("{}{}", self.l("规则包 ", "packs "), packs.join(", "));
        self.raw(&format!("<p class=\"foot\">{}</p>\n", escape_html(&foot)));
    }
}
