//! Reference data: indicators, calendars, groupings of sectors, rating schemes, kinds of activities, forms
//! of periodic reports. Files beside the source, compiled in, read once at the start and
//! refused there if wrong.

pub mod activity_kind;
pub mod calendar;
pub mod criteria;
mod file;
pub mod grouping;
pub mod indicator;
pub mod periodic_report_form;
pub mod scheme;
pub mod vocabulary;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use anyhow::Context;
use serde::Deserialize;

pub use self::activity_kind::ActivityKind;
pub use self::calendar::Calendar;
pub use self::criteria::{Criterion, CriterionKind};
pub use self::grouping::{Group, Grouped, Grouping, OTHER_GROUP};
pub use self::indicator::{Definition, Indicator, Kind, Version};
pub use self::periodic_report_form::Form;
pub use self::scheme::{Grade, Scheme};
pub use self::vocabulary::{InWords, Vocabulary};
use crate::ground::figure::source::{Source, Unfit};

/// Everything that the reference files say.
pub struct Reference {
    indicators: Vec<Indicator>,
    calendars: Vec<Calendar>,
    groupings: BTreeMap<String, Grouping>,
    grassroots_types: BTreeSet<String>,
    schemes: Vec<Scheme>,
    vocabulary: Vocabulary,
    activity_kinds: Vec<ActivityKind>,
    periodic_report_forms: Vec<Form>,
}

static REFERENCE: OnceLock<Reference> = OnceLock::new();

/// Reads the files; to be called before anything is served.
pub fn load() -> anyhow::Result<&'static Reference> {
    if let Some(reference) = REFERENCE.get() {
        return Ok(reference);
    }
    let reference = Reference::read()?;
    Ok(REFERENCE.get_or_init(|| reference))
}

impl Reference {
    /// All indicators, in the order of the file.
    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }

    /// One indicator.
    pub fn indicator(&self, code: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.code == code)
    }

    /// What a definition that was loaded means.
    pub fn define(&self, definition: &Definition) -> Result<Indicator, Unfit> {
        Indicator::define(definition, &self.schemes, &self.vocabulary)
    }

    /// What an indicator counts, in words.
    pub fn spell(&self, indicator: &Indicator) -> InWords {
        let mut spelt = self.vocabulary.spell(&indicator.numerator);
        if let Some(denominator) = &indicator.denominator {
            let whole = self.vocabulary.spell(denominator);
            spelt.vi = format!("{} / {}", spelt.vi, whole.vi);
            spelt.en = format!("{} / {}", spelt.en, whole.en);
        }
        if indicator.without_suspended {
            spelt.vi.push_str("; không kể đơn vị tạm dừng chỉ đạo hoạt động");
            spelt.en.push_str("; suspended unions left out");
        }
        spelt
    }

    /// What a word is called under which a source tells; none where a later version of a list brought it.
    pub fn word_vi(&self, source: &Source, word: &str) -> Option<&str> {
        self.vocabulary.word_vi(source, word)
    }

    /// All calendars.
    pub fn calendars(&self) -> &[Calendar] {
        &self.calendars
    }

    /// One calendar.
    pub fn calendar(&self, code: &str) -> Option<&Calendar> {
        self.calendars.iter().find(|calendar| calendar.code == code)
    }

    /// All groupings.
    pub fn groupings(&self) -> &BTreeMap<String, Grouping> {
        &self.groupings
    }

    /// A grouping spelt out for SQL: sectors or industries, and beside each its group.
    pub fn spelt_groups(&self, grouping: &str) -> (Vec<String>, Vec<String>) {
        self.groupings
            .get(grouping)
            .into_iter()
            .flat_map(|grouping| grouping.groups.iter().map(|group| (grouping.of, group)))
            .flat_map(|(of, group)| {
                group.members.iter().map(move |member| (of.spelt(member), group.code.clone()))
            })
            .unzip()
    }

    /// What an industry is called; its code where a later version of registry's list brought it.
    pub fn industry_vi<'a>(&'a self, code: &'a str) -> &'a str {
        let groups = self.groupings.values().filter(|it| it.of == Grouped::Industries);
        let mut alone = groups.flat_map(|grouping| &grouping.groups);
        alone.find(|group| group.members == [code]).map_or(code, |group| &group.name_vi)
    }

    /// Whether organisations of this type are counted as unions.
    pub fn is_grassroots(&self, organisation_type: &str) -> bool {
        self.grassroots_types.contains(organisation_type)
    }

    /// Whether unions are rated for a year by a scheme that has one of these grades (any, if
    /// there are none).
    pub fn rates_in(&self, year: i32, grades: &[String]) -> bool {
        self.schemes.iter().filter(|scheme| scheme.in_force(year)).any(|scheme| {
            grades.is_empty()
                || grades.iter().any(|grade| grade.split('.').next() == Some(&scheme.code))
        })
    }

    /// All rating schemes.
    pub fn schemes(&self) -> &[Scheme] {
        &self.schemes
    }

    /// All kinds of activities, in the order of the file.
    pub fn activity_kinds(&self) -> &[ActivityKind] {
        &self.activity_kinds
    }

    /// The kind of activity of this code.
    pub fn activity_kind(&self, code: &str) -> Option<&ActivityKind> {
        self.activity_kinds.iter().find(|kind| kind.code == code)
    }

    /// The program's forms of periodic reports, each in every version, in the order of the file.
    pub fn periodic_report_forms(&self) -> &[Form] {
        &self.periodic_report_forms
    }

    fn read() -> anyhow::Result<Self> {
        let schemes = scheme::read().context("read rating_schemes.csv")?;
        let groupings = grouping::read().context("read sector_groupings.csv")?;
        let activity_kinds = activity_kind::read().context("read activity_kinds.toml")?;
        let vocabulary =
            vocabulary::read(&schemes, &activity_kinds).context("read sources.toml")?;
        let indicators = indicator::read(&schemes, &vocabulary).context("read indicators.csv")?;
        let periodic_report_forms = periodic_report_form::read(&indicators, &groupings)
            .context("read periodic_report_forms.toml")?;
        Ok(Self {
            grassroots_types: grassroots_types().context("read grassroots_types.csv")?,
            calendars: calendar::read().context("read calendars.csv")?,
            indicators,
            groupings,
            schemes,
            vocabulary,
            activity_kinds,
            periodic_report_forms,
        })
    }
}

#[derive(Deserialize)]
struct TypeRow {
    code: String,
}

fn grassroots_types() -> anyhow::Result<BTreeSet<String>> {
    file::rows::<TypeRow>(include_str!("../../reference/grassroots_types.csv"))
        .map(|row| Ok(row?.code))
        .collect()
}
