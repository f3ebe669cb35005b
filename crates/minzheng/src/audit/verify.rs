//! Verification of a trail, entry by entry in constant memory.

use minzheng_rules::pack::model::Lang;
use serde::Serialize;

use super::{Entry, Head};

/// What was done to a trail, as far as the rest of it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum TamperKind {
    /// The line is no entry in the form of the file.
    Malformed,
    /// The last line has no end: a write was cut short, or the end was.
    Torn,
    /// The contents are not those that were hashed; or they were hashed anew, and the next entry stands on other contents.
    Changed,
    /// Entries are not there.
    Removed {
        /// The last that is not.
        until: u64,
    },
    /// An entry stands where there is one already.
    Inserted,
    /// Entries stand in another order.
    Reordered,
    /// The trail ends before the head that was kept.
    Truncated {
        /// The head's number.
        kept: u64,
    },
    /// The chain holds in itself and is not the one whose head was kept: it was made anew.
    Rewritten,
}

/// The first place at which a trail was tampered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tamper {
    /// The number of the entry; where a line is no entry, the number it should have.
    pub seq: u64,
    /// What was done.
    #[serde(flatten)]
    pub kind: TamperKind,
}

impl Tamper {
    /// In words.
    pub fn words(&self, lang: Lang) -> String {
        let seq = self.seq;
        let (zh, en) = match self.kind {
            TamperKind::Malformed => (
                format!("第{seq}条不是规定格式的记录"),
                format!("entry {seq} is not in the form of the trail"),
            ),
            TamperKind::Torn => (
                format!("第{seq}条没有写完"),
                format!("entry {seq} has no end"),
            ),
            TamperKind::Changed => (
                format!("第{seq}条被修改"),
                format!("entry {seq} was changed"),
            ),
            TamperKind::Removed { until } => (
                format!("第{seq}条至第{until}条被删除"),
                format!("entries {seq} to {until} were removed"),
            ),
            TamperKind::Inserted => (
                format!("第{seq}条是插入的"),
                format!("entry {seq} was inserted"),
            ),
            TamperKind::Reordered => (
                format!("自第{seq}条起顺序被改动"),
                format!("the order was changed from entry {seq} on"),
            ),
            TamperKind::Truncated { kept } => (
                format!("第{seq}条至第{kept}条被截去"),
                format!("entries {seq} to {kept} were cut off"),
            ),
            TamperKind::Rewritten => (
                format!("第{seq}条与留存的链尾不符，整条链被重做"),
                format!("entry {seq} is not the head that was kept: the chain was made anew"),
            ),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// Verifies a trail that comes entry by entry, in constant memory.
///
/// ```
/// use minzheng::audit::{Head, TamperKind, Verifier};
///
/// let mut verifier = Verifier::new(None);
/// verifier.line(b"{}\n");
/// assert_eq!(verifier.finish().map_err(|t| (t.seq, t.kind)), Err((1, TamperKind::Malformed)));
/// assert_eq!(Verifier::new(None).finish(), Ok(Head::START));
/// ```
#[derive(Debug)]
pub struct Verifier {
    kept: Option<Head>,
    last: Head,
    /// The first number that was not there, and the one that was there instead: whether entries were removed or moved is known
    /// at the end.
    gap: Option<(u64, u64)>,
    found: Option<Tamper>,
}

impl Verifier {
    /// At the beginning of a trail; `kept` is a head that was kept elsewhere.
    pub const fn new(kept: Option<Head>) -> Self {
        Self {
            kept,
            last: Head::START,
            gap: None,
            found: None,
        }
    }

    /// The next line of the file, with its line feed; only the end of a file has a line without one.
    pub fn line(&mut self, line: &[u8]) {
        let Some(whole) = line.strip_suffix(b"\n") else {
            return self.find(self.next(), TamperKind::Torn);
        };
        match core::str::from_utf8(whole).ok().and_then(Entry::from_line) {
            Some(entry) => self.entry(&entry),
            None => self.find(self.next(), TamperKind::Malformed),
        }
    }

    /// The next entry.
    pub fn entry(&mut self, entry: &Entry) {
        if self.found.is_some() {
            return;
        }
        if let Some((from, to)) = self.gap {
            if (from..to).contains(&entry.seq) {
                self.find(from, TamperKind::Reordered);
            }
            return;
        }
        let next = self.next();
        if !entry.is_intact() {
            self.find(entry.seq, TamperKind::Changed);
        } else if entry.seq > next {
            self.gap = Some((next, entry.seq));
        } else if entry.seq < next {
            self.find(entry.seq, TamperKind::Inserted);
        } else if entry.prev != self.last.hash {
            self.find(next.saturating_sub(1).max(1), TamperKind::Changed);
        } else {
            self.last = Head {
                seq: entry.seq,
                hash: entry.hash,
            };
            if self
                .kept
                .is_some_and(|k| k.seq == entry.seq && k.hash != entry.hash)
            {
                self.find(entry.seq, TamperKind::Rewritten);
            }
        }
    }

    /// Whether something was found already; what follows cannot change that.
    pub const fn is_decided(&self) -> bool {
        self.found.is_some()
    }

    /// The head of a trail that holds, or the first place where it does not.
    ///
    /// # Errors
    /// The first [`Tamper`].
    pub fn finish(self) -> Result<Head, Tamper> {
        let next = self.next();
        if let Some(found) = self.found {
            return Err(found);
        }
        if let Some((seq, to)) = self.gap {
            let until = to.saturating_sub(1);
            return Err(Tamper {
                seq,
                kind: TamperKind::Removed { until },
            });
        }
        match self.kept {
            Some(kept) if kept.seq > self.last.seq => Err(Tamper {
                seq: next,
                kind: TamperKind::Truncated { kept: kept.seq },
            }),
            _ => Ok(self.last),
        }
    }

    const fn next(&self) -> u64 {
        self.last.seq.saturating_add(1)
    }

    fn find(&mut self, seq: u64, kind: TamperKind) {
        if self.found.is_none() {
            self.found = Some(Tamper { seq, kind });
        }
    }
}

/// Verifies entries that are all there.
///
/// # Errors
/// The first [`Tamper`].
pub fn verify(entries: &[Entry], kept: Option<Head>) -> Result<Head, Tamper> {
    let mut verifier = Verifier::new(kept);
    for entry in entries {
        verifier.entry(entry);
    }
    verifier.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Event;
    use super::*;
    use crate::digest::Sm3;

    fn trail(many: u64) -> (Vec<Entry>, Head) {
        let mut head = Head::START;
        let entries = (0..many).map(|n| {
            let event = Event {
                at: format!("2026-08-25T09:30:{:02}+08:00", n % 60),
                actor: format!("u{}", n % 3),
                action: "check_query".to_owned(),
                purpose: "economic_check".to_owned(),
                subject: (n % 4 != 0).then(|| Sm3::keyed(b"k", &n.to_le_bytes())),
                resource: "收入".to_owned(),
                fields: vec!["amount".to_owned(); usize::try_from(n % 3).unwrap()],
                decision: "refused:expired".to_owned(),
                ground: "a \"quoted\" ground".to_owned(),
            };
            head.append(event).unwrap()
        });
        (entries.collect(), head)
    }

    fn of_lines(bytes: &[u8], kept: Option<Head>) -> Result<Head, Tamper> {
        let mut verifier = Verifier::new(kept);
        bytes
            .split_inclusive(|b| *b == b'\n')
            .for_each(|line| verifier.line(line));
        verifier.finish()
    }

    #[test]
    fn an_untouched_trail_holds() {
        let (entries, head) = trail(9);
        assert_eq!(verify(&entries, None), Ok(head));
        assert_eq!(verify(&entries, Some(head)), Ok(head));
        // a head that was kept when the trail was shorter still holds
        let (_, early) = trail(4);
        assert_eq!(verify(&entries, Some(early)), Ok(head));
    }

    #[test]
    fn what_was_done_is_told_apart() {
        let (entries, head) = trail(6);
        let after = |change: &dyn Fn(&mut Vec<Entry>)| {
            let mut entries = entries.clone();
            change(&mut entries);
            verify(&entries, Some(head)).map_err(|t| (t.seq, t.kind))
        };
        let changed = after(&|e| e[2].decision = "allowed:a1".to_owned());
        assert_eq!(changed, Err((3, TamperKind::Changed)));
        let rehashed = after(&|e| {
            e[2].decision = "allowed:a1".to_owned();
            e[2].hash = Sm3::of(&e[2].canonical());
        });
        assert_eq!(rehashed, Err((3, TamperKind::Changed)));
        let removed = after(&|e| drop(e.drain(1..3)));
        assert_eq!(removed, Err((2, TamperKind::Removed { until: 3 })));
        let first_removed = after(&|e| drop(e.remove(0)));
        assert_eq!(first_removed, Err((1, TamperKind::Removed { until: 1 })));
        let inserted = after(&|e| e.insert(4, e[1].clone()));
        assert_eq!(inserted, Err((2, TamperKind::Inserted)));
        let swapped = after(&|e| e.swap(1, 3));
        assert_eq!(swapped, Err((2, TamperKind::Reordered)));
        let cut = after(&|e| e.truncate(4));
        assert_eq!(cut, Err((5, TamperKind::Truncated { kept: 6 })));
        let remade = after(&|e| {
            let last = e.last_mut().unwrap();
            last.actor = "u9".to_owned();
            last.hash = Sm3::of(&last.canonical());
        });
        assert_eq!(remade, Err((6, TamperKind::Rewritten)));
    }

    #[test]
    fn an_unfinished_line_is_torn() {
        let (entries, _) = trail(2);
        let text = format!("{}\n{}", entries[0].to_line(), entries[1].to_line());
        let found = of_lines(text.as_bytes(), None).map_err(|t| (t.seq, t.kind));
        assert_eq!(found, Err((2, TamperKind::Torn)));
    }

    #[test]
    fn a_number_in_clear_is_refused() {
        let (entries, _) = trail(1);
        let entry = entries[0].clone();
        let event = |actor: &str, at: &str| Event {
            at: at.to_owned(),
            actor: actor.to_owned(),
            action: entry.action.clone(),
            purpose: String::new(),
            subject: None,
            resource: String::new(),
            fields: Vec::new(),
            decision: "allowed:a1".to_owned(),
            ground: String::new(),
        };
        let mut head = Head::START;
        let error = head
            .append(event("11010519491231002X", &entry.at))
            .unwrap_err();
        assert_eq!((error.code(), error.path()), ("E-AUDIT-CLEAR", "actor"));
        assert!(!error.to_string().contains("1949"), "{error}");
        let error = head.append(event("u1", "2026-08-25")).unwrap_err();
        assert_eq!(error.code(), "E-AUDIT-TIME");
        let error = head.append(event("", &entry.at)).unwrap_err();
        assert_eq!(error.code(), "E-AUDIT-SHAPE");
        assert_eq!(head, Head::START);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn any_changed_byte_is_seen(at in any::<prop::sample::Index>(), to in any::<u8>()) {
            let (entries, head) = trail(4);
            let mut bytes: Vec<u8> = entries.iter().flat_map(|e| (e.to_line() + "\n").into_bytes()).collect();
            prop_assert_eq!(of_lines(&bytes, Some(head)), Ok(head));
            let at = at.index(bytes.len());
            prop_assume!(bytes[at] != to);
            bytes[at] = to;
            prop_assert!(of_lines(&bytes, None).is_err());
        }

        #[test]
        fn any_other_order_or_choice_is_seen(order in prop::collection::vec(0_usize..5, 0..7)) {
            let (entries, head) = trail(5);
            let chosen: Vec<Entry> = order.iter().map(|n| entries[*n].clone()).collect();
            let is_whole = order == [0, 1, 2, 3, 4];
            prop_assert_eq!(verify(&chosen, Some(head)).is_ok(), is_whole);
        }
    }
}
