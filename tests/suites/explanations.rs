//! The words of every shipped household's answer, in both languages, as they stand in `tests/snapshots`.

use minzheng_rules::explain::{ProgrammeExplanation, Verdict};
use minzheng_rules::facts::Document;
use minzheng_rules::pack::model::Lang;
use minzheng_rules::scenario::Engine;
use minzheng_testkit::repo_root;

/// `MINZHENG_BLESS=1` writes them anew; a change of words is then seen in the review.
#[test]
fn explanations_are_as_they_stand() {
    let set = minzheng::packs::load(&minzheng::packs::BuiltIn::ALL, &[]).unwrap();
    let engine = Engine::new(set);
    let bless = std::env::var_os("MINZHENG_BLESS").is_some();
    let folder = repo_root().join("tests/snapshots");
    let mut made = 0_usize;
    let mut households: Vec<_> = std::fs::read_dir(repo_root().join("examples/data"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    households.sort();
    for path in households {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let document = Document::from_toml(&name, &text).unwrap();
        let mut explanation = engine.assess(&document).unwrap().explain();
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
