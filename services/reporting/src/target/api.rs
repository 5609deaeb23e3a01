//! TargetService.

use chassis::call::Call;
use chassis::database::today;
use chassis::page::Page;
use chassis::parse;
use chassis::refusal::Refusal;
use proto::reporting::v1::target_service_server::TargetService;
use proto::reporting::v1::*;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::ground::api::Api;
use crate::ground::figure::heads;
use crate::ground::refused::Refused;
use crate::ground::target::cascade::{LEVELS_MAX, Node, Of, cascade};
use crate::ground::target::measured::measure;
use crate::ground::target::{self, Target, ValueUnit};
use crate::ground::{reading as reads, wire};
use crate::target::assign_target::AssignTarget;
use crate::target::open_targets::open_targets;
use crate::target::targets_of_unit::{After, targets_of_unit};

/// Units that are asked about in one call, at most.
const UNITS_MAX: usize = 1_000;
/// Targets that are measured for one page, at most.
const MEASURED_MAX: i64 = 100;
/// 100 %.
const BASIS_POINTS_MAX: i64 = 10_000;

#[tonic::async_trait]
impl TargetService for Api {
    async fn assign_target(
        &self,
        request: Request<AssignTargetRequest>,
    ) -> Result<Response<AssignTargetResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = self.target_to_assign(&asked)?;
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|assigned| AssignTargetResponse {
            target_id: assigned.target_id.to_string(),
            revision: assigned.revision,
        }))
    }

    async fn list_targets(
        &self,
        request: Request<ListTargetsRequest>,
    ) -> Result<Response<ListTargetsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let after: Option<After> = page.after()?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        if !asked.indicator.is_empty() {
            wire::indicator(self.reference, "indicator", &asked.indicator)?;
        }

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        let of = (organisation_id, asked.indicator.as_str());
        let rows = targets_of_unit(&mut reading, of, after, page.limit()).await?;
        let Page { rows, next_page_token } =
            page.page(rows, |last| (last.period.from, last.indicator.clone(), last.target_id))?;
        Ok(reading.reply(ListTargetsResponse {
            targets: rows.iter().map(crate::target::wire::target).collect(),
            next_page_token,
        }))
    }

    async fn list_open_targets(
        &self,
        request: Request<ListOpenTargetsRequest>,
    ) -> Result<Response<ListOpenTargetsResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let organisation_ids = units(&asked.organisation_ids)?;
        let on = parse::optional_date("as_of", asked.as_of)?.unwrap_or_else(today);

        let mut reading = self.database.read(&call).await?;
        let units = open_targets(&mut reading, &organisation_ids, on).await?;
        Ok(reading.reply(ListOpenTargetsResponse {
            units: units.iter().map(crate::target::wire::open_targets).collect(),
        }))
    }

    async fn get_target_cascade(
        &self,
        request: Request<GetTargetCascadeRequest>,
    ) -> Result<Response<GetTargetCascadeResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let head = parse::id("organisation_id", &asked.organisation_id)?;
        wire::indicator(self.reference, "indicator", &asked.indicator)?;
        wire::sector_group(self.reference, &asked.sector_grouping, &asked.sector_group)?;
        let period = wire::period(asked.period)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, head).await?;
        let of = Of {
            indicator: &asked.indicator,
            period,
            grouping: &asked.sector_grouping,
            group: &asked.sector_group,
        };
        let cascade = cascade(&mut reading, head, of, LEVELS_MAX).await?;
        let mut units = Vec::new();
        collect_units(&cascade.children, &mut units);
        let names = heads(&mut reading, &units, period.through).await?;
        let response = crate::target::wire::cascade(&cascade, &names);
        Ok(reading.reply(response))
    }

    async fn measure_targets(
        &self,
        request: Request<MeasureTargetsRequest>,
    ) -> Result<Response<MeasureTargetsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let page = page.at_most(MEASURED_MAX);
        let after: Option<Uuid> = page.after()?;
        let head = parse::id("organisation_id", &asked.organisation_id)?;
        let period = wire::period(asked.period)?;
        let as_of = wire::tree(asked.tree)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, head).await?;
        // They come in the order of their ids.
        let due: Vec<Target> = target::of_unit(&mut reading, head)
            .await?
            .into_iter()
            .filter(|target| {
                (period.from..=period.through).contains(&target.period.through)
                    && self.reference.indicator(&target.indicator).is_some()
                    && after.is_none_or(|after| target.target_id > after)
            })
            .collect();
        let Page { rows, next_page_token } = page.page(due, |last| last.target_id)?;
        let snapshot = self.columns.snapshot(&mut reading).await?;
        let mut targets = Vec::with_capacity(rows.len());
        for target in rows {
            let Some(indicator) = self.reference.indicator(&target.indicator) else { continue };
            let measured = measure(&mut reading, &snapshot, self.reference, target, as_of).await?;
            if let Some(measured) = measured {
                targets.push(crate::target::wire::measured(self.reference, &measured, indicator));
            }
        }
        Ok(reading.reply(MeasureTargetsResponse { targets, next_page_token }))
    }
}

impl Api {
    fn target_to_assign(&self, asked: &AssignTargetRequest) -> Result<AssignTarget, Status> {
        let indicator = wire::indicator(self.reference, "indicator", &asked.indicator)?;
        let period = wire::period(asked.period)?;
        let comparator = wire::comparator(asked.comparator());
        let value_unit = wire::value_unit(asked.value_unit(), indicator);
        let denominator_on = parse::optional_date("denominator_on", asked.denominator_on)?;
        if !target::fits(indicator, value_unit, comparator, denominator_on.is_some()) {
            return Err(Refused::TargetComparatorUnfit {
                field: "comparator",
                indicator: indicator.code.clone(),
            }
            .into());
        }
        let limit = match value_unit {
            ValueUnit::Count => i64::from(i32::MAX),
            ValueUnit::BasisPoints => BASIS_POINTS_MAX,
        };
        let value = asked.value.ok_or_else(|| parse::required("value"))?;
        if !(0..=limit).contains(&value) {
            return Err(Refused::TargetValueOutOfRange { limit }.into());
        }
        wire::sector_group(self.reference, &asked.sector_grouping, &asked.sector_group)?;
        Ok(AssignTarget {
            indicator: indicator.code.clone(),
            organisation_id: parse::id("organisation_id", &asked.organisation_id)?,
            period,
            issuer: wire::issuer(&asked.issuer_id, &asked.issuer_name)?,
            value,
            value_unit,
            comparator,
            denominator_on,
            sector_grouping: asked.sector_grouping.clone(),
            sector_group: asked.sector_group.clone(),
            assigned_on: parse::optional_date("assigned_on", asked.assigned_on)?
                .unwrap_or(period.from),
            decision_id: parse::optional_id("decision_id", &asked.decision_id)?,
        })
    }
}

/// Between one unit and 1,000.
fn units(ids: &[String]) -> Result<Vec<Uuid>, Refusal> {
    if ids.is_empty() {
        return Err(Refused::ListEmpty { field: "organisation_ids" }.into());
    }
    if ids.len() > UNITS_MAX {
        let (entries, limit) = (ids.len(), UNITS_MAX);
        return Err(Refused::ListTooLong { field: "organisation_ids", entries, limit }.into());
    }
    let id = |(line, id): (usize, &String)| parse::id(&format!("organisation_ids[{line}]"), id);
    ids.iter().enumerate().map(id).collect()
}

fn collect_units(nodes: &[Node], units: &mut Vec<Uuid>) {
    for node in nodes {
        units.push(node.target.organisation_id);
        collect_units(&node.children, units);
    }
}
