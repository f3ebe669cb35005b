//! On which terms a resource is kept and handed on.

use chrono::NaiveDate;
use minzheng_rules::pack::model::{Cite, Origin, Words};

use super::Status;
use super::resource::words;

words! {
    /// How a resource is handed on (共享方式).
    Mode {
        /// 共享平台接口: a call answers.
        Interface = "interface",
        /// 共享平台数据库: a table that both reach.
        Database = "database",
        /// 共享平台文件: files.
        File = "file",
        /// 邮件.
        Mail = "mail",
        /// 拷盘、介质.
        Medium = "medium",
    }
}

words! {
    /// In which form a resource is kept (信息资源格式).
    Format {
        /// 数据库.
        Database = "database",
        /// 电子表格.
        Sheet = "sheet",
        /// 电子文件.
        File = "file",
        /// 图形图像.
        Image = "image",
        /// 流媒体.
        Media = "media",
        /// 自描述格式.
        SelfDescribing = "self_describing",
    }
}

/// Whether everybody may have it (开放属性).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Openness {
    /// Not open.
    Closed,
    /// Open on a condition, as sums over areas only.
    Conditional(Words),
    /// Open.
    Open,
}

impl Openness {
    /// The word in packs.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Conditional(_) => "conditional",
            Self::Open => "open",
        }
    }
}

/// How long records are kept (保存期限).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retention {
    /// So many years after the matter is closed.
    Years(u16),
    /// For ever.
    Permanent,
}

/// Whether a resource is still kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lifecycle {
    /// It is.
    Active,
    /// It was withdrawn.
    Withdrawn {
        /// First day without it.
        on: NaiveDate,
        /// Why.
        reason: Words,
        /// Id of the resource that takes its place.
        successor: Option<String>,
    },
}

impl Lifecycle {
    /// Whether it is kept on a day.
    pub fn is_active(&self, day: NaiveDate) -> bool {
        match self {
            Self::Active => true,
            Self::Withdrawn { on, .. } => day < *on,
        }
    }
}

/// A fact that the records of civil affairs' own resource say: what evidence is to an item that another shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supply {
    /// Id of the entity of the fact.
    pub entity: String,
    /// Id of the fact.
    pub fact: String,
    /// The fields that say it; none: that there is a record.
    pub fields: Vec<String>,
}

/// A datum that many resources hold and one department answers for (数据元, 一数一源).
///
/// There is exactly one authority for an element: its row names it, and a row can be there only once. Every field that
/// names the element beside it is a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Stable id.
    pub id: String,
    /// Its name.
    pub title: Words,
    /// Id of the resource that is the system of record (数源).
    pub resource: String,
    /// Id of the field there.
    pub field: String,
    /// Whether that was seen published.
    pub status: Status,
    /// Where; empty where it was not.
    pub seen: Words,
    /// Its ground.
    pub cite: Vec<Cite>,
    /// Free words.
    pub note: Words,
    /// Where it is written.
    pub written: Origin,
}

/// A line of business of civil affairs (业务领域), as marriage registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Stable id.
    pub id: String,
    /// Its name.
    pub title: Words,
    /// Whether it was seen named.
    pub status: Status,
    /// Where; empty where it was not.
    pub seen: Words,
    /// Where it is written.
    pub written: Origin,
}
