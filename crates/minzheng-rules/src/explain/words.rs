//! Values in words.

use crate::date::Day;
use crate::lang::{Period, Type};
use crate::number::write_fixed;
use crate::pack::PackSet;
use crate::pack::model::Lang;
use crate::scalar::V;

impl PackSet {
    /// A value as packs and JSON write it: `yes`, `800.00/month`, `2026-07-01`, `urban`; unknown is `undetermined`.
    pub fn value_words(&self, value: V, ty: Type) -> String {
        let Some(v) = value.get() else {
            return "undetermined".to_owned();
        };
        match ty {
            Type::Bool => value.truth().word().to_owned(),
            Type::Count | Type::Days | Type::Months => v.to_string(),
            Type::Ratio => trimmed(v, 4),
            Type::Money { period, scale } => {
                let unit = match period {
                    Period::Month => "/month",
                    Period::Year => "/year",
                    Period::Once | Period::Any => "",
                };
                format!("{}{unit}", money(v, scale, false))
            }
            Type::Shown => money(v, 0, false),
            Type::Date => Day::from_number(v).map_or_else(|| v.to_string(), |d| d.to_string()),
            Type::Code(_) => self.code_id(ty, v).to_owned(),
            Type::Place => format!("{v:06}"),
            Type::Text => String::new(),
        }
    }

    /// A value in words for people.
    pub fn value_for(&self, value: V, ty: Type, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        let Some(v) = value.get() else {
            return Self::open_words(value, ty, lang);
        };
        match ty {
            Type::Bool => match (v, zh) {
                (0, true) => "否".to_owned(),
                (_, true) => "是".to_owned(),
                (0, false) => "no".to_owned(),
                (_, false) => "yes".to_owned(),
            },
            Type::Money { period, scale } => {
                let amount = money(v, scale, true);
                let unit = match (period, zh) {
                    (Period::Month, true) => " 元/月",
                    (Period::Year, true) => " 元/年",
                    (Period::Once | Period::Any, true) => " 元",
                    (Period::Month, false) => " yuan/month",
                    (Period::Year, false) => " yuan/year",
                    (Period::Once | Period::Any, false) => " yuan",
                };
                format!("{amount}{unit}")
            }
            Type::Shown => format!("{} {}", money(v, 0, true), if zh { "元" } else { "yuan" }),
            Type::Days => format!("{v}{}", if zh { " 天" } else { " days" }),
            Type::Months => format!("{v}{}", if zh { " 个月" } else { " months" }),
            Type::Code(list) => {
                let code = usize::try_from(v)
                    .ok()
                    .and_then(|i| self.lists.get(list).and_then(|l| l.codes.get(i)));
                code.map_or_else(String::new, |c| {
                    let words = c.words.of(lang);
                    if words.is_empty() {
                        c.id.clone()
                    } else {
                        words.to_owned()
                    }
                })
            }
            Type::Place => self.places.name(v),
            _ => self.value_words(value, ty),
        }
    }

    /// An unknown value: its bound where one is known, else a word.
    fn open_words(value: V, ty: Type, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        let known = |v: i64| v != i64::MIN && v != i64::MAX;
        if let Type::Money { scale, .. } = ty
            && known(value.lo)
            && value.lo > 0
        {
            let amount = money(value.lo, scale, true);
            return if zh {
                format!("未知（不低于 {amount} 元）")
            } else {
                format!("unknown (at least {amount} yuan)")
            };
        }
        if zh {
            "未知".to_owned()
        } else {
            "unknown".to_owned()
        }
    }

    pub(crate) fn code_id(&self, ty: Type, value: i64) -> &str {
        let Type::Code(list) = ty else { return "" };
        usize::try_from(value)
            .ok()
            .and_then(|i| self.lists.get(list)?.codes.get(i))
            .map_or("", |c| c.id.as_str())
    }
}

fn money(fen: i64, scale: u8, grouped: bool) -> String {
    let mut text = String::new();
    if scale == 0 {
        // writing to a string cannot fail
        let _ = write_fixed(&mut text, i128::from(fen), 2, grouped);
        return text;
    }
    let places = 2_u32.saturating_add(u32::from(scale).saturating_mul(4));
    let _ = write_fixed(&mut text, i128::from(fen), places, grouped);
    let cut = text
        .find('.')
        .map_or(text.len(), |dot| dot.saturating_add(3));
    let keep = text.trim_end_matches('0').len().max(cut);
    text.truncate(keep);
    text
}

fn trimmed(units: i64, places: u32) -> String {
    let mut text = String::new();
    let _ = write_fixed(&mut text, i128::from(units), places, false);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
