//! One household from a file: every verdict, what is paid, what is missing, and why.
#![expect(clippy::print_stdout, reason = "an example prints what it found")]

use minzheng::{Engine, Household, Lang, Verdict};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::built_in()?;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../data");
    let file = std::fs::read_to_string(format!("{folder}/low-income-family.toml"))?;
    let household = Household::from_toml(&file)?;
    let assessment = engine.assess(&household)?;

    for programme in assessment.programmes() {
        print!("{}: {}", programme.id(), programme.verdict());
        if let Some(amount) = programme.amount() {
            print!(", {amount} yuan");
        }
        println!();
    }

    if let Some(dibao) = assessment.programme("dibao", None) {
        assert_eq!(dibao.verdict(), Verdict::Eligible);
        for figure in dibao.figures() {
            println!("  {} = {}", figure.title().en, figure.shown(Lang::En));
        }
        println!(
            "{}",
            assessment
                .explanation_of(&[dibao.index()])
                .render_text(Lang::Zh)
        );
    }
    println!("{} facts still to ask", assessment.missing().len());
    Ok(())
}
