//! Finding a resource by Chinese and English words, by codes and by facets.

use std::collections::BTreeMap;

use minzheng_rules::pack::model::Words;

use super::{Catalog, Cycle, Grade, Resource, Subject};

/// What is looked for: words, and facets that must hold. An empty text finds everything that the facets let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Query<'q> {
    /// Chinese or English words, an id, or a code.
    pub text: &'q str,
    /// Id of the department or body that keeps it.
    pub department: Option<&'q str>,
    /// Id of its line of business.
    pub line: Option<&'q str>,
    /// `unconditional`, `conditional` or `withheld`.
    pub sharing: Option<&'q str>,
    /// How far it must be kept.
    pub grade: Option<Grade>,
    /// How often it comes.
    pub cycle: Option<Cycle>,
    /// What a record is about.
    pub subject: Option<Subject>,
}

impl Query<'_> {
    fn lets_through(&self, of: &Resource) -> bool {
        let is = |wanted: Option<&str>, own: Option<&str>| wanted.is_none_or(|w| own == Some(w));
        is(self.department, of.provider.as_deref())
            && is(self.line, of.line.as_deref())
            && is(self.sharing, Some(of.sharing.word()))
            && self.grade.is_none_or(|g| g == of.grade)
            && self.cycle.is_none_or(|c| c == of.cycle)
            && self.subject.is_none_or(|s| s == of.subject)
    }
}

/// A resource that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Id of the resource.
    pub resource: String,
    /// How well it fits: more is better; it compares within one search only.
    pub score: u32,
    /// Ids of the fields whose names fit.
    pub fields: Vec<String>,
}

/// Text that is compared: full-width letters and digits as plain ones, capitals as small letters, traditional characters
/// of the trade as simplified ones.
pub fn fold(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => u32::from(c)
            .checked_sub(0xfee0)
            .and_then(char::from_u32)
            .unwrap_or(c),
        other => other,
    };
    text.chars()
        .map(narrow)
        .flat_map(char::to_lowercase)
        .map(simple)
        .collect()
}

/// Traditional characters that stand in names of the trade, each before its simplified one.
const TRADITIONAL: &str = "業业務务養养老老區区劃划時时殘残疾疾婦妇兒儿童童撫抚險险證证報报審审調调查查養养戶户籍籍縣县鄉乡鎮镇處处\
    婚婚姻姻登登記记錄录醫医療疗護护費费對对象象導导團团體体會会組组織织機机構构場场館馆貼贴補补贈赠給给領领發发放放\
    難难救救濟济標标準准統统計计財财產产稅税務务銀银行行證证券券車车輛辆動动學学籍籍職职員员資资料料據据庫库項项目目\
    數数碼码號号聯联單单離离結结異异傷伤亡亡喪丧葬葬遺遗骨骨灰灰慈慈善善捐捐願愿志志電电話话訊讯檢检測测預预警警監监\
    專专營营運运輸输產产權权買买賣卖價价幫帮為为無无個个長长關关係系親亲屬属";

fn simple(c: char) -> char {
    let mut pairs = TRADITIONAL.chars().filter(|c| !c.is_whitespace());
    while let (Some(from), Some(to)) = (pairs.next(), pairs.next()) {
        if from == c {
            return to;
        }
    }
    c
}

/// Words of which people use one for the other, each before the one that is compared. They only widen what is found.
const SAME: &[(&str, &str)] = &[
    ("老年人", "老年"),
    ("老人", "老年"),
    ("高龄", "老年"),
    ("津贴", "补贴"),
    ("补助", "补贴"),
    ("小孩", "儿童"),
    ("未成年人", "儿童"),
    ("残障", "残疾"),
    ("五保", "特困"),
    ("房产", "不动产"),
    ("房屋", "不动产"),
    ("汽车", "机动车"),
    ("户口", "户籍"),
    ("殡葬", "丧葬"),
    ("公墓", "墓地"),
];

/// The same in English, word by word.
const SAME_WORDS: &[(&str, &str)] = &[
    ("elderly", "old"),
    ("elder", "old"),
    ("aged", "old"),
    ("allowance", "subsidy"),
    ("allowances", "subsidy"),
    ("subsidies", "subsidy"),
    ("benefit", "subsidy"),
    ("benefits", "subsidy"),
    ("kids", "child"),
    ("children", "child"),
    ("disabled", "disability"),
    ("car", "vehicle"),
    ("cars", "vehicle"),
    ("vehicles", "vehicle"),
];

/// A folded text in the words that are compared.
fn meant(folded: &str) -> String {
    let mut text = folded.to_owned();
    for (word, same) in SAME {
        if text.contains(word) {
            text = text.replace(word, same);
        }
    }
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(core::iter::once(' ')) {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        let same = SAME_WORDS.iter().find(|(own, _)| *own == word);
        out.push_str(same.map_or(word.as_str(), |(_, same)| same));
        word.clear();
        out.push(c);
    }
    out.pop();
    out
}

const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// One run of a query: Chinese characters, or a word of letters and digits.
enum Run {
    Han(String),
    Word(String),
}

fn runs(folded: &str) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    let mut glue = false;
    for c in folded.chars() {
        let word = c.is_alphanumeric() || c == '_';
        match (is_han(c), word, out.last_mut()) {
            (true, _, Some(Run::Han(run))) if glue => run.push(c),
            (true, ..) => out.push(Run::Han(c.to_string())),
            (false, true, Some(Run::Word(run))) if glue => run.push(c),
            (false, true, _) => out.push(Run::Word(c.to_string())),
            _ => {}
        }
        glue = is_han(c) || word;
    }
    out
}

/// A text that is searched, and what a find in it counts.
struct Zone {
    folded: String,
    weight: u32,
}

impl Zone {
    fn of(words: &Words, weight: u32) -> Self {
        let folded = meant(&fold(&format!("{} {}", words.zh, words.en)));
        Self { folded, weight }
    }

    /// A word fits the beginning of a word.
    fn has_word(&self, word: &str) -> bool {
        let mut own = self
            .folded
            .split(|c: char| !(c.is_alphanumeric() || c == '_') || is_han(c));
        own.any(|w| w == word || (word.len() >= 3 && w.starts_with(word)))
    }
}

/// What a find of the whole question in the name counts.
const WHOLE: u32 = 40;
/// What an id or a code that is the question counts.
const EXACT: u32 = 1_000;

/// How well the zones fit the runs; none: a run is not there.
fn fits(zones: &[Zone], runs: &[Run]) -> Option<u32> {
    let best = |found: &dyn Fn(&Zone) -> bool| {
        let weights = zones.iter().filter(|z| found(z)).map(|z| z.weight);
        weights.max().unwrap_or(0)
    };
    let mut sum = 0_u32;
    for run in runs {
        match run {
            Run::Word(word) => match best(&|z| z.has_word(word)) {
                0 => return None,
                weight => sum = sum.saturating_add(weight),
            },
            Run::Han(run) => {
                let chars: Vec<char> = run.chars().collect();
                let grams: Vec<String> = match chars.as_slice() {
                    [one] => vec![one.to_string()],
                    more => more.windows(2).map(|w| w.iter().collect()).collect(),
                };
                let found: Vec<u32> = grams
                    .iter()
                    .map(|gram| best(&|z| z.folded.contains(gram.as_str())))
                    .filter(|weight| *weight > 0)
                    .collect();
                // half of the pairs: characters between them may be left out of a name
                if found.len().saturating_mul(2) < grams.len().max(2) {
                    return None;
                }
                sum = found.into_iter().fold(sum, u32::saturating_add);
            }
        }
    }
    Some(sum)
}

impl Catalog {
    /// The resources that fit, best first; those that fit alike in the order of the catalogue.
    ///
    /// Words fit from their beginning, Chinese by pairs of characters of which half must be there; the id and the code fit
    /// as a whole. Names count more than fields and summaries. Words of which people use one for the other (津贴 and 补贴, 老人 and 高龄,
    /// elderly and old) find the same.
    ///
    /// ```
    /// use minzheng::catalog::{Catalog, Query};
    /// use minzheng::packs::{self, BuiltIn};
    ///
    /// let catalog = Catalog::load(&packs::load(&BuiltIn::ALL, &[])?)?;
    /// let first = |text| {
    ///     let hits = catalog.search(&Query { text, ..Query::default() });
    ///     hits.first().map(|h| h.resource.clone()).unwrap_or_default()
    /// };
    /// assert_eq!(first("婚姻登記统计"), "marriage_statistics");
    /// assert_eq!(first("bank deposits"), "bank_deposits");
    /// assert_eq!(first("300003/00001"), "marriage_registration");
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    pub fn search(&self, query: &Query<'_>) -> Vec<Hit> {
        let folded = fold(query.text.trim());
        let runs = runs(&meant(&folded));
        let nothing = runs.is_empty() && !folded.is_empty();
        let mut hits: Vec<Hit> = self
            .resources()
            .iter()
            .filter(|r| !nothing && query.lets_through(r))
            .filter_map(|r| self.hit(r, &folded, &runs))
            .collect();
        hits.sort_by_key(|h| core::cmp::Reverse(h.score));
        hits
    }

    fn hit(&self, of: &Resource, folded: &str, runs: &[Run]) -> Option<Hit> {
        let mut hit = Hit {
            resource: of.id.clone(),
            score: 0,
            fields: Vec::new(),
        };
        if runs.is_empty() {
            return Some(hit);
        }
        let code = of.code.as_ref().map(ToString::to_string);
        if of.id == folded || code.as_deref() == Some(folded) {
            hit.score = EXACT;
            return Some(hit);
        }
        let mut zones = vec![
            Zone::of(&of.title, 10),
            Zone::of(&of.summary, 4),
            Zone::of(&of.note, 1),
            Zone {
                folded: meant(&of.id.replace('_', " ")),
                weight: 8,
            },
        ];
        let whole = fold(&format!("{} {}", of.title.zh, of.title.en));
        if whole.contains(folded) {
            hit.score = WHOLE;
        }
        let line = of.line.as_deref().and_then(|l| self.line(l));
        zones.extend(line.map(|l| Zone::of(&l.title, 5)));
        zones.extend(self.provider(of).map(|p| Zone::of(&p.title, 5)));
        let kinds = of.kinds.iter().filter_map(|k| self.kind(k));
        zones.extend(kinds.map(|k| Zone::of(&k.title, 3)));
        for field in &of.fields {
            let zone = Zone::of(&field.title, 3);
            if fits(core::slice::from_ref(&zone), runs).is_some() {
                hit.fields.push(field.id.clone());
            }
            zones.push(zone);
        }
        let score = fits(&zones, runs)?;
        hit.score = hit.score.saturating_add(score);
        Some(hit)
    }

    /// The resource that somebody names by its id, its code, or its whole Chinese or English name, where one alone has it.
    ///
    /// ```
    /// use minzheng::Engine;
    /// let engine = Engine::built_in()?;
    /// let catalog = engine.catalog()?;
    /// let id = |text| catalog.named(text).map(|r| r.id.as_str());
    /// assert_eq!(id("个人所得税"), Some("income_tax"));
    /// assert_eq!(id("300003/00001"), Some("marriage_registration"));
    /// assert_eq!(id("所得税"), None);
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    pub fn named(&self, text: &str) -> Option<&Resource> {
        let folded = fold(text.trim());
        self.resource(text).or_else(|| {
            let code = |of: &Resource| of.code.as_ref().map(ToString::to_string);
            let is_it = |of: &&Resource| {
                code(of).is_some_and(|c| c == folded)
                    || fold(&of.title.zh) == folded
                    || fold(&of.title.en) == folded
            };
            let mut found = self.resources().iter().filter(is_it);
            found.next().filter(|_| found.next().is_none())
        })
    }

    /// How many of these resources have which value of each facet: department, line, sharing, grade, cycle, subject.
    pub fn facets<'r>(
        &self,
        ids: impl IntoIterator<Item = &'r str>,
    ) -> BTreeMap<&'static str, BTreeMap<String, usize>> {
        let mut out: BTreeMap<&'static str, BTreeMap<String, usize>> = BTreeMap::new();
        for of in ids.into_iter().filter_map(|id| self.resource(id)) {
            let values = [
                ("department", of.provider.clone()),
                ("line", of.line.clone()),
                ("sharing", Some(of.sharing.word().to_owned())),
                ("grade", Some(of.grade.level().to_string())),
                ("cycle", Some(of.cycle.word().to_owned())),
                ("subject", Some(of.subject.word().to_owned())),
            ];
            for (facet, value) in values {
                if let Some(value) = value {
                    let count = out.entry(facet).or_default().entry(value).or_insert(0);
                    *count = count.saturating_add(1);
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packs::{self, BuiltIn};

    #[test]
    fn folding_makes_one_spelling_of_several() {
        assert_eq!(fold("ＡＢｃ１２　婚姻登記"), "abc12 婚姻登记");
        let pairs = TRADITIONAL.chars().filter(|c| !c.is_whitespace()).count();
        assert_eq!(pairs % 2, 0);
    }

    #[test]
    fn facets_narrow_and_count_and_the_order_is_fixed() {
        let catalog = Catalog::load(&packs::load(&BuiltIn::ALL, &[]).unwrap()).unwrap();
        let all = catalog.search(&Query::default());
        assert_eq!(all.len(), 161);
        let query = Query {
            text: "补贴",
            line: Some("elder_care"),
            grade: Grade::new(4),
            ..Query::default()
        };
        let ids: Vec<String> = catalog
            .search(&query)
            .into_iter()
            .map(|h| h.resource)
            .collect();
        assert_eq!(ids, ["old_age_service_subsidy"]);
        let facets = catalog.facets(all.iter().map(|h| h.resource.as_str()));
        assert_eq!(facets["department"]["civil_affairs"], 128);
        assert_eq!(facets["line"]["social_assistance"], 20);
        assert_eq!(
            catalog.search(&Query {
                text: "zzzz",
                ..Query::default()
            }),
            []
        );
        assert_eq!(
            catalog.search(&Query {
                text: "——",
                ..Query::default()
            }),
            []
        );
        let twice = catalog.search(&Query {
            text: "登记",
            ..Query::default()
        });
        assert_eq!(
            twice,
            catalog.search(&Query {
                text: "登記",
                ..Query::default()
            })
        );
        assert!(twice.windows(2).all(|w| w[0].score >= w[1].score) && twice.len() > 5);
    }

    #[test]
    fn a_field_that_fits_is_named() {
        let catalog = Catalog::load(&packs::load(&BuiltIn::ALL, &[]).unwrap()).unwrap();
        let hits = catalog.search(&Query {
            text: "火化证编号",
            ..Query::default()
        });
        assert_eq!(hits[0].resource, "cremation");
        assert_eq!(hits[0].fields, ["cremation_no"]);
    }
}
