//! The steps.

use chrono::NaiveDate;

use super::{Correction, CorrectionEvent, CorrectionState, Event, Limits, Request, State, Taken};
use crate::error::{Error, Finding};

fn illegal(message: &str, help: &str) -> Error {
    Error::one(Finding::new("E-SHARING-STEP", message, help))
}

fn in_order(last: Option<NaiveDate>, on: NaiveDate) -> Result<(), Error> {
    match last {
        Some(last) if on < last => Err(illegal(
            "the step is dated before the one that it follows",
            "steps are dated in their order",
        )),
        _ => Ok(()),
    }
}

fn given(reason: &str) -> Result<(), Error> {
    if reason.trim().is_empty() {
        return Err(illegal("the step gives no reason", "say why"));
    }
    Ok(())
}

impl Request {
    /// The request after a step on a day, with what is due then.
    ///
    /// # Errors
    /// `E-SHARING-STEP` where the state does not allow it, it was already used up, it has no reason or is dated before the last step;
    /// `E-SHARING-LIMIT` and `E-SHARING-CALENDAR` where the due day is not known.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use minzheng::packs::{self, BuiltIn};
    /// use minzheng::sharing::{Event, Limits, Request, State};
    ///
    /// let packs = packs::load(&BuiltIn::ALL, &[])?;
    /// let limits = Limits::load(&packs)?;
    /// let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap_or_default();
    /// let draft = Request {
    ///     id: "s1".into(), consumer: "bureau".into(), resource: "medical_settlement".into(), fields: vec!["own_paid".into()],
    ///     purpose: "low_income_monitoring".into(), ground: "sal-2026#第十条".into(), conditional: true, until: day(12, 31),
    ///     state: State::Draft, due: None, history: Vec::new(),
    /// };
    /// let submitted = draft.step(Event::Submit, day(8, 24), &limits)?;
    /// let accepted = submitted.step(Event::Accept, day(8, 25), &limits)?;
    /// assert_eq!(accepted.due.as_ref().map(|d| d.by), Some(day(9, 8)));
    /// assert_eq!(accepted.step(Event::Deliver, day(8, 26), &limits).unwrap_err().code(), "E-SHARING-STEP");
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    pub fn step(&self, event: Event, on: NaiveDate, limits: &Limits<'_>) -> Result<Self, Error> {
        in_order(self.history.last().map(|t| t.on), on)?;
        let done = |is_it: fn(&Event) -> bool| self.history.iter().any(|t| is_it(&t.event));
        let once = |is_done: bool| {
            if is_done {
                Err(illegal(
                    "the step was taken already",
                    "it may be taken once",
                ))
            } else {
                Ok(())
            }
        };
        let answer = if self.conditional {
            "answer_conditional"
        } else {
            "answer_unconditional"
        };
        let (state, due) = match (self.state, &event) {
            (State::Draft, Event::Submit) | (State::Supplementing, Event::Supplement) => {
                (State::Submitted, None)
            }
            (State::Submitted, Event::AskSupplement { what }) => {
                once(done(|e| matches!(e, Event::AskSupplement { .. })))?;
                given(what)?;
                (State::Supplementing, None)
            }
            (State::Submitted, Event::Accept) => (State::Accepted, Some(limits.due(answer, on)?)),
            (State::Accepted, Event::Extend) => {
                once(done(|e| *e == Event::Extend))?;
                let from = match &self.due {
                    Some(due) if self.conditional => due.by,
                    _ => {
                        return Err(illegal(
                            "the answer about data that are shared without condition is not extended",
                            "agree or refuse",
                        ));
                    }
                };
                (State::Accepted, Some(limits.due("extension", from)?))
            }
            (State::Accepted, Event::Agree) => (State::Agreed, Some(limits.due("delivery", on)?)),
            (State::Accepted, Event::Refuse { reason }) => {
                given(reason)?;
                (State::Refused, None)
            }
            (State::Agreed, Event::Deliver) => (State::Delivered, None),
            (State::Delivered, Event::StartUse) => {
                if on > self.until {
                    return Err(illegal("the time of use is over", "ask anew"));
                }
                (State::InUse, None)
            }
            (State::InUse, Event::Expire) => (State::Expired, None),
            (state, Event::Withdraw) if !state.is_end() => (State::Withdrawn, None),
            _ => {
                return Err(illegal(
                    "the step does not follow from where the request stands",
                    "see the path in the guide to the gate",
                ));
            }
        };
        let mut next = self.clone();
        next.state = state;
        next.due = due;
        next.history.push(Taken { on, event });
        Ok(next)
    }
}

impl Correction {
    /// A correction that is raised on a day, with the day by which it is to be answered.
    ///
    /// # Errors
    /// `E-SHARING-LIMIT`, `E-SHARING-CALENDAR`.
    pub fn raise(
        id: &str,
        by: &str,
        resource: &str,
        fields: &[String],
        on: NaiveDate,
        limits: &Limits<'_>,
    ) -> Result<Self, Error> {
        Ok(Self {
            id: id.to_owned(),
            by: by.to_owned(),
            resource: resource.to_owned(),
            fields: fields.to_vec(),
            state: CorrectionState::Raised,
            due: Some(limits.due("correction", on)?),
            raised_on: on,
            history: Vec::new(),
        })
    }

    /// The correction after a step on a day.
    ///
    /// # Errors
    /// `E-SHARING-STEP`.
    pub fn step(&self, event: CorrectionEvent, on: NaiveDate) -> Result<Self, Error> {
        in_order(
            Some(self.history.last().map_or(self.raised_on, |t| t.on)),
            on,
        )?;
        let state = match (self.state, &event) {
            (CorrectionState::Raised, CorrectionEvent::Verify) => CorrectionState::Verified,
            (CorrectionState::Verified, CorrectionEvent::Fix) => CorrectionState::Fixed,
            (CorrectionState::Verified, CorrectionEvent::Reject { reason }) => {
                given(reason)?;
                CorrectionState::Rejected
            }
            (CorrectionState::Fixed | CorrectionState::Rejected, CorrectionEvent::Notify) => {
                CorrectionState::Notified
            }
            _ => {
                return Err(illegal(
                    "the step does not follow from where the correction stands",
                    "see the path in the guide to the gate",
                ));
            }
        };
        let mut next = self.clone();
        next.state = state;
        // the answer is due until the data are put right or found right
        if matches!(
            state,
            CorrectionState::Fixed | CorrectionState::Rejected | CorrectionState::Notified
        ) {
            next.due = None;
        }
        next.history.push(Taken { on, event });
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use minzheng_rules::pack::PackSet;
    use proptest::prelude::*;

    use super::super::overdue;
    use super::*;
    use crate::packs::{self, BuiltIn};

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn draft(conditional: bool) -> Request {
        Request {
            id: "s1".to_owned(),
            consumer: "bureau".to_owned(),
            resource: "medical_settlement".to_owned(),
            fields: vec!["record_no".to_owned()],
            purpose: "low_income_monitoring".to_owned(),
            ground: "sal-2026#第十条".to_owned(),
            conditional,
            until: day(12, 31),
            state: State::Draft,
            due: None,
            history: Vec::new(),
        }
    }

    fn events() -> Vec<Event> {
        vec![
            Event::Submit,
            Event::AskSupplement {
                what: "the ground".to_owned(),
            },
            Event::Supplement,
            Event::Accept,
            Event::Extend,
            Event::Agree,
            Event::Refuse {
                reason: "not held".to_owned(),
            },
            Event::Deliver,
            Event::StartUse,
            Event::Expire,
            Event::Withdraw,
        ]
    }

    #[test]
    fn due_days_are_working_days() {
        let packs = packs::load(&BuiltIn::ALL, &[]).unwrap();
        let limits = Limits::load(&packs).unwrap();
        let step = |r: Request, e, d| r.step(e, d, &limits).unwrap();
        // 2026-09-30 is a Wednesday; the holiday of October follows, and its Saturday that is worked
        let accepted = step(
            step(draft(false), Event::Submit, day(9, 30)),
            Event::Accept,
            day(9, 30),
        );
        let due = accepted.due.clone().unwrap();
        assert_eq!(due.limit, "answer_unconditional");
        assert_eq!(
            due.by,
            limits.due("answer_unconditional", day(9, 30)).unwrap().by
        );
        assert!(
            due.by > day(10, 1),
            "the first of October is no working day"
        );
        let late = overdue([&accepted], [], day(10, 31));
        assert_eq!(late.first().map(|o| o.id.as_str()), Some("s1"));
        assert!(overdue([&accepted], [], due.by).is_empty());
    }

    #[test]
    fn a_year_without_a_calendar_is_an_error() {
        let packs = packs::load(&BuiltIn::ALL, &[]).unwrap();
        let limits = Limits::load(&packs).unwrap();
        let on = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
        assert_eq!(
            limits.due("delivery", on).unwrap_err().code(),
            "E-SHARING-CALENDAR"
        );
        assert_eq!(
            limits.due("other", on).unwrap_err().code(),
            "E-SHARING-LIMIT"
        );
    }

    #[test]
    fn a_refusal_says_why_and_an_answer_is_extended_once() {
        let packs = packs::load(&BuiltIn::ALL, &[]).unwrap();
        let limits = Limits::load(&packs).unwrap();
        let accepted = draft(true)
            .step(Event::Submit, day(8, 24), &limits)
            .and_then(|r| r.step(Event::Accept, day(8, 24), &limits))
            .unwrap();
        let silent = Event::Refuse {
            reason: " ".to_owned(),
        };
        assert!(accepted.step(silent, day(8, 25), &limits).is_err());
        let extended = accepted.step(Event::Extend, day(8, 25), &limits).unwrap();
        assert!(extended.due.as_ref().unwrap().by > accepted.due.as_ref().unwrap().by);
        assert!(extended.step(Event::Extend, day(8, 26), &limits).is_err());
        assert!(
            accepted.step(Event::Agree, day(8, 23), &limits).is_err(),
            "dated before"
        );
    }

    #[test]
    fn a_correction_ends_with_those_told_who_use_the_data() {
        let packs = packs::load(&BuiltIn::ALL, &[]).unwrap();
        let limits = Limits::load(&packs).unwrap();
        let raised = Correction::raise("c1", "u1", "income_tax", &[], day(8, 24), &limits).unwrap();
        assert!(raised.step(CorrectionEvent::Fix, day(8, 25)).is_err());
        let verified = raised.step(CorrectionEvent::Verify, day(8, 25)).unwrap();
        assert_eq!(overdue([], [&verified], day(12, 1)).len(), 1);
        let fixed = verified.step(CorrectionEvent::Fix, day(8, 26)).unwrap();
        assert!(overdue([], [&fixed], day(12, 1)).is_empty());
        let told = fixed.step(CorrectionEvent::Notify, day(8, 27)).unwrap();
        assert_eq!(told.state, CorrectionState::Notified);
        assert!(told.step(CorrectionEvent::Verify, day(8, 28)).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// What may follow what, written a second time as a table: every sequence of events stays on it.
        #[test]
        fn no_sequence_of_events_leaves_the_path(picks in prop::collection::vec(0_usize..11, 0..24), conditional in any::<bool>()) {
            use State as S;
            const PATH: [(State, State); 10] = [
                (S::Draft, S::Submitted), (S::Submitted, S::Supplementing), (S::Supplementing, S::Submitted),
                (S::Submitted, S::Accepted), (S::Accepted, S::Accepted), (S::Accepted, S::Agreed), (S::Accepted, S::Refused),
                (S::Agreed, S::Delivered), (S::Delivered, S::InUse), (S::InUse, S::Expired),
            ];
            static PACKS: OnceLock<PackSet> = OnceLock::new();
            let limits = Limits::load(PACKS.get_or_init(|| packs::load(&[BuiltIn::Nation], &[]).unwrap())).unwrap();
            let mut at = draft(conditional);
            for pick in picks {
                let event = events().swap_remove(pick);
                let Ok(next) = at.step(event.clone(), day(6, 1), &limits) else { continue };
                let withdrawn = event == Event::Withdraw && next.state == S::Withdrawn && !at.state.is_end();
                prop_assert!(withdrawn || PATH.contains(&(at.state, next.state)), "{:?} {:?}", at.state, next.state);
                prop_assert_eq!(next.due.is_some(), matches!(next.state, S::Accepted | S::Agreed));
                let many = |e: &Event| next.history.iter().filter(|t| core::mem::discriminant(&t.event) == core::mem::discriminant(e)).count();
                let asked = Event::AskSupplement { what: String::new() };
                let once = many(&Event::Extend) <= 1 && many(&asked) <= 1;
                prop_assert!(once);
                at = next;
            }
        }
    }
}
