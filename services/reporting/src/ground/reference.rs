//! Reference data: indicators, groupings of sectors, rating schemes, report templates. Files
//! beside the source, compiled in, read once at the start and refused there if wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use time::Date;
use time::macros::format_description;

use crate::ground::figure::{Completing, Formula, Source};
use crate::ground::template::Template;

/// Everything that the reference files say.
pub struct Reference {
    indicators: Vec<Indicator>,
    groupings: BTreeMap<String, Grouping>,
    grassroots_types: BTreeSet<String>,
    schemes: Vec<Scheme>,
    templates: Vec<Template>,
}

/// How an indicator's lines relate to its figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// Lines sum to the figure.
    Additive,
    /// Distinct subjects: lines may sum to more.
    Distinct,
    /// Numerator over denominator.
    Share,
}

/// One row of indicators.csv.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// For example `MBR_ADMITTED`.
    pub code: String,
    /// What it is called in Vietnamese.
    pub name_vi: String,
    /// What it is called in English.
    pub name_en: String,
    /// What is counted, in Vietnamese.
    pub unit_vi: String,
    /// How lines relate to the figure.
    pub kind: Kind,
    /// What is counted.
    pub numerator: Formula,
    /// Shares only.
    pub denominator: Option<Formula>,
}

impl Indicator {
    /// True when it is a state at the end of the period.
    pub fn is_stock(&self) -> bool {
        self.numerator.terms().all(|term| term.source.is_stock())
    }

    /// Of what a figure of it may be known to lack a part.
    pub fn completing(&self) -> Completing {
        let any = |holds: fn(&Source) -> bool| {
            std::iter::once(&self.numerator)
                .chain(&self.denominator)
                .flat_map(Formula::terms)
                .any(|term| holds(&term.source))
        };
        if any(|source| matches!(source, Source::Ratings(_))) {
            Completing::Ratings
        } else if any(Source::counts_members) {
            Completing::Members
        } else {
            Completing::Nothing
        }
    }

    /// The grades that count as rated: those of its denominator or, where it has none, of itself;
    /// none stands for all.
    pub fn grades(&self) -> &[String] {
        let rated = self.denominator.as_ref().unwrap_or(&self.numerator);
        rated
            .terms()
            .find_map(|term| match &term.source {
                Source::Ratings(grades) => Some(grades.as_slice()),
                _ => None,
            })
            .unwrap_or_default()
    }

    /// As indicators.csv writes it.
    pub fn formula(&self) -> String {
        match &self.denominator {
            Some(denominator) => format!("({}) / ({})", self.numerator.text(), denominator.text()),
            None => self.numerator.text().to_string(),
        }
    }
}

/// A named set of groups of sectors.
#[derive(Clone, Debug, Default)]
pub struct Grouping {
    /// In the order of the file.
    pub groups: Vec<Group>,
}

/// Sectors that sentences name together.
#[derive(Clone, Debug)]
pub struct Group {
    /// For example `LIEN_DOANH`.
    pub code: String,
    /// For example `liên doanh`.
    pub name_vi: String,
    /// sectors.csv
    pub sectors: Vec<String>,
}

/// Where sectors go that no group of a grouping names.
pub const OTHER_GROUP: &str = "KHAC";

impl Grouping {
    /// The group of this code; the one for sectors that no group names has no sectors.
    pub fn has(&self, group: &str) -> bool {
        group == OTHER_GROUP || self.groups.iter().any(|known| known.code == group)
    }

    /// What the group is called.
    pub fn name_vi(&self, group: &str) -> &str {
        self.groups
            .iter()
            .find(|known| known.code == group)
            .map_or("khối khác", |known| &known.name_vi)
    }
}

/// How unions are rated, and for which years.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// For example `BON_MUC`.
    pub code: String,
    /// What it is called.
    pub name_vi: String,
    /// The first rating year.
    pub from_year: i32,
    /// The last rating year; 0 until further notice.
    pub through_year: i32,
    /// The guidance that set it.
    pub document: String,
    /// When that was issued: later than the first year that it is for.
    pub issued_on: Date,
    /// Best first.
    pub grades: Vec<Grade>,
}

/// A grade of a scheme.
#[derive(Clone, Debug)]
pub struct Grade {
    /// For example `HOAN_THANH_TOT`.
    pub code: String,
    /// 1 is the best.
    pub rank: i32,
    /// What it is called.
    pub name_vi: String,
    /// The lowest score of its band.
    pub score_from: i32,
}

impl Scheme {
    /// Whether unions are rated by it for this year.
    pub fn in_force(&self, year: i32) -> bool {
        self.from_year <= year && (self.through_year == 0 || year <= self.through_year)
    }
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

    /// All groupings.
    pub fn groupings(&self) -> &BTreeMap<String, Grouping> {
        &self.groupings
    }

    /// A grouping spelt out for SQL: sectors, and beside each its group.
    pub fn sector_groups(&self, grouping: &str) -> (Vec<String>, Vec<String>) {
        self.groupings
            .get(grouping)
            .into_iter()
            .flat_map(|grouping| &grouping.groups)
            .flat_map(|group| {
                group.sectors.iter().map(|sector| (sector.clone(), group.code.clone()))
            })
            .unzip()
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

    /// All report templates.
    pub fn templates(&self) -> &[Template] {
        &self.templates
    }

    fn read() -> anyhow::Result<Self> {
        let schemes = schemes().context("read rating_schemes.csv")?;
        let groupings = groupings().context("read sector_groupings.csv")?;
        let indicators = indicators(&schemes).context("read indicators.csv")?;
        let mut reference = Self {
            indicators,
            groupings,
            grassroots_types: grassroots_types().context("read grassroots_types.csv")?,
            schemes,
            templates: Vec::new(),
        };
        reference.templates = TEMPLATES
            .iter()
            .map(|(file, text)| {
                Template::read(text, &reference).with_context(|| format!("read templates/{file}"))
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(reference)
    }
}

/// The templates, in the order in which they are listed.
const TEMPLATES: [(&str, &str); 6] = [
    ("tong_hop.toml", include_str!("../../reference/templates/tong_hop.toml")),
    ("my_duc.toml", include_str!("../../reference/templates/my_duc.toml")),
    ("thanh_tri.toml", include_str!("../../reference/templates/thanh_tri.toml")),
    ("ba_dinh.toml", include_str!("../../reference/templates/ba_dinh.toml")),
    ("cau_giay.toml", include_str!("../../reference/templates/cau_giay.toml")),
    ("thai_nguyen.toml", include_str!("../../reference/templates/thai_nguyen.toml")),
];

#[derive(Deserialize)]
struct IndicatorRow {
    code: String,
    name_vi: String,
    name_en: String,
    unit_vi: String,
    kind: Kind,
    numerator: String,
    denominator: String,
}

fn indicators(schemes: &[Scheme]) -> anyhow::Result<Vec<Indicator>> {
    let mut indicators: Vec<Indicator> = Vec::new();
    for row in rows::<IndicatorRow>(include_str!("../../reference/indicators.csv")) {
        let row = row?;
        let read = || -> anyhow::Result<Indicator> {
            ensure!(indicators.iter().all(|known| known.code != row.code), "the code stands twice");
            ensure!(
                (row.kind == Kind::Share) != row.denominator.is_empty(),
                "shares, and only shares, have a denominator"
            );
            let numerator = Formula::read(&row.numerator, schemes)?;
            let distinct = numerator.terms().any(|term| term.source.is_distinct());
            ensure!(!distinct || row.kind != Kind::Additive, "distinct subjects do not add up");
            ensure!(
                !distinct || numerator.terms().count() == 1,
                "distinct subjects of two sources cannot be combined"
            );
            let denominator = if row.denominator.is_empty() {
                None
            } else {
                let denominator = Formula::read(&row.denominator, schemes)?;
                ensure!(
                    numerator.is_part_of(&denominator),
                    "what is shared is no part of what it is a share of"
                );
                Some(denominator)
            };
            Ok(Indicator {
                code: row.code.clone(),
                name_vi: row.name_vi.clone(),
                name_en: row.name_en.clone(),
                unit_vi: row.unit_vi.clone(),
                kind: row.kind,
                numerator,
                denominator,
            })
        };
        let indicator = read().with_context(|| format!("read {}", row.code))?;
        indicators.push(indicator);
    }
    Ok(indicators)
}

#[derive(Deserialize)]
struct GroupingRow {
    grouping: String,
    group: String,
    name_vi: String,
    sector: String,
}

fn groupings() -> anyhow::Result<BTreeMap<String, Grouping>> {
    let mut groupings: BTreeMap<String, Grouping> = BTreeMap::new();
    for row in rows::<GroupingRow>(include_str!("../../reference/sector_groupings.csv")) {
        let row = row?;
        let grouping = groupings.entry(row.grouping.clone()).or_default();
        if grouping.groups.iter().any(|group| group.sectors.contains(&row.sector)) {
            bail!("{}: sector {} stands twice", row.grouping, row.sector);
        }
        match grouping.groups.iter_mut().find(|group| group.code == row.group) {
            Some(group) => group.sectors.push(row.sector),
            None => grouping.groups.push(Group {
                code: row.group,
                name_vi: row.name_vi,
                sectors: vec![row.sector],
            }),
        }
    }
    Ok(groupings)
}

#[derive(Deserialize)]
struct TypeRow {
    code: String,
}

fn grassroots_types() -> anyhow::Result<BTreeSet<String>> {
    rows::<TypeRow>(include_str!("../../reference/grassroots_types.csv"))
        .map(|row| Ok(row?.code))
        .collect()
}

#[derive(Deserialize)]
struct SchemeRow {
    scheme: String,
    scheme_name_vi: String,
    from_year: i32,
    through_year: i32,
    document: String,
    issued_on: String,
    grade: String,
    rank: i32,
    grade_name_vi: String,
    score_from: i32,
}

fn schemes() -> anyhow::Result<Vec<Scheme>> {
    let mut schemes: Vec<Scheme> = Vec::new();
    for row in rows::<SchemeRow>(include_str!("../../reference/rating_schemes.csv")) {
        let row = row?;
        let grade = Grade {
            code: row.grade,
            rank: row.rank,
            name_vi: row.grade_name_vi,
            score_from: row.score_from,
        };
        match schemes.iter_mut().find(|scheme| scheme.code == row.scheme) {
            Some(scheme) => scheme.grades.push(grade),
            None => schemes.push(Scheme {
                code: row.scheme,
                name_vi: row.scheme_name_vi,
                from_year: row.from_year,
                through_year: row.through_year,
                document: row.document,
                issued_on: Date::parse(
                    &row.issued_on,
                    format_description!("[year]-[month]-[day]"),
                )?,
                grades: vec![grade],
            }),
        }
    }
    Ok(schemes)
}

fn rows<T: for<'row> Deserialize<'row> + 'static>(
    text: &'static str,
) -> impl Iterator<Item = csv::Result<T>> {
    csv::Reader::from_reader(text.as_bytes()).into_deserialize()
}

impl Source {
    /// `NAM_MUC.*` stands for every grade of the scheme.
    pub(crate) fn reasons(list: &str, schemes: &[Scheme]) -> anyhow::Result<Vec<String>> {
        let mut reasons = Vec::new();
        for reason in list.split('|').filter(|reason| !reason.is_empty()) {
            match reason.strip_suffix(".*") {
                Some(code) => {
                    let scheme = schemes
                        .iter()
                        .find(|scheme| scheme.code == code)
                        .with_context(|| format!("no rating scheme {code}"))?;
                    reasons
                        .extend(scheme.grades.iter().map(|grade| format!("{code}.{}", grade.code)));
                }
                None => reasons.push(reason.to_string()),
            }
        }
        Ok(reasons)
    }
}
