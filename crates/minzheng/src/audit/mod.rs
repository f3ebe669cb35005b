//! The audit trail: append-only, each entry chained to the one before by SM3, so that tampering is seen.
//!
//! ## Canonical bytes
//! The hash of an entry is SM3 over: the line `minzheng/audit/1` with a line feed; then, each as its length in bytes in
//! decimal digits, `:`, the bytes in UTF-8, `,`: `seq` in decimal digits, `at`, `actor`, `action`, `purpose`, `subject` (64
//! hexadecimal digits, or nothing), `resource`, the number of fields in decimal digits, every field, `decision`, `ground`,
//! `prev` (64 hexadecimal digits). `prev` of the first entry is 64 zeros. Another program can verify a trail by this alone.
//!
//! ## File
//! One entry a line, JSON with the keys in the order of [`Entry`] and no space between; each line ends with a line feed. A line
//! that holds the same in another form is malformed, so that any changed byte is seen.
//!
//! ## What is seen
//! Without anything kept elsewhere: a changed, removed, inserted or moved entry. With a [`Head`] kept elsewhere (a paper, another
//! system): also a cut end, and a trail that was made anew as a whole. See [`TamperKind`].
//!
//! Nothing here is personal data in clear: a person is named by a keyed digest ([`Sm3::keyed`]), and a text with fifteen digits
//! in a row is refused.

mod verify;

use core::fmt;
use std::str::FromStr;

use chrono::DateTime;
use serde::{Deserialize, Serialize};

pub use verify::{Tamper, TamperKind, Verifier, verify};

use crate::digest::{NoDigest, Sm3};
use crate::error::{Error, Finding};
use crate::records::{self, has_number};

/// The first line of the canonical bytes.
const FORM: &str = "minzheng/audit/1\n";

/// What happened, as the host tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The host's time, RFC 3339 with its offset: `2026-08-25T09:30:00+08:00`.
    pub at: String,
    /// The host's key of who acted.
    pub actor: String,
    /// What was done, as `check_query`.
    pub action: String,
    /// Id of the purpose; may be empty.
    #[serde(default)]
    pub purpose: String,
    /// The keyed digest of the person it is about; none where it is about no single person.
    #[serde(default)]
    pub subject: Option<Sm3>,
    /// Id of the resource; may be empty.
    #[serde(default)]
    pub resource: String,
    /// Ids of the fields.
    #[serde(default)]
    pub fields: Vec<String>,
    /// What was decided, as `refused:expired`.
    pub decision: String,
    /// The ground: articles, an authorisation; may be empty.
    #[serde(default)]
    pub ground: String,
}

impl Event {
    /// Reads one from JSON; `path` stands in errors.
    ///
    /// # Errors
    /// `E-AUDIT-SHAPE`.
    pub fn from_json(path: &str, value: serde_json::Value) -> Result<Self, Error> {
        records::read(value, path, "E-AUDIT-SHAPE")
    }

    /// Checks what [`Head::append`] asks of an event.
    ///
    /// # Errors
    /// `E-AUDIT-TIME`, `E-AUDIT-SHAPE` where the actor, the action or the decision is empty, `E-AUDIT-CLEAR`.
    pub fn check(&self) -> Result<(), Error> {
        let mut findings = Vec::new();
        if DateTime::parse_from_rfc3339(&self.at).is_err() {
            let help = "write 2026-08-25T09:30:00+08:00";
            findings.push(
                Finding::new("E-AUDIT-TIME", "not a time with its offset", help).path_is("at"),
            );
        }
        let needed = [
            ("actor", &self.actor),
            ("action", &self.action),
            ("decision", &self.decision),
        ];
        for (path, text) in needed {
            if text.is_empty() {
                let message = format!("`{path}` is empty");
                findings.push(Finding::new("E-AUDIT-SHAPE", message, "").path_is(path));
            }
        }
        let others = [
            ("purpose", &self.purpose),
            ("resource", &self.resource),
            ("ground", &self.ground),
        ];
        let fields = self.fields.iter().map(|text| ("fields", text));
        for (path, text) in needed.into_iter().chain(others).chain(fields) {
            if has_number(text) {
                let message = "a number in clear has no place in the audit trail";
                let help = "name a person by a keyed digest, anything else by a key of your own";
                findings.push(Finding::new("E-AUDIT-CLEAR", message, help).path_is(path));
            }
        }
        Error::all(findings).map_or(Ok(()), Err)
    }
}

/// An event at its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its number, from 1.
    pub seq: u64,
    /// As in [`Event`], here and below.
    pub at: String,
    /// Who acted.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// Id of the purpose.
    pub purpose: String,
    /// The keyed digest of the person.
    pub subject: Option<Sm3>,
    /// Id of the resource.
    pub resource: String,
    /// Ids of the fields.
    pub fields: Vec<String>,
    /// What was decided.
    pub decision: String,
    /// The ground.
    pub ground: String,
    /// The hash of the entry before.
    pub prev: Sm3,
    /// The hash of this entry.
    pub hash: Sm3,
}

impl Entry {
    /// The bytes that are hashed; see the module.
    pub fn canonical(&self) -> Vec<u8> {
        let mut out = FORM.as_bytes().to_vec();
        let mut put = |text: &str| {
            out.extend_from_slice(text.len().to_string().as_bytes());
            out.push(b':');
            out.extend_from_slice(text.as_bytes());
            out.push(b',');
        };
        put(&self.seq.to_string());
        for text in [&self.at, &self.actor, &self.action, &self.purpose] {
            put(text);
        }
        put(&self.subject.map_or_else(String::new, |s| s.to_string()));
        put(&self.resource);
        put(&self.fields.len().to_string());
        self.fields.iter().for_each(|field| put(field));
        put(&self.decision);
        put(&self.ground);
        put(&self.prev.to_string());
        out
    }

    /// The line of the file, without its line feed.
    pub fn to_line(&self) -> String {
        // strings and numbers only: this cannot fail
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a line; `None` where it is no entry in exactly the form of [`to_line`](Self::to_line).
    pub fn from_line(line: &str) -> Option<Self> {
        let entry: Self = serde_json::from_str(line).ok()?;
        (entry.to_line() == line).then_some(entry)
    }

    /// Whether its hash is that of its contents.
    pub fn is_intact(&self) -> bool {
        Sm3::of(&self.canonical()) == self.hash
    }
}

/// The end of a trail: how many entries it has and the hash of the last. Kept elsewhere, it shows a cut or remade trail.
///
/// Written as `SEQ:HASH`.
///
/// ```
/// use minzheng::audit::Head;
///
/// let head = Head::START;
/// assert_eq!(head.to_string().parse(), Ok(head));
/// assert_eq!(head.seq, 0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Entries so far.
    pub seq: u64,
    /// The hash of the last; zeros before the first.
    pub hash: Sm3,
}

impl Head {
    /// Before the first entry.
    pub const START: Self = Self {
        seq: 0,
        hash: Sm3::ZERO,
    };

    /// Appends an event: gives the entry to be written and moves to it.
    ///
    /// ```
    /// use minzheng::audit::{Event, Head, verify};
    ///
    /// let event = Event {
    ///     at: "2026-08-25T09:30:00+08:00".into(), actor: "u7".into(), action: "check_query".into(),
    ///     purpose: "economic_check".into(), subject: None, resource: "income_tax".into(), fields: vec![],
    ///     decision: "refused:expired".into(), ground: String::new(),
    /// };
    /// let mut head = Head::START;
    /// let trail = vec![head.append(event.clone())?, head.append(event)?];
    /// assert_eq!(verify(&trail, Some(head)), Ok(head));
    /// assert!(verify(trail.get(1..).unwrap_or_default(), None).is_err());
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    ///
    /// # Errors
    /// `E-AUDIT-TIME`, `E-AUDIT-SHAPE`, `E-AUDIT-CLEAR`; the head does not move then.
    pub fn append(&mut self, event: Event) -> Result<Entry, Error> {
        event.check()?;
        let mut entry = Entry {
            seq: self.seq.saturating_add(1),
            at: event.at,
            actor: event.actor,
            action: event.action,
            purpose: event.purpose,
            subject: event.subject,
            resource: event.resource,
            fields: event.fields,
            decision: event.decision,
            ground: event.ground,
            prev: self.hash,
            hash: Sm3::ZERO,
        };
        entry.hash = Sm3::of(&entry.canonical());
        *self = Self {
            seq: entry.seq,
            hash: entry.hash,
        };
        Ok(entry)
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

impl FromStr for Head {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let (seq, hash) = text.split_once(':').ok_or(NoDigest)?;
        Ok(Self {
            seq: seq.parse().map_err(|_| NoDigest)?,
            hash: hash.parse()?,
        })
    }
}
