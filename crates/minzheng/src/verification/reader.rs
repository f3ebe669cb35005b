//! Request and answers checked against the packs, with everything that is wrong at once.

use std::collections::BTreeSet;

use minzheng_rules::date::Day;
use minzheng_rules::error::nearest;
use minzheng_rules::pack::PackSet;
use serde_json::{Map, Value};

use super::basis::Basis;
use super::queries::Authorized;
use super::record::Records;
use super::request::{Answer, AnswerStatus, Request};
use crate::error::Finding;

/// The code of a request that is not of its form.
pub(super) const SHAPE: &str = "E-REQUEST-SHAPE";
pub(super) const HELP: &str = "write [request] with id, applicant and requested_on";

/// Reads request and answers, gathering what is wrong.
pub(super) struct Reader<'p> {
    pub(super) packs: &'p PackSet,
    pub(super) basis: &'p Basis,
    pub(super) wrong: Vec<Finding>,
    /// Whether a source that has answered must say when it was asked: on that day the query is held to the authorisations.
    pub(super) dates_queries: bool,
}

impl Reader<'_> {
    pub(super) fn fail(&mut self, code: &'static str, path: &str, message: &str, help: &str) {
        self.wrong
            .push(Finding::new(code, message, help).path_is(path));
    }

    /// A text of a table; empty where it is not given.
    pub(super) fn text(
        &mut self,
        code: &'static str,
        path: &str,
        table: &Map<String, Value>,
        key: &str,
    ) -> String {
        match table.get(key) {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(_) => {
                self.fail(code, &format!("{path}.{key}"), "a string is wanted", "");
                String::new()
            }
        }
    }

    fn day(&mut self, path: &str, table: &Map<String, Value>, key: &str) -> Option<Day> {
        let value = table.get(key)?;
        let day = value.as_str().and_then(Day::parse);
        if day.is_none() {
            let path = format!("{path}.{key}");
            self.fail(
                "E-VALUE-DATE",
                &path,
                "not a day of the calendar",
                "write 2026-07-01",
            );
        }
        day
    }

    fn list(
        &mut self,
        code: &'static str,
        path: &str,
        table: &Map<String, Value>,
        key: &str,
    ) -> Option<Vec<String>> {
        let value = table.get(key)?;
        let words = value.as_array().and_then(|list| {
            list.iter()
                .map(|v| v.as_str().map(str::to_owned))
                .collect::<Option<Vec<String>>>()
        });
        if words.is_none() {
            let path = format!("{path}.{key}");
            self.fail(code, &path, "a list of strings is wanted", "");
        }
        words
    }

    fn keys(&mut self, code: &'static str, path: &str, table: &Map<String, Value>, known: &[&str]) {
        for key in table.keys().filter(|k| !known.contains(&k.as_str())) {
            let near = nearest(key, known.iter().copied());
            let help = near.map_or_else(
                || format!("known are {}", known.join(", ")),
                |n| format!("did you mean `{n}`?"),
            );
            self.fail(
                code,
                &format!("{path}.{key}"),
                "this key is not known here",
                &help,
            );
        }
    }

    /// `has_papers`: the file carries authorisations.
    pub(super) fn request(
        &mut self,
        value: &Value,
        people: &[String],
        on: Day,
        has_papers: bool,
    ) -> Option<Request> {
        let Value::Object(table) = value else {
            self.fail(SHAPE, "request", "there is no request", HELP);
            return None;
        };
        let known = [
            "id",
            "applicant",
            "persons",
            "others",
            "outside",
            "names",
            "purpose",
            "purpose_id",
            "programme",
            "programme_id",
            "authorizations",
            "capacity",
            "guardians",
            "requested_on",
            "declared_on",
            "as_of",
            "items",
            "recheck_of",
            "valid_until",
        ];
        self.keys(SHAPE, "request", table, &known);
        let text = |all: &mut Self, key: &str| all.text(SHAPE, "request", table, key);
        let (id, applicant) = (text(self, "id"), text(self, "applicant"));
        let (purpose, programme) = (text(self, "purpose"), text(self, "programme"));
        let recheck_of = text(self, "recheck_of");
        for (key, word) in [("id", &id), ("applicant", &applicant)] {
            if word.is_empty() {
                self.fail(SHAPE, &format!("request.{key}"), "it is missing", HELP);
            }
        }
        let requested_on = self.day("request", table, "requested_on");
        if requested_on.is_none() && !table.contains_key("requested_on") {
            self.fail(SHAPE, "request.requested_on", "it is missing", HELP);
        }
        let declared_on = self.day("request", table, "declared_on");
        let as_of = self.day("request", table, "as_of").unwrap_or(on);
        let valid_until = self.day("request", table, "valid_until");
        let others = self
            .list(SHAPE, "request", table, "others")
            .unwrap_or_default();
        let outside = self
            .list(SHAPE, "request", table, "outside")
            .unwrap_or_default();
        let persons = self
            .list(SHAPE, "request", table, "persons")
            .unwrap_or_else(|| {
                let rest = people
                    .iter()
                    .filter(|p| !others.contains(p) && !outside.contains(p));
                rest.cloned().collect()
            });
        let asked: Vec<&String> = persons.iter().chain(&others).collect();
        let named: Vec<&String> = asked.iter().copied().chain(&outside).collect();
        // the records of some of its people are not the household's
        if people.iter().any(|p| !named.contains(&p)) {
            self.fail(
                "E-REQUEST-PERSON",
                "request.persons",
                "a person of the file is neither asked about nor said to be outside the household",
                "name everybody in persons, others (outside, asked about) or outside (outside, not asked about)",
            );
        }
        for (index, person) in named.iter().enumerate() {
            let twice = named.iter().take(index).any(|p| p == person);
            if twice || !people.contains(person) {
                let help = "each is the id of one [[person]] of the file, once";
                self.fail(
                    "E-REQUEST-PERSON",
                    "request.persons",
                    "a person is not in the household, or is named twice",
                    help,
                );
            }
        }
        if !applicant.is_empty() && !asked.contains(&&applicant) {
            let help = "it is the id of one of the persons asked about";
            self.fail(
                "E-REQUEST-PERSON",
                "request.applicant",
                "the applicant is not asked about",
                help,
            );
        }
        let names = self.by_person(table, "names", &asked);
        let grounds = self.grounds(table, &asked, has_papers);
        self.dates_queries = has_papers && grounds.authorized == Authorized::Here;
        let wanted = self.list(SHAPE, "request", table, "items");
        for item in wanted.iter().flatten() {
            self.item("request.items", "E-REQUEST-ITEM", item);
        }
        let items: Vec<String> = self
            .basis
            .catalog
            .items()
            .filter(|i| wanted.as_ref().is_none_or(|w| w.contains(&i.id)))
            .map(|i| i.id.clone())
            .collect();
        let requested_on = requested_on?;
        Some(Request {
            id,
            applicant,
            persons,
            others,
            names,
            purpose,
            programme,
            grounds,
            requested_on,
            declared_on: declared_on.unwrap_or(requested_on),
            as_of,
            items,
            recheck_of,
            valid_until,
        })
    }

    fn item(&mut self, path: &str, code: &'static str, id: &str) -> bool {
        let found = self.basis.item(id).is_some();
        if !found {
            let near = nearest(id, self.basis.catalog.items().map(|i| i.id.as_str()));
            let help = near.map_or_else(
                || "the items stand in the catalogue".to_owned(),
                |n| format!("did you mean `{n}`?"),
            );
            self.fail(code, path, "there is no such item", &help);
        }
        found
    }

    pub(super) fn answers(&mut self, value: &Value, request: &Request) -> Vec<Answer> {
        let Value::Array(list) = value else {
            self.fail(
                "E-ANSWER-SHAPE",
                "answer",
                "a list of answers is wanted",
                "write [[answer]]",
            );
            return Vec::new();
        };
        let mut out: Vec<Answer> = Vec::new();
        let mut records = Records::new(self.packs);
        let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
        for (index, row) in list.iter().enumerate() {
            let path = format!("answer[{index}]");
            for answer in self.answer(row, &path, request, &mut records) {
                if seen.insert((answer.item.clone(), answer.person.clone())) {
                    out.push(answer);
                } else {
                    self.fail(
                        "E-ANSWER-TWICE",
                        &path,
                        "the item has answered about this person already",
                        "give one answer, with all its records",
                    );
                }
            }
        }
        self.wrong.extend(records.into_findings());
        // what nobody answered is not answered
        for item in &request.items {
            for person in request.people() {
                if !seen.contains(&(item.clone(), person.to_owned())) {
                    out.push(Answer::new(item, person, AnswerStatus::Pending));
                }
            }
        }
        let place = |a: &Answer| {
            let item = request.items.iter().position(|i| *i == a.item);
            (item, request.people().position(|p| p == a.person))
        };
        out.sort_by_key(place);
        out
    }

    /// The answers of one row: one person's, or the same of several.
    fn answer(
        &mut self,
        row: &Value,
        path: &str,
        request: &Request,
        records: &mut Records<'_>,
    ) -> Vec<Answer> {
        const CODE: &str = "E-ANSWER-SHAPE";
        let Value::Object(table) = row else {
            self.fail(CODE, path, "an answer is a table", "write [[answer]]");
            return Vec::new();
        };
        let known = [
            "item",
            "person",
            "persons",
            "status",
            "as_of",
            "asked_on",
            "answered_on",
            "reason",
            "record",
        ];
        self.keys(CODE, path, table, &known);
        let item = self.text(CODE, path, table, "item");
        let known_item = self.item(&format!("{path}.item"), "E-ANSWER-ITEM", &item);
        if known_item && !request.items.contains(&item) {
            self.fail(
                "E-ANSWER-ITEM",
                &format!("{path}.item"),
                "the item was not asked",
                "add it to request.items",
            );
        }
        let one = self.text(CODE, path, table, "person");
        let several = self.list(CODE, path, table, "persons").unwrap_or_default();
        let persons = if one.is_empty() {
            several.clone()
        } else {
            vec![one.clone()]
        };
        if persons.is_empty() || (!one.is_empty() && !several.is_empty()) {
            self.fail(
                "E-ANSWER-PERSON",
                path,
                "whom the answer is about is not said once",
                "write person = \"p1\" or persons = [\"p1\", \"p2\"]",
            );
        }
        if persons.iter().any(|p| !request.people().any(|q| q == p)) {
            self.fail(
                "E-ANSWER-PERSON",
                path,
                "the answer is about a person who was not asked about",
                "see request.persons",
            );
        }
        let word = self.text(CODE, path, table, "status");
        let Some((_, status)) = AnswerStatus::ALL.into_iter().find(|(w, _)| *w == word) else {
            self.fail(
                "E-ANSWER-STATUS",
                &format!("{path}.status"),
                "the status is missing or not known",
                "write hit, none, pending, refused or unavailable",
            );
            return Vec::new();
        };
        let as_of = self.day(path, table, "as_of");
        let asked_on = self.day(path, table, "asked_on");
        let answered_on = self.day(path, table, "answered_on");
        let reason = self.text(CODE, path, table, "reason");
        let answered = status.waits().is_none();
        if answered && as_of.is_none() && !table.contains_key("as_of") {
            self.fail(
                "E-ANSWER-STATUS",
                &format!("{path}.as_of"),
                "a source that has answered says as of which day",
                "write as_of = 2026-07-31",
            );
        }
        if answered && self.dates_queries && !table.contains_key("asked_on") {
            self.fail(
                "E-ANSWER-DAY",
                &format!("{path}.asked_on"),
                "when it was asked is missing",
                "write asked_on = 2026-08-21: on that day an authorisation has to cover it",
            );
        }
        let after = |a: Option<Day>, b: Option<Day>| matches!((a, b), (Some(a), Some(b)) if a > b);
        if after(as_of, answered_on) || after(asked_on, answered_on) {
            self.fail(
                "E-ANSWER-DAY",
                path,
                "the answer is older than the question or than its data",
                "see asked_on, answered_on and as_of",
            );
        }
        let given = match table.get("record") {
            None => &[][..],
            Some(Value::Array(list)) => list.as_slice(),
            Some(_) => {
                self.fail(
                    CODE,
                    &format!("{path}.record"),
                    "a list of records is wanted",
                    "write [[answer.record]]",
                );
                &[][..]
            }
        };
        if (status == AnswerStatus::Hit) == given.is_empty() {
            self.fail(
                "E-ANSWER-STATUS",
                path,
                "records go with `hit`, and with nothing else",
                "without a record write none",
            );
        }
        if given.len() > 1 && persons.len() > 1 || !given.is_empty() && !several.is_empty() {
            self.fail(
                "E-ANSWER-PERSON",
                path,
                "records are of one person",
                "write person, and an answer for each",
            );
        }
        let mut found = Vec::new();
        if let Some(resource) = self.basis.item(&item) {
            for (at, record) in given.iter().enumerate() {
                found.extend(records.read(
                    resource,
                    &one,
                    record,
                    at,
                    &format!("{path}.record[{at}]"),
                ));
            }
        }
        let answer = |person: String| Answer {
            item: item.clone(),
            person,
            status,
            as_of: as_of.filter(|_| answered),
            asked_on,
            answered_on,
            reason: reason.clone(),
            records: found.clone(),
            authorization: None,
            uncovered: None,
        };
        persons.into_iter().map(answer).collect()
    }
}
