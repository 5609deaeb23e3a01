//! The versions of schemes that an organisation's rounds may go by: those of the whole country, and
//! what it, or one above it, defined.

use std::cmp::Reverse;

use chassis::refusal::Failure;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::ground::reference::Reference;
use crate::ground::refused::Refused;
use crate::rating::terms::{Terms, Version};

/// A version, and how far above the organisation it was defined; what is of the whole country is
/// farther than anybody.
pub struct Near {
    /// The version.
    pub version: Version,
    /// 0 for the organisation itself.
    pub steps: i64,
}

/// All of them, by code, the newest version first.
pub async fn versions(
    connection: &mut PgConnection,
    reference: &Reference,
    organisation_id: Uuid,
) -> Result<Vec<Near>, Failure> {
    let rows = sqlx::query!(
        r#"select s.scheme as "scheme!", s.version as "version!", s.organisation_id as "organisation_id!",
                  s.from_year as "from_year!", s.through_year as "through_year!",
                  s.terms as "terms!: Json<Terms>", s.decision_id as "decision_id!", line.steps as "steps!"
           from access.line($1) with ordinality as line (organisation_id, steps)
           cross join lateral (
               select defined.* from rating_scheme defined
               where defined.organisation_id = line.organisation_id
               offset 0
           ) s
           where access.covers($1)"#,
        organisation_id,
    )
    .fetch_all(connection)
    .await?;
    let of_country = reference.schemes().iter().map(Version::of_country);
    let of_country = of_country.map(|version| Near { version, steps: i64::MAX });
    let defined = rows.into_iter().map(|row| Near {
        steps: row.steps,
        version: Version {
            scheme: row.scheme,
            version: row.version,
            organisation_id: Some(row.organisation_id),
            from_year: row.from_year,
            through_year: row.through_year,
            document: None,
            decision_id: Some(row.decision_id),
            terms: row.terms.0,
        },
    });
    let mut versions: Vec<Near> = of_country.chain(defined).collect();
    versions.sort_by_key(|near| (near.version.scheme.clone(), Reverse(near.version.version)));
    Ok(versions)
}

/// The one that a round of a year goes by: of a code (any, if it is empty) and a version (any, if it is
/// 0), what the nearest defined, and of that the newest.
pub fn in_force<'a>(
    versions: &'a [Near],
    year: i32,
    scheme: &str,
    version: i32,
) -> Result<&'a Version, Refused> {
    let asked = |near: &&Near| {
        (scheme.is_empty() || near.version.scheme == scheme)
            && (version == 0 || near.version.version == version)
    };
    let nearest = |among: &mut dyn Iterator<Item = &'a Near>| {
        among
            .filter(|near| near.version.in_force(year))
            .min_by_key(|near| {
                (near.steps, Reverse((near.version.from_year, near.version.version)))
            })
            .map(|near| &near.version)
    };
    if let Some(found) = nearest(&mut versions.iter().filter(asked)) {
        return Ok(found);
    }
    match nearest(&mut versions.iter()) {
        Some(in_force) if versions.iter().any(|near| asked(&near)) => {
            Err(Refused::RatingSchemeNotOfYear {
                scheme: scheme.to_string(),
                year,
                in_force: in_force.scheme.clone(),
            })
        }
        _ => Err(Refused::RatingSchemeUnknown { scheme: scheme.to_string() }),
    }
}

/// Every grade of some versions, as `SCHEME.GRADE`, with its name: scheme by scheme, the best first, each
/// as its newest version calls it.
pub fn grades<'a>(versions: impl Iterator<Item = &'a Version>) -> Vec<(String, String)> {
    let mut grades = Vec::new();
    for version in versions {
        add_grades(&mut grades, &version.scheme, &version.terms);
    }
    grades
}

/// And those of a scheme, where they are not there.
pub fn add_grades(grades: &mut Vec<(String, String)>, scheme: &str, terms: &Terms) {
    for grade in &terms.grades {
        let code = format!("{scheme}.{}", grade.code);
        if grades.iter().all(|(known, _)| *known != code) {
            grades.push((code, grade.name_vi.clone()));
        }
    }
}

/// Refuses grades, as `SCHEME.GRADE`, that are none of these.
pub fn refuse_unknown_grades(
    grades: &[(String, String)],
    chosen: &[String],
) -> Result<(), Refused> {
    for (line, code) in chosen.iter().enumerate() {
        if grades.iter().any(|(known, _)| known == code) {
            continue;
        }
        let (scheme, grade) = code.split_once('.').unwrap_or((code, ""));
        let beginning = format!("{scheme}.");
        if grades.iter().all(|(known, _)| !known.starts_with(&beginning)) {
            return Err(Refused::RatingSchemeUnknown { scheme: scheme.to_string() });
        }
        return Err(Refused::RatingGradeUnknown {
            field: format!("attained_grades[{line}]"),
            scheme: scheme.to_string(),
            grade: grade.to_string(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(scheme: &str, version: i32, from_year: i32, through_year: i32, steps: i64) -> Near {
        let terms = Terms {
            name_vi: String::new(),
            grades: Vec::new(),
            criteria: Vec::new(),
            eligible_after_months: 12,
            eligible_after_succession_months: 6,
        };
        Near {
            steps,
            version: Version {
                scheme: scheme.to_string(),
                version,
                organisation_id: None,
                from_year,
                through_year,
                document: None,
                decision_id: None,
                terms,
            },
        }
    }

    #[test]
    fn the_nearest_scheme_of_the_year_is_in_force_and_of_that_the_newest() {
        let versions = [
            near("BON_MUC", 4, 2024, 2024, 1),
            near("BON_MUC", 3, 2022, 0, 1),
            near("BON_MUC", 2, 2021, 0, 2),
            near("BON_MUC", 1, 2019, 0, i64::MAX),
            near("NAM_MUC", 1, 1990, 2018, i64::MAX),
        ];
        let chosen = |year: i32, scheme: &str, version: i32| {
            in_force(&versions, year, scheme, version)
                .map(|it| (it.scheme.clone(), it.version))
                .map_err(|refused| match refused {
                    Refused::RatingSchemeNotOfYear { in_force, .. } => in_force,
                    Refused::RatingSchemeUnknown { .. } => String::new(),
                    other => panic!("{other:?}"),
                })
        };
        let of = |scheme: &str, version: i32| Ok((scheme.to_string(), version));
        assert_eq!(chosen(2018, "", 0), of("NAM_MUC", 1));
        assert_eq!(chosen(2019, "", 0), of("BON_MUC", 1));
        assert_eq!(chosen(2021, "", 0), of("BON_MUC", 2));
        assert_eq!(chosen(2023, "", 0), of("BON_MUC", 3));
        assert_eq!(chosen(2024, "BON_MUC", 0), of("BON_MUC", 4));
        // What was for one year only is over.
        assert_eq!(chosen(2025, "BON_MUC", 0), of("BON_MUC", 3));
        assert_eq!(chosen(2025, "BON_MUC", 2), of("BON_MUC", 2));
        assert_eq!(chosen(2025, "NAM_MUC", 0), Err("BON_MUC".to_string()));
        assert_eq!(chosen(2025, "BON_MUC", 4), Err("BON_MUC".to_string()));
        assert_eq!(chosen(2025, "SAU_MUC", 0), Err(String::new()));
    }
}
