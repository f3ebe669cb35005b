//! Enough to run an old decision again, byte for byte.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::pack::load_hex;
use crate::scenario::Assessment;

/// Version of the meaning of plans: it changes when the same packs and facts could give another answer.
pub const PLAN_FORMAT: u32 = 1;

/// One pack of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackReceipt {
    /// Its id.
    pub id: String,
    /// The version of its rules.
    pub version: String,
    /// SHA-256 of its files.
    pub digest: String,
}

/// What went into an answer and what came out, as digests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Version of the engine.
    pub engine: String,
    /// See [`PLAN_FORMAT`].
    pub plan_format: u32,
    /// The packs, lowest layer first.
    pub packs: Vec<PackReceipt>,
    /// The day decided.
    pub on: String,
    /// The law as published by this day.
    pub known_on: String,
    /// SHA-256 of the facts, dates and overlays.
    pub input: String,
    /// SHA-256 of every outcome and condition, or of the formulas asked about.
    pub output: String,
}

impl Assessment {
    /// The receipt of this answer.
    pub fn receipt(&self) -> Receipt {
        let mut hash = Sha256::new();
        for plan in &self.regime.plan.programmes {
            let Some(programme) = self.set.programmes.get(plan.programme) else {
                continue;
            };
            hash.update(&programme.id);
            for row in 0..self.input.row_count(programme.entity) {
                let nodes = plan
                    .conditions
                    .iter()
                    .chain(&plan.relations)
                    .map(|(_, id)| *id);
                for id in nodes
                    .chain([plan.qualifies, plan.eligible])
                    .chain(plan.amount)
                {
                    let value = self.node_value(id, programme.entity, row);
                    hash.update(value.lo.to_be_bytes());
                    hash.update(value.hi.to_be_bytes());
                }
            }
        }
        self.receipt_over(hash)
    }

    /// The receipt of some formulas or conditions by id, each in every row of its entity: its output is their digest.
    pub fn receipt_of(&self, wanted: &[&str]) -> Receipt {
        let mut hash = Sha256::new();
        for id in wanted {
            hash.update(id);
            for (_, node, entity, _) in self.formula_nodes(&[id], 0) {
                for row in 0..self.input.row_count(entity) {
                    let value = self.node_value(node, entity, row);
                    hash.update(value.lo.to_be_bytes());
                    hash.update(value.hi.to_be_bytes());
                }
            }
        }
        self.receipt_over(hash)
    }

    fn receipt_over(&self, hash: Sha256) -> Receipt {
        let packs = self.set.packs.iter().map(|p| PackReceipt {
            id: p.id.clone(),
            version: p.version.clone(),
            digest: p.digest.clone(),
        });
        Receipt {
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            plan_format: PLAN_FORMAT,
            packs: packs.collect(),
            on: self.input.on().to_string(),
            known_on: self.input.known_on().to_string(),
            input: self.input.digest().to_owned(),
            output: load_hex(&hash.finalize()),
        }
    }
}
