//! What is usual in a record: for people outside the province, and where nothing is known of a person within.

use minzheng_rules::date::Day;

use super::super::draw::Draw;
use super::super::sheet::{Code, Fen};
use super::cells::{Hundredths, Organisation, Ratio, Serial};
use super::sheets::{
    BankDeposits, BusinessRegistration, BusinessTax, CommercialInsurance, CommercialVehicle,
    Custody, DeathCertificate, DeathRegister, DisabilityCertificate, DisasterHit,
    EmploymentRegister, Enrolment, FarmSubsidy, HouseSaleContract, HouseholdMoves,
    HouseholdRegister, HousingAid, HousingFund, IncomeTax, LivestockMachinery, MedicalInsured,
    MedicalSettlement, PensionPaid, PovertyReturnWatch, PreferentialPension, PublicPayroll,
    RealEstateTitle, Securities, SevereIllnessList, SocialInsurancePaid, StudentAid,
    SubsidyPayment, Usual, VehicleRegistration,
};

/// Whole yuan between two.
fn yuan(draw: &mut Draw, low: i64, high: i64) -> Fen {
    Fen(draw.between(low, high).saturating_mul(100))
}

/// An employer, payer, business, bank …
pub(super) fn organisation(draw: &mut Draw, kind: &'static str, many: i64) -> Organisation {
    let number = u32::try_from(draw.between(1, many)).unwrap_or(1);
    Organisation { kind, number }
}

/// A number of a plate, a unit, an account.
pub(super) fn serial(draw: &mut Draw, letter: char) -> Serial {
    let number = u64::try_from(draw.between(1, 9_999_999_999)).unwrap_or(1);
    Serial { letter, number }
}

fn before(draw: &mut Draw, on: Day, days: i64) -> Day {
    on.add_days(draw.between(days.saturating_neg(), -1))
}

/// The first day of one of the last twelve whole months.
fn month(draw: &mut Draw, on: Day) -> Day {
    on.first_of_month().add_months(draw.between(-12, -1))
}

fn last_month(on: Day) -> Day {
    on.first_of_month().add_months(-1)
}

fn one(draw: &mut Draw, of: &[(Code, i64)]) -> Code {
    let otherwise = of.first().map_or("", |(code, _)| *code);
    draw.weighted(of, otherwise)
}

fn some<T>(draw: &mut Draw, per_mille: i64, value: Option<T>) -> Option<T> {
    value.filter(|_| draw.happens(per_mille))
}

/// A county of the region that is none: the fictional banner.
const PLACE: i64 = 159_921;

/// A settlement of which so much is left to the person.
pub(super) fn settlement(draw: &mut Draw, on: Day, own: Fen) -> MedicalSettlement {
    let layer = |draw: &mut Draw, most: i64| {
        let percent = draw.between(0, most);
        Fen(own.0.saturating_mul(percent) / 100)
    };
    let (insurance, aid) = (layer(draw, 350), layer(draw, 40));
    let total = own.0.saturating_add(insurance.0).saturating_add(aid.0);
    MedicalSettlement {
        kind: Some(one(
            draw,
            &[("outpatient", 6), ("chronic", 2), ("inpatient", 2)],
        )),
        settled_on: Some(before(draw, on, 500)),
        total: Some(Fen(total)),
        insurance_paid: Some(insurance),
        aid_paid: Some(aid),
        own: Some(own),
        ..MedicalSettlement::default()
    }
}

impl Usual for MedicalSettlement {
    fn usual(draw: &mut Draw, on: Day) -> Self {
        let own = yuan(draw, 10, 4_000);
        settlement(draw, on, own)
    }
}

macro_rules! usual {
    ($($row:ident |$draw:ident, $on:ident| { $($fact:ident: $value:expr),* $(,)? })*) => {
        $(
            impl Usual for $row {
                fn usual($draw: &mut Draw, $on: Day) -> Self {
                    Self {
                        $($fact: Into::into($value),)*
                        ..Self::default()
                    }
                }
            }
        )*
    };
}

usual! {
    HouseholdRegister |d, on| {
        household_no: serial(d, 'H'), relation: one(d, &[("self", 4), ("spouse", 3), ("child", 4), ("parent", 1)]),
        registration_place: PLACE, hukou: one(d, &[("urban", 58), ("rural", 42)]), registered_since: before(d, on, 15_000)
    }
    DeathRegister |d, on| { cancelled_on: before(d, on, 4_000), reason: one(d, &[("death", 90), ("abroad", 4), ("enlisted", 5), ("duplicate", 1)]) }
    HouseholdMoves |d, on| { kind: one(d, &[("in", 4), ("out", 4), ("split", 2)]), moved_on: before(d, on, 4_000), to_place: PLACE }
    VehicleRegistration |d, on| {
        plate: serial(d, 'P'),
        class: one(d, &[("car", 70), ("motorcycle", 15), ("van", 7), ("truck", 5), ("tractor", 2), ("coach", 1)]),
        commercial: Some(d.happens(60)), registered_on: before(d, on, 5_000), value: yuan(d, 1_000, 200_000),
        status: one(d, &[("normal", 85), ("transferred", 8), ("scrapped", 7)])
    }
    EmploymentRegister |d, on| {
        kind: one(d, &[("employed", 70), ("flexible", 18), ("public_post", 4), ("unemployed", 8)]),
        employer: organisation(d, "91", 90_000), from: before(d, on, 3_000)
    }
    SocialInsurancePaid |d, on| {
        kind: one(d, &[("employee_pension", 1)]), employer: organisation(d, "91", 90_000), month: month(d, on),
        base: yuan(d, 3_900, 15_000), paid: yuan(d, 300, 1_200)
    }
    PensionPaid |d, on| { kind: one(d, &[("employee_pension", 5), ("resident_pension", 5)]), month: last_month(on), amount: yuan(d, 150, 5_000), since: before(d, on, 7_000) }
    MedicalInsured |d, on| {
        kind: one(d, &[("resident_medical", 7), ("employee_medical", 3)]), from: before(d, on, 5_000),
        status: one(d, &[("insured", 95), ("suspended", 4), ("ended", 1)])
    }
    IncomeTax |d, on| {
        payer: organisation(d, "91", 90_000),
        income_kind: one(d, &[("wages", 85), ("labour", 6), ("business", 5), ("interest_dividend", 2), ("rent", 1), ("transfer", 1)]),
        month: month(d, on), amount: yuan(d, 1_500, 16_000), tax: yuan(d, 0, 60)
    }
    BusinessTax |d, on| {
        taxpayer: organisation(d, "92", 60_000), kind: one(d, &[("vat", 6), ("income", 3), ("corporate", 1)]),
        month: month(d, on), sales: yuan(d, 0, 90_000), tax: yuan(d, 0, 900)
    }
    BusinessRegistration |d, on| {
        entity: organisation(d, "92", 60_000), kind: one(d, &[("sole_trader", 7), ("company", 2), ("cooperative", 1)]),
        role: one(d, &[("operator", 7), ("shareholder", 2), ("legal_person", 1)]), capital: yuan(d, 1_000, 600_000),
        from: before(d, on, 5_000), status: one(d, &[("open", 8), ("closed", 1), ("revoked", 1)])
    }
    RealEstateTitle |d, on| {
        unit_no: serial(d, 'U'), r#use: one(d, &[("residence", 90), ("garage", 5), ("shop", 5)]),
        area: Some(Hundredths(d.between(3_000, 18_000))), share: Some(Ratio(10_000)), registered_on: before(d, on, 9_000),
        mortgaged: Some(d.happens(200)), status: one(d, &[("current", 9), ("history", 1)])
    }
    HouseSaleContract |d, on| {
        unit_no: serial(d, 'U'), r#use: one(d, &[("residence", 9), ("shop", 1)]), signed_on: before(d, on, 1_500),
        area: Some(Hundredths(d.between(4_000, 16_000))), price: yuan(d, 120_000, 900_000),
        status: one(d, &[("signed", 4), ("titled", 5), ("withdrawn", 1)])
    }
    HousingAid |d, on| { kind: one(d, &[("public_rental", 5), ("rent_subsidy", 3), ("renovation", 2)]), from: before(d, on, 2_500), amount: yuan(d, 200, 20_000) }
    HousingFund |d, on| {
        employer: organisation(d, "91", 90_000), base: yuan(d, 2_500, 14_000), deposit: yuan(d, 300, 2_800), month: last_month(on),
        balance: yuan(d, 500, 160_000), balance_on: last_month(on), status: one(d, &[("paying", 8), ("sealed", 2)])
    }
    BankDeposits |d, on| {
        bank: organisation(d, "91", 40), kind: one(d, &[("demand", 7), ("term", 3)]), balance: yuan(d, 0, 60_000),
        balance_on: Some(on.add_days(-10))
    }
    Securities |d, on| {
        broker: organisation(d, "91", 40), kind: one(d, &[("stock", 6), ("fund", 4)]), market_value: yuan(d, 0, 90_000),
        cash: yuan(d, 0, 5_000), value_on: Some(on.add_days(-10))
    }
    CommercialInsurance |d, on| {
        insurer: organisation(d, "91", 60), kind: one(d, &[("illness", 4), ("life", 3), ("annuity", 2), ("accident", 1)]),
        cash_value: yuan(d, 0, 40_000), premium: yuan(d, 100, 9_000), payout: yuan(d, 0, 0), value_on: Some(on.add_days(-10)),
        status: one(d, &[("in_force", 8), ("lapsed", 1), ("ended", 1)])
    }
    DisabilityCertificate |d, on| {
        kind: one(d, &[("limb", 45), ("hearing", 16), ("visual", 12), ("mental", 11), ("intellectual", 9), ("multiple", 7)]),
        disability_grade: Some(d.between(1, 4)), issued_on: before(d, on, 3_000), expires_on: Some(on.add_days(d.between(200, 3_000))),
        status: one(d, &[("valid", 1)])
    }
    Enrolment |d, on| {
        school: organisation(d, "12", 3_000), stage: one(d, &[("primary", 5), ("junior_high", 3), ("senior_high", 2), ("bachelor", 1)]),
        full_time: Some(!d.happens(20)), from: before(d, on, 1_200)
    }
    StudentAid |d, on| { kind: one(d, &[("fee", 5), ("grant", 3), ("loan", 1), ("waiver", 1)]), amount: yuan(d, 500, 8_000), paid_on: before(d, on, 700) }
    DeathCertificate |d, on| { died_on: before(d, on, 4_000), place: PLACE }
    SevereIllnessList |d, on| { disease: serial(d, 'D'), listed_on: before(d, on, 1_500), status: one(d, &[("listed", 8), ("removed", 2)]) }
    FarmSubsidy |d, on| {
        kind: one(d, &[("grass_balance", 4), ("grazing_ban", 2), ("arable", 3), ("producer", 1)]),
        area: Some(Hundredths(d.between(500, 300_000))), amount: yuan(d, 100, 12_000), paid_on: before(d, on, 700)
    }
    PovertyReturnWatch |d, on| {
        kind: one(d, &[("unstable", 3), ("edge", 4), ("sudden", 3)]), risk: one(d, &[("illness", 6), ("schooling", 1), ("disaster", 1), ("income", 2)]),
        listed_on: before(d, on, 1_200)
    }
    LivestockMachinery |d, on| {
        kind: one(d, &[("sheep", 5), ("cattle", 3), ("horse", 1), ("camel", 1)]), number: Some(d.between(1, 200)),
        value: yuan(d, 1_000, 90_000), counted_on: before(d, on, 400)
    }
    PreferentialPension |d, on| { kind: one(d, &[("returned", 5), ("disabled", 3), ("family", 2)]), month: last_month(on), amount: yuan(d, 300, 3_000) }
    Custody |d, on| {
        kind: one(d, &[("prison", 6), ("community_correction", 3), ("compulsory_rehab", 1)]), from: before(d, on, 2_000),
        to: some(d, 800, Some(on.add_days(400)))
    }
    PublicPayroll |d, on| { unit: organisation(d, "12", 5_000), status: one(d, &[("on_post", 7), ("retired", 2), ("left", 1)]), from: before(d, on, 9_000) }
    SubsidyPayment |d, on| {
        item: one(d, &[("farm", 50), ("dibao", 20), ("old_age", 10), ("disability_living", 5), ("disability_care", 5), ("family_planning", 5), ("tekun", 3), ("other", 2)]),
        amount: yuan(d, 50, 1_500), paid_on: before(d, on, 365), account: serial(d, 'K')
    }
    DisasterHit |d, on| { event: one(d, &[("drought", 4), ("snow", 3), ("flood", 2), ("wind", 1)]), happened_on: before(d, on, 1_500), loss: yuan(d, 500, 60_000) }
    CommercialVehicle |d, on| {
        plate: serial(d, 'P'), class: one(d, &[("truck", 4), ("taxi", 3), ("ride_hailing", 2), ("coach", 1)]), from: before(d, on, 3_000),
        status: one(d, &[("operating", 8), ("ended", 2)])
    }
}
