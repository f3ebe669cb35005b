//! Why an input was refused: a stable code, a place, words in two languages and a way out.

use core::fmt;

use minzheng_rules::error::{Diagnostic, Diagnostics, Severity};
use minzheng_rules::pack::model::{Lang, Words};

use crate::identity::IdentityError;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    code: &'static str,
    message: Words,
    help: Words,
    path: String,
    file: String,
    line: u32,
    column: u32,
}

impl Finding {
    pub(crate) fn new(
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let (message, help) = (message.into(), help.into());
        let zh = zh_message(code);
        Self {
            code,
            message: Words {
                zh: if zh.is_empty() {
                    message.clone()
                } else {
                    zh.to_owned()
                },
                en: message,
            },
            help: Words {
                zh: zh_help(code, &help),
                en: help,
            },
            path: String::new(),
            file: String::new(),
            line: 0,
            column: 0,
        }
    }

    pub(crate) fn path_is(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The stable code.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What is wrong. It holds no personal data.
    pub fn message(&self, lang: Lang) -> &str {
        self.message.of(lang)
    }

    /// What to do; empty where nothing can be said.
    pub fn help(&self, lang: Lang) -> &str {
        self.help.of(lang)
    }

    /// The place inside the input, as `person[1].wage`; empty where it is about the whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The file as it was named; empty where it had no name.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, from 1; 0 where not known.
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// The finding in one line.
    pub fn line_of(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        let mut out = String::new();
        if !self.file.is_empty() {
            out.push_str(&self.file);
            for number in [self.line, self.column].into_iter().take_while(|n| *n > 0) {
                out.push(':');
                out.push_str(&number.to_string());
            }
            out.push_str(": ");
        }
        out.push_str(if zh { "错误[" } else { "error[" });
        out.push_str(self.code);
        out.push_str("]: ");
        if !self.path.is_empty() {
            out.push_str(&self.path);
            out.push_str(": ");
        }
        out.push_str(self.message(lang));
        if !self.help(lang).is_empty() {
            out.push_str(if zh { "（" } else { " (" });
            out.push_str(self.help(lang));
            out.push_str(if zh { "）" } else { ")" });
        }
        out
    }
}

/// An input that was refused, with everything that is wrong with it.
///
/// ```
/// use minzheng::{Engine, Household, Lang};
///
/// let household = Household::from_toml("on = 2026-08-15\n[household]\nhukuo = \"urban\"")?;
/// let error = Engine::built_in()?.assess(&household).unwrap_err();
/// assert_eq!(error.code(), "E-FACT-NAME");
/// assert_eq!(error.path(), "household.hukuo");
/// assert_eq!(error.help(Lang::En), "did you mean `hukou`?");
/// # Ok::<(), minzheng::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    first: Finding,
    more: Vec<Finding>,
}

impl Error {
    pub(crate) fn one(finding: Finding) -> Self {
        Self {
            first: finding,
            more: Vec::new(),
        }
    }

    pub(crate) fn all(mut findings: Vec<Finding>) -> Option<Self> {
        if findings.is_empty() {
            return None;
        }
        let more = findings.split_off(1);
        findings.pop().map(|first| Self { first, more })
    }

    /// The same with every path below another.
    pub(crate) fn below(mut self, above: &str) -> Self {
        for finding in core::iter::once(&mut self.first).chain(&mut self.more) {
            finding.path = match finding.path.as_str() {
                "" => above.to_owned(),
                path => format!("{above}.{path}"),
            };
        }
        self
    }

    /// The findings; at least one.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        core::iter::once(&self.first).chain(&self.more)
    }

    /// The code of the first finding.
    pub const fn code(&self) -> &'static str {
        self.first.code()
    }

    /// The message of the first finding.
    pub fn message(&self, lang: Lang) -> &str {
        self.first.message(lang)
    }

    /// The way out of the first finding.
    pub fn help(&self, lang: Lang) -> &str {
        self.first.help(lang)
    }

    /// The path of the first finding.
    pub fn path(&self) -> &str {
        self.first.path()
    }

    /// All findings in words, one a line.
    pub fn lines(&self, lang: Lang) -> String {
        self.findings()
            .map(|f| f.line_of(lang))
            .collect::<Vec<_>>()
            .join("\n")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines(Lang::En))
    }
}

impl core::error::Error for Error {}

impl From<&Diagnostic> for Finding {
    fn from(d: &Diagnostic) -> Self {
        let mut finding = Self::new(d.code(), d.message(), d.help_text()).path_is(d.input_path());
        d.file().clone_into(&mut finding.file);
        finding.line = d.line();
        finding.column = d.column();
        finding
    }
}

impl From<Diagnostic> for Error {
    fn from(d: Diagnostic) -> Self {
        Self::one(Finding::from(&d))
    }
}

impl From<Diagnostics> for Error {
    fn from(all: Diagnostics) -> Self {
        let errors = all
            .iter()
            .filter(|d| d.severity() == Severity::Error)
            .map(Finding::from)
            .collect();
        Self::all(errors)
            .unwrap_or_else(|| Self::one(Finding::new("E-INPUT", "the input was refused", "")))
    }
}

impl From<IdentityError> for Finding {
    fn from(error: IdentityError) -> Self {
        let words = error.to_string();
        let message = words.split(": ").next().unwrap_or_default().to_owned();
        Self::new(error.code(), message, error.help())
    }
}

impl From<IdentityError> for Error {
    fn from(error: IdentityError) -> Self {
        Self::one(error.into())
    }
}

fn zh_message(code: &str) -> &'static str {
    match code {
        "E-ALERT-CALENDAR" => "缺少该年的工作日历，无法计算办理期限",
        "E-ALERT-DUE" => "期限不对，或者没有写明期限",
        "E-ALERT-ID" => "编号不对",
        "E-ALERT-ORDER" => "日期早于前一步或者前一期",
        "E-ALERT-REASON" => "没有写明理由，或者理由中含有号码",
        "E-ALERT-RECORD" => "预警记录前后矛盾",
        "E-ALERT-ROW" => "规则包中的办结代码或者逾期层级不对",
        "E-ALERT-SHAPE" => "预警记录中有不认识、缺少或写法不对的字段",
        "E-ALERT-STEP" => "这一步与预警所处的状态不符",
        "E-ALERT-TWICE" => "同一模型、同一对象出现了两次",
        "E-ALERT-WHO" => "没有写明办理人，或者编号不对",
        "E-ANSWER-DAY" => "答复早于询问，或者早于其数据",
        "E-ANSWER-ITEM" => "没有这个数据项，或者没有向它查询",
        "E-ANSWER-PERSON" => "答复没有说明或者写错了所指的人",
        "E-ANSWER-SHAPE" => "答复中有不认识、缺少或写法不对的字段",
        "E-ANSWER-STATUS" => "答复的状态不对，或者与记录、截至日不符",
        "E-ANSWER-TWICE" => "同一数据项对同一人答复了两次",
        "E-API-CALL" => "没有这样的调用",
        "E-API-JSON" => "调用不是正确的 JSON",
        "E-API-KEY" => "调用中有不认识的字段",
        "E-API-SHAPE" => "调用的字段类型不对",
        "E-API-TEXT" => "文字不是 UTF-8",
        "E-ARREARS-MONTHS" => "月份的范围不对",
        "E-ARREARS-PROGRAMME" => "这个项目不按月发放",
        "E-CATALOG-CALENDAR" => "缺少该年的工作日历",
        "E-CATALOG-CODE" => "信息资源代码写法不对",
        "E-CATALOG-DELIVERY" => "数据交付记录写法不对",
        "E-CATALOG-ELEMENT" => "数据元没有唯一的数源",
        "E-AUDIT-CLEAR" => "审计记录中不得出现明文号码",
        "E-AUDIT-HEAD" => "链尾的写法不对",
        "E-AUDIT-SHAPE" => "审计记录中有不认识、缺少或写法不对的字段",
        "E-AUDIT-TIME" => "时间应当写明时区",
        "E-AUTH-DATE" => "授权书的日期先后不对",
        "E-AUTH-END" => "授权书没有终止的日期或情形",
        "E-AUTH-ID" => "授权书的编号不对",
        "E-AUTH-NAME" => "授权书所指的名称不存在",
        "E-AUTH-SCOPE" => "授权书没有写明授权的内容",
        "E-AUTH-SHAPE" => "授权书中有不认识、缺少或写法不对的字段",
        "E-AUTH-TWICE" => "两份授权书的编号相同",
        "E-CATALOG-GRADE" => "分级不对，或者字段的分级高于资源",
        "E-CATALOG-ID" => "目录中的编号写法不对",
        "E-CATALOG-KEY" => "资源的主键字段不对",
        "E-CATALOG-NAME" => "目录所指的名称不存在",
        "E-CATALOG-NONE" => "目录中没有这一项",
        "E-CATALOG-QUALITY" => "质量规则的写法、限值与所检查的字段不符",
        "E-CATALOG-SHAPE" => "目录中有不认识、缺少或写法不对的字段",
        "E-CATALOG-SHARING" => "共享属性缺少条件或依据",
        "E-CATALOG-STATUS" => "来源状态与所写依据不符",
        "E-CATALOG-SUPPLY" => "资源所说明的事实或者字段不对",
        "E-CATALOG-TERMS" => "开放、保存期限或者日期写法不对",
        "E-CATALOG-TWICE" => "目录中的编号重复",
        "E-CATALOG-TYPE" => "字段的类型或单位不对",
        "E-DOC-DATE" => "缺少认定日",
        "E-DOC-JSON" => "JSON 格式不正确",
        "E-DOC-KEY" => "不认识的字段",
        "E-DOC-SHAPE" => "应当是表或表的列表",
        "E-DOC-SIZE" => "文件过大",
        "E-DOC-TOML" => "TOML 格式不正确",
        "E-EVIDENCE-FILTER" => "选取记录的条件不对",
        "E-EVIDENCE-NAME" => "核对规则所指的名称不存在",
        "E-EVIDENCE-NONE" => "没有记录不能作为这一事实的取值",
        "E-EVIDENCE-PRECEDENCE" => "同一优先级的两条核对规则不能相加",
        "E-EVIDENCE-ROUNDING" => "缺少舍入规则，或不应有舍入规则",
        "E-EVIDENCE-SHAPE" => "核对规则中有不认识、缺少或写法不对的字段",
        "E-EVIDENCE-TOLERANCE" => "允许的差异不对",
        "E-EVIDENCE-TWICE" => "同一条记录会被计入两次",
        "E-EVIDENCE-TYPE" => "记录的字段与事实的类型不符",
        "E-EVIDENCE-WINDOW" => "核对期间缺少日期字段，或日期字段不对",
        "E-EXPORT-BASE" => "导出所用的地址写法不对",
        "E-EXPORT-LOW" => "没有这个事实，不能说明它的最低值",
        "E-EXPORT-NAME" => "事实与所在表的主键列同名",
        "E-EXPORT-NULLS" => "这一输出不能写成一个以空值表示未知的表达式",
        "E-EXPORT-OUTPUT" => "没有这个输出",
        "E-FACT-FORMULA" => "这一项由规则算出，不能填报",
        "E-FACT-NAME" => "没有这个事实",
        "E-FACT-RANGE" => "数值超出合理范围",
        "E-FACT-SHAPE" => "事实的写法不对",
        "E-FACT-STATUS" => "事实的状态不对",
        "E-FACT-VALUE" => "事实缺少取值，或不应有取值",
        "E-FILE-BUILD" => "这个程序库不含 Parquet 文件功能",
        "E-FILE-CSV" => "CSV 文件的行列不整齐",
        "E-FILE-FORMAT" => "文件格式不对，或者已损坏",
        "E-FILE-KIND" => "文件名没有说明文件的格式",
        "E-FILE-READ" => "文件无法读取",
        "E-FILE-TEXT" => "文字既不是 UTF-8，也不是 GB18030",
        "E-FILE-WRITE" => "文件无法写入",
        "E-FINDING-OF" => "认定对应的条件或公式不存在，或不允许认定",
        "E-FINDING-ROW" => "认定所指的人不存在",
        "E-FINDING-SHAPE" => "认定的写法不对",
        "E-GATE-FIELDS" => "没有写明所要的字段，或者字段重复",
        "E-GATE-ID" => "编号不对",
        "E-GATE-KEY" => "缺少摘要所用的密钥",
        "E-GATE-NAME" => "申请所指的名称不存在",
        "E-GATE-ROW" => "记录缺少用以判定归属的列",
        "E-GATE-SHAPE" => "申请中有不认识、缺少或写法不对的字段",
        "E-HOST-FAULT" => "程序库内部错误，已在边界处截住",
        "E-HOST-TABLE" => "给出的不是表，或者读表时出错",
        "E-HOST-TYPE" => "调用方给出的值类型不对",
        "E-HOST-VERSION" => "两处的版本或者规则包不同",
        "E-ID-BIRTH" => "身份号码中的出生日期不存在",
        "E-ID-CHARACTER" => "证件号码中有不应出现的字符",
        "E-ID-CHECK" => "身份号码的校验码不符",
        "E-ID-CONTRADICTION" => "所填内容与证件号码所载不一致",
        "E-ID-DISABILITY-GRADE" => "残疾人证号中的残疾等级不存在",
        "E-ID-DISABILITY-KIND" => "残疾人证号中的残疾类别不存在",
        "E-ID-LENGTH" => "证件号码的位数不对",
        "E-ID-PACKED" => "不是压缩形式的身份号码",
        "E-ID-SHAPE" => "证件号码应当写成字符串",
        "E-ID-SPREADSHEET" => "证件号码被电子表格改成了近似数",
        "E-COMPARE-ON" => "各户自带认定日，不能按两个认定日比较",
        "E-COMPARE-SORT" => "表未按户排列，又没有可供排序的目录",
        "E-COMPARE-TABLES" => "两侧的户编号列不同，不能比较",
        "E-INPUT" => "输入未被接受",
        "E-LIST-CELL" => "清单的单元格写法不对",
        "E-LIST-DAMAGED" => "单元格的内容被电子表格改动",
        "E-LIST-DIFFERS" => "同一资源各行的内容不一致",
        "E-LIST-EMPTY" => "清单缺少必需的内容",
        "E-LIST-HEAD" => "清单的表头不对",
        "E-LIST-NAME" => "清单所指的名称不存在",
        "E-LIST-TWICE" => "清单中的资源重复",
        "E-SHEET-MERGED" => "合并的单元格无法读作清单",
        "E-SHEET-NAME" => "没有指明是哪一个工作表",
        "E-SHEET-SIZE" => "工作簿太大",
        "E-MATCH-ANSWER" => "数源的答复与其记录不符，事实按不清楚处理",
        "E-MATCH-KEY" => "记录没有身份号码，不归于任何人",
        "E-MATCH-LOST" => "数源称有此人的记录而未见，该项按未取得处理",
        "E-MATCH-SIZE" => "人数超出一次能编号的行数",
        "E-MATCH-TWICE" => "两人的身份号码相同，其记录不归于任何人",
        "E-MATCH-FAULT" => "批量核对与逐户核对的结果不一致",
        "E-MATCH-PERSON" => "表中没有要说明的人",
        "E-MAP-FACT" => "对照表所指的事实不存在",
        "E-MAP-NAME" => "对照表所指的表或列不存在",
        "E-MAP-TOML" => "对照表的格式不正确",
        "E-OUTPUT-NAME" => "没有这个输出",
        "E-OVERLAY-KEY" => "替代数额的键不对",
        "E-OVERLAY-NAME" => "没有这个参数",
        "E-OVERLAY-SHAPE" => "替代数额的写法不对",
        "E-OVERLAY-VALUE" => "替代数额的取值不对",
        "E-PROGRAMME-NAME" => "没有这个救助项目",
        "E-RECHECK-OF" => "两份报告不是原报告与复查报告",
        "E-RECORD-FIELD" => "数据项没有这个字段，或者记录不是表",
        "E-RECORD-IDENTITY" => "同一人的记录载有两个身份号码",
        "E-RECORD-MISSING" => "记录缺少必有的字段",
        "E-RECORD-TWICE" => "两条记录的编号相同",
        "E-REPORT-ID" => "报告在出具后被改动",
        "E-REPORT-SHAPE" => "不是核对报告",
        "E-REQUEST-APPLICANT" => "核对委托应当有且只有一名申请人",
        "E-REQUEST-AUTHORIZATION" => "没有授权书，或者与在别处核验的说明矛盾",
        "E-REQUEST-ID" => "核对委托的编号不对",
        "E-REQUEST-ITEM" => "没有这个数据项",
        "E-REQUEST-NAME" => "核对委托所指的名称不存在",
        "E-REQUEST-PERSON" => "核对对象不在家庭中，或者重复",
        "E-REQUEST-SHAPE" => "核对委托中有不认识、缺少或写法不对的字段",
        "E-REQUEST-TWICE" => "核对委托中的人员或数据项重复",
        "E-ROW-DAY" => "家庭缺少认定日",
        "E-ROW-HOUSEHOLD" => "所属家庭不存在",
        "E-ROW-ID" => "编号不对",
        "E-ROW-KEY" => "缺少编号",
        "E-ROW-LINK" => "所指的记录不存在",
        "E-ROW-MANY" => "记录过多",
        "E-ROW-OF" => "`of` 所指的记录不存在",
        "E-ROW-TWICE" => "两条记录的编号相同",
        "E-RUN-CHANGED" => "规则包、表或选项与开始时不同",
        "E-RUN-EXISTS" => "输出目录不是空的，或者另一次运行正在写入",
        "E-RUN-JOURNAL" => "运行记录无法读取",
        "E-RUN-OPEN" => "上期的运行尚未完成",
        "E-RUN-PART" => "已完成的部分缺失或被改动",
        "E-RUN-STOPPED" => "已按要求停止",
        "E-SET" => "替代数额应当写成 参数=数额 或 参数[键=值,…]=数额",
        "E-SYNTH-PLACES" => "合成数据的地区或权重不对",
        "E-SHARING-CALENDAR" => "工作日历缺少相应年份，无法计算期限",
        "E-SHARING-LIMIT" => "没有这项办理期限",
        "E-SHARING-SHAPE" => "共享申请中有不认识、缺少或写法不对的字段",
        "E-SHARING-STEP" => "这一步与申请所处的状态不符",
        "E-TABLE-ANSWER" => "答案与所问不符",
        "E-TABLE-BUILD" => "这个程序库不含批量表格功能",
        "E-TABLE-COLUMN" => "缺少必需的列",
        "E-TABLE-DAY" => "缺少认定日",
        "E-TABLE-FAULT" => "程序库内部错误",
        "E-TABLE-FLOAT" => "浮点数不精确，不能用来认定",
        "E-TABLE-KEY" => "各表的编号类型不同",
        "E-TABLE-MISSING" => "缺少必需的表",
        "E-TABLE-NAME" => "没有这张表",
        "E-TABLE-SCHEMA" => "同一张表各部分的列不同",
        "E-TABLE-SIZE" => "行数过多",
        "E-TABLE-TWICE" => "同一张表或同一项内容给了两次",
        "E-TABLE-TYPE" => "列的类型不对",
        "E-TABLE-UNIT" => "列的单位不对",
        "E-TABLE-UNKNOWN" => "不认识的列",
        "E-VALUE-CODE" => "代码不在代码表中",
        "E-VALUE-DATE" => "不是日历上的日期",
        "E-VALUE-FLOAT" => "带小数点的数在这里不精确",
        "E-VALUE-NUMBER" => "数值不对",
        "E-VALUE-PLACE" => "不是行政区划代码",
        "E-VALUE-TYPE" => "类型不对",
        "E-VALUE-UNIT" => "单位不对",
        "E-VERIFY-ROW" => "核对的设置行不对",
        "E-WARNING-ID" => "预警模型的编号写法不对，或者重复",
        "E-WARNING-NAME" => "预警模型所指的名称不存在",
        "E-WARNING-NONE" => "没有这个预警模型",
        "E-WARNING-PRIOR" => "预警模型的历史准确数不对",
        "E-WARNING-SENTENCE" => "预警说明的写法不对",
        "E-WARNING-SHAPE" => "预警模型中有不认识、缺少或写法不对的字段",
        "E-WARNING-STATUS" => "来源状态与所写依据不符",
        "E-WARNING-SWITCH" => "预警模型的启停写法不对",
        "E-WARNING-THRESHOLD" => "预警线与规则所读的数额不符",
        "E-WARNING-TYPE" => "预警模型所指的公式类型或对象不对",
        "E-WARNING-WORDS" => "预警模型缺少中文或英文的文字",
        _ if code.starts_with("E-PACK-") => "规则包有误",
        _ if code.starts_with("E-") => "规则包中的表达式有误",
        _ => "",
    }
}

fn zh_help(code: &str, en: &str) -> String {
    if let Some(word) = en
        .strip_prefix("did you mean `")
        .and_then(|rest| rest.strip_suffix("`?"))
    {
        return format!("是否指 `{word}`？");
    }
    let fixed = match code {
        "E-API-CALL" => {
            "可用：assess、explain、missing、simulate、arrears、verify、warn、models、alert_step、alert_reconcile、alert_tasks、alert_due、alert_overdue、alert_review、alert_thresholds、alert_shadow、authorize、gate、sharing_step、correction_step、audit_append、audit_verify、catalog_search、catalog_show、catalog_check、catalog_diff、lineage、impact、freshness、quality_rules、quality、packs、version"
        }
        "E-API-TEXT" => "请用 UTF-8",
        "E-DOC-DATE" => "写 on = 2026-07-01",
        "E-FACT-FORMULA" => "经办人的认定写在 [[finding]] 中",
        "E-ID-BIRTH" | "E-ID-CHARACTER" | "E-ID-CHECK" | "E-ID-LENGTH" => "请对照证件逐位核对",
        "E-ID-CONTRADICTION" => "请对照证件核对，改正或者去掉其中一处",
        "E-ID-DISABILITY-GRADE" | "E-ID-DISABILITY-KIND" => "请对照残疾人证逐位核对",
        "E-ID-SHAPE" => "加引号",
        "E-ID-SPREADSHEET" => "请从源系统重新导出，并把该列设为文本",
        "E-FILE-BUILD" => "请用其他程序库读取该文件后交来表格，或另存为 .arrow 或 .csv",
        "E-FILE-KIND" => "文件名应以 .parquet、.arrow 或 .csv 结尾",
        "E-FILE-TEXT" => "另存为 UTF-8 或 GB18030",
        "E-REQUEST-AUTHORIZATION" => {
            "为每人写 [[authorization]]；委托方已自行核验的，只写 request.authorizations = \"elsewhere\""
        }
        "E-MATCH-PERSON" => "按表中的写法填家庭编号和人员编号，如 h1/p1",
        "E-ROW-ID" => "用自己的编号，不要用身份号码",
        "E-RUN-EXISTS" => "换一个目录，或者用 --resume 接着运行",
        "E-RUN-CHANGED" | "E-RUN-JOURNAL" | "E-RUN-PART" => "换一个目录重新运行",
        "E-RUN-OPEN" => "先用 `--resume` 完成上期的运行",
        "E-RUN-STOPPED" => "用 --resume 接着运行：已完成的部分都在",
        "E-VALUE-DATE" => "写 2026-07-01",
        "E-VALUE-FLOAT" => "写成字符串，如 \"12.50\"",
        "E-VALUE-PLACE" => "写六位代码的字符串，如 \"150123\"",
        "E-VALUE-UNIT" => "写 \"2600/month\" 或 { value = \"2600\", per = \"month\" }",
        _ => return en.to_owned(),
    };
    fixed.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_page_has_chinese_words_of_its_own() {
        let page = include_str!("../../../../docs/reference/errors.md");
        let mut seen = 0;
        for part in page
            .split("\n## ")
            .filter(|part| !part.starts_with("Expressions"))
        {
            let codes = part.lines().filter_map(|line| {
                let code = line.strip_prefix("| `")?.split('`').next()?;
                // what Spark alone can get wrong is said where it is found
                let ours = code.starts_with("E-") && !code.starts_with("E-SPARK-");
                ours.then_some(code)
            });
            for code in codes {
                assert_ne!(zh_message(code), zh_message("E-TYPE"), "{code}");
                assert_ne!(zh_message(code), "", "{code}");
                seen += 1;
            }
        }
        assert!(seen > 200, "{seen}");
    }
}
