//! `[pack]`: what a pack is called, its level, its place and the packs below it.

use super::Loader;
use super::file::PackFile;
use super::source::PackSource;
use crate::date::Day;
use crate::error::Diagnostic;
use crate::facts::scalar::day as toml_day;
use crate::pack::model::{Level, PackInfo};
use crate::pack::place::{NATION, parse_code};

impl Loader<'_> {
    pub(super) fn head(&mut self, pack: usize, source: &PackSource, files: &[PackFile<'_>]) {
        let mut heads = files
            .iter()
            .filter_map(|f| f.raw.pack.as_ref().map(|p| (f.spot(p.span().start), p)));
        let Some((at, head)) = heads.next() else {
            // a file that was not read may hold it
            if files.len() == source.files().len() {
                let names: Vec<&str> = source
                    .files()
                    .iter()
                    .map(|f| f.path.as_str())
                    .take(3)
                    .collect();
                let message = format!("the pack has no [pack] table (files: {})", names.join(", "));
                self.findings
                    .push(Diagnostic::error("E-PACK-HEAD", message).help("write it in pack.toml"));
            }
            self.levels.push((Level::Nation, NATION));
            return;
        };
        if let Some((second, _)) = heads.next() {
            self.findings
                .push(second.finding("E-PACK-HEAD", "a second [pack] table"));
        }
        let head = head.get_ref();
        let place = parse_code(&head.place).unwrap_or_else(|| {
            self.findings
                .push(at.finding("E-VALUE-PLACE", "`place` is not a six-digit code"));
            NATION
        });
        let reviewed_on = toml_day(&head.reviewed_on).unwrap_or_else(|| {
            self.findings
                .push(at.finding("E-VALUE-DATE", "`reviewed_on` is not a day"));
            Day::MIN
        });
        for below in &head.extends {
            if !self.set.packs.iter().any(|p| p.id == *below) {
                let message = format!("the pack `{below}` below is not loaded");
                let finding = at.finding("E-PACK-LAYER", message);
                self.findings
                    .push(finding.help("load the packs lowest layer first"));
            }
        }
        if self.set.packs.iter().any(|p| p.id == head.id) {
            let message = format!("the pack `{}` is loaded twice", head.id);
            self.findings.push(at.finding("E-PACK-LAYER", message));
        }
        debug_assert_eq!(pack, self.levels.len());
        self.levels.push((head.level, place));
        self.set.packs.push(PackInfo {
            id: head.id.clone(),
            title: head.title.clone(),
            publisher: head.publisher.clone(),
            version: head.version.clone(),
            level: head.level,
            place,
            extends: head.extends.clone(),
            reviewed_on,
            digest: source.digest(),
        });
    }
}
