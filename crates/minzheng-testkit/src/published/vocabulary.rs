//! The words that cases are written in.

use super::Refusal;
use super::words::unknown;

pub(super) const WORDS_ONLY: &[&str] = &[
    "text", "note", "role", "basis", "test", "other", "name", "kind",
];

pub(super) const FACTS: &[&str] = &[
    "household_size",
    "household",
    "hukou",
    "residence",
    "members",
    "household_income",
    "per_capita_income",
    "exclusions",
    "standard",
    "thresholds",
    "property",
    "debts",
    "obligors",
    "overpaid",
    "local_rule",
    "status",
    "candidate",
    "person",
    "obligor",
    "family",
    "income_item",
    "income",
    "before",
    "now",
    "current",
    "application",
    "publicity_from",
    "objection",
    "children",
    "father",
    "mother",
    "carers",
    "persons",
    "rate",
    "rate_per_quarter",
    "months",
    "month",
    "quarter",
    "until",
    "scope",
    "kinds",
    "groups",
    "tiers",
    "towns",
    "by_level",
    "persons_by_level",
    "care_rates_per_month",
    "arrears_person_months",
    "grade",
    "poor",
    "urban",
    "rural",
    "period",
    "per",
];

pub(super) const OVERLAY: &[&str] = &[
    "dibao_standard",
    "amount_method",
    "tiers",
    "rounding",
    "total_rounded_to_yuan",
    "income_window",
    "excluded_income",
    "rigid_expenditure_deducted",
    "edge_line",
    "category_supplement",
    "deposit_limit",
    "vehicle_rule",
    "motor_vehicle_includes",
    "motor_vehicle_exempt",
    "support_relation_tested_against",
    "single_entry_adult_unemployed_severely_disabled",
    "publicity_days",
    "decision_working_days_after_publicity",
    "paid_from",
    "pay_by_day_of_month",
    "tekun_basic",
    "tekun_care",
    "tekun_care_rates",
    "child_standard",
    "disability_living_rate",
    "disability_living_scope",
    "disability_care_scope",
    "disability_care_rates",
    "care_subsidy_poor_elders",
    "stacking",
    "old_age_rate",
    "old_age_paid_by",
    "old_age_starts",
    "reached_age",
    "reached_age_before",
    "registered_before",
    "otherwise_from_age",
    "arrears",
    "arrears_included",
    "rate",
    "rate_period",
    "rate_per",
];

pub(super) const ASSUME: &[&str] = &[
    "all_members_counted",
    "counted_members",
    "household_size",
    "household_income",
    "household_income_at_least",
    "own_income",
    "stated_income_is_counted_income",
    "stated_income_includes_reward",
    "stated_income_includes_excluded_kinds",
    "found_income_replaces_declared",
    "property_within_limits",
    "own_property_within_limits",
    "registered_at_the_place",
    "no_exclusive_programme",
    "applicant",
    "adult",
    "qualifying_members",
    "maintenance_received_or_due",
    "item_compensates_a_disability",
    "motor_scooter_class",
    "exclusion_applies",
    "cannot_live_independently",
    "lives_together_long_term",
    "provincial_additions_apply",
    "approved_on_time",
    "has_civil_capacity",
    "declared_missing",
    "in_prison",
    "disabilities",
    "disability_grade",
    "own_income_below_standard",
    "own_income_below_local_disposable_income",
    "property_within_low_income_rule",
    "property_within_tekun_rule",
    "tekun_conditions_hold",
    "care_level",
    "obligors",
    "other_obligors",
    "both_terms_running",
    "mother_term_months_at_least",
    "mother_in_custody",
    "children_below_age",
    "adopted",
    "other_aid_received",
    "every_person_qualifies",
    "full_months",
    "is_tekun",
    "is_dibao",
    "arrears_person_months",
];

pub(super) const EXPECT: &[&str] = &[
    "eligible",
    "programme",
    "amount_fen",
    "base_fen",
    "supplement_fen",
    "parts_fen",
    "per_capita_income_fen_at_least",
    "persons",
    "beneficiaries",
    "member_counted",
    "no_labour_ability",
    "obligor_unable",
    "relative_is_obligor",
    "counted_as_income",
    "income_kind",
    "counted_as_property",
    "property_kind",
    "property_within_limits",
    "is_dibao",
    "is_edge",
    "dibao_continues",
    "disability_living_eligible",
    "first_month",
    "paid_by",
    "ends_when",
    "period",
    "per",
];

/// Words that speak of the obligor, where a case has one.
pub(super) const OF_OBLIGOR: &[&str] = &[
    "has_civil_capacity",
    "declared_missing",
    "in_prison",
    "is_tekun",
    "is_dibao",
    "disabilities",
    "disability_grade",
    "own_income_below_local_disposable_income",
    "property_within_low_income_rule",
    "obligor_unable",
    "relative_is_obligor",
];

pub(super) const MEMBER: &[&str] = &[
    "ref",
    "age",
    "born",
    "disability",
    "disabilities",
    "illness",
    "paralysed",
    "study",
    "employed",
    "relation_to_applicant",
    "lives_with",
    "lives_alone",
    "lives_together_long_term",
    "spouse",
    "children",
    "is_tekun",
    "is_dibao",
    "retired_with_pension",
    "support",
    "hukou",
    "income",
    "expenses",
    "in_prison",
    "sentenced",
];

pub(super) fn relation(at: &str, word: &str) -> Result<&'static str, Refusal> {
    let word = word.to_lowercase().replace([' ', '-'], "_");
    Ok(match word.as_str() {
        "self" | "applicant" => "self",
        "spouse" | "wife" | "husband" => "spouse",
        "child" | "son" | "daughter" => "child",
        "parent" | "father" | "mother" => "parent",
        "parent_in_law" | "father_in_law" | "mother_in_law" => "parent_in_law",
        "child_in_law" | "son_in_law" | "daughter_in_law" => "child_in_law",
        "grandparent" | "grandfather" | "grandmother" => "grandparent",
        "grandchild" | "grandson" | "granddaughter" => "grandchild",
        "sibling" | "brother" | "sister" => "sibling",
        "other" | "none" | "friend" | "neighbour" | "uncle" | "aunt" | "nephew" | "niece" => {
            "other"
        }
        _ => return unknown(at, &word),
    })
}

/// The kinds of disability as the packs name them.
pub(super) const DISABILITIES: [&str; 7] = [
    "visual",
    "hearing",
    "speech",
    "limb",
    "intellectual",
    "mental",
    "multiple",
];

pub(super) fn disability(at: &str, word: &str) -> Result<&'static str, Refusal> {
    Ok(match word {
        "视力" | "visual" => "visual",
        "听力" | "hearing" => "hearing",
        "言语" | "speech" => "speech",
        "肢体" | "limb" | "physical" => "limb",
        "智力" | "intellectual" => "intellectual",
        "精神" | "mental" => "mental",
        "多重" | "multiple" => "multiple",
        _ => return unknown(at, word),
    })
}

pub(super) fn hukou(word: &str) -> Option<&'static str> {
    match word {
        "urban" | "城镇" | "城市" | "非农业" => Some("urban"),
        "rural" | "农村" | "农业" => Some("rural"),
        _ => None,
    }
}

/// The fact that holds a kind of income, and the kind of income it is.
pub(super) fn income_fact(at: &str, word: &str) -> Result<(&'static str, &'static str), Refusal> {
    let word = word.to_lowercase().replace([' ', '-'], "_");
    Ok(match word.as_str() {
        "wage"
        | "wages"
        | "salary"
        | "labour"
        | "casual_work"
        | "public_welfare_post_wage"
        | "工资性收入" => ("wage", "wage"),
        "business" | "farming" | "sale" | "production" | "经营净收入" => {
            ("business_net", "business")
        }
        "property" | "rent" | "land_transfer" | "interest" | "dividend" | "财产净收入" => {
            ("property_net", "property")
        }
        "pension" | "enterprise_pension" | "retirement_pension" | "养老金" | "离退休金" => {
            ("pension", "transfer")
        }
        "transfer"
        | "village_allowance"
        | "government_grain_subsidy"
        | "government_subsidy"
        | "grain_subsidy"
        | "unemployment_insurance"
        | "compensation"
        | "转移净收入" => ("transfer_in", "transfer"),
        "support" | "maintenance" | "alimony" | "赡养费" | "抚养费" | "扶养费" => {
            ("support_received", "transfer")
        }
        "gift" | "other" | "lottery" => ("other_income", "other"),
        "central_basic_pension" | "基础养老金" => ("central_basic_pension", "transfer"),
        "old_age_allowance" | "高龄津贴" => ("old_age_allowance", "transfer"),
        "preferential_pension" | "抚恤金" | "优待抚恤金" => {
            ("preferential_pension", "transfer")
        }
        "family_planning_reward" | "计划生育奖励与扶助金" => {
            ("family_planning_reward", "transfer")
        }
        "scholarship" | "奖学金" => ("scholarship", "transfer"),
        "bravery_award" | "award" | "奖励金" => ("bravery_award", "transfer"),
        "social_assistance" | "temporary_relief" | "dibao" | "社会救助款物" => {
            ("social_assistance_received", "transfer")
        }
        "disability_subsidies" | "disability_subsidy" | "two_subsidies" | "残疾人两项补贴" => {
            ("disability_subsidies", "transfer")
        }
        "child_subsidy" | "orphan_subsidy" => ("child_subsidy", "transfer"),
        _ => return unknown(at, &word),
    })
}

/// The care level that a label stands for, where it is none of a place's own.
pub(super) fn care_level(word: &str) -> Option<&'static str> {
    Some(match word {
        "full" | "severe" | "全护理" => "full",
        "half" | "mid" | "半护理" => "half",
        "none" | "light" | "self-care" | "全自理" => "none",
        _ => return None,
    })
}

/// The fact that holds a kind of property, and the kind of property it is.
pub(super) fn property_fact(kind: &str) -> Result<(&'static str, &'static str), Refusal> {
    // the first that fits: a shop is not told by the house it is in
    let kinds: [(&[&str], &str, &str); 8] = [
        (
            &["scooter", "motorcycle", "moped", "摩托"],
            "motorcycles",
            "motor_vehicle",
        ),
        (
            &["deposit", "cash", "savings", "存款"],
            "deposits",
            "financial",
        ),
        (
            &["securit", "fund", "stock", "share", "证券", "基金"],
            "securities",
            "financial",
        ),
        (&["insurance", "保险"], "insurance_value", "financial"),
        (
            &["non-residential", "shop", "office", "商铺"],
            "non_residential",
            "real_estate",
        ),
        (
            &["house", "dwelling", "flat", "apartment", "home", "房"],
            "houses",
            "real_estate",
        ),
        (
            &[
                "car", "vehicle", "truck", "van", "tractor", "ship", "boat", "车",
            ],
            "vehicles",
            "motor_vehicle",
        ),
        (
            &["business", "company", "capital", "enterprise"],
            "business_capital",
            "business",
        ),
    ];
    let fits = |words: &[&str]| words.iter().any(|w| kind.contains(w));
    match kinds.into_iter().find(|(words, _, _)| fits(words)) {
        Some((_, fact, property)) => Ok((fact, property)),
        None => unknown("property.kind", kind),
    }
}

/// The groups of people in a family that a place may add to, as the packs name them.
pub(super) const ADDON_GROUPS: [&str; 6] = [
    "aged",
    "minor_group",
    "severe_disability_group",
    "severe_illness_group",
    "student",
    "single_parent",
];

pub(super) fn addon_group(at: &str, word: &str) -> Result<&'static str, Refusal> {
    Ok(match word.to_lowercase().as_str() {
        "elderly" | "aged" | "老年人" => "aged",
        "minor" | "minors" | "未成年人" => "minor_group",
        "severely disabled" | "重度残疾人" => "severe_disability_group",
        "seriously ill" | "severely ill" | "重病患者" => "severe_illness_group",
        "student" | "students" | "在校学生" => "student",
        "single-parent member" | "single parent" | "单亲" => "single_parent",
        _ => return unknown(at, word),
    })
}
