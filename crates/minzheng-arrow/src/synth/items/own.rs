//! What the sources have of the people of the province: it follows from what they have, but for stated shares.

use minzheng_rules::date::{Birthday, Day};

use super::super::home::Home;
use super::super::sheet::{Fen, Household, Person};
use super::Records;
use super::cells::{Hundredths, Ratio, Serial};
use super::sheets::{
    BankDeposits, BusinessRegistration, BusinessTax, CommercialInsurance, CommercialVehicle,
    Custody, DeathCertificate, DeathRegister, DisabilityCertificate, DisasterHit,
    EmploymentRegister, Enrolment, FarmSubsidy, HouseSaleContract, HouseholdMoves,
    HouseholdRegister, HousingAid, HousingFund, IncomeTax, LivestockMachinery, MedicalInsured,
    MedicalSettlement, PensionPaid, PovertyReturnWatch, PreferentialPension, PublicPayroll,
    RealEstateTitle, Securities, SevereIllnessList, SocialInsurancePaid, StudentAid,
    SubsidyPayment, Usual, VehicleRegistration,
};
use super::usual::{organisation, serial, settlement};

/// Whole yuan.
const fn yuan(whole: i64) -> Fen {
    Fen(whole.saturating_mul(100))
}

/// An amount that is there.
fn above_zero(amount: Option<Fen>) -> Option<Fen> {
    amount.filter(|a| a.0 > 0)
}

/// Equal parts of an amount; the last takes what does not divide.
fn parts(of: Fen, many: i64) -> impl Iterator<Item = Fen> {
    let each = of.0.checked_div(many).unwrap_or(0);
    let rest = of.0.saturating_sub(each.saturating_mul(many));
    (1..=many).map(move |n| {
        Fen(if n == many {
            each.saturating_add(rest)
        } else {
            each
        })
    })
}

fn some_percent(of: Fen, percent: i64) -> Fen {
    Fen(of.0.saturating_mul(percent) / 100)
}

impl Records {
    fn usual<R: Usual>(&mut self) -> R {
        R::usual(&mut self.draw, self.on)
    }

    /// Whether a source has lost a person it should know: three of a hundred.
    fn lost(&mut self) -> bool {
        self.draw.happens(30)
    }

    /// The first days of the twelve whole months before.
    fn months(&self) -> impl Iterator<Item = Day> + use<> {
        let first = self.on.first_of_month();
        (1..=12)
            .rev()
            .map(move |n: i64| first.add_months(n.saturating_neg()))
    }

    pub(super) fn person(&mut self, home: &Home, person: &Person) {
        let birth = person.birth.unwrap_or(self.on);
        let age = birth.age_on(self.on, Birthday::LastOfFebruary);
        let is_dead = person.alive == Some(false);
        self.register(home, person, birth);
        self.death(person, age);
        if is_dead {
            return;
        }
        self.work(person, age);
        self.income(person);
        self.pension(person, age);
        self.subsidies(person);
        self.standing(person, age);
        self.deposits(person);
    }

    fn register(&mut self, home: &Home, person: &Person, birth: Day) {
        let place = home.household.registration_place;
        if !self.lost() {
            let number = home.household.household_id.map_or(0, |k| k.0);
            let since = person.registered_since.unwrap_or(birth);
            let usual = self.usual::<HouseholdRegister>();
            self.put(HouseholdRegister {
                household_no: Some(Serial {
                    letter: 'H',
                    number: u64::try_from(number).unwrap_or(0),
                }),
                relation: person.relation,
                registration_place: place,
                hukou: home.household.hukou,
                registered_since: Some(since),
                ..usual
            });
        }
        if self.draw.happens(40) {
            let kind = if person.own_household == Some(true) {
                "split"
            } else {
                "in"
            };
            let usual = self.usual::<HouseholdMoves>();
            self.put(HouseholdMoves {
                kind: Some(kind),
                moved_on: person.registered_since.or(usual.moved_on),
                to_place: place,
                ..usual
            });
        }
    }

    fn death(&mut self, person: &Person, age: i64) {
        let died = person.died_on.filter(|_| person.alive == Some(false));
        // one of a thousand old people who are declared alive is dead to the sources
        let unsaid = died.is_none() && age >= 70 && self.draw.happens(1);
        let Some(day) = died.or_else(|| unsaid.then(|| self.on.add_days(-60))) else {
            return;
        };
        if self.draw.happens(700) {
            let usual = self.usual::<DeathCertificate>();
            self.put(DeathCertificate {
                died_on: Some(day),
                ..usual
            });
        }
        if self.draw.happens(850) {
            self.put(DeathRegister {
                cancelled_on: Some(day.add_days(20)),
                reason: Some("death"),
                died_on: Some(day),
                ..DeathRegister::default()
            });
        }
    }

    /// Half of those who earn wages work for somebody who files for them; of the others no source knows.
    fn work(&mut self, person: &Person, age: i64) {
        let wage = above_zero(person.wage);
        let is_formal = wage.is_some() && self.draw.happens(500);
        let is_hidden = wage.is_none() && (18..60).contains(&age) && self.draw.happens(15);
        let declared = match (wage, is_formal, is_hidden) {
            (Some(wage), true, _) => wage,
            (None, _, true) => yuan(self.draw.between(12_000, 60_000)),
            _ => {
                if (18..60).contains(&age)
                    && person.employed == Some(false)
                    && self.draw.happens(60)
                {
                    let usual = self.usual::<EmploymentRegister>();
                    self.put(EmploymentRegister {
                        kind: Some("unemployed"),
                        employer: None,
                        ..usual
                    });
                }
                return;
            }
        };
        // four of a hundred earn more than they say
        let earned = if self.draw.happens(40) {
            some_percent(declared, self.draw.between(130, 250))
        } else {
            declared
        };
        let employer = Some(organisation(&mut self.draw, "91", 90_000));
        let insured = self.draw.happens(830);
        let contributions = person.transfer_out.unwrap_or_default();
        let (has_tax, has_insurance) = (!self.lost(), insured && !self.lost());
        let bases = parts(contributions, 12);
        for ((month, amount), paid) in self.months().zip(parts(earned, 12)).zip(bases) {
            if has_tax {
                self.put(IncomeTax {
                    payer: employer,
                    income_kind: Some("wages"),
                    month: Some(month),
                    amount: Some(amount),
                    tax: Some(if insured { Fen(0) } else { paid }),
                    ..IncomeTax::default()
                });
            }
            if has_insurance {
                self.put(SocialInsurancePaid {
                    kind: Some("employee_pension"),
                    employer,
                    month: Some(month),
                    base: Some(amount),
                    paid: Some(paid),
                    ..SocialInsurancePaid::default()
                });
            }
        }
        let monthly = Fen(earned.0 / 12);
        if self.draw.happens(350) {
            let usual = self.usual::<HousingFund>();
            self.put(HousingFund {
                employer,
                base: Some(monthly),
                deposit: Some(some_percent(monthly, 12)),
                status: Some("paying"),
                ..usual
            });
        }
        if self.draw.happens(700) {
            let usual = self.usual::<EmploymentRegister>();
            self.put(EmploymentRegister {
                kind: Some("employed"),
                employer,
                ..usual
            });
        }
        if self.draw.happens(30) {
            let usual = self.usual::<PublicPayroll>();
            self.put(PublicPayroll {
                unit: employer,
                status: Some("on_post"),
                ..usual
            });
        }
    }

    /// Income beside wages, where the tax office has seen it.
    fn income(&mut self, person: &Person) {
        if let Some(net) = above_zero(person.business_net).filter(|_| self.draw.happens(200)) {
            let payer = Some(organisation(&mut self.draw, "92", 60_000));
            let quarters: Vec<Day> = self.months().step_by(3).collect();
            for (month, amount) in quarters.into_iter().zip(parts(net, 4)) {
                self.put(IncomeTax {
                    payer,
                    income_kind: Some("business"),
                    month: Some(month),
                    amount: Some(amount),
                    tax: Some(Fen(0)),
                    ..IncomeTax::default()
                });
                let usual = self.usual::<BusinessTax>();
                let percent = self.draw.between(110, 400);
                self.put(BusinessTax {
                    taxpayer: payer,
                    month: Some(month),
                    sales: Some(some_percent(amount, percent)),
                    ..usual
                });
            }
        }
        if let Some(net) = above_zero(person.property_net).filter(|_| self.draw.happens(500)) {
            let usual = self.usual::<IncomeTax>();
            self.put(IncomeTax {
                income_kind: Some("interest_dividend"),
                amount: Some(net),
                tax: Some(Fen(0)),
                ..usual
            });
        }
        if let Some(amount) = above_zero(person.scholarship).filter(|_| self.draw.happens(900)) {
            let usual = self.usual::<StudentAid>();
            self.put(StudentAid {
                kind: Some("scholarship"),
                amount: Some(amount),
                paid_on: Some(self.on.add_days(-200)),
                ..usual
            });
        }
    }

    fn pension(&mut self, person: &Person, age: i64) {
        let yearly = above_zero(person.pension);
        if let Some(yearly) = yearly.filter(|_| !self.lost()) {
            let is_resident = yearly < yuan(9_600);
            let usual = self.usual::<PensionPaid>();
            self.put(PensionPaid {
                kind: Some(if is_resident {
                    "resident_pension"
                } else {
                    "employee_pension"
                }),
                amount: Some(Fen(yearly.0 / 12)),
                central_basic: person
                    .central_basic_pension
                    .filter(|_| is_resident)
                    .map(|basic| Fen(basic.0 / 12)),
                ..usual
            });
        }
        if person.work_injury_care == Some(true) {
            let usual = self.usual::<PensionPaid>();
            self.put(PensionPaid {
                kind: Some("work_injury_care"),
                ..usual
            });
        }
        if age >= 60 && self.draw.happens(4) {
            let usual = self.usual::<PreferentialPension>();
            self.put(usual);
        }
    }

    /// What is paid month by month through the subsidy card.
    fn subsidies(&mut self, person: &Person) {
        let month_of = |yearly: Option<Fen>| above_zero(yearly).map(|y| Fen(y.0 / 12));
        let dibao = yuan(self.draw.between(120, 800));
        let mut paid = vec![
            ("old_age", month_of(person.old_age_allowance)),
            ("disability_living", month_of(person.disability_subsidies)),
        ];
        if person.dibao_recipient == Some(true) {
            paid.push(("dibao", Some(dibao)));
        }
        if person.tekun_recipient == Some(true) {
            paid.push(("tekun", Some(yuan(1_100))));
        }
        for (item, amount) in paid {
            let Some(amount) = amount.filter(|_| !self.lost()) else {
                continue;
            };
            let account = Some(serial(&mut self.draw, 'K'));
            for month in self.months() {
                self.put(SubsidyPayment {
                    item: Some(item),
                    amount: Some(amount),
                    paid_on: Some(month.add_days(14)),
                    account,
                    ..SubsidyPayment::default()
                });
            }
        }
    }

    /// Cards, schools, lists, custody, insurance.
    fn standing(&mut self, person: &Person, age: i64) {
        if person.has_disability_card == Some(true) && !self.lost() {
            let usual = self.usual::<DisabilityCertificate>();
            let is_over = self.draw.happens(60);
            self.put(DisabilityCertificate {
                kind: person.disability_kind,
                disability_grade: person.disability_grade,
                status: Some(if is_over { "expired" } else { "valid" }),
                expires_on: if is_over {
                    Some(self.on.add_days(-90))
                } else {
                    usual.expires_on
                },
                ..usual
            });
        }
        if let Some(stage) = person.study.filter(|stage| *stage != "none")
            && !self.lost()
        {
            let usual = self.usual::<Enrolment>();
            self.put(Enrolment {
                stage: Some(stage),
                full_time: person.full_time_study,
                ..usual
            });
        }
        if person.severe_illness == Some(true) && self.draw.happens(850) {
            let usual = self.usual::<SevereIllnessList>();
            self.put(SevereIllnessList {
                status: Some("listed"),
                ..usual
            });
        }
        let held = [
            (person.in_prison, "prison"),
            (person.compulsory_rehab, "compulsory_rehab"),
        ];
        for (is_held, kind) in held {
            if is_held == Some(true) {
                self.put(Custody {
                    kind: Some(kind),
                    from: Some(self.on.add_days(-500)),
                    to: Some(self.on.add_days(600)),
                    ..Custody::default()
                });
            }
        }
        if age >= 18 && person.in_prison != Some(true) && self.draw.happens(1) {
            let usual = self.usual::<Custody>();
            self.put(Custody {
                kind: Some("community_correction"),
                ..usual
            });
        }
        if self.draw.happens(950) {
            let usual = self.usual::<MedicalInsured>();
            self.put(usual);
        }
    }

    /// One or two accounts that hold what a person has; of a few a third that nobody speaks of.
    fn deposits(&mut self, person: &Person) {
        let Some(own) = above_zero(person.own_financial_assets).filter(|_| !self.lost()) else {
            return;
        };
        let accounts = self.draw.weighted(&[(1, 6), (2, 4)], 1);
        for balance in parts(own, accounts) {
            let usual = self.usual::<BankDeposits>();
            self.put(BankDeposits {
                balance: Some(balance),
                ..usual
            });
        }
        if self.draw.happens(25) {
            let usual = self.usual::<BankDeposits>();
            let percent = self.draw.between(100, 500);
            self.put(BankDeposits {
                balance: Some(some_percent(own, percent)),
                ..usual
            });
        }
    }

    /// What belongs to the household stands in the name of the applicant.
    pub(super) fn household(&mut self, home: &Home, applicant: &Person) {
        if applicant.alive == Some(false) {
            return;
        }
        let house = &home.household;
        self.vehicles(house);
        self.houses(house);
        self.assets(house);
        self.medical(house);
        self.countryside(house);
        if applicant.dibao_recipient == Some(true) && self.draw.happens(80) {
            let usual = self.usual::<HousingAid>();
            self.put(usual);
        }
    }

    fn vehicles(&mut self, house: &Household) {
        let many = house.vehicles.unwrap_or(0);
        // two of a hundred households have one more than they say
        let unsaid = i64::from(self.draw.happens(20));
        let known = if self.lost() { 0 } else { many };
        let values = parts(house.vehicle_value.unwrap_or_default(), known.max(1));
        for (_, value) in (0..known).zip(values) {
            let usual = self.usual::<VehicleRegistration>();
            self.put(VehicleRegistration {
                class: Some("car"),
                value: Some(value),
                status: Some("normal"),
                ..usual
            });
            if self.draw.happens(60) {
                let run = self.usual::<CommercialVehicle>();
                self.put(CommercialVehicle {
                    plate: usual.plate,
                    ..run
                });
            }
        }
        for _ in 0..unsaid {
            let usual = self.usual::<VehicleRegistration>();
            self.put(VehicleRegistration {
                class: Some("car"),
                status: Some("normal"),
                ..usual
            });
        }
        for _ in 0..house.motorcycles.unwrap_or(0) {
            let usual = self.usual::<VehicleRegistration>();
            self.put(VehicleRegistration {
                class: Some("motorcycle"),
                value: Some(yuan(1_500)),
                status: Some("normal"),
                ..usual
            });
        }
    }

    fn houses(&mut self, house: &Household) {
        let many = house.houses.unwrap_or(0);
        let unsaid = i64::from(self.draw.happens(15));
        let area = Fen(house.house_area.unwrap_or(0).saturating_mul(100));
        if !self.lost() {
            for area in parts(area, many) {
                let area = Some(Hundredths(area.0));
                // of twenty houses one is bought and not yet in the register
                if self.draw.happens(50) {
                    let usual = self.usual::<HouseSaleContract>();
                    self.put(HouseSaleContract {
                        r#use: Some("residence"),
                        area,
                        status: Some("signed"),
                        ..usual
                    });
                } else {
                    let usual = self.usual::<RealEstateTitle>();
                    self.put(RealEstateTitle {
                        r#use: Some("residence"),
                        area,
                        share: Some(Ratio(10_000)),
                        status: Some("current"),
                        ..usual
                    });
                }
            }
        }
        for _ in 0..unsaid {
            let usual = self.usual::<RealEstateTitle>();
            self.put(RealEstateTitle {
                r#use: Some("residence"),
                status: Some("current"),
                ..usual
            });
        }
        for _ in 0..house.non_residential.unwrap_or(0) {
            let usual = self.usual::<RealEstateTitle>();
            self.put(RealEstateTitle {
                r#use: Some("shop"),
                status: Some("current"),
                ..usual
            });
        }
    }

    fn assets(&mut self, house: &Household) {
        if let Some(value) = above_zero(house.securities) {
            let cash = some_percent(value, 10);
            let usual = self.usual::<Securities>();
            self.put(Securities {
                market_value: Some(Fen(value.0.saturating_sub(cash.0))),
                cash: Some(cash),
                ..usual
            });
        }
        if let Some(value) = above_zero(house.insurance_value) {
            let usual = self.usual::<CommercialInsurance>();
            self.put(CommercialInsurance {
                cash_value: Some(value),
                status: Some("in_force"),
                ..usual
            });
        }
        if let Some(capital) = above_zero(house.business_capital) {
            let usual = self.usual::<BusinessRegistration>();
            self.put(BusinessRegistration {
                role: Some("operator"),
                capital: Some(capital),
                status: Some("open"),
                ..usual
            });
        }
    }

    /// Settlements of the last twelve months that add up to what was left to the family.
    fn medical(&mut self, house: &Household) {
        let Some(own) = above_zero(house.medical_own).filter(|_| !self.lost()) else {
            return;
        };
        let many = self.draw.between(1, 4);
        let first = self.on.first_of_month().add_months(-12);
        for own in parts(own, many) {
            let row = settlement(&mut self.draw, self.on, own);
            let settled_on = first.add_days(self.draw.between(0, 360));
            self.put(MedicalSettlement {
                settled_on: Some(settled_on),
                ..row
            });
        }
    }

    fn countryside(&mut self, house: &Household) {
        if house.hukou != Some("rural") {
            return;
        }
        if self.draw.happens(600) {
            let usual = self.usual::<FarmSubsidy>();
            self.put(usual);
        }
        if self.draw.happens(250) {
            let usual = self.usual::<LivestockMachinery>();
            self.put(usual);
        }
        if self.draw.happens(8) {
            let usual = self.usual::<PovertyReturnWatch>();
            self.put(usual);
        }
        if self.draw.happens(10) {
            let usual = self.usual::<DisasterHit>();
            self.put(usual);
        }
    }
}
