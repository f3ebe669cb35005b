//! probe
use minzheng::packs::{BuiltIn, load};
use minzheng_rules::facts::Document;
use minzheng_rules::scenario::Engine;
fn main() {
    let engine = Engine::new(load(&[BuiltIn::Nation, BuiltIn::Demo], &[]).unwrap());
    let test = engine
        .packs()
        .tests()
        .iter()
        .find(|t| t.id == "dibao-gap")
        .unwrap();
    let input = engine
        .packs()
        .bind(&Document::from_table("household.toml", &test.document))
        .unwrap();
    let n = if std::env::args().any(|a| a == "--few") {
        1000
    } else {
        200_000
    };
    let t = std::time::Instant::now();
    for _ in 0..n {
        std::hint::black_box(engine.decide(&input));
    }
    println!("decide {:?}", t.elapsed() / n);
    let t = std::time::Instant::now();
    for _ in 0..n {
        std::hint::black_box(engine.evaluate(&input));
    }
    println!("evaluate {:?}", t.elapsed() / n);
    let a = engine.evaluate(&input);
    for i in 0..0 {
        let t = std::time::Instant::now();
        let e = a.explain_programmes(&[i]);
        println!("{i} {:?} {}", t.elapsed(), e.to_json().to_string().len());
    }
}
