//! The words of every shipped household's answer, in both languages, as they stand in `tests/snapshots`; and the shape of
//! the answer: each thing stands once.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;

use minzheng::{Engine, Household, VerificationRequest};
use minzheng_rules::explain::{Definition, Explanation, Kind, Part, ProgrammeExplanation, Verdict};
use minzheng_rules::pack::model::Lang;
use minzheng_testkit::repo_root;

/// Every shipped household with its explanation.
fn explained() -> Vec<(String, Explanation)> {
    let engine = Engine::built_in().unwrap();
    let mut households: Vec<_> = std::fs::read_dir(repo_root().join("examples/data"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    households.sort();
    households
        .into_iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            // a household that is checked is explained on what was adopted
            let household = if name.starts_with("verification-") {
                let request = VerificationRequest::from_toml(&text).unwrap();
                engine.verify(&request).unwrap().household().clone()
            } else {
                Household::from_toml(&text).unwrap()
            };
            (name, engine.assess(&household).unwrap().explanation())
        })
        .collect()
}

/// `MINZHENG_BLESS=1` writes them anew; a change of words is then seen in the review.
#[test]
fn explanations_are_as_they_stand() {
    let bless = std::env::var_os("MINZHENG_BLESS").is_some();
    let folder = repo_root().join("tests/snapshots");
    let mut made = 0_usize;
    for (name, mut explanation) in explained() {
        // what is had; where nothing is, the allowance that was asked for
        let had = |p: &ProgrammeExplanation| p.verdict == Verdict::Eligible;
        let any = explanation.programmes.iter().any(had);
        explanation
            .programmes
            .retain(|p| if any { had(p) } else { p.id == "dibao" });
        for (lang, end) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
            let words = explanation.render_text(lang);
            let file = folder.join(format!("{name}.{end}.txt"));
            if bless {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&file, &words).unwrap();
            }
            let stands = std::fs::read_to_string(&file).unwrap_or_default();
            let differs = stands.lines().zip(words.lines()).position(|(a, b)| a != b);
            assert!(
                stands == words,
                "{} differs, first at line {:?}: run this suite with MINZHENG_BLESS=1 and read the change",
                file.display(),
                differs.map(|line| line.saturating_add(1))
            );
            made = made.saturating_add(1);
        }
    }
    let files = std::fs::read_dir(folder).unwrap().count();
    assert_eq!(files, made, "a snapshot belongs to no household");
}

#[test]
fn each_thing_stands_once_and_every_place_leads_somewhere() {
    for (name, e) in explained() {
        let once = |mut all: Vec<String>| {
            assert!(all.len() > 100, "{name}: hardly anything to look at");
            let count = all.len();
            all.sort();
            all.dedup();
            assert_eq!(all.len(), count, "{name}: something stands twice");
        };
        // what stands against a programme is one thing for each programme it stands against
        let stands = |d: &Definition| d.kind != Kind::Relation;
        let definitions = e.definitions.iter().filter(|d| stands(d));
        once(definitions.map(|d| format!("{d:?}")).collect());
        let steps = e
            .steps
            .iter()
            .filter(|s| e.definitions.get(s.of).is_some_and(stands));
        once(
            steps
                .map(|s| format!("{} {:?} {} {:?}", s.of, s.row, s.value, s.shown))
                .collect(),
        );
        let articles: BTreeSet<_> = e.articles.iter().collect();
        assert_eq!(articles.len(), e.articles.len(), "{name}");

        let mut reached: BTreeSet<usize> = BTreeSet::new();
        for p in &e.programmes {
            let lists = [&p.conditions, &p.relations, &p.dates, &p.figures];
            let grounds = p.grounds.provisional.iter().chain(&p.grounds.choices);
            reached.extend(
                lists
                    .into_iter()
                    .flatten()
                    .chain(grounds)
                    .chain(&p.amount_step),
            );
            assert!(p.cite.iter().all(|at| *at < e.articles.len()), "{name}");
            assert!(p.missing.iter().all(|at| *at < e.missing.len()), "{name}");
        }
        // no circle: what is left after taking away, again and again, the steps that lean on nothing
        let mut settled = vec![false; e.steps.len()];
        loop {
            let ready: Vec<usize> = (0..e.steps.len())
                .filter(|at| !settled[*at] && e.steps[*at].because.iter().all(|b| settled[*b]))
                .collect();
            if ready.is_empty() {
                break;
            }
            for at in ready {
                settled[at] = true;
            }
        }
        assert!(
            settled.iter().all(|s| *s),
            "{name}: steps that lean on each other"
        );

        let mut open: Vec<usize> = reached.iter().copied().collect();
        while let Some(at) = open.pop() {
            let (step, of) = e.step(at).expect("a place of no step");
            assert!(of.cite.iter().all(|at| *at < e.articles.len()), "{name}");
            let said = step
                .said
                .zh
                .iter()
                .chain(&step.said.en)
                .filter_map(|p| match p {
                    Part::Step(at) => Some(at),
                    Part::Text(_) => None,
                });
            for below in step.because.iter().chain(said) {
                if reached.insert(*below) {
                    open.push(*below);
                }
            }
        }
        assert_eq!(
            reached.len(),
            e.steps.len(),
            "{name}: a step nobody speaks of"
        );
    }
}
