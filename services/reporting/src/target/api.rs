//! TargetService.

use std::collections::BTreeMap;

use chassis::call::Call;
use chassis::database::{Reading, today};
use chassis::page::Page;
use chassis::parse;
use chassis::refusal::{Failure, Refusal};
use proto::reporting::v1::target_service_server::TargetService;
use proto::reporting::v1::*;
use time::Date;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::ground::api::Api;
use crate::ground::figure::{Counting, Scope, heads};
use crate::ground::indicators::Indicators;
use crate::ground::period::Period;
use crate::ground::refused::Refused;
use crate::ground::target::cascade::{LEVELS_MAX, Of, cascade};
use crate::ground::target::measured::measure;
use crate::ground::target::{self, Issuer, State, Target, programme};
use crate::ground::{reading as reads, wire};
use crate::target::apportioned_targets::{continued, lineage};
use crate::target::asking;
use crate::target::assign_target::AssignTarget;
use crate::target::assign_targets::AssignTargets;
use crate::target::attained::{Measuring, attained};
use crate::target::counted_children::counted_children;
use crate::target::distribute_target::{By as Divided, DistributeTarget};
use crate::target::issued_targets::{After, Issued, issued_targets, reached};
use crate::target::measure_programme::measure_programmes;
use crate::target::open_targets::open_targets;
use crate::target::succession::apportioned;
use crate::target::targets_of_unit::{self, targets_of_unit};
use crate::target::telling;
use crate::target::wire::Told;
use crate::target::withdraw_target::WithdrawTarget;

/// Units that are asked about in one call, at most.
const UNITS_MAX: usize = 1_000;
/// Targets that are measured for one page, at most.
const MEASURED_MAX: i64 = 100;
/// Targets of an issuer that are measured for one page, at most.
const ISSUED_MAX: i64 = 1_000;
/// Targets on a page of those that others continue, at most.
const APPORTIONED_MAX: i64 = 100;
/// Characters of a reason, at most.
const REASON_MAX: usize = 500;

#[tonic::async_trait]
impl TargetService for Api {
    async fn assign_target(
        &self,
        request: Request<AssignTargetRequest>,
    ) -> Result<Response<AssignTargetResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let indicators = self.indicators(&call, [asked.indicator.as_str()]).await?;
        let act = AssignTarget(asking::assignment(&indicators, &asking::line(&asked))?);
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|assigned| AssignTargetResponse {
            target_id: assigned.target_id.to_string(),
            revision: assigned.revision,
        }))
    }

    async fn assign_targets(
        &self,
        request: Request<AssignTargetsRequest>,
    ) -> Result<Response<AssignTargetsResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let codes = asked.lines.iter().map(|line| line.indicator.as_str());
        let indicators = self.indicators(&call, codes).await?;
        let act = AssignTargets(asking::assignments(&indicators, &asked.lines)?);
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|assigned| AssignTargetsResponse {
            lines: assigned
                .iter()
                .map(|assigned| assign_targets_response::Line {
                    target_id: assigned.target_id.to_string(),
                    revision: assigned.revision,
                })
                .collect(),
        }))
    }

    async fn withdraw_target(
        &self,
        request: Request<WithdrawTargetRequest>,
    ) -> Result<Response<WithdrawTargetResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = WithdrawTarget {
            target_id: parse::id("target_id", &asked.target_id)?,
            withdrawn_on: parse::date("withdrawn_on", asked.withdrawn_on)?,
            reason: parse::text("reason", &asked.reason, REASON_MAX)?,
            decision_id: parse::optional_id("decision_id", &asked.decision_id)?,
        };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|withdrawn| WithdrawTargetResponse { revision: withdrawn.revision }))
    }

    async fn distribute_target(
        &self,
        request: Request<DistributeTargetRequest>,
    ) -> Result<Response<DistributeTargetResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let target_id = parse::id("target_id", &asked.target_id)?;
        let assigned_on = parse::optional_date("assigned_on", asked.assigned_on)?;
        let (by, children) = (asking::by(&asked)?, asking::children(&asked)?);
        let (total, decision_id) =
            (asking::total(&asked)?, parse::optional_id("decision_id", &asked.decision_id)?);
        let by = match by {
            Some(by) => by,
            None => Divided::Counted(self.counted(&call, &asked, target_id, assigned_on).await?),
        };
        let act = DistributeTarget { target_id, children, by, total, assigned_on, decision_id };
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|distributed| crate::target::wire::distributed(&distributed)))
    }

    async fn list_targets(
        &self,
        request: Request<ListTargetsRequest>,
    ) -> Result<Response<ListTargetsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let after: Option<targets_of_unit::After> = page.after()?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let known_at = wire::known_at(asked.known_at)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        self.filtered_by(&mut reading, &asked.indicator).await?;
        let of = (organisation_id, asked.indicator.as_str());
        let rows = targets_of_unit(&mut reading, of, known_at, after, page.limit()).await?;
        let Page { rows, next_page_token } =
            page.page(rows, |last| (last.period.from, last.indicator.clone(), last.target_id))?;
        Ok(reading.reply(ListTargetsResponse {
            targets: rows.iter().map(telling::target).collect(),
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
        wire::sector_group(self.reference, &asked.sector_grouping, &asked.sector_group)?;
        let period = wire::period(asked.period)?;
        let (as_of, tree) = (parse::optional_date("as_of", asked.as_of)?, wire::tree(asked.tree)?);
        let (grouping, group) = (asked.sector_grouping.as_str(), asked.sector_group.as_str());
        let known_at = wire::known_at(asked.known_at)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, head).await?;
        let indicators =
            Indicators::of_codes(&mut reading, self.reference, [asked.indicator.as_str()]).await?;
        let indicator = indicators.known("indicator", &asked.indicator, period.through)?;
        let of = Of {
            indicator: &asked.indicator,
            period,
            grouping,
            group,
            by: as_of.unwrap_or(period.through),
            known_at,
        };
        let cascade = cascade(&mut reading, head, of, LEVELS_MAX).await?;
        let shown = cascade.targets();
        let units: Vec<Uuid> = shown.iter().map(|target| target.organisation_id).collect();
        let names = heads(&mut reading, &units, period.through).await?;
        if !asked.measure {
            let told = Told { names: &names, indicator, attained: None };
            let response = crate::target::wire::cascade(&cascade, &told);
            return Ok(reading.reply(response));
        }
        let on = as_of.unwrap_or_else(|| today().min(period.through));
        let snapshot = self.columns.snapshot(&mut reading).await?.known_at(known_at).await?;
        let scope = Scope {
            grouping: grouping.to_string(),
            group: group.to_string(),
            ..Scope::of(head, tree)
        };
        let measuring = Measuring { indicator, period, scope: scope.clone(), on };
        let attained = attained(&mut reading, &snapshot, self.reference, &shown, measuring).await?;
        let told = Told { names: &names, indicator, attained: Some(&attained) };
        let mut response = crate::target::wire::cascade(&cascade, &told);
        if period.from <= on {
            let counted = Period { through: period.through.min(on), ..period };
            let mut counting =
                Counting::new(&mut reading, &snapshot, self.reference, scope, counted);
            let figure = counting.figure(indicator).await?;
            response.figure = Some(wire::figure(self.reference, &figure, &BTreeMap::new()));
        }
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
        let on = parse::optional_date("as_of", asked.as_of)?.unwrap_or_else(today);
        let known_at = wire::known_at(asked.known_at)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, head).await?;
        let targets = target::of_unit(&mut reading, head, known_at).await?;
        let codes = targets.iter().map(|target| target.indicator.as_str());
        let indicators = Indicators::of_codes(&mut reading, self.reference, codes).await?;
        // They come in the order of their ids.
        let due: Vec<Target> = targets
            .into_iter()
            .filter(|target| {
                (period.from..=period.through).contains(&target.period.through)
                    && indicators.on(&target.indicator, target.period.through).is_some()
                    && after.is_none_or(|after| target.target_id > after)
            })
            .collect();
        let Page { rows, next_page_token } = page.page(due, |last| last.target_id)?;
        let snapshot = self.columns.snapshot(&mut reading).await?.known_at(known_at).await?;
        let mut targets = Vec::with_capacity(rows.len());
        for target in rows {
            let through = target.period.through;
            let Some(indicator) = indicators.on(&target.indicator, through) else { continue };
            let state = target.state(on);
            if matches!(state, State::Withdrawn | State::NotBegun) {
                targets.push(crate::target::wire::unmeasured(&target, state));
                continue;
            }
            let reference = self.reference;
            let measured = measure(&mut reading, &snapshot, &indicators, target, as_of, on).await?;
            if let Some(measured) = measured {
                let told = crate::target::wire::measured(reference, &measured, indicator, state);
                targets.push(told);
            }
        }
        Ok(reading.reply(MeasureTargetsResponse { targets, next_page_token }))
    }

    async fn measure_issued_targets(
        &self,
        request: Request<MeasureIssuedTargetsRequest>,
    ) -> Result<Response<MeasureIssuedTargetsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let page = page.at_most(ISSUED_MAX);
        let after: Option<After> = page.after()?;
        let issuer_id = parse::id("organisation_id", &asked.organisation_id)?;
        let period = wire::period(asked.period)?;
        let tree = wire::tree(asked.tree)?;
        let on = parse::optional_date("as_of", asked.as_of)?.unwrap_or_else(today);
        let known_at = wire::known_at(asked.known_at)?;
        asking::once(&asked.indicators)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, issuer_id).await?;
        let indicators = Indicators::read(&mut reading, self.reference).await?;
        asking::indicators(&indicators, &asked.indicators, period.through)?;
        let issued = Issued { issuer_id, period, indicators: &asked.indicators, known_at };
        let targets = issued_targets(&mut reading, &issued, after, page.limit()).await?;
        let Page { rows: targets, next_page_token } = page.page(targets, |last| {
            let Period { from, through } = last.period;
            (last.indicator.clone(), from, through, last.target_id)
        })?;
        let snapshot = self.columns.snapshot(&mut reading).await?.known_at(known_at).await?;
        let of = (issuer_id, tree);
        let reached = reached(&mut reading, &snapshot, &indicators, of, &targets, on).await?;
        Ok(reading.reply(MeasureIssuedTargetsResponse {
            targets: crate::target::wire::issued(&indicators, &targets, &reached),
            next_page_token,
            known_at: reached.known.as_ref().map(|known| parse::instant(known.at)),
            feed_positions: reached.known.as_ref().map(wire::feed_positions).unwrap_or_default(),
        }))
    }

    async fn measure_programme(
        &self,
        request: Request<MeasureProgrammeRequest>,
    ) -> Result<Response<MeasureProgrammeResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let head = parse::id("organisation_id", &asked.organisation_id)?;
        let period = wire::period(asked.period)?;
        let (grouping, group) = (asked.sector_grouping.as_str(), asked.sector_group.as_str());
        wire::sector_group(self.reference, grouping, group)?;
        let as_of = wire::tree(asked.tree)?;
        let on = parse::optional_date("as_of", asked.as_of)?.unwrap_or_else(today);
        let known_at = wire::known_at(asked.known_at)?;

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, head).await?;
        let snapshot = self.columns.snapshot(&mut reading).await?.known_at(known_at).await?;
        let indicators =
            Indicators::of_codes(&mut reading, self.reference, [asked.indicator.as_str()]).await?;
        let indicator = indicators.known("indicator", &asked.indicator, period.through)?;
        let of = programme::Of { indicator: &asked.indicator, grouping, group, period };
        let (reference, days) = (self.reference, (as_of, on));
        let measured =
            measure_programmes(&mut reading, &snapshot, reference, head, indicator, of, days)
                .await?;
        let issuers: Vec<Uuid> = measured
            .programmes
            .iter()
            .filter_map(|measured| match measured.programme.issuer {
                Issuer::Organisation(issuer_id) => Some(issuer_id),
                Issuer::Named(_) => None,
            })
            .collect();
        let names = heads(&mut reading, &issuers, period.through).await?;
        let response = crate::target::wire::programmes(reference, indicator, &measured, &names, on);
        Ok(reading.reply(response))
    }

    async fn list_apportioned_targets(
        &self,
        request: Request<ListApportionedTargetsRequest>,
    ) -> Result<Response<ListApportionedTargetsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let page = page.at_most(APPORTIONED_MAX);
        let after: Option<Uuid> = page.after()?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let on = parse::optional_date("as_of", asked.as_of)?.unwrap_or_else(today);

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        self.filtered_by(&mut reading, &asked.indicator).await?;
        let lineage = lineage(&mut reading, organisation_id, on).await?;
        let of = (asked.indicator.as_str(), on);
        let rows = continued(&mut reading, &lineage.origins, of, after, page.limit()).await?;
        let Page { rows, next_page_token } = page.page(rows, |last| last.target_id)?;
        let mut targets = Vec::with_capacity(rows.len());
        for target in rows {
            let (parts, left_off) = apportioned(&target, &lineage.events);
            let mut units: Vec<Uuid> = parts.iter().map(|part| part.organisation_id).collect();
            units.push(target.organisation_id);
            // What somebody else continues may have gone another way by then.
            if !units.contains(&organisation_id) {
                continue;
            }
            let names = heads(&mut reading, &units, target.period.through).await?;
            let parts = (&parts[..], left_off);
            targets.push(crate::target::wire::apportioned(&target, parts, organisation_id, &names));
        }
        Ok(reading.reply(ListApportionedTargetsResponse { targets, next_page_token }))
    }
}

impl Api {
    /// What these codes mean, to whoever is about to act on it.
    async fn indicators<'a>(
        &self,
        call: &Call,
        codes: impl IntoIterator<Item = &'a str>,
    ) -> Result<Indicators, Failure> {
        let codes: Vec<&str> = codes.into_iter().collect();
        if codes.iter().all(|code| self.reference.indicator(code).is_some()) {
            return Ok(Indicators::built_in(self.reference));
        }
        let mut reading = self.database.read(call).await?;
        Indicators::of_codes(&mut reading, self.reference, codes).await
    }

    /// An indicator by which targets are looked for is one that somebody knows.
    async fn filtered_by(&self, reading: &mut Reading, code: &str) -> Result<(), Failure> {
        if code.is_empty() {
            return Ok(());
        }
        let indicators = Indicators::of_codes(reading, self.reference, [code]).await?;
        Ok(indicators.known("indicator", code, Date::MAX).map(|_| ())?)
    }

    /// What an indicator counts of each unit below that of a target, where it is handed down by that.
    async fn counted(
        &self,
        call: &Call,
        asked: &DistributeTargetRequest,
        target_id: Uuid,
        assigned_on: Option<Date>,
    ) -> Result<BTreeMap<Uuid, i64>, Status> {
        let period = wire::period_of("indicator_period", asked.indicator_period)?;
        let indicators = self.indicators(call, [asked.indicator.as_str()]).await?;
        let indicator = indicators.known("indicator", &asked.indicator, period.through)?;
        if indicator.denominator.is_some() {
            let (field, indicator) = ("indicator".to_string(), indicator.code.clone());
            return Err(Refused::IndicatorUnknown { field, indicator }.into());
        }
        let mut reading = self.database.read(call).await?;
        let snapshot = self.columns.snapshot(&mut reading).await?;
        let (reference, of) = (self.reference, (indicator, period));
        let counted =
            counted_children(&mut reading, &snapshot, reference, target_id, of, assigned_on)
                .await?;
        Ok(counted)
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
