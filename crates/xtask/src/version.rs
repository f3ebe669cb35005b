//! One version for every crate of the workspace.

use crate::{Outcome, shell};
use std::fs;

/// Prints the version of the workspace.
pub(crate) fn print() -> Outcome {
    println!("{}", workspace_version(&read("Cargo.toml")?)?);
    Ok(())
}

/// The jar's own description, which Maven reads and no crate inherits.
const POM: &str = "bindings/kotlin/pom.xml";

/// Fails when a crate has a version of its own, when a crate of ours is asked for in another version, or when the jar has another.
pub(crate) fn check() -> Outcome {
    let top = read("Cargo.toml")?;
    let version = workspace_version(&top)?;
    let mut wrong = Vec::new();
    for member in members(&top) {
        let manifest = format!("{member}/Cargo.toml");
        if !read(&manifest)?
            .lines()
            .any(|line| line.trim() == "version.workspace = true")
        {
            wrong.push(format!(
                "{manifest} does not say `version.workspace = true`"
            ));
        }
    }
    for line in section(&top, "[workspace.dependencies]") {
        let ours = line.contains("path = ") && line.contains("version = ");
        if ours && !line.contains(&format!("version = \"{version}\"")) {
            wrong.push(format!("Cargo.toml: `{line}` is not of version {version}"));
        }
    }
    let jar = pom_version(&read(POM)?).map(str::to_owned);
    if jar.as_deref() != Some(version) {
        let found = jar.unwrap_or_else(|| "none".to_owned());
        wrong.push(format!("{POM}: the version is {found}, not {version}"));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("; "))
    }
}

fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(shell::root().join(path)).map_err(|error| format!("{path}: {error}"))
}

fn workspace_version(top: &str) -> Result<&str, String> {
    section(top, "[workspace.package]")
        .find_map(|line| line.strip_prefix("version = "))
        .map(|value| value.trim_matches('"'))
        .ok_or_else(|| "Cargo.toml: [workspace.package] has no version".to_owned())
}

/// The version of a project's own, which stands before any of its dependencies and plugins.
fn pom_version(pom: &str) -> Option<&str> {
    let (own, _) = pom.split_once("<packaging>")?;
    let (_, rest) = own.split_once("<version>")?;
    rest.split_once("</version>").map(|(version, _)| version)
}

/// The folders named in `members = […]`.
fn members(top: &str) -> Vec<&str> {
    top.split_once("\nmembers = [")
        .and_then(|(_, rest)| rest.split_once(']'))
        .map(|(list, _)| list.split('"').skip(1).step_by(2).collect())
        .unwrap_or_default()
}

/// The lines below a heading, up to the next heading.
fn section<'a>(text: &'a str, heading: &'static str) -> impl Iterator<Item = &'a str> {
    text.lines()
        .skip_while(move |line| line.trim() != heading)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOP: &str = "[workspace]\nmembers = [\n  \"a\",\n  \"b/c\",\n]\n[workspace.package]\nversion = \"1.2.3\"\n[x]\ny = 1\n";

    #[test]
    fn reads_members_and_version() {
        assert_eq!(members(TOP), ["a", "b/c"]);
        assert_eq!(workspace_version(TOP), Ok("1.2.3"));
    }

    #[test]
    fn reads_the_version_of_the_jar_alone() {
        let own =
            "<project><artifactId>a</artifactId><version>1.2.3</version><packaging>jar</packaging>";
        let others = "<dependency><version>9</version></dependency></project>";
        assert_eq!(pom_version(&format!("{own}{others}")), Some("1.2.3"));
        let without = own.replace("<version>1.2.3</version>", "");
        assert_eq!(pom_version(&format!("{without}{others}")), None);
    }
}
