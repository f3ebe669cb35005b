//! One invented household: who lives in it, what they have, what happened to them.
//!
//! The rates stand in the guide `docs/guide/synthetic-province.md`; a change here changes that table.

use minzheng::identity::ResidentNumber;
use minzheng_rules::date::{Birthday, Day};

use super::draw::Draw;
use super::sheet::{Code, Fen, Forget as _, Household, Identity, Key, Obligor, Parent, Person};

/// A household with its people and records.
#[derive(Debug, Default)]
pub(super) struct Home {
    pub(super) household: Household,
    pub(super) people: Vec<Person>,
    pub(super) obligors: Vec<Obligor>,
    pub(super) parents: Vec<Parent>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sex {
    Male,
    Female,
}

impl Sex {
    const fn other(self) -> Self {
        match self {
            Self::Male => Self::Female,
            Self::Female => Self::Male,
        }
    }
}

/// Who lives together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    OldAlone,
    AdultAlone,
    ChildAlone,
    Couple,
    OldCouple,
    Nuclear,
    LoneParent,
    ThreeGenerations,
    SkippedGeneration,
}

/// How well off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    Poor,
    Near,
    Modest,
    Well,
}

/// Household numbers of a place: a number is the code of the place and eight digits.
const NUMBERS: i64 = 100_000_000;

/// Draws households one after the other.
#[derive(Debug)]
pub(super) struct Homes {
    draw: Draw,
    on: Day,
    gaps: i64,
    households: i64,
    men: i64,
    women: i64,
}

const fn yuan(whole: i64) -> Fen {
    Fen(whole.saturating_mul(100))
}

const fn share(of: i64, percent: i64) -> i64 {
    of.saturating_mul(percent) / 100
}

impl Homes {
    pub(super) const fn new(seed: u64, on: Day, gaps: i64) -> Self {
        Self {
            draw: Draw::new(seed),
            on,
            gaps,
            households: 0,
            men: 0,
            women: 0,
        }
    }

    /// The next household at a place as it is, of at most so many rows of people.
    pub(super) fn next(&mut self, place: i64, most: u64) -> Home {
        self.households = self.households.saturating_add(1);
        let mut home = Home::default();
        let drawn = self.draw.weighted(
            &[
                (Kind::OldAlone, 110),
                (Kind::AdultAlone, 120),
                (Kind::ChildAlone, 2),
                (Kind::Couple, 150),
                (Kind::OldCouple, 110),
                (Kind::Nuclear, 330),
                (Kind::LoneParent, 60),
                (Kind::ThreeGenerations, 110),
                (Kind::SkippedGeneration, 8),
            ],
            Kind::Nuclear,
        );
        // no household has more than eight rows; the last ones fill up with people alone
        let kind = if most < 8 { Kind::AdultAlone } else { drawn };
        let urban = self.draw.happens(580);
        let number = place
            .saturating_mul(NUMBERS)
            .saturating_add(self.households);
        home.household.household_id = Some(Key(number));
        home.household.on = Some(self.on);
        home.household.registration_place = Some(place);
        home.household.handling_place = Some(place);
        home.household.hukou = Some(if urban { "urban" } else { "rural" });
        let poor = match kind {
            Kind::ChildAlone => 1_000,
            Kind::SkippedGeneration => 450,
            Kind::OldAlone => 170,
            Kind::LoneParent => 150,
            Kind::AdultAlone
            | Kind::Couple
            | Kind::OldCouple
            | Kind::Nuclear
            | Kind::ThreeGenerations => 45,
        };
        let means = self.draw.weighted(
            &[
                (Means::Poor, poor),
                (Means::Near, 70),
                (Means::Modest, 480),
                (Means::Well, 350),
            ],
            Means::Modest,
        );
        self.people(&mut home, kind, means, most);
        self.income(&mut home, means, urban);
        self.property(&mut home, means);
        self.spending(&mut home, means);
        self.procedure(&mut home, means);
        self.hardship(&mut home);
        self.support(&mut home, kind, means);
        home
    }

    // who

    fn people(&mut self, home: &mut Home, kind: Kind, means: Means, most: u64) {
        let sex = if self.draw.happens(500) {
            Sex::Male
        } else {
            Sex::Female
        };
        match kind {
            Kind::OldAlone => {
                self.add(home, "self", sex, (62, 98));
            }
            Kind::AdultAlone => {
                self.add(home, "self", sex, (20, 61));
            }
            Kind::ChildAlone => {
                let child = self.add(home, "self", sex, (1, 17));
                self.orphan(home, child);
            }
            Kind::Couple => {
                self.add(home, "self", sex, (22, 59));
                self.spouse(home, sex);
            }
            Kind::OldCouple => {
                self.add(home, "self", sex, (60, 88));
                self.spouse(home, sex);
            }
            Kind::Nuclear => {
                self.add(home, "self", sex, (25, 55));
                self.spouse(home, sex);
                let children = self.draw.weighted(&[(1, 64), (2, 31), (3, 5)], 1);
                self.children(home, sex, children);
                if self.draw.happens(60) {
                    let relation = self.draw.weighted(&[("sibling", 3), ("other", 1)], "other");
                    let other = if self.draw.happens(500) {
                        Sex::Male
                    } else {
                        Sex::Female
                    };
                    let at = self.add(home, relation, other, (18, 60));
                    let due = self.draw.happens(400);
                    if let Some(person) = home.people.get_mut(at) {
                        person.support_duty_applicant = Some(due);
                        person.support_duty_member = Some(due);
                    }
                }
            }
            Kind::LoneParent => {
                self.add(home, "self", sex, (24, 52));
                let children = self.draw.weighted(&[(1, 75), (2, 25)], 1);
                self.children(home, sex, children);
                for person in &mut home.people {
                    person.single_parent_family = Some(true);
                }
            }
            Kind::ThreeGenerations => {
                self.add(home, "self", sex, (28, 55));
                self.spouse(home, sex);
                let children = self.draw.weighted(&[(0, 20), (1, 55), (2, 25)], 1);
                self.children(home, sex, children);
                let old = self.draw.weighted(&[(1, 60), (2, 40)], 1);
                let relation = self
                    .draw
                    .weighted(&[("parent", 8), ("parent_in_law", 2)], "parent");
                let mut of = if self.draw.happens(400) {
                    Sex::Male
                } else {
                    Sex::Female
                };
                for _ in 0..old {
                    self.add(home, relation, of, (56, 96));
                    of = of.other();
                }
            }
            Kind::SkippedGeneration => {
                self.add(home, "self", sex, (54, 82));
                if self.draw.happens(600) {
                    self.spouse(home, sex);
                }
                let of = if self.draw.happens(500) {
                    Sex::Male
                } else {
                    Sex::Female
                };
                let child = self.add(home, "grandchild", of, (1, 17));
                if let Some(person) = home.people.get_mut(child) {
                    person.support_duty_applicant = Some(true);
                    person.support_duty_member = Some(true);
                }
                if self.draw.happens(350) {
                    self.orphan(home, child);
                } else {
                    self.unattended(home, child);
                }
            }
        }
        let alone = home.people.len() == 1;
        for person in &mut home.people {
            person.own_household = Some(alone || self.draw.happens(10));
            person.family_in_hardship = Some(matches!(means, Means::Poor | Means::Near));
        }
        debug_assert!(u64::try_from(home.people.len()).is_ok_and(|n| n <= most.max(1)));
    }

    fn spouse(&mut self, home: &mut Home, of: Sex) {
        let age = home.people.first().map_or(40, |p| self.age(p));
        let low = age.saturating_sub(4).max(20);
        self.add(
            home,
            "spouse",
            of.other(),
            (low, age.saturating_add(3).max(low)),
        );
        for person in &mut home.people {
            person.married = Some(true);
        }
        if self.draw.happens(8)
            && let Some(spouse) = home.people.last_mut()
        {
            spouse.out_of_contact = Some(true);
            spouse.lives_together = Some(false);
        }
    }

    fn children(&mut self, home: &mut Home, sex: Sex, many: i64) {
        let applicant = home.people.first().map_or(30, |p| self.age(p));
        let oldest = applicant.saturating_sub(22).clamp(1, 26);
        for _ in 0..many {
            let of = if self.draw.happens(515) {
                Sex::Male
            } else {
                Sex::Female
            };
            let child = self.add(home, "child", of, (0, oldest));
            let grown = home.people.get(child).is_some_and(|p| self.age(p) >= 18);
            if grown {
                let by_authority = self.draw.happens(500);
                if let Some(person) = home.people.get_mut(child) {
                    person.counted_by_authority = Some(by_authority);
                }
                continue;
            }
            let own = if sex == Sex::Male { "father" } else { "mother" };
            Self::parent(home, child, 0, own);
            let second = home.people.get(1).and_then(|p| p.relation);
            if second == Some("spouse") {
                let other = if sex == Sex::Male { "mother" } else { "father" };
                Self::parent(home, child, 1, other);
            }
        }
    }

    /// Lists a person as a parent of a child, with nothing that keeps him or her from caring for it.
    fn parent(home: &mut Home, child: usize, parent: usize, kind: Code) {
        let key = |at: usize| home.people.get(at).and_then(|p| p.person_id);
        home.parents.push(Parent {
            household_id: home.household.household_id,
            of: key(child),
            person: key(parent),
            kind: Some(kind),
            contact_lost_months: Some(0),
            restrained: Some(false),
            custody_months: Some(0),
            unable_until: None,
        });
    }

    /// Two parents who do not live in the household: people who do not count.
    fn absent_parents(&mut self, home: &mut Home, child: usize) -> [usize; 2] {
        let relation = if home.people.len() > 1 {
            "child"
        } else {
            "parent"
        };
        let father = self.add(home, relation, Sex::Male, (30, 50));
        let mother = self.add(home, relation, Sex::Female, (28, 48));
        for (at, kind) in [(father, "father"), (mother, "mother")] {
            if let Some(person) = home.people.get_mut(at) {
                person.lives_together = Some(false);
                person.counted_by_authority = Some(false);
            }
            Self::parent(home, child, at, kind);
        }
        [father, mother]
    }

    fn die(&mut self, home: &mut Home, at: usize) {
        let day = self.on.add_days(self.draw.between(-3_000, -40));
        if let Some(person) = home.people.get_mut(at) {
            person.alive = Some(false);
            person.died_on = Some(day);
            person.employed = Some(false);
            person.able_to_work = Some(false);
        }
    }

    fn orphan(&mut self, home: &mut Home, child: usize) {
        for at in self.absent_parents(home, child) {
            self.die(home, at);
        }
        let institution = home.people.len() == 3 && self.draw.happens(600);
        if let Some(person) = home.people.get_mut(child) {
            person.child_care_form = Some(if institution { "institution" } else { "family" });
            person.child_choice = Some("orphan");
            person.orphan_sum_found = Some(yuan(1_200));
        }
    }

    /// A child whose parents both cannot care for it, or only one of whom cannot: then it is no such child.
    fn unattended(&mut self, home: &mut Home, child: usize) {
        let [father, mother] = self.absent_parents(home, child);
        let both = self.draw.happens(700);
        if self.draw.happens(400) {
            self.die(home, father);
        } else {
            let months = self.draw.between(8, 90);
            let until = self.on.add_months(self.draw.between(6, 80));
            if let Some(person) = home.people.get_mut(father) {
                person.no_exclusion = Some(false);
                person.in_prison = Some(true);
                person.sentenced = Some(true);
                person.compulsory_rehab = Some(false);
                person.declared_missing = Some(false);
                person.declared_dead = Some(false);
                person.clergy_apart_three_years = Some(false);
                person.provincial_exclusion = Some(false);
                person.tekun_recipient = Some(false);
                person.employed = Some(false);
            }
            if let Some(record) = last_but(&mut home.parents, 1) {
                record.custody_months = Some(months);
                record.unable_until = Some(until);
            }
        }
        if both && self.draw.happens(500) {
            if let Some(person) = home.people.get_mut(mother) {
                person.has_disability_card = Some(true);
                person.disability_kind = Some("mental");
                person.disability_grade = Some(2);
                person.able_to_work = Some(false);
                person.employed = Some(false);
            }
        } else if both && let Some(record) = home.parents.last_mut() {
            record.contact_lost_months = Some(self.draw.between(6, 60));
        }
        let choice = if self.draw.happens(900) {
            "de_facto_orphan"
        } else {
            "tekun"
        };
        if let Some(person) = home.people.get_mut(child) {
            person.child_choice = Some(choice);
            person.child_care_form = Some("family");
        }
    }

    /// The age a person has on the day.
    fn age(&self, person: &Person) -> i64 {
        let birth = person.birth.unwrap_or(self.on);
        birth.age_on(self.on, Birthday::LastOfFebruary)
    }

    /// A number of a sex: nobody else of the first three million has the same day of birth, division and sequence.
    fn identity(&mut self, sex: Sex, age: i64) -> (Option<Identity>, Day) {
        let counter = match sex {
            Sex::Male => &mut self.men,
            Sex::Female => &mut self.women,
        };
        let at = *counter;
        *counter = at.saturating_add(1);
        let sequence = (at % 500)
            .saturating_mul(2)
            .saturating_add(i64::from(sex == Sex::Male));
        let division = (at / 500 % 99).saturating_add(1);
        let round = at / 49_500 % 32;
        let in_year = self
            .draw
            .between(0, 10)
            .saturating_mul(32)
            .saturating_add(round);
        let this_year = i64::from(self.on.year());
        let day_in = |year: i64| {
            let year = i32::try_from(year).unwrap_or(2_000);
            Day::from_ymd(year, 1, 1)
                .unwrap_or(self.on)
                .add_days(in_year)
        };
        let mut birth = day_in(this_year.saturating_sub(age));
        if birth.age_on(self.on, Birthday::LastOfFebruary) < age || birth > self.on {
            birth = day_in(this_year.saturating_sub(age).saturating_sub(1));
        }
        let number = packed(
            u64::try_from(division).unwrap_or(1),
            birth,
            u64::try_from(sequence).unwrap_or(0),
        );
        (number.map(Identity), birth)
    }

    /// Adds a person with what is usual at the age; the index of the person.
    fn add(&mut self, home: &mut Home, relation: Code, sex: Sex, ages: (i64, i64)) -> usize {
        let mut drawn = self.draw.between(ages.0, ages.1);
        if ages.0 >= 54 {
            // few of the old are very old
            drawn = drawn.min(self.draw.between(ages.0, ages.1));
            drawn = drawn.min(self.draw.between(ages.0, ages.1));
        }
        let (id_number, birth) = self.identity(sex, drawn);
        let age = birth.age_on(self.on, Birthday::LastOfFebruary);
        let adult = age >= 18;
        let study = self.study(age);
        let card = self.draw.happens(match age {
            0..=17 => 18,
            18..=59 => 40,
            _ => 120,
        });
        let kind = self.draw.weighted(
            &[
                ("limb", 45),
                ("hearing", 14),
                ("visual", 12),
                ("mental", 11),
                ("intellectual", 9),
                ("multiple", 7),
                ("speech", 2),
            ],
            "limb",
        );
        let grade = self.draw.weighted(&[(1, 12), (2, 28), (3, 25), (4, 35)], 4);
        let severe = card && grade <= 2;
        let of_mind = card && matches!(kind, "intellectual" | "mental");
        let ill = self.draw.happens(if age >= 60 { 45 } else { 14 });
        let able = (18..60).contains(&age) && !severe && !(ill && self.draw.happens(600));
        let at_work = if card { 450 } else { 880 };
        let employed = able && study == "none" && self.draw.happens(at_work);
        let frail = match age {
            0..=3 => 900,
            4..=69 => 25,
            70..=79 => 120,
            _ => 350,
        };
        let frail = if severe { 500 } else { frail };
        let mut can = || !self.draw.happens(frail);
        let (eats, dresses, gets_up, toilets, walks, washes) =
            (can(), can(), can(), can(), can(), can());
        let nothing = Some(Fen(0));
        let mut person = Person {
            household_id: home.household.household_id,
            person_id: i64::try_from(home.people.len())
                .ok()
                .map(|n| Key(n.saturating_add(1))),
            id_number: id_number.filter(|_| !self.draw.happens(15)),
            relation: Some(relation),
            birth: Some(birth),
            alive: Some(true),
            no_exclusion: Some(true),
            registered_here: Some(!self.draw.happens(30)),
            lives_together: Some(true),
            out_of_contact: Some(false),
            study: Some(study),
            full_time_study: Some(study != "none" && !(adult && self.draw.happens(80))),
            can_live_independently: Some(adult && !(severe && of_mind)),
            married: Some(false),
            employed: Some(employed),
            able_to_work: Some(able),
            civil_capacity: Some(adult && !(severe && of_mind)),
            clergy_in_religious_place: Some(self.draw.happens(1)),
            has_disability_card: Some(card),
            disability_kind: card.then_some(kind),
            disability_grade: card.then_some(grade),
            severe_illness: Some(ill),
            local_special_hardship: Some(self.draw.happens(4)),
            single_parent_family: Some(false),
            obligors_complete: Some(true),
            parents_complete: Some(true),
            wage: nothing,
            employment_cost: nothing,
            business_net: nothing,
            property_net: nothing,
            pension: nothing,
            transfer_in: nothing,
            transfer_out: nothing,
            support_received: nothing,
            support_due: nothing,
            other_income: nothing,
            central_basic_pension: Some(yuan(if age >= 60 { 1_800 } else { 0 })),
            old_age_allowance: Some(yuan(if age >= 80 { 1_200 } else { 0 })),
            preferential_pension: nothing,
            family_planning_reward: nothing,
            scholarship: nothing,
            bravery_award: nothing,
            social_assistance_received: nothing,
            disability_subsidies: nothing,
            child_subsidy: nothing,
            local_excluded_income: nothing,
            dibao_recipient: Some(false),
            labour_regained: Some(false),
            eats: Some(eats),
            dresses: Some(dresses),
            gets_up: Some(gets_up),
            toilets: Some(toilets),
            walks: Some(walks),
            washes: Some(washes),
            ..Person::default()
        };
        if !matches!(relation, "self" | "spouse" | "child" | "parent") {
            person.support_duty_applicant = Some(relation == "parent_in_law");
        }
        if relation != "self" {
            person.support_duty_member = Some(matches!(
                relation,
                "spouse" | "child" | "parent" | "parent_in_law"
            ));
            person.counted_by_authority = Some(false);
        }
        if age >= 60 || card || !adult {
            let institution = self.draw.happens(250);
            person.support_form = Some(if institution {
                "concentrated"
            } else {
                "dispersed"
            });
        }
        if age >= 70 {
            let since = birth.add_days(self.draw.between(0, 27_000));
            person.registered_since = Some(since.min(self.on));
        }
        if card {
            let care = match grade {
                1 => 900,
                2 => 700,
                3 => 250,
                _ => 50,
            };
            person.needs_long_term_care = Some(self.draw.happens(care));
            person.work_injury_care = Some(self.draw.happens(12));
            person.living_subsidy_recipient = Some(severe && self.draw.happens(500));
            let other = self.draw.happens(30);
            person.other_living_allowance = Some(yuan(if other { 300 } else { 0 }));
            person.other_care_allowance = Some(yuan(if other { 300 } else { 0 }));
        }
        if !adult {
            person.parents_not_found = Some(false);
            person.both_missing_found_orphan = Some(false);
            person.adopted = Some(self.draw.happens(6));
            person.child_care_form = Some("family");
        }
        if adult && self.draw.happens(6) {
            self.exclude(&mut person);
        }
        home.people.push(person);
        home.people.len().saturating_sub(1)
    }

    /// One of the grounds for not counting, each of them answered.
    fn exclude(&mut self, person: &mut Person) {
        let ground = self.draw.between(0, 9);
        person.no_exclusion = Some(false);
        person.in_prison = Some(ground <= 4);
        person.sentenced = Some(ground <= 4);
        person.compulsory_rehab = Some(ground == 5);
        person.declared_missing = Some(ground == 6);
        person.declared_dead = Some(ground == 7);
        person.clergy_apart_three_years = Some(ground == 8);
        person.provincial_exclusion = Some(ground == 9);
        person.tekun_recipient = Some(false);
        if ground <= 7 {
            person.employed = Some(false);
        }
    }

    fn study(&mut self, age: i64) -> Code {
        match age {
            4..=5 => self
                .draw
                .weighted(&[("kindergarten", 9), ("none", 1)], "none"),
            6..=11 => "primary",
            12..=14 => "junior_high",
            15..=17 => self.draw.weighted(
                &[
                    ("senior_high", 56),
                    ("vocational_secondary", 38),
                    ("none", 6),
                ],
                "none",
            ),
            18..=21 => self.draw.weighted(
                &[("bachelor", 30), ("junior_college", 26), ("none", 44)],
                "none",
            ),
            22..=25 => self
                .draw
                .weighted(&[("postgraduate", 4), ("none", 96)], "none"),
            _ => "none",
        }
    }

    // what

    fn income(&mut self, home: &mut Home, means: Means, urban: bool) {
        let line = if urban { 10_440 } else { 7_920 };
        let percent = match means {
            Means::Poor => self.draw.between(0, 99),
            Means::Near => self.draw.between(100, 165),
            Means::Modest => self.draw.between(165, 460),
            Means::Well => self.draw.between(460, 2_400),
        };
        let here = |p: &Person| p.alive == Some(true) && p.lives_together == Some(true);
        let size = i64::try_from(home.people.iter().filter(|p| here(p)).count()).unwrap_or(1);
        let total = share(line, percent).saturating_mul(size);
        let earns: Vec<usize> = home
            .people
            .iter()
            .enumerate()
            .filter(|(_, p)| here(p) && (p.employed == Some(true) || self.age(p) >= 60))
            .map(|(at, _)| at)
            .collect();
        let each = total
            .checked_div(i64::try_from(earns.len()).unwrap_or(1))
            .unwrap_or(0);
        if earns.is_empty()
            && let Some(applicant) = home.people.first_mut()
        {
            applicant.transfer_in = Some(yuan(total));
        }
        for at in earns {
            let age = home.people.get(at).map_or(0, |p| self.age(p));
            let on_the_land = !urban && self.draw.happens(500);
            let cents = self.draw.weighted(&[(0, 8), (50, 1), (37, 1)], 0);
            let Some(person) = home.people.get_mut(at) else {
                continue;
            };
            if age >= 60 {
                person.pension = Some(yuan(each));
            } else if on_the_land {
                person.business_net = Some(yuan(each));
            } else {
                // three tenths of a wage are the cost of work in the demonstration banner
                let wage = Fen(yuan(each).0.saturating_mul(10) / 7);
                person.wage = Some(Fen(wage.0.saturating_add(cents)));
                person.employment_cost = Some(Fen(wage.0 / 10));
            }
        }
        for person in &mut home.people {
            if means == Means::Well && self.draw.happens(120) {
                person.property_net = Some(yuan(self.draw.between(500, 20_000)));
            }
            if person.wage > Some(Fen(0)) && means != Means::Poor && self.draw.happens(600) {
                person.transfer_out = person.wage.map(|w| Fen(w.0 / 50));
            }
            if person.study == Some("bachelor") && self.draw.happens(150) {
                person.scholarship = Some(yuan(self.draw.between(10, 80).saturating_mul(100)));
            }
            let subsidised = person.living_subsidy_recipient == Some(true);
            person.disability_subsidies = Some(yuan(if subsidised { 1_500 } else { 0 }));
            person.dibao_recipient = Some(means == Means::Poor && self.draw.happens(650));
        }
    }

    fn property(&mut self, home: &mut Home, means: Means) {
        let size = i64::try_from(home.people.len()).unwrap_or(1);
        let (deposits, car, second, business) = match means {
            Means::Poor => (
                self.draw
                    .between(-4_000, 15_000)
                    .max(0)
                    .saturating_mul(size),
                15,
                8,
                2,
            ),
            Means::Near => (
                self.draw
                    .between(-2_000, 30_000)
                    .max(0)
                    .saturating_mul(size),
                120,
                25,
                8,
            ),
            Means::Modest => (
                self.draw.between(0, 60_000).saturating_mul(size),
                380,
                80,
                20,
            ),
            Means::Well => (
                self.draw.between(5_000, 160_000).saturating_mul(size),
                760,
                280,
                110,
            ),
        };
        let vehicles = i64::from(self.draw.happens(car));
        let vehicles =
            vehicles.saturating_add(i64::from(means == Means::Well && self.draw.happens(160)));
        let worth = if means == Means::Well {
            250_000
        } else {
            90_000
        };
        let houses = if self.draw.happens(second) {
            2
        } else {
            i64::from(!self.draw.happens(70))
        };
        let area = self.draw.between(14, 40).saturating_mul(size);
        let at_most = |draw: &mut Draw, chance: i64, most: i64| {
            yuan(if draw.happens(chance) {
                draw.between(1_000, most)
            } else {
                0
            })
        };
        let invests = if means == Means::Well { 220 } else { 6 };
        let house = &mut home.household;
        house.deposits = Some(yuan(deposits));
        house.securities = Some(at_most(&mut self.draw, invests, 120_000));
        house.insurance_value = Some(at_most(&mut self.draw, invests, 60_000));
        house.other_financial = Some(at_most(&mut self.draw, invests / 2, 20_000));
        house.vehicles = Some(vehicles);
        house.motorcycles = Some(i64::from(self.draw.happens(if means == Means::Poor {
            20
        } else {
            110
        })));
        house.vehicles_exempt = Some(0);
        house.vehicle_value = Some(yuan(
            vehicles.saturating_mul(self.draw.between(8_000, worth)),
        ));
        house.houses = Some(houses);
        house.house_area = Some(if houses == 0 { 0 } else { area });
        house.non_residential = Some(i64::from(self.draw.happens(business / 2)));
        house.business_capital = Some(at_most(&mut self.draw, business, 600_000));
        let adults: Vec<usize> = home
            .people
            .iter()
            .enumerate()
            .filter(|(_, p)| p.alive == Some(true) && p.can_live_independently == Some(true))
            .map(|(at, _)| at)
            .collect();
        let each = deposits
            .checked_div(i64::try_from(adults.len()).unwrap_or(1))
            .unwrap_or(0);
        for (at, person) in home.people.iter_mut().enumerate() {
            let own = if adults.contains(&at) { each } else { 0 };
            person.own_financial_assets = Some(yuan(own));
            person.own_property_within_limits = Some(own <= 20_000 && vehicles == 0);
        }
    }

    fn spending(&mut self, home: &mut Home, means: Means) {
        let size = i64::try_from(home.people.len()).unwrap_or(1);
        let ill = home.people.iter().any(|p| p.severe_illness == Some(true));
        let disabled = home
            .people
            .iter()
            .any(|p| p.has_disability_card == Some(true));
        let medical = if ill {
            self.draw.between(6_000, 90_000)
        } else {
            self.draw.between(0, 2_500).saturating_mul(size)
        };
        let mut education = 0_i64;
        for person in &home.people {
            let fee = match person.study {
                Some("kindergarten") => self.draw.between(1_500, 6_000),
                Some("senior_high" | "vocational_secondary") => self.draw.between(800, 3_000),
                Some("junior_college" | "bachelor" | "postgraduate") => {
                    self.draw.between(5_000, 12_000)
                }
                _ => 0,
            };
            education = education.saturating_add(fee);
        }
        let accident = if self.draw.happens(12) {
            self.draw.between(3_000, 60_000)
        } else {
            0
        };
        let per_head = match means {
            Means::Poor | Means::Near => self.draw.between(4_000, 11_000),
            Means::Modest | Means::Well => self.draw.between(8_000, 26_000),
        };
        let rehabilitation = if disabled {
            self.draw.between(0, 5_000)
        } else {
            0
        };
        let deducted = ill && matches!(means, Means::Poor | Means::Near) && self.draw.happens(300);
        let house = &mut home.household;
        house.medical_own = Some(yuan(medical));
        house.education_own = Some(yuan(education));
        house.rehabilitation_own = Some(yuan(rehabilitation));
        house.accident_own = Some(yuan(accident));
        house.living_spending = Some(yuan(per_head.saturating_mul(size)));
        house.other_rigid = Some(yuan(0));
        house.rigid_deduction = Some(yuan(if deducted { medical / 2 } else { 0 }));
    }

    // the case

    fn procedure(&mut self, home: &mut Home, means: Means) {
        let accepted = self.on.add_days(self.draw.between(-75, -25));
        let decided = accepted.add_days(self.draw.between(14, 24));
        let before = self.draw.happens(match means {
            Means::Poor => 650,
            Means::Near => 160,
            Means::Modest => 12,
            Means::Well => 1,
        });
        let here = home.people.first().and_then(|p| p.registered_here) == Some(true);
        let reviewed = decided.add_days(self.draw.between(-330, 0));
        let house = &mut home.household;
        house.members_complete = Some(true);
        house.accepted_on = Some(accepted);
        house.publicity_from = Some(accepted.add_days(self.draw.between(5, 12)));
        house.decided_on = Some(decided);
        house.last_review_on = Some(if before { reviewed } else { decided });
        house.hard_case = Some(self.draw.happens(50));
        house.township_decides = Some(self.draw.happens(600));
        house.income_steady = Some(self.draw.happens(700));
        house.residence_permit_here = Some(!here && self.draw.happens(500));
        house.dibao_before = Some(before);
        if before {
            let left = means != Means::Poor && self.draw.happens(650);
            house.exit_by_employment = Some(left);
            house.exit_from = Some(self.on.add_days(self.draw.between(-330, 20)));
            house.previous_amount = Some(yuan(self.draw.between(150, 1_800)));
        }
    }

    /// Temporary assistance: most have not asked for it.
    fn hardship(&mut self, home: &mut Home) {
        let struck = self.draw.happens(15);
        home.household.basic_living_hard = Some(struck);
        if !struck {
            return;
        }
        let emergency = self.draw.happens(450);
        let cause = if emergency {
            self.draw.weighted(
                &[
                    ("fire", 10),
                    ("traffic_accident", 20),
                    ("other_accident", 25),
                    ("sudden_illness", 35),
                    ("sudden_change", 5),
                    ("other_hardship", 5),
                ],
                "fire",
            )
        } else {
            self.draw
                .weighted(&[("necessary_spending", 9), ("no_cause", 1)], "no_cause")
        };
        let grade = self.draw.between(1, 3);
        let meeting = self.draw.happens(60);
        let house = &mut home.household;
        house.temp_kind = Some(if emergency {
            "emergency"
        } else {
            "expenditure"
        });
        house.temp_cause = Some(cause);
        house.spending_beyond_means = Some(self.draw.happens(850));
        house.handled_small_fast = Some(emergency && self.draw.happens(450));
        house.temp_grade = Some(grade);
        house.helped_persons = i64::try_from(home.people.len()).ok();
        house.decided_by_meeting = Some(meeting);
        house.temp_sum_found = Some(yuan(if meeting {
            self.draw.between(20, 200).saturating_mul(100)
        } else {
            0
        }));
    }

    /// Persons without labour ability: those who by law owe them support, and those who have nobody.
    fn support(&mut self, home: &mut Home, kind: Kind, means: Means) {
        let lone = matches!(kind, Kind::OldAlone | Kind::AdultAlone);
        let poor = matches!(means, Means::Poor | Means::Near);
        if lone && means == Means::Poor && self.draw.happens(450) {
            self.tekun(home);
            return;
        }
        let keys: Vec<(Option<Key>, Option<Code>, bool)> = home
            .people
            .iter()
            .map(|p| {
                let needs = self.age(p) >= 60 || p.has_disability_card == Some(true);
                (p.person_id, p.relation, needs && p.alive == Some(true))
            })
            .collect();
        let household = home.household.household_id;
        for (of, relation, needs) in &keys {
            for (person, other, _) in keys.iter().filter(|_| *needs) {
                let owed = match (*relation, *other) {
                    (Some("self"), Some("spouse")) | (Some("spouse"), Some("self")) => "spouse",
                    (Some("self" | "spouse"), Some("child")) | (Some("parent"), Some("self")) => {
                        "child"
                    }
                    (Some("parent_in_law"), Some("spouse")) => "child",
                    _ => continue,
                };
                home.obligors.push(Obligor {
                    household_id: household,
                    of: *of,
                    person: *person,
                    kind: Some(owed),
                });
            }
            if *relation == Some("grandchild") {
                for (person, ..) in keys.iter().filter(|(_, other, _)| *other == Some("self")) {
                    home.obligors.push(Obligor {
                        household_id: household,
                        of: *of,
                        person: *person,
                        kind: Some("grandparent"),
                    });
                }
            }
        }
        // old people alone who are poor: a grown child elsewhere, unless nobody knows of one
        let old = matches!(kind, Kind::OldAlone | Kind::OldCouple);
        if old && poor && self.draw.happens(800) {
            let child = self.add(home, "child", Sex::Male, (30, 42));
            let wage = yuan(self.draw.between(24_000, 90_000));
            let assets = yuan(self.draw.between(0, 150_000));
            let Some(person) = home.people.get_mut(child) else {
                return;
            };
            person.lives_together = Some(false);
            person.own_household = Some(true);
            person.family_in_hardship = Some(false);
            person.own_property_within_limits = Some(false);
            person.employed = Some(true);
            person.wage = Some(wage);
            person.own_financial_assets = Some(assets);
            let key = person.person_id;
            let of: Vec<Option<Key>> = keys.iter().map(|(key, ..)| *key).collect();
            home.obligors.extend(of.into_iter().map(|of| Obligor {
                household_id: household,
                of,
                person: key,
                kind: Some("child"),
            }));
            if means == Means::Poor && self.draw.happens(300) {
                let due = yuan(self.draw.between(600, 3_000));
                if let Some(parent) = home.people.first_mut() {
                    parent.support_due = Some(due);
                    parent.support_received = Some(due);
                }
            }
        }
    }

    /// A person alone without income, without means and without anybody.
    fn tekun(&mut self, home: &mut Home) {
        let supported = self.draw.happens(700);
        let since = self.on.add_days(self.draw.between(-4_000, -30));
        let nothing = Some(Fen(0));
        home.household.deposits = Some(yuan(self.draw.between(0, 3_000)));
        if let Some(person) = home.people.first_mut() {
            person.employed = Some(false);
            (person.wage, person.business_net, person.pension) = (nothing, nothing, nothing);
            (person.property_net, person.transfer_in, person.transfer_out) =
                (nothing, nothing, nothing);
            person.employment_cost = nothing;
            person.own_financial_assets = home.household.deposits;
            person.tekun_recipient = Some(supported);
            person.tekun_since = supported.then_some(since);
            person.dibao_recipient = Some(false);
            person.labour_regained = Some(supported && self.draw.happens(15));
        }
    }

    /// Some households have not answered everything. It comes after [`Homes::next`] of the same household.
    pub(super) fn gaps(&mut self, home: &mut Home) {
        if self.draw.happens(self.gaps) {
            home.household.forget(&mut self.draw, 30);
            for person in &mut home.people {
                person.forget(&mut self.draw, 20);
            }
            for record in &mut home.obligors {
                record.forget(&mut self.draw, 40);
            }
            for record in &mut home.parents {
                record.forget(&mut self.draw, 40);
            }
        }
    }
}

/// The number of a division that no place has, a day of birth and a sequence.
pub(super) fn packed(division: u64, birth: Day, sequence: u64) -> Option<ResidentNumber> {
    let digits = birth
        .to_string()
        .bytes()
        .filter(u8::is_ascii_digit)
        .fold(0_u64, |n, byte| {
            n.saturating_mul(10)
                .saturating_add(u64::from(byte.saturating_sub(b'0')))
        });
    let packed = division
        .saturating_add(super::DIVISION)
        .saturating_mul(100_000_000)
        .saturating_add(digits)
        .saturating_mul(1_000)
        .saturating_add(sequence);
    ResidentNumber::from_packed(packed).ok()
}

fn last_but<T>(list: &mut [T], many: usize) -> Option<&mut T> {
    let at = list.len().checked_sub(many.saturating_add(1))?;
    list.get_mut(at)
}
