//! The comparison as a page to read and to print.

use minzheng::Lang;
use minzheng::report::{BarChart, Cell, Grid, Page, Tone, grouped, signed, words, yuan};
use minzheng_rules::pack::model::Words;

use super::facts::SideFacts;
use super::shift::{Cause, Change, Comparison, Per, Presence, ProgrammeShift, Shift};
use crate::export::Status;

/// Conditions that a chart shows; the table has all.
const CHARTED: usize = 15;

impl Change {
    const fn tone(self) -> Tone {
        match self {
            Self::Gained => Tone::Good,
            Self::Up => Tone::Mild,
            Self::Lost => Tone::Bad,
            Self::Down => Tone::Weak,
            Self::Opened => Tone::Open,
            Self::Decided => Tone::Closed,
            Self::Unclear => Tone::Before,
        }
    }
}

/// The changes in the order a reader wants them: what is gained, what is lost, what is open.
const ORDER: [Change; 7] = [
    Change::Gained,
    Change::Up,
    Change::Lost,
    Change::Down,
    Change::Opened,
    Change::Decided,
    Change::Unclear,
];

impl Comparison {
    /// A page that stands alone: what was compared, the budget, who changes where and by which condition, with charts and every figure in
    /// tables. Chinese with English beside; `lang` is the language the page says it is in. It holds no personal data.
    ///
    /// ```
    /// # use minzheng::packs::{self, BuiltIn};
    /// # use minzheng_arrow::{RunInputs, compare::{CompareOptions, Side, compare}};
    /// # use minzheng_rules::{date::Day, scenario::Engine};
    /// # let engine = Engine::new(packs::load(&BuiltIn::ALL, &[]).map_err(|e| e.to_string())?);
    /// # let dir = std::env::temp_dir().join(format!("minzheng-page-{}", std::process::id()));
    /// # std::fs::create_dir_all(&dir)?;
    /// # std::fs::write(dir.join("households.csv"), "household_id\nh1\n")?;
    /// # std::fs::write(dir.join("people.csv"), "household_id\nh1\n")?;
    /// # let inputs = RunInputs { households: dir.join("households.csv"), people: dir.join("people.csv"), records: None };
    /// # let mut options = CompareOptions::default();
    /// # options.import.on = Day::parse("2026-08-25");
    /// # let side = Side::new(&engine);
    /// # let comparison = compare(&side, &side, &inputs, None, &options, &mut |_| {})?;
    /// # std::fs::remove_dir_all(&dir)?;
    /// let page = comparison.to_html(minzheng::Lang::Zh);
    /// assert!(page.contains("没有任何结果发生变化") && !page.contains("<script"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_html(&self, lang: Lang) -> String {
        let title = words("规则变化影响分析", "What a change of rules comes to");
        let mut page = Page::new(&title, lang).wide();
        let movers = self.movers();
        page = page.paragraph(&if movers == 0 {
            words("没有任何结果发生变化。", "No outcome changes.")
        } else {
            let many = grouped(i128::from(movers));
            words(
                format!("{many} 项结果发生变化（项目 × 户或人）。"),
                format!("{many} outcomes change (programme × household or person)."),
            )
        });
        page = self.compared(page);
        page = self.budget(page);
        page = self.places(page);
        page = self.causes(page);
        page = self.statuses(page);
        page.finish()
    }

    /// What was compared with what.
    fn compared(&self, page: Page) -> Page {
        let sides = [&self.before, &self.after];
        let row = |name: Words, tell: &dyn Fn(&SideFacts) -> Cell| {
            let [before, after] = sides.map(tell);
            vec![Cell::Words(name), before, after]
        };
        let day =
            |day: &Option<String>, none: Words| day.clone().map_or(Cell::Words(none), Cell::Text);
        let packs = |s: &SideFacts| {
            let packs = s.packs.iter();
            let packs = packs.map(|p| format!("{} {} sha256:{}", p.id, p.version, p.digest));
            Cell::Codes(packs.collect())
        };
        let figures = |s: &SideFacts| {
            if s.figures.is_empty() {
                Cell::Words(words("无", "none"))
            } else {
                Cell::Codes(s.figures.clone())
            }
        };
        let findings = |s: &SideFacts| {
            let list = s.findings.iter();
            let list = list.map(|(code, many)| {
                let code = if code.is_empty() { "…" } else { code };
                format!("{code} {many}")
            });
            Cell::Text(list.collect::<Vec<_>>().join(", "))
        };
        let mut rows = vec![
            row(words("规则包", "packs"), &packs),
            row(words("假设的数额", "what-if figures"), &figures),
            row(words("认定日", "day decided"), &|s| {
                day(&s.on, words("按各户", "each household's own"))
            }),
            row(words("截至公布日", "law as of"), &|s| {
                day(&s.known_on, words("全部已公布", "all that is published"))
            }),
            row(
                words("数据有误未认定的户", "households set aside for wrong rows"),
                &|s| Cell::Text(grouped(i128::from(s.set_aside))),
            ),
        ];
        if sides.iter().any(|s| !s.findings.is_empty()) {
            rows.push(row(words("数据问题", "findings"), &findings));
        }
        let page = page
            .heading(&words("比较的内容", "What was compared"))
            .grid(&Grid {
                caption: Words::default(),
                heads: vec![
                    Words::default(),
                    words("变化前", "before"),
                    words("变化后", "after"),
                ],
                rows,
            });
        let files = |table: &super::TableFacts| {
            let files = table.files.iter();
            let files = files.map(|f| format!("{} sha256:{}", f.name, f.sha256));
            vec![
                Cell::Text(table.name.clone()),
                Cell::Number(grouped(i128::from(table.rows))),
                Cell::Codes(files.collect()),
            ]
        };
        let page = page.grid(&Grid {
            caption: words("读入的表", "tables that were read"),
            heads: vec![
                words("表", "table"),
                words("行数", "rows"),
                words("文件", "files"),
            ],
            rows: self.tables.iter().map(files).collect(),
        });
        let read = if self.read_once {
            words(
                "两侧使用同一份事实：表只读取一次。",
                "Both sides decide the same facts: the tables were read once.",
            )
        } else {
            words(
                "两侧的事实、条件或认定日不同：各自读取了表。",
                "Facts, conditions or days differ between the sides: each read the tables by its own.",
            )
        };
        page.note(&words(
            format!(
                "共 {} 户 {} 人。{}",
                grouped(i128::from(self.households)),
                grouped(i128::from(self.people)),
                read.zh
            ),
            format!(
                "{} households, {} people. {}",
                grouped(i128::from(self.households)),
                grouped(i128::from(self.people)),
                read.en
            ),
        ))
    }

    /// What is paid before and after, never two periods in one chart.
    fn budget(&self, mut page: Page) -> Page {
        let used = self.used();
        page = page.heading(&words("资金变化", "Budget"));
        for per in [Per::Month, Per::Year, Per::Once] {
            let (zh, en) = per.unit();
            let mut chart = BarChart::new(
                words(format!("各项目资金（{zh}）"), "budget by programme"),
                words(zh, en),
            );
            chart.series(words("变化前", "before"), Tone::Before);
            chart.series(words("变化后", "after"), Tone::After);
            for programme in self.programmes.iter().filter(|p| p.per() == Some(per)) {
                let total = programme.total();
                let both = [total.before.amount, total.after.amount];
                if both != [0, 0] {
                    let values = both.map(|fen| (fen.unsigned_abs(), yuan(fen)));
                    chart.row(programme.title.clone(), values);
                }
            }
            if !chart.is_empty() {
                page = page.chart(&chart);
            }
        }
        let rows = self.programmes.iter().map(|p| {
            let total = p.total();
            let mut row = vec![Cell::Words(titled(p))];
            row.extend(figures(p, &total, &used));
            row
        });
        let mut heads = vec![words("项目", "programme")];
        heads.extend(figure_heads(&used));
        page = page.grid(&Grid {
            caption: words("各项目", "by programme"),
            heads,
            rows: rows.collect(),
        });
        let is_open = |p: &ProgrammeShift| {
            let total = p.total();
            total.before.unknown > 0 || total.after.unknown > 0
        };
        if self.programmes.iter().any(is_open) {
            page = page.note(&words(
                "“+ N ?”：另有 N 户或人符合条件但金额未知，未计入资金。",
                "“+ N ?”: N more are entitled, but their amount is not known and not in the sum.",
            ));
        }
        page.note(&words(
            "“变为待定”与“待定变为已定”不是失去或新增：未知不等于不符合。差额是已知金额之差。",
            "What became open or decided is neither lost nor gained: unknown is not no. Differences are of known amounts.",
        ))
    }

    /// Who changes where.
    fn places(&self, page: Page) -> Page {
        let mut chart = BarChart::new(
            words("各盟市发生变化的结果", "outcomes that change, by league"),
            words("项", "outcomes"),
        )
        .stacked();
        let used = self.used();
        for change in &used {
            let (zh, en) = change.words();
            chart.series(words(zh, en), change.tone());
        }
        for (code, league) in &self.leagues {
            let shifts = self.programmes.iter().filter_map(|p| p.leagues.get(code));
            let mut all = Shift::default();
            shifts.for_each(|s| all.add(s));
            if all.movers() > 0 {
                let counts = used.iter().map(|c| count(all.moved(*c).rows));
                chart.row(league_words(code, &league.name), counts);
            }
        }
        let mut page = page.heading(&words("各盟市", "By league"));
        if !chart.is_empty() {
            page = page.chart(&chart);
        }
        let mut rows = Vec::new();
        for (code, league) in &self.leagues {
            for programme in &self.programmes {
                let Some(shift) = programme.leagues.get(code).filter(|s| s.movers() > 0) else {
                    continue;
                };
                let mut row = vec![
                    Cell::Words(league_words(code, &league.name)),
                    Cell::Words(titled(programme)),
                ];
                row.extend(figures(programme, shift, &used));
                rows.push(row);
            }
        }
        if rows.is_empty() {
            return page.paragraph(&words("没有变化。", "Nothing changes."));
        }
        let mut heads = vec![words("盟市", "league"), words("项目", "programme")];
        heads.extend(figure_heads(&used));
        page.grid(&Grid {
            caption: words("有变化的盟市和项目", "leagues and programmes with changes"),
            heads,
            rows,
        })
    }

    /// By which condition.
    fn causes(&self, page: Page) -> Page {
        let mut list: Vec<(&ProgrammeShift, &str, &Cause)> = Vec::new();
        for programme in &self.programmes {
            let causes = programme.causes.iter();
            list.extend(causes.map(|(id, cause)| (programme, id.as_str(), cause)));
        }
        list.sort_by_key(|(_, _, cause)| core::cmp::Reverse(cause.total()));
        let mut page = page.heading(&words("由哪一条件引起", "By which condition"));
        if list.is_empty() {
            return page.paragraph(&words(
                "没有结论因条件而变化。",
                "No condition changes an outcome.",
            ));
        }
        let mut chart = BarChart::new(
            words("引起变化的条件", "conditions that decided a change"),
            words("项", "outcomes"),
        )
        .stacked();
        for change in Change::OF_STATUS {
            let (zh, en) = change.words();
            chart.series(words(zh, en), change.tone());
        }
        for (programme, id, cause) in list.iter().take(CHARTED) {
            // the id says it to those who read English
            let label = words(
                cause.title.zh.clone(),
                format!("{} · {id}", programme.title.zh),
            );
            chart.row(label, Change::OF_STATUS.map(|c| count(cause.rows(c))));
        }
        page = page.chart(&chart);
        if list.len() > CHARTED {
            let more = list.len().saturating_sub(CHARTED);
            page = page.note(&words(
                format!("图中为前 {CHARTED} 个条件，其余 {more} 个见表。"),
                format!("The chart has the first {CHARTED}; the table has the other {more} too."),
            ));
        }
        let mut heads = vec![
            words("项目", "programme"),
            words("条件", "condition"),
            words("编号", "id"),
        ];
        heads.extend(Change::OF_STATUS.map(|change| {
            let (zh, en) = change.words();
            words(zh, en)
        }));
        let rows = list.iter().map(|(programme, id, cause)| {
            let mut row = vec![
                Cell::Words(programme.title.clone()),
                Cell::Words(cause.title.clone()),
                Cell::Codes(vec![(*id).to_owned()]),
            ];
            row.extend(Change::OF_STATUS.map(|c| Cell::Number(grouped(i128::from(cause.rows(c))))));
            row
        });
        page.grid(&Grid {
            caption: words("条件", "conditions"),
            heads,
            rows: rows.collect(),
        })
        .note(&words(
            "每一变化计入决定其较低结论（不符合、待定、符合依次升高）的全部条件，故合计可能多于变化数。",
            "A change counts for every condition that decided the lower of its two outcomes (not eligible, undetermined, eligible), \
             so that sums may exceed the number of changes.",
        ))
    }

    /// From which status to which.
    fn statuses(&self, page: Page) -> Page {
        let mut rows = Vec::new();
        for programme in &self.programmes {
            let total = programme.total();
            for before in Status::ALL {
                for after in Status::ALL {
                    let many = total.rows(before, after);
                    if many > 0 {
                        rows.push(vec![
                            Cell::Words(titled(programme)),
                            Cell::Words(status_words(before)),
                            Cell::Words(status_words(after)),
                            Cell::Number(grouped(i128::from(many))),
                        ]);
                    }
                }
            }
        }
        page.heading(&words("由何结论变为何结论", "From which outcome to which"))
            .grid(&Grid {
                caption: words("全部行数", "all rows"),
                heads: vec![
                    words("项目", "programme"),
                    words("变化前", "before"),
                    words("变化后", "after"),
                    words("户或人", "households or people"),
                ],
                rows,
            })
    }

    /// The changes that happen at all, in the order of a reader: columns for the others would hold zeros alone.
    fn used(&self) -> Vec<Change> {
        let happens = |change: &Change| {
            let mut shifts = self.programmes.iter().flat_map(|p| p.leagues.values());
            shifts.any(|s| s.moved(*change).rows > 0)
        };
        ORDER.into_iter().filter(happens).collect()
    }
}

fn count(many: u64) -> (u128, String) {
    (u128::from(many), grouped(i128::from(many)))
}

/// The title of a programme; whether only one side has it.
fn titled(programme: &ProgrammeShift) -> Words {
    let Words { zh, en } = &programme.title;
    match programme.presence {
        Presence::Both => programme.title.clone(),
        Presence::Added => words(format!("{zh}（新增）"), format!("{en} (added)")),
        Presence::Removed => words(format!("{zh}（取消）"), format!("{en} (removed)")),
    }
}

fn league_words(code: &str, name: &str) -> Words {
    if code.is_empty() {
        return words("未填", "not given");
    }
    let text = if name.is_empty() {
        code.to_owned()
    } else {
        format!("{name} {code}")
    };
    words(text.clone(), text)
}

/// What a status is called.
fn status_words(status: Status) -> Words {
    match status {
        Status::Undetermined => words("待定", "undetermined"),
        Status::Eligible => words("符合", "eligible"),
        Status::NotEligible => words("不符合", "not eligible"),
        Status::NotInForce => words("未施行", "not in force"),
    }
}

fn figure_heads(changes: &[Change]) -> Vec<Words> {
    let mut heads = vec![words("前符合", "eligible before"), words("后符合", "after")];
    heads.extend(changes.iter().map(|change| {
        let (zh, en) = change.words();
        words(zh, en)
    }));
    heads.extend([
        words("前资金", "budget before"),
        words("后资金", "after"),
        words("差额", "difference"),
        words("单位", "unit"),
    ]);
    heads
}

/// Counts and sums of a programme, in the order of their heads.
fn figures(programme: &ProgrammeShift, shift: &Shift, changes: &[Change]) -> Vec<Cell> {
    let number = |many: u64| Cell::Number(grouped(i128::from(many)));
    let mut row = vec![
        number(shift.rows_before(Status::Eligible)),
        number(shift.rows_after(Status::Eligible)),
    ];
    row.extend(changes.iter().map(|c| number(shift.moved(*c).rows)));
    let budgets = [
        (shift.before, programme.per_before.or(programme.per_after)),
        (shift.after, programme.per_after.or(programme.per_before)),
    ];
    row.extend(budgets.map(|(budget, per)| {
        let sum = per.map_or_else(String::new, |_| yuan(budget.amount));
        Cell::Number(match budget.unknown {
            0 => sum,
            many => format!("{sum} + {many} ?"),
        })
    }));
    let difference = programme.difference(shift);
    row.push(Cell::Number(
        difference.map_or_else(String::new, |d| signed(d, yuan)),
    ));
    let unit = |per: Per| {
        let (zh, en) = per.unit();
        words(zh, en)
    };
    row.push(Cell::Words(
        match (programme.per_before, programme.per_after) {
            (Some(before), Some(after)) if before != after => {
                let (before, after) = (unit(before), unit(after));
                words(
                    format!("前 {}，后 {}", before.zh, after.zh),
                    format!("before {}, after {}", before.en, after.en),
                )
            }
            (before, after) => after.or(before).map_or_else(Words::default, unit),
        },
    ));
    row
}
