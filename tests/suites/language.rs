//! The guide of the rule language is compiled, and what the packs write is CEL.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops at the first surprise"
)]

use std::fs;

use minzheng::packs::BuiltIn;
use minzheng_rules::pack::{PackSet, PackSource, SourceFile};
use minzheng_testkit::repo_root;

/// The fixed vocabulary the blocks of the guide are written in.
fn vocabulary() -> String {
    fs::read_to_string(repo_root().join("tests/packs/test/pack.toml")).unwrap()
}

/// One fenced block of the guide.
struct Block {
    line: usize,
    /// The words after the fence.
    kind: String,
    text: String,
}

fn blocks() -> Vec<Block> {
    let page = fs::read_to_string(repo_root().join("docs/guide/rule-language.md")).unwrap();
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in (1..).zip(page.lines()) {
        match (line.strip_prefix("```"), &mut open) {
            (Some(kind), None) => {
                open = Some(Block {
                    line: number,
                    kind: kind.to_owned(),
                    text: String::new(),
                });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block of the guide does not end");
    blocks
}

/// A rule of the guide: `// entity: type` on its first line (absent: `household: bool`), then the expression.
fn pack_with(text: &str) -> PackSource {
    let (head, expr) = match text.strip_prefix("// ") {
        Some(rest) => rest
            .split_once('\n')
            .expect("an expression follows the first line"),
        None => ("household: bool", text),
    };
    let (entity, ty) = head
        .split_once(": ")
        .expect("the first line is `// entity: type`");
    let rule = format!(
        "[[formula]]\nid = \"guide\"\nentity = \"{entity}\"\ntype = \"{ty}\"\nfrom = 2020-01-01\nstatus = \"invented\"\nexpr = '''\n{expr}'''\n"
    );
    PackSource::new(vec![
        SourceFile::new("pack.toml", vocabulary()),
        SourceFile::new("rule.toml", rule),
    ])
}

#[test]
fn the_vocabulary_of_the_guide_loads() {
    PackSet::load(&[PackSource::new(vec![SourceFile::new(
        "pack.toml",
        vocabulary(),
    )])])
    .unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn every_block_of_the_guide_is_compiled() {
    let mut wrong = Vec::new();
    let (mut good, mut bad) = (0, 0);
    for Block { line, kind, text } in blocks() {
        let loaded = PackSet::load(&[pack_with(&text)]);
        match (kind.as_str(), loaded) {
            ("cel rule", Ok(_)) => good += 1,
            ("cel rule", Err(found)) => wrong.push(format!("line {line}: {found}")),
            (kind, loaded) => match (kind.strip_prefix("cel error "), loaded) {
                (None, _) => wrong.push(format!(
                    "line {line}: a block is `cel rule` or `cel error CODE`, not `{kind}`"
                )),
                (Some(code), Ok(_)) => wrong.push(format!("line {line}: is accepted, not {code}")),
                (Some(code), Err(found)) => match found.first() {
                    Some(first) if first.code() == code => bad += 1,
                    _ => wrong.push(format!("line {line}: not {code} but {found}")),
                },
            },
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        good >= 20 && bad >= 10,
        "{good} valid and {bad} invalid blocks"
    );
}

/// `has(x)` of a bare name as CEL writes it: its macro wants a selection, `has(row.x)`. It is the one difference.
fn as_cel(text: &str) -> String {
    let mut parts = text.split("has(");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let whole_word = !out.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        out.push_str("has(");
        let bare = part
            .split(')')
            .next()
            .is_some_and(|arg| arg.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
        if whole_word && bare {
            out.push_str("row.");
        }
        out.push_str(part);
    }
    out
}

/// The language is a subset: another reader of CEL takes every expression that is accepted here.
#[test]
fn every_accepted_expression_is_cel() {
    let set =
        minzheng::packs::load_with_tests(&BuiltIn::ALL, &[]).expect("the built-in packs load");
    let packs = set
        .formulas()
        .iter()
        .flat_map(|f| f.versions.iter().map(|v| v.value.text.to_string()));
    let guide = blocks()
        .into_iter()
        .filter(|b| b.kind == "cel rule")
        .map(|b| b.text);
    let mut wrong = Vec::new();
    let mut count = 0;
    for text in packs.chain(guide) {
        count += 1;
        if let Err(error) = cel::Program::compile(&as_cel(&text)) {
            wrong.push(format!("{text}\n  {error}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(count > 200, "{count}");
}
