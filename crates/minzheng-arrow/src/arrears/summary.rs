//! What arrears come to, by league, programme and month.

use std::collections::BTreeMap;

use minzheng::eligibility::ArrearsTally;
use minzheng_rules::date::Day;
use serde_json::{Map, Value, json};

use crate::import::Imported;
use crate::stream::summary::{count_findings, spans};

/// What the households of one league come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArrearsLeague {
    /// Households.
    pub households: u64,
    /// People in them.
    pub people: u64,
    /// Households that were not decided because something is wrong with their rows: undetermined in every month.
    pub set_aside: u64,
    /// By id of the programme and by month.
    pub programmes: BTreeMap<String, BTreeMap<Day, ArrearsTally>>,
}

/// What arrears come to. It holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArrearsSummary {
    /// Findings by their code, those beyond [`ImportOptions::most_findings`](crate::ImportOptions) under an empty one.
    pub findings: BTreeMap<String, u64>,
    /// By the first four digits of the place a household is registered at; empty where it is unknown.
    pub leagues: BTreeMap<String, ArrearsLeague>,
}

impl ArrearsSummary {
    /// The households of a batch, before anything is worked out.
    pub(super) fn of(imported: &Imported<'_>) -> Self {
        let wide = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let mut summary = Self::default();
        count_findings(&mut summary.findings, &imported.findings);
        for (name, cases) in spans(imported.batch.cases(), |case| imported.place(case)) {
            let people = imported.rows_between(1, &cases).len();
            let aside = cases.clone().filter(|c| imported.is_set_aside(*c)).count();
            let own = summary.leagues.entry(name).or_default();
            own.households = own.households.saturating_add(wide(cases.len()));
            own.people = own.people.saturating_add(wide(people));
            own.set_aside = own.set_aside.saturating_add(wide(aside));
        }
        summary
    }

    /// Adds what some rows come to in a month.
    pub(super) fn count(
        &mut self,
        league: &str,
        programme: &str,
        month: Day,
        tally: &ArrearsTally,
    ) {
        let league = self.leagues.entry(league.to_owned()).or_default();
        let months = league.programmes.entry(programme.to_owned()).or_default();
        months.entry(month).or_default().add(tally);
    }

    /// Adds what others come to.
    pub(super) fn add(&mut self, more: &Self) {
        for (code, many) in &more.findings {
            let own = self.findings.entry(code.clone()).or_default();
            *own = own.saturating_add(*many);
        }
        for (name, league) in &more.leagues {
            let own = self.leagues.entry(name.clone()).or_default();
            own.households = own.households.saturating_add(league.households);
            own.people = own.people.saturating_add(league.people);
            own.set_aside = own.set_aside.saturating_add(league.set_aside);
            for (id, months) in &league.programmes {
                for (month, tally) in months {
                    self.count(name, id, *month, tally);
                }
            }
        }
    }

    /// Households, people, and households that were not decided, in all leagues.
    pub fn counts(&self) -> (u64, u64, u64) {
        self.leagues.values().fold((0, 0, 0), |sum, league| {
            (
                sum.0.saturating_add(league.households),
                sum.1.saturating_add(league.people),
                sum.2.saturating_add(league.set_aside),
            )
        })
    }

    /// All leagues, programmes and months together. What is owed and what was overpaid are not set off against each other.
    ///
    /// ```
    /// assert_eq!(minzheng_arrow::ArrearsSummary::default().total().owed, 0);
    /// ```
    pub fn total(&self) -> ArrearsTally {
        let mut total = ArrearsTally::default();
        let programmes = self.leagues.values().flat_map(|l| l.programmes.values());
        for tally in programmes.flat_map(BTreeMap::values) {
            total.add(tally);
        }
        total
    }

    /// As JSON.
    pub fn to_json(&self) -> Value {
        let months = |months: &BTreeMap<Day, ArrearsTally>| -> Map<String, Value> {
            let month =
                |(month, tally): (&Day, &ArrearsTally)| (month.to_string(), tally.to_json());
            months.iter().map(month).collect()
        };
        let league = |league: &ArrearsLeague| {
            let programmes = league.programmes.iter();
            let programmes: Map<String, Value> = programmes
                .map(|(id, all)| (id.clone(), Value::Object(months(all))))
                .collect();
            json!({
                "households": league.households,
                "people": league.people,
                "set_aside": league.set_aside,
                "programmes": programmes,
            })
        };
        let leagues = self.leagues.iter();
        let leagues: Map<String, Value> =
            leagues.map(|(name, l)| (name.clone(), league(l))).collect();
        let (households, people, set_aside) = self.counts();
        json!({
            "schema": "minzheng/arrears-of-tables/1",
            "households": households,
            "people": people,
            "set_aside": set_aside,
            "findings": self.findings,
            "leagues": leagues,
            "total": self.total().to_json(),
        })
    }
}
