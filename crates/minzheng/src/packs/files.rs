//! The files of the built-in packs. Written by `cargo xtask gen`; do not edit.

#[rustfmt::skip]
pub(super) const CN: &[(&str, &str)] = &[
    ("calendar/2012.toml", include_str!("../../packs/cn/calendar/2012.toml")),
    ("calendar/2013.toml", include_str!("../../packs/cn/calendar/2013.toml")),
    ("calendar/2014.toml", include_str!("../../packs/cn/calendar/2014.toml")),
    ("calendar/2015.toml", include_str!("../../packs/cn/calendar/2015.toml")),
    ("calendar/2016.toml", include_str!("../../packs/cn/calendar/2016.toml")),
    ("calendar/2017.toml", include_str!("../../packs/cn/calendar/2017.toml")),
    ("calendar/2018.toml", include_str!("../../packs/cn/calendar/2018.toml")),
    ("calendar/2019.toml", include_str!("../../packs/cn/calendar/2019.toml")),
    ("calendar/2020.toml", include_str!("../../packs/cn/calendar/2020.toml")),
    ("calendar/2021.toml", include_str!("../../packs/cn/calendar/2021.toml")),
    ("calendar/2022.toml", include_str!("../../packs/cn/calendar/2022.toml")),
    ("calendar/2023.toml", include_str!("../../packs/cn/calendar/2023.toml")),
    ("calendar/2024.toml", include_str!("../../packs/cn/calendar/2024.toml")),
    ("calendar/2025.toml", include_str!("../../packs/cn/calendar/2025.toml")),
    ("calendar/2026.toml", include_str!("../../packs/cn/calendar/2026.toml")),
    ("facts/case.toml", include_str!("../../packs/cn/facts/case.toml")),
    ("facts/children.toml", include_str!("../../packs/cn/facts/children.toml")),
    ("facts/disability.toml", include_str!("../../packs/cn/facts/disability.toml")),
    ("facts/entities.toml", include_str!("../../packs/cn/facts/entities.toml")),
    ("facts/household.toml", include_str!("../../packs/cn/facts/household.toml")),
    ("facts/income.toml", include_str!("../../packs/cn/facts/income.toml")),
    ("facts/old_age.toml", include_str!("../../packs/cn/facts/old_age.toml")),
    ("facts/person.toml", include_str!("../../packs/cn/facts/person.toml")),
    ("facts/property.toml", include_str!("../../packs/cn/facts/property.toml")),
    ("facts/spending.toml", include_str!("../../packs/cn/facts/spending.toml")),
    ("facts/tekun.toml", include_str!("../../packs/cn/facts/tekun.toml")),
    ("facts/temp.toml", include_str!("../../packs/cn/facts/temp.toml")),
    ("formulas/children.toml", include_str!("../../packs/cn/formulas/children.toml")),
    ("formulas/composition.toml", include_str!("../../packs/cn/formulas/composition.toml")),
    ("formulas/dates.toml", include_str!("../../packs/cn/formulas/dates.toml")),
    ("formulas/disability.toml", include_str!("../../packs/cn/formulas/disability.toml")),
    ("formulas/income.toml", include_str!("../../packs/cn/formulas/income.toml")),
    ("formulas/obligor.toml", include_str!("../../packs/cn/formulas/obligor.toml")),
    ("formulas/old_age.toml", include_str!("../../packs/cn/formulas/old_age.toml")),
    ("formulas/property.toml", include_str!("../../packs/cn/formulas/property.toml")),
    ("formulas/standing.toml", include_str!("../../packs/cn/formulas/standing.toml")),
    ("formulas/tekun.toml", include_str!("../../packs/cn/formulas/tekun.toml")),
    ("formulas/temp.toml", include_str!("../../packs/cn/formulas/temp.toml")),
    ("instruments-other.toml", include_str!("../../packs/cn/instruments-other.toml")),
    ("instruments.toml", include_str!("../../packs/cn/instruments.toml")),
    ("pack.toml", include_str!("../../packs/cn/pack.toml")),
    ("parameters/children.toml", include_str!("../../packs/cn/parameters/children.toml")),
    ("parameters/dibao.toml", include_str!("../../packs/cn/parameters/dibao.toml")),
    ("parameters/disability.toml", include_str!("../../packs/cn/parameters/disability.toml")),
    ("parameters/income.toml", include_str!("../../packs/cn/parameters/income.toml")),
    ("parameters/old_age.toml", include_str!("../../packs/cn/parameters/old_age.toml")),
    ("parameters/property.toml", include_str!("../../packs/cn/parameters/property.toml")),
    ("parameters/rigid.toml", include_str!("../../packs/cn/parameters/rigid.toml")),
    ("parameters/standard.toml", include_str!("../../packs/cn/parameters/standard.toml")),
    ("parameters/tekun.toml", include_str!("../../packs/cn/parameters/tekun.toml")),
    ("parameters/temp.toml", include_str!("../../packs/cn/parameters/temp.toml")),
    ("places.toml", include_str!("../../packs/cn/places.toml")),
    ("programmes/de_facto_orphan.toml", include_str!("../../packs/cn/programmes/de_facto_orphan.toml")),
    ("programmes/dibao.toml", include_str!("../../packs/cn/programmes/dibao.toml")),
    ("programmes/dibao_single.toml", include_str!("../../packs/cn/programmes/dibao_single.toml")),
    ("programmes/disability.toml", include_str!("../../packs/cn/programmes/disability.toml")),
    ("programmes/edge.toml", include_str!("../../packs/cn/programmes/edge.toml")),
    ("programmes/old_age.toml", include_str!("../../packs/cn/programmes/old_age.toml")),
    ("programmes/orphan.toml", include_str!("../../packs/cn/programmes/orphan.toml")),
    ("programmes/relations-other.toml", include_str!("../../packs/cn/programmes/relations-other.toml")),
    ("programmes/rigid.toml", include_str!("../../packs/cn/programmes/rigid.toml")),
    ("programmes/tekun.toml", include_str!("../../packs/cn/programmes/tekun.toml")),
    ("programmes/temp.toml", include_str!("../../packs/cn/programmes/temp.toml")),
    ("relations.toml", include_str!("../../packs/cn/relations.toml")),
    ("settings.toml", include_str!("../../packs/cn/settings.toml")),
];

#[rustfmt::skip]
pub(super) const CN_15: &[(&str, &str)] = &[
    ("instruments.toml", include_str!("../../packs/cn-15/instruments.toml")),
    ("pack.toml", include_str!("../../packs/cn-15/pack.toml")),
    ("parameters/allowances.toml", include_str!("../../packs/cn-15/parameters/allowances.toml")),
    ("parameters/means.toml", include_str!("../../packs/cn-15/parameters/means.toml")),
    ("places.toml", include_str!("../../packs/cn-15/places.toml")),
];

#[cfg(feature = "pack-tests")]
#[rustfmt::skip]
pub(super) const CN_15_TESTS: &[(&str, &str)] = &[
    ("cases/dibao.toml", include_str!("../../packs/cn-15/cases/dibao.toml")),
];

#[rustfmt::skip]
pub(super) const DEMO: &[(&str, &str)] = &[
    ("other-half/children.toml", include_str!("../../packs/demo/other-half/children.toml")),
    ("other-half/disability.toml", include_str!("../../packs/demo/other-half/disability.toml")),
    ("other-half/old_age.toml", include_str!("../../packs/demo/other-half/old_age.toml")),
    ("other-half/tekun.toml", include_str!("../../packs/demo/other-half/tekun.toml")),
    ("other-half/temp.toml", include_str!("../../packs/demo/other-half/temp.toml")),
    ("pack.toml", include_str!("../../packs/demo/pack.toml")),
    ("parameters/means.toml", include_str!("../../packs/demo/parameters/means.toml")),
];

#[cfg(feature = "pack-tests")]
#[rustfmt::skip]
pub(super) const DEMO_TESTS: &[(&str, &str)] = &[
    ("cases/dates.toml", include_str!("../../packs/demo/cases/dates.toml")),
    ("cases/de_facto_orphan.toml", include_str!("../../packs/demo/cases/de_facto_orphan.toml")),
    ("cases/dibao.toml", include_str!("../../packs/demo/cases/dibao.toml")),
    ("cases/dibao_single.toml", include_str!("../../packs/demo/cases/dibao_single.toml")),
    ("cases/disability.toml", include_str!("../../packs/demo/cases/disability.toml")),
    ("cases/earlier.toml", include_str!("../../packs/demo/cases/earlier.toml")),
    ("cases/edge.toml", include_str!("../../packs/demo/cases/edge.toml")),
    ("cases/income.toml", include_str!("../../packs/demo/cases/income.toml")),
    ("cases/members.toml", include_str!("../../packs/demo/cases/members.toml")),
    ("cases/old_age.toml", include_str!("../../packs/demo/cases/old_age.toml")),
    ("cases/orphan.toml", include_str!("../../packs/demo/cases/orphan.toml")),
    ("cases/rigid.toml", include_str!("../../packs/demo/cases/rigid.toml")),
    ("cases/standing.toml", include_str!("../../packs/demo/cases/standing.toml")),
    ("cases/tekun.toml", include_str!("../../packs/demo/cases/tekun.toml")),
    ("cases/temp.toml", include_str!("../../packs/demo/cases/temp.toml")),
];
