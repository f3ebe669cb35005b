//! The tables of the 33 items. Their columns are those of the built-in catalogue; a test says so.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Field, Schema, SchemaRef};
use minzheng::catalog::{Cycle, RowOrder};
use minzheng_rules::date::Day;

use super::super::draw::Draw;
use super::super::sheet::{Cell, Code, Columns, Fen, Forget, concat_name, sheet};
use super::cells::{Hundredths, Organisation, Ratio, Serial, Written};
use crate::error::{Error, fault};

/// A table of records.
#[derive(Debug, Clone, Copy)]
pub(in crate::synth) struct Item {
    /// Its id.
    pub(in crate::synth) name: &'static str,
    pub(super) cycle: Cycle,
    /// In which order its rows come.
    pub(in crate::synth) order: RowOrder,
    /// How many rows of people outside it has, beside the other tables.
    pub(super) weight: i64,
}

/// A record of an item.
pub(super) trait Record: Default {
    /// The place of the item among all.
    const INDEX: usize;
    /// Says of whom it is.
    fn is_of(&mut self, record_no: Serial, number: Written);
    /// Adds it to its table.
    fn push(&self, to: &mut Tables);
}

/// Somebody's record with what is usual in it.
pub(super) trait Usual: Record {
    fn usual(draw: &mut Draw, on: Day) -> Self;
}

macro_rules! items {
    ($(
        $index:literal $row:ident $columns:ident $table:ident $name:literal $cycle:ident $order:ident $weight:literal {
            $($fact:ident: $ty:ty),*
        }
    )*) => {
        $(
            sheet! {
                $row, $columns, $name,
                keys { record_no: Serial, id_number: Written }
                facts { $($fact: $ty),* }
            }

            impl Record for $row {
                const INDEX: usize = $index;

                fn is_of(&mut self, record_no: Serial, number: Written) {
                    (self.record_no, self.id_number) = (Some(record_no), Some(number));
                }

                fn push(&self, to: &mut Tables) {
                    to.$table.push(self);
                }
            }
        )*

        /// All tables while rows are added.
        #[derive(Default)]
        pub(super) struct Tables {
            $($table: $columns,)*
        }

        impl Tables {
            pub(super) fn finish(&mut self) -> Result<Vec<RecordBatch>, Error> {
                Ok(vec![$(self.$table.finish()?),*])
            }
        }

        /// The tables in the order of their numbers.
        pub(in crate::synth) const ITEMS: [Item; COUNT] = [$(Item {
            name: $name,
            cycle: Cycle::$cycle,
            order: RowOrder::$order,
            weight: $weight,
        }),*];

        /// The columns of the tables.
        pub(in crate::synth) fn schemas() -> [SchemaRef; COUNT] {
            [$($columns::schema()),*]
        }

        /// Hands over usual records: so many of each item.
        pub(super) fn usual_records(many: [i64; COUNT], to: &mut impl TakeUsual) {
            let [$($table),*] = many;
            $(
                for _ in 0..$table {
                    to.take::<$row>();
                }
            )*
        }
    };
}

/// How many items there are.
pub(super) const COUNT: usize = 33;

/// Takes usual records.
pub(super) trait TakeUsual {
    fn take<R: Usual>(&mut self);
}

// number, row, columns, table, name, cycle, order, weight, fields
items! {
    0 HouseholdRegister HouseholdRegisterColumns household_register "household_register" Daily Key 10 {
        household_no: Serial, relation: Code, registration_place: i64, address: Serial, hukou: Code, registered_since: Day
    }
    1 DeathRegister DeathRegisterColumns death_register "death_register" Daily Record 2 {
        cancelled_on: Day, reason: Code, died_on: Day
    }
    2 HouseholdMoves HouseholdMovesColumns household_moves "household_moves" Daily Record 2 {
        kind: Code, moved_on: Day, from_place: i64, to_place: i64
    }
    3 VehicleRegistration VehicleRegistrationColumns vehicle_registration "vehicle_registration" Weekly Record 10 {
        plate: Serial, class: Code, commercial: bool, registered_on: Day, value: Fen, status: Code
    }
    4 EmploymentRegister EmploymentRegisterColumns employment_register "employment_register" Monthly Record 10 {
        kind: Code, employer: Organisation, from: Day, to: Day
    }
    5 SocialInsurancePaid SocialInsurancePaidColumns social_insurance_paid "social_insurance_paid" Monthly Record 30 {
        kind: Code, employer: Organisation, month: Day, base: Fen, paid: Fen
    }
    6 PensionPaid PensionPaidColumns pension_paid "pension_paid" Monthly Key 10 {
        kind: Code, month: Day, amount: Fen, central_basic: Fen, since: Day
    }
    7 MedicalInsured MedicalInsuredColumns medical_insured "medical_insured" Monthly Key 10 {
        kind: Code, status: Code, from: Day, to: Day
    }
    8 MedicalSettlement MedicalSettlementColumns medical_settlement "medical_settlement" Daily Record 30 {
        kind: Code, settled_on: Day, total: Fen, insurance_paid: Fen, aid_paid: Fen, own: Fen
    }
    9 IncomeTax IncomeTaxColumns income_tax "income_tax" Monthly Record 30 {
        payer: Organisation, income_kind: Code, month: Day, amount: Fen, tax: Fen
    }
    10 BusinessTax BusinessTaxColumns business_tax "business_tax" Monthly Record 10 {
        taxpayer: Organisation, kind: Code, month: Day, sales: Fen, tax: Fen
    }
    11 BusinessRegistration BusinessRegistrationColumns business_registration "business_registration" Daily Record 2 {
        entity: Organisation, kind: Code, role: Code, capital: Fen, from: Day, status: Code
    }
    12 RealEstateTitle RealEstateTitleColumns real_estate_title "real_estate_title" Daily Record 10 {
        unit_no: Serial, r#use: Code, area: Hundredths, share: Ratio, registered_on: Day, mortgaged: bool, status: Code
    }
    13 HouseSaleContract HouseSaleContractColumns house_sale_contract "house_sale_contract" Daily Record 2 {
        unit_no: Serial, r#use: Code, signed_on: Day, area: Hundredths, price: Fen, status: Code
    }
    14 HousingAid HousingAidColumns housing_aid "housing_aid" Quarterly Record 2 {
        kind: Code, from: Day, to: Day, amount: Fen
    }
    15 HousingFund HousingFundColumns housing_fund "housing_fund" Monthly Key 10 {
        employer: Organisation, base: Fen, deposit: Fen, month: Day, balance: Fen, balance_on: Day, drawn: Fen, drawn_on: Day, status: Code
    }
    16 BankDeposits BankDepositsColumns bank_deposits "bank_deposits" Irregular Record 30 {
        bank: Organisation, kind: Code, balance: Fen, balance_on: Day
    }
    17 Securities SecuritiesColumns securities "securities" Irregular Record 2 {
        broker: Organisation, kind: Code, market_value: Fen, cash: Fen, value_on: Day
    }
    18 CommercialInsurance CommercialInsuranceColumns commercial_insurance "commercial_insurance" Irregular Record 10 {
        insurer: Organisation, kind: Code, cash_value: Fen, premium: Fen, payout: Fen, value_on: Day, status: Code
    }
    19 DisabilityCertificate DisabilityCertificateColumns disability_certificate "disability_certificate" Monthly Key 2 {
        kind: Code, disability_grade: i64, issued_on: Day, expires_on: Day, status: Code
    }
    20 Enrolment EnrolmentColumns enrolment "enrolment" Yearly Key 10 {
        school: Organisation, stage: Code, full_time: bool, from: Day, to: Day
    }
    21 StudentAid StudentAidColumns student_aid "student_aid" Yearly Record 2 {
        kind: Code, amount: Fen, paid_on: Day
    }
    22 DeathCertificate DeathCertificateColumns death_certificate "death_certificate" Weekly Record 2 {
        died_on: Day, place: i64
    }
    23 SevereIllnessList SevereIllnessListColumns severe_illness_list "severe_illness_list" Monthly Key 2 {
        disease: Serial, listed_on: Day, status: Code
    }
    24 FarmSubsidy FarmSubsidyColumns farm_subsidy "farm_subsidy" Yearly Record 2 {
        kind: Code, area: Hundredths, amount: Fen, paid_on: Day
    }
    25 PovertyReturnWatch PovertyReturnWatchColumns poverty_return_watch "poverty_return_watch" Monthly Key 2 {
        kind: Code, risk: Code, listed_on: Day, removed_on: Day
    }
    26 LivestockMachinery LivestockMachineryColumns livestock_machinery "livestock_machinery" Yearly Record 2 {
        kind: Code, number: i64, value: Fen, counted_on: Day
    }
    27 PreferentialPension PreferentialPensionColumns preferential_pension "preferential_pension" Monthly Key 2 {
        kind: Code, month: Day, amount: Fen
    }
    28 Custody CustodyColumns custody "custody" Weekly Record 2 {
        kind: Code, from: Day, to: Day
    }
    29 PublicPayroll PublicPayrollColumns public_payroll "public_payroll" Monthly Key 2 {
        unit: Organisation, status: Code, from: Day, to: Day
    }
    30 SubsidyPayment SubsidyPaymentColumns subsidy_payment "subsidy_payment" Monthly Record 30 {
        item: Code, amount: Fen, paid_on: Day, account: Serial
    }
    31 DisasterHit DisasterHitColumns disaster_hit "disaster_hit" Irregular Record 2 {
        event: Code, happened_on: Day, loss: Fen
    }
    32 CommercialVehicle CommercialVehicleColumns commercial_vehicle "commercial_vehicle" Monthly Record 2 {
        plate: Serial, class: Code, from: Day, to: Day, status: Code
    }
}
