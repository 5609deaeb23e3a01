//! LoadIndicators: what can be counted from now on, or is counted otherwise from a day on.

use std::collections::BTreeMap;

use chassis::access::permission_denied;
use chassis::database::{Act, Acting, today};
use chassis::parse::civil;
use chassis::refusal::Failure;
use proto::reporting::v1 as pb;
use proto::reporting::v1::reporting_change::Change as What;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::acting::{decided_on_registry, named, refuse_all, refuse_unknown_decision};
use crate::ground::indicators::Row;
use crate::ground::reference::{Definition, Kind};
use crate::ground::refused::Refused;

/// What holds it, as the contract declares it.
const PERMISSION: &str = "reporting.indicator.load";
/// Versions of all indicators that are loaded: as many as one list may hold.
const VERSIONS_MAX: usize = 1_000;

/// Indicators, each once, whose formulas are some.
pub struct LoadIndicators {
    /// In the order in which they were sent.
    pub definitions: Vec<Definition>,
    /// Periods that end on this day or later are counted so.
    pub in_force_from: Date,
    /// By which decision.
    pub decision_id: Uuid,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct IndicatorsLoaded {
    /// Each with its newest version, and whether the act has loaded that.
    pub indicators: Vec<(String, i32, bool)>,
}

impl Act for LoadIndicators {
    type Answer = IndicatorsLoaded;

    async fn perform(self, acting: &mut Acting) -> Result<IndicatorsLoaded, Failure> {
        // What is counted is everybody's: whoever administers a part of the tree does not say it.
        let confederation_id = administered(acting).await?;
        // Whoever loads at the same time waits here.
        named(acting, &[confederation_id]).await?;
        refuse_unknown_decision(acting, Some(self.decision_id), &[confederation_id]).await?;
        let newest = self.newest(acting).await?;

        let (mut faults, mut new) = (Vec::new(), Vec::new());
        let mut indicators = Vec::with_capacity(self.definitions.len());
        for (line, definition) in self.definitions.iter().enumerate() {
            let (version, is_new) = match newest.get(&definition.code) {
                Some(last) => match last.definition()? == *definition {
                    true => (last.version, false),
                    false => {
                        faults.extend(self.too_early(line, last));
                        (last.version + 1, true)
                    }
                },
                None => (1, true),
            };
            if is_new {
                new.push((version, definition));
            }
            indicators.push((definition.code.clone(), version, is_new));
        }
        refuse_all(faults)?;
        self.refuse_too_many(acting, new.len()).await?;
        if !new.is_empty() {
            self.write(acting, &new).await?;
            let told = self.told(&new);
            let (on, decision) = (self.in_force_from, Some(self.decision_id));
            acting.publish(feeds::reporting::change(told, confederation_id, on, decision));
            decided_on_registry(acting).await?;
        }
        Ok(IndicatorsLoaded { indicators })
    }
}

impl LoadIndicators {
    /// The newest version of each of them that is loaded already.
    async fn newest(&self, acting: &mut Acting) -> Result<BTreeMap<String, Row>, Failure> {
        let codes: Vec<String> = self.definitions.iter().map(|one| one.code.clone()).collect();
        let rows = sqlx::query_as!(
            Row,
            "select distinct on (code) code, version, name_vi, name_en, unit_vi, kind, numerator,
                    denominator, without_suspended, in_force_from, decision_id
             from indicator_version
             where code = any ($1)
             order by code, version desc",
            &codes,
        )
        .fetch_all(acting.db())
        .await?;
        Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
    }

    /// A later version changes nothing that was printed: it holds from a day to come.
    fn too_early(&self, line: usize, last: &Row) -> Option<Refused> {
        let after = last.in_force_from.next_day().unwrap_or(Date::MAX);
        let earliest = after.max(today());
        (self.in_force_from < earliest).then(|| Refused::IndicatorVersionEarlier {
            field: format!("indicators[{line}]"),
            indicator: last.code.clone(),
            version: last.version,
            earliest,
        })
    }

    async fn refuse_too_many(&self, acting: &mut Acting, new: usize) -> Result<(), Failure> {
        let known = sqlx::query_scalar!(r#"select count(*) as "known!" from indicator_version"#)
            .fetch_one(acting.db())
            .await?;
        let known = usize::try_from(known).unwrap_or(usize::MAX);
        match known.saturating_add(new) > VERSIONS_MAX {
            true => Err(Refused::IndicatorsTooMany { limit: VERSIONS_MAX }.into()),
            false => Ok(()),
        }
    }

    async fn write(&self, acting: &mut Acting, new: &[(i32, &Definition)]) -> Result<(), Failure> {
        let texts = |of: fn(&Definition) -> &str| -> Vec<String> {
            new.iter().map(|(_, definition)| of(definition).to_string()).collect()
        };
        let versions: Vec<i32> = new.iter().map(|(version, _)| *version).collect();
        let without: Vec<bool> = new.iter().map(|(_, one)| one.without_suspended).collect();
        let (act_id, recorded_at) = (acting.act_id, acting.acted_at);
        sqlx::query!(
            "insert into indicator_version (code, version, name_vi, name_en, unit_vi, kind, numerator,
                                            denominator, without_suspended, in_force_from, decision_id,
                                            act_id, recorded_at)
             select one.code, one.version, one.name_vi, one.name_en, one.unit_vi, one.kind, one.numerator,
                    one.denominator, one.without_suspended, $10, $11, $12, $13
             from unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[],
                         $7::text[], $8::text[], $9::boolean[])
                  as one (code, version, name_vi, name_en, unit_vi, kind, numerator, denominator,
                          without_suspended)",
            &texts(|one| &one.code),
            &versions,
            &texts(|one| &one.name_vi),
            &texts(|one| &one.name_en),
            &texts(|one| &one.unit_vi),
            &texts(|one| one.kind.code()),
            &texts(|one| &one.numerator),
            &texts(|one| &one.denominator),
            &without,
            self.in_force_from,
            self.decision_id,
            act_id,
            recorded_at,
        )
        .execute(acting.db())
        .await?;
        Ok(())
    }

    /// Codes and formulas: no feed tells texts that somebody wrote.
    fn told(&self, new: &[(i32, &Definition)]) -> What {
        let line = |(version, one): &(i32, &Definition)| pb::indicators_loaded::Line {
            indicator: Some(pb::IndicatorDefinition {
                code: one.code.clone(),
                kind: match one.kind {
                    Kind::Additive => pb::IndicatorKind::Additive,
                    Kind::Distinct => pb::IndicatorKind::Distinct,
                    Kind::Share => pb::IndicatorKind::Share,
                }
                .into(),
                numerator: one.numerator.clone(),
                denominator: one.denominator.clone(),
                without_suspended: one.without_suspended,
                ..pb::IndicatorDefinition::default()
            }),
            version: *version,
        };
        What::IndicatorsLoaded(pb::IndicatorsLoaded {
            lines: new.iter().map(line).collect(),
            in_force_from: Some(civil(self.in_force_from)),
        })
    }
}

/// The Confederation, where the caller may do this on it.
async fn administered(acting: &mut Acting) -> Result<Uuid, Failure> {
    let confederation = sqlx::query_scalar!(
        r#"select held.organisation_id as "organisation_id!"
           from access.granted() as held (organisation_id)
           -- The few that are held are looked up one by one: see `offset 0` elsewhere.
           where exists (select from organisation known
                         where known.organisation_id = held.organisation_id offset 0)
             and not exists (select from access.superior edge
                             where edge.organisation_id = held.organisation_id offset 0)
             and not exists (select from access.ending ending
                             where ending.organisation_id = held.organisation_id offset 0)"#
    )
    .fetch_optional(acting.db())
    .await?;
    confederation.ok_or_else(|| permission_denied(PERMISSION).into())
}
