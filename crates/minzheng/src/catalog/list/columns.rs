//! The columns of the list: their heads, and what a cell of each is.

/// Which rows a column speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// The resource: in its first row, below it blank or the same.
    Resource,
    /// The field: in every row.
    Field,
}

/// What a cell is. Words stand as (in packs, in the list); the one in packs is understood too.
#[derive(Debug, Clone, Copy)]
pub(super) enum Takes {
    /// Text.
    Text,
    /// Texts with `、` between.
    Texts,
    /// One of these words.
    Word(Words),
    /// Some of these words with `、` between.
    Several(Words),
    /// A whole number from 0.
    Whole,
    /// Yes or no.
    Truth,
    /// A day, `2026-07-01`.
    Day,
    /// A number of years, or for ever.
    Years,
    /// The body that keeps the resource, by its name or id.
    Body,
    /// The line of business, by its name or id.
    Line,
    /// Other resources, by code or id.
    Resources,
    /// A field of the resource, by its name or id.
    Key,
    /// `person.married：registered_on，…`, with `；` between.
    Supplies,
    /// The type by the letters of the guide: written for others, read where nothing says more.
    Letter,
}

type Words = &'static [(&'static str, &'static str)];

/// A column.
pub(super) struct Column {
    pub(super) head: &'static str,
    /// Other heads that are understood.
    pub(super) aliases: &'static [&'static str],
    pub(super) of: Of,
    /// The key of the row in a pack, `title.zh` for one inside.
    pub(super) key: &'static str,
    pub(super) takes: Takes,
}

impl Column {
    /// Whether it has this head, or the head is another name of it.
    pub(super) fn is_named(&self, head: &str) -> bool {
        self.head == head || self.aliases.contains(&head)
    }
}

const fn of(
    of: Of,
    head: &'static str,
    aliases: &'static [&'static str],
    key: &'static str,
    takes: Takes,
) -> Column {
    Column {
        head,
        aliases,
        of,
        key,
        takes,
    }
}

const SHARING: Words = &[
    ("unconditional", "无条件共享"),
    ("conditional", "有条件共享"),
    ("withheld", "不予共享"),
];
const OPENNESS: Words = &[
    ("closed", "否"),
    ("conditional", "有条件开放"),
    ("open", "是"),
];
const MODES: Words = &[
    ("interface", "接口"),
    ("database", "数据库"),
    ("file", "文件"),
    ("mail", "邮件"),
    ("medium", "介质"),
];
const FORMATS: Words = &[
    ("database", "数据库"),
    ("sheet", "电子表格"),
    ("file", "电子文件"),
    ("image", "图形图像"),
    ("media", "流媒体"),
    ("self_describing", "自描述格式"),
];
const CYCLE: Words = &[
    ("realtime", "实时"),
    ("daily", "每日"),
    ("weekly", "每周"),
    ("monthly", "每月"),
    ("quarterly", "每季度"),
    ("yearly", "每年"),
    ("irregular", "不定期"),
];
const STATUS: Words = &[
    ("published", "已公布"),
    ("part_inferred", "部分推定"),
    ("inferred", "推定"),
];
const INFERRED: Words = &[
    ("code", "代码"),
    ("cycle", "更新周期"),
    ("sharing", "共享属性"),
    ("grade", "分级"),
    ("fields", "信息项"),
];
const SUBJECT: Words = &[
    ("person", "个人"),
    ("household", "家庭"),
    ("organisation", "组织"),
    ("facility", "设施"),
    ("place", "地区"),
    ("event", "事件"),
    ("aggregate", "汇总"),
];
const ORDER: Words = &[("key", "按主键"), ("record", "按记录")];
const PERSONAL: Words = &[("none", "不含"), ("general", "一般"), ("sensitive", "敏感")];
const UNIT: Words = &[("square_metre", "平方米"), ("mu", "亩")];

use Of::{Field as F, Resource as R};
use Takes::{
    Body, Day, Key, Letter, Line, Resources, Several, Supplies, Text, Texts, Truth, Whole, Word,
    Years,
};

/// The columns in their order: those of the guide of 2017 first in each half, then those of ours. What stands in
/// no text that was read is unconfirmed, as the words of its cells are.
pub(super) const COLUMNS: &[Column] = &[
    of(R, "信息资源代码", &["资源代码", "目录代码"], "code", Text),
    of(
        R,
        "信息资源名称",
        &["资源名称", "目录名称"],
        "title.zh",
        Text,
    ),
    of(R, "信息资源分类", &["业务领域", "资源分类"], "line", Line),
    of(
        R,
        "信息资源提供方",
        &["资源提供方", "提供方", "提供部门"],
        "body",
        Body,
    ),
    of(R, "信息资源摘要", &["资源摘要", "摘要"], "summary.zh", Text),
    of(
        R,
        "信息资源格式",
        &["资源格式"],
        "formats",
        Several(FORMATS),
    ),
    of(R, "共享类型", &["共享属性"], "sharing", Word(SHARING)),
    of(R, "共享条件", &[], "condition.zh", Text),
    of(R, "共享方式", &["共享方式分类"], "modes", Several(MODES)),
    of(
        R,
        "是否向社会开放",
        &["开放属性", "开放类型"],
        "openness",
        Word(OPENNESS),
    ),
    of(R, "开放条件", &[], "open_condition.zh", Text),
    of(R, "更新周期", &["更新频率"], "cycle", Word(CYCLE)),
    of(R, "发布日期", &[], "published_on", Day),
    of(R, "关联资源代码", &["关联资源"], "related", Resources),
    of(R, "资源标识", &[], "id", Text),
    of(R, "数据项序号", &[], "number", Whole),
    of(R, "资源英文名称", &[], "title.en", Text),
    of(R, "英文摘要", &[], "summary.en", Text),
    of(R, "英文共享条件", &[], "condition.en", Text),
    of(R, "英文开放条件", &[], "open_condition.en", Text),
    of(R, "数据种类", &[], "kinds", Texts),
    of(R, "来源状态", &[], "status", Word(STATUS)),
    of(R, "来源", &[], "seen.zh", Text),
    of(R, "英文来源", &[], "seen.en", Text),
    of(R, "推定部分", &[], "inferred", Several(INFERRED)),
    of(R, "依据", &["法律依据"], "cite", Texts),
    of(R, "记录对象", &[], "subject", Word(SUBJECT)),
    of(R, "主键", &[], "key", Key),
    of(R, "记录次序", &[], "order", Word(ORDER)),
    of(R, "宽限工作日", &[], "grace", Whole),
    of(R, "保存期限", &[], "retention", Years),
    of(R, "资源分级", &["分级", "安全级别"], "grade", Whole),
    of(R, "个人信息", &[], "personal", Word(PERSONAL)),
    of(R, "说明的事实", &[], "supplies", Supplies),
    of(R, "撤销日期", &[], "withdrawn.on", Day),
    of(R, "撤销原因", &[], "withdrawn.reason.zh", Text),
    of(R, "英文撤销原因", &[], "withdrawn.reason.en", Text),
    of(R, "接续资源", &[], "withdrawn.successor", Text),
    of(R, "备注", &[], "note.zh", Text),
    of(R, "英文备注", &[], "note.en", Text),
    of(
        F,
        "信息项名称",
        &["数据项名称", "字段名称"],
        "title.zh",
        Text,
    ),
    of(F, "数据类型", &["信息项数据类型"], "letter", Letter),
    of(F, "信息项标识", &["字段标识"], "id", Text),
    of(F, "信息项英文名称", &[], "title.en", Text),
    of(F, "信息项类型", &[], "type", Text),
    of(F, "计量单位", &[], "unit", Word(UNIT)),
    of(F, "是否必填", &[], "required", Truth),
    of(F, "是否敏感", &[], "sensitive", Truth),
    of(F, "信息项分级", &["字段分级"], "grade", Whole),
    of(F, "数据元", &[], "element", Text),
];

/// The letters of the guide (unconfirmed), and the type they say by themselves.
pub(super) const LETTERS: &[(&str, Option<&str>)] = &[
    ("字符型C", Some("text")),
    ("备注型M", Some("text")),
    ("日期型D", Some("date")),
    ("逻辑型L", Some("bool")),
    ("整型I", Some("count")),
    ("货币型Y", None),
    ("数值型N", None),
    ("双精度型B", None),
    ("浮点型F", None),
    ("日期时间型T", None),
    ("通用型G", None),
];

/// What every resource and field must say before a catalogue can hold it.
pub(super) const NEEDED: &[&str] = &[
    "信息资源名称",
    "共享类型",
    "更新周期",
    "来源状态",
    "记录对象",
    "主键",
    "记录次序",
    "资源分级",
    "个人信息",
    "信息项名称",
    "信息项分级",
];
