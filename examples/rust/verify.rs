//! A household checked against its sources: what differs, what is awaited, and the decision on what was adopted.
#![expect(clippy::print_stdout, reason = "an example prints what it found")]

use minzheng::{Engine, Lang, VerificationRequest};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::built_in()?;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../data");
    let file = std::fs::read_to_string(format!("{folder}/verification-family.toml"))?;
    let verification = engine.verify(&VerificationRequest::from_toml(&file)?)?;

    for found in &verification.report().differences {
        println!("{} differs: {}", found.fact, found.grade);
    }
    for lacking in &verification.report().awaited {
        println!(
            "{} of {} is {}",
            lacking.item, lacking.person, lacking.status
        );
    }
    // every fact keeps all that was said of it
    if let Some(deposits) = verification.adoption("deposits", None) {
        assert_eq!(deposits.declared.as_ref().map(|d| d.value), Some(500_000));
        assert_eq!(deposits.value, Some(6_623_456));
        for source in &deposits.evidence {
            println!(
                "deposits by {}: {:?}, {} records",
                source.item,
                source.found,
                source.records.len()
            );
        }
    }

    let assessment = engine.assess(verification.household())?;
    for programme in assessment.programmes() {
        println!("{}: {}", programme.id(), programme.verdict());
    }
    println!("{}", verification.report().render_text(Lang::Zh));
    Ok(())
}
