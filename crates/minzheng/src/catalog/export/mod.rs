//! The catalogue in the forms of other platforms: DCAT 3 as JSON-LD, a data contract of the Open Data Contract Standard for
//! each resource.
//!
//! Both name a thing by the same address under one [`Base`], so that a contract and the dataset that conforms to it are
//! found from each other. What nobody said is left out; nothing is put in its place.

mod contract;
mod dcat;
mod yaml;

use core::fmt::{self, Write as _};

use minzheng_rules::error::Diagnostic;
use minzheng_rules::pack::PackSet;
use minzheng_rules::pack::model::{PackInfo, Words};

use super::{Catalog, Cycle, Format, Mode, Openness, Resource, Retention, Sharing, Subject};
use crate::error::Error;

/// Under which address the parts of a catalogue are named.
///
/// ```
/// use minzheng::catalog::Base;
///
/// let base: Base = "https://data.example.org/catalog/".parse()?;
/// assert_eq!(base.to_string(), "https://data.example.org/catalog/");
/// assert_eq!("data".parse::<Base>().unwrap_err().code(), "E-EXPORT-BASE");
/// assert_eq!(Base::default().to_string(), "urn:minzheng:");
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base(String);

impl Default for Base {
    /// `urn:minzheng:`, for a catalogue that stands nowhere yet.
    fn default() -> Self {
        Self("urn:minzheng:".to_owned())
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::str::FromStr for Base {
    type Err = Error;

    /// An address that names can be written behind.
    ///
    /// # Errors
    /// `E-EXPORT-BASE`: neither `https://…/`, `http://…/` or `…#` nor `urn:…:`, or with characters that an address has not.
    fn from_str(text: &str) -> Result<Self, Error> {
        let web = |scheme: &str| {
            let rest = text.strip_prefix(scheme);
            rest.is_some_and(|r| r.len() > 1 && !r.starts_with('/') && r.ends_with(['/', '#']))
        };
        let urn = text.strip_prefix("urn:");
        let is_urn = urn.is_some_and(|r| r.len() > 1 && r.ends_with(':'));
        let is_plain = text.chars().all(|c| is_free(c) || ":/#?@%".contains(c));
        if is_plain && (web("https://") || web("http://") || is_urn) {
            return Ok(Self(text.to_owned()));
        }
        let message = "the base is no address that names can be written behind";
        let help = "write `https://data.example.org/catalog/` or `urn:example:`";
        Err(Error::from(
            Diagnostic::error("E-EXPORT-BASE", message).help(help),
        ))
    }
}

/// A character that stands in an address for itself.
fn is_free(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~".contains(c) || (!c.is_ascii() && c.is_alphanumeric())
}

impl Base {
    /// The address of a part: `urn:minzheng:dataset/income_tax`.
    fn of(&self, kind: &str, id: &str) -> String {
        let mut out = format!("{}{kind}/", self.0);
        let mut bytes = [0_u8; 4];
        for c in id.chars() {
            if is_free(c) {
                out.push(c);
            } else {
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    // writing to a string cannot fail
                    let _ = write!(out, "%{byte:02X}");
                }
            }
        }
        out
    }

    /// The address of a resource.
    fn dataset(&self, of: &Resource) -> String {
        self.of("dataset", &of.id)
    }

    /// The address of its contract.
    fn contract(&self, of: &Resource) -> String {
        self.of("contract", &of.id)
    }
}

/// The pack that a resource is written in.
fn pack_of<'p>(packs: &'p PackSet, of: &Resource) -> Option<&'p PackInfo> {
    packs.packs().get(of.written.pack)
}

impl Catalog {
    /// The catalogue as DCAT 3 in JSON-LD: a `dcat:Catalog` with a `dcat:Dataset` for each resource, the bodies that keep
    /// them, the lines of business and kinds of data as themes, and the texts of law that name them.
    ///
    /// One JSON document with its `@context` inside, in the order of the catalogue; every node has an address, there are no
    /// blank nodes. Words carry their language. A `dcat:Distribution` or `dcat:DataService` stands where a way of handing on is
    /// said, and nowhere else. What DCAT has no word for stands under `mz:` (`urn:minzheng:vocabulary:`): grade, personal
    /// information, subject, retention, working days of grace, and what of a resource was inferred.
    ///
    /// ```
    /// use minzheng::Engine;
    /// use minzheng::catalog::Base;
    ///
    /// let engine = Engine::built_in()?;
    /// let text = engine.catalog()?.to_dcat(engine.packs(), &Base::default());
    /// assert!(text.contains("\"@id\": \"urn:minzheng:dataset/income_tax\""));
    /// assert!(text.contains("\"@id\": \"freq:monthly\""));
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    pub fn to_dcat(&self, packs: &PackSet, base: &Base) -> String {
        dcat::write(self, packs, base)
    }

    /// A resource as a data contract of the Open Data Contract Standard 3.1, in YAML.
    ///
    /// Names and descriptions are Chinese with English behind a stroke. Every text is quoted, so that no reader takes a code for
    /// a number or a word for a truth. What the standard has no word for stands in `customProperties` that begin with
    /// `minzheng`. Money is whole fen under the name of its column (`amount_fen`); codes are checked by the values of their list.
    ///
    /// ```
    /// use minzheng::Engine;
    /// use minzheng::catalog::Base;
    ///
    /// let engine = Engine::built_in()?;
    /// let catalog = engine.catalog()?;
    /// let tax = catalog.resource("income_tax").expect("it is built in");
    /// let text = catalog.to_contract(engine.packs(), tax, &Base::default());
    /// assert!(text.starts_with("apiVersion: \"v3.1.0\"\nkind: \"DataContract\"\n"));
    /// assert!(text.contains("physicalName: \"amount_fen\""));
    /// # Ok::<(), minzheng::Error>(())
    /// ```
    pub fn to_contract(&self, packs: &PackSet, of: &Resource, base: &Base) -> String {
        contract::write(self, packs, of, base)
    }
}

/// Chinese and English words of terms that both forms show.
trait Named {
    fn words(&self) -> (&'static str, &'static str);
}

impl Named for Sharing {
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Unconditional => ("无条件共享", "shared unconditionally"),
            Self::Conditional(_) => ("有条件共享", "shared on a condition"),
            Self::Withheld => ("不予共享", "not shared"),
        }
    }
}

impl Named for Mode {
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Interface => ("接口", "interface"),
            Self::Database => ("数据库", "database"),
            Self::File => ("文件", "file"),
            Self::Mail => ("邮件", "mail"),
            Self::Medium => ("介质", "medium"),
        }
    }
}

impl Named for Format {
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Database => ("数据库", "database"),
            Self::Sheet => ("电子表格", "spreadsheet"),
            Self::File => ("电子文件", "file"),
            Self::Image => ("图形图像", "image"),
            Self::Media => ("流媒体", "media stream"),
            Self::SelfDescribing => ("自描述格式", "self-describing"),
        }
    }
}

impl Named for Cycle {
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Realtime => ("实时", "as it happens"),
            Self::Daily => ("每日", "every day"),
            Self::Weekly => ("每周", "every week"),
            Self::Monthly => ("每月", "every month"),
            Self::Quarterly => ("每季度", "every quarter"),
            Self::Yearly => ("每年", "every year"),
            Self::Irregular => ("不定期", "irregularly"),
        }
    }
}

impl Named for Subject {
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Person => ("个人", "one person"),
            Self::Household => ("家庭", "a household"),
            Self::Organisation => ("组织", "an organisation"),
            Self::Facility => ("设施", "a facility"),
            Self::Place => ("地区", "a place"),
            Self::Event => ("事件", "an event"),
            Self::Aggregate => ("汇总", "sums over many"),
        }
    }
}

impl Named for Openness {
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Closed => ("不向社会开放", "not open to the public"),
            Self::Conditional(_) => ("有条件向社会开放", "open to the public on a condition"),
            Self::Open => ("向社会开放", "open to the public"),
        }
    }
}

/// `中文 / English`, or the one there is.
fn both(words: &Words) -> String {
    match (words.zh.as_str(), words.en.as_str()) {
        (zh, "") => zh.to_owned(),
        ("", en) => en.to_owned(),
        (zh, en) => format!("{zh} / {en}"),
    }
}

/// The number of years, or that it is for ever.
fn years(of: Retention) -> String {
    match of {
        Retention::Years(years) => years.to_string(),
        Retention::Permanent => "permanent".to_owned(),
    }
}

#[cfg(test)]
mod tests;
