//! Files to a checked pack set: one module per section of a file, each with the reader of its row.

mod calendar;
mod cases;
mod checks;
mod codes;
mod entities;
mod facts;
mod file;
mod formulas;
mod ground;
mod head;
mod host;
mod instruments;
mod names;
mod parameters;
mod places;
mod programmes;
mod raw;
mod relations;
mod source;
mod values;

use std::collections::BTreeSet;

use toml::Spanned;

use self::file::{Lines, PackFile, Spot};
use self::formulas::PendingRule;
use self::raw::Section;
use super::model::{Fact, Level};
use super::node::Node;
use super::place::NATION;
use super::set::PackSet;
use crate::date::Day;
use crate::error::{Diagnostic, Diagnostics};
use crate::scalar::V;

pub(crate) use self::source::hex;
pub use self::source::{MAX_PACK_BYTES, PackSource, SourceFile};

/// Most rules, rows and words a pack set may hold.
const MAX_ITEMS: usize = 200_000;

impl PackSet {
    /// Reads packs, lowest layer first, and checks them against each other.
    ///
    /// # Errors
    /// Every finding at once, each with file, line and a way out; see `docs/reference/errors.md` for the codes.
    pub fn load(sources: &[PackSource]) -> Result<Self, Diagnostics> {
        let mut loader = Loader::default();
        let files = loader.files(sources);
        loader.build(&files);
        let Loader {
            set, mut findings, ..
        } = loader;
        findings.sort();
        if findings.has_errors() {
            Err(findings)
        } else {
            Ok(set)
        }
    }
}

/// What was read so far.
#[derive(Default)]
struct Loader<'a> {
    set: PackSet,
    findings: Diagnostics,
    /// Level and place of every pack.
    levels: Vec<(Level, i64)>,
    /// How many `[[value]]` tables were read.
    blocks: usize,
    /// The rows kept for the host, by file and section.
    kept: Vec<(usize, String, Vec<Node>)>,
    /// The rules whose names are not known yet.
    pending: Vec<PendingRule<'a>>,
}

impl<'a> Loader<'a> {
    fn files<'s>(&mut self, sources: &'s [PackSource]) -> Vec<PackFile<'s>> {
        let mut files = Vec::new();
        for (pack, source) in sources.iter().enumerate() {
            let bytes = source
                .files()
                .iter()
                .fold(0_usize, |sum, f| sum.saturating_add(f.text().len()));
            if bytes > MAX_PACK_BYTES {
                let message = format!("the pack holds {bytes} bytes, more than {MAX_PACK_BYTES}");
                self.findings
                    .push(Diagnostic::error("E-PACK-SIZE", message).help("split it into layers"));
                self.levels.push((Level::Nation, NATION));
                continue;
            }
            let first = files.len();
            for file in source.files() {
                let lines = Lines::new(&file.path, file.text());
                match file.read().and_then(raw::File::of) {
                    Ok(mut raw) => {
                        let kept = core::mem::take(&mut raw.host);
                        let file = files.len();
                        let kept = kept
                            .into_iter()
                            .map(|(section, rows)| (file, section, rows));
                        self.kept.extend(kept);
                        files.push(PackFile { pack, lines, raw });
                    }
                    Err(error) => {
                        let (line, column) = error.at().map_or((0, 0), |at| lines.position(at));
                        let finding = Diagnostic::error("E-PACK-TOML", error.message());
                        self.findings
                            .push(finding.at(file.path.clone(), line, column));
                    }
                }
            }
            self.head(pack, source, files.get(first..).unwrap_or(&[]));
        }
        files
    }

    /// The passes, in order: what a row names has been read before it.
    fn build(&mut self, files: &'a [PackFile<'a>]) {
        let items = files
            .iter()
            .map(|f| {
                let formulas = raw::Formula::rows(&f.raw).len();
                let values = raw::Value::rows(&f.raw).len();
                values.saturating_add(formulas)
            })
            .chain(self.kept.iter().map(|(_, _, rows)| rows.len()))
            .fold(0, usize::saturating_add);
        if items > MAX_ITEMS {
            self.findings.push(Diagnostic::error(
                "E-PACK-SIZE",
                format!("more than {MAX_ITEMS} rows"),
            ));
            return;
        }
        self.roundings();
        self.each(files, Self::instrument);
        self.each(files, Self::place);
        self.place_circles();
        self.each(files, Self::entity);
        self.each(files, Self::entity_links);
        self.one_entity(files);
        self.each(files, Self::codes);
        self.each(files, Self::fact);
        self.each(files, Self::entity_complete);
        for file in files {
            // settings are numbered among the parameters, file by file
            self.rows(file, Self::parameter);
            self.rows(file, Self::setting);
        }
        self.each(files, Self::value);
        self.each(files, Self::calendar_year);
        self.each(files, Self::formula);
        self.each(files, Self::programme);
        self.order_programmes();
        self.each(files, Self::version);
        self.name_entities();
        self.each(files, Self::programme_parts);
        self.rules();
        self.each(files, Self::relation);
        self.circles();
        self.each(files, Self::test);
        self.host_rows(files);
        self.dates();
        let blank = |f: &Fact| (f.entity, V::missing(f.ty, f.low, f.high));
        self.set.blank = self.set.facts.iter().map(blank).collect();
    }

    /// Goes over the rows of a section in all files.
    fn each<R: Section + 'a>(
        &mut self,
        files: &'a [PackFile<'a>],
        read: fn(&mut Self, Spot<'a>, &'a R),
    ) {
        for file in files {
            self.rows(file, read);
        }
    }

    fn rows<R: Section + 'a>(
        &mut self,
        file: &'a PackFile<'a>,
        read: fn(&mut Self, Spot<'a>, &'a R),
    ) {
        for row in R::rows(&file.raw) {
            read(self, file.spot(row.span().start), Spanned::get_ref(row));
        }
    }

    /// Formulas, outcomes and relations must not turn in a circle, whatever versions are in force.
    fn circles(&mut self) {
        if self.findings.has_errors() {
            return;
        }
        for (words, origin) in crate::ir::circles(&self.set) {
            let finding = Diagnostic::error(
                "E-PACK-CIRCLE",
                format!("the rules turn in a circle: {words}"),
            );
            self.findings.push(
                finding
                    .at(origin.file.as_ref(), origin.line, 0)
                    .help("one of them must not need the other"),
            );
        }
    }

    /// The days on which a row begins, ends or becomes public.
    fn dates(&mut self) {
        let mut on: BTreeSet<Day> = BTreeSet::new();
        let mut known: BTreeSet<Day> = BTreeSet::new();
        {
            let mut see = |from: Day, until: Option<(Day, Day)>, published: Day| {
                on.insert(from);
                known.insert(published);
                if let Some((last, published)) = until {
                    on.insert(last.next());
                    known.insert(published);
                }
            };
            let set = &self.set;
            set.parameters
                .iter()
                .flat_map(|p| &p.rows)
                .for_each(|r| see(r.from, r.until, r.published));
            set.formulas
                .iter()
                .flat_map(|f| &f.versions)
                .for_each(|r| see(r.from, r.until, r.published));
            set.programmes
                .iter()
                .for_each(|p| see(p.span.from, p.span.until, p.span.published));
            set.relations
                .iter()
                .for_each(|r| see(r.span.from, r.span.until, r.span.published));
        }
        self.set.breakpoints = on.into_iter().collect();
        self.set.knowledge = known.into_iter().collect();
    }
}
