//! `congdoan targets`: what is asked of an organisation, how far it is reached and at what pace; how
//! one of its targets was handed down; and what it set for others.

use std::collections::{BTreeMap, BTreeSet};

use chassis::parse::{civil, instant};
use proto::registry::v1::{BatchGetOrganisationsRequest, Organisation};
use proto::reporting::v1::{
    ApportionedTarget, CascadeNode, GetTargetCascadeRequest, GetTargetCascadeResponse,
    IssuedTarget, ListApportionedTargetsRequest, MeasureIssuedTargetsRequest,
    MeasureTargetsRequest, MeasuredTarget, Target, Unapportioned,
};
use system::Client;

use crate::cli::Targets;
use crate::explain::{organisation, period, tree};
use crate::language::{counted, tell};
use crate::output::{is_json, json, line, print_json};
use crate::told::told;

/// Targets asked for at once.
const PAGE: i32 = 100;
/// Organisations asked for at once, at most.
const ORGANISATIONS_AT_ONCE: usize = 500;

/// Prints the targets of the organisation whose periods end within the period, or a cascade.
pub async fn run(targets: Targets) -> anyhow::Result<()> {
    let client = if targets.no_wait {
        targets.to.connect_without_waiting().await?
    } else {
        targets.to.connect().await?
    };
    let organisation = organisation(&client, &targets.question).await?;
    if let Some(indicator) = &targets.cascade {
        let request = GetTargetCascadeRequest {
            organisation_id: organisation.organisation_id.clone(),
            indicator: indicator.clone(),
            period: Some(period(&targets.question)),
            measure: true,
            tree: Some(tree(&targets.question)),
            as_of: targets.through.map(civil),
            known_at: targets.known_at.map(instant),
            ..GetTargetCascadeRequest::default()
        };
        let answer = client.targets().get_target_cascade(request).await.map_err(told)?;
        let answer = answer.into_inner();
        if is_json() {
            print_json(&json(&answer)?);
        } else {
            line(&organisation.name);
            cascade(&answer);
        }
        return Ok(());
    }
    if targets.issued {
        return issued(&client, &targets, &organisation).await;
    }
    let measured = measured(&client, &targets, &organisation.organisation_id).await?;
    let apportioned = apportioned(&client, &targets, &organisation.organisation_id).await?;
    if is_json() {
        let measured: Vec<_> = measured.iter().map(json).collect::<Result<_, _>>()?;
        let apportioned: Vec<_> = apportioned.iter().map(json).collect::<Result<_, _>>()?;
        print_json(&serde_json::json!({
            "organisation": json(&organisation)?,
            "targets": measured,
            "apportioned": apportioned,
        }));
        return Ok(());
    }
    line(&organisation.name);
    let asked: Vec<&Target> = measured.iter().filter_map(|one| one.target.as_ref()).collect();
    let issuers = issuers(&client, &asked).await?;
    for one in &measured {
        let Some(target) = &one.target else { continue };
        line(&format!("{}  {}", by(target, &issuers), one.text));
        if let Some(pace) = &one.pace {
            line(&format!("   {}", pace.text));
        }
    }
    let count = i64::try_from(measured.len())?;
    let met = i64::try_from(measured.iter().filter(|one| one.met).count())?;
    let all = counted(count, "target", "targets");
    line(&tell!("{count} chỉ tiêu, {met} đạt", "{all}, {met} met"));
    apportioned.iter().for_each(parts);
    Ok(())
}

/// Prints what the organisation set for others, one indicator and period after the other.
async fn issued(client: &Client, targets: &Targets, issuer: &Organisation) -> anyhow::Result<()> {
    let mut request = MeasureIssuedTargetsRequest {
        organisation_id: issuer.organisation_id.clone(),
        period: Some(period(&targets.question)),
        tree: Some(tree(&targets.question)),
        as_of: targets.through.map(civil),
        known_at: targets.known_at.map(instant),
        ..MeasureIssuedTargetsRequest::default()
    };
    let mut issued: Vec<IssuedTarget> = Vec::new();
    loop {
        let page = client.targets().measure_issued_targets(request.clone()).await;
        let page = page.map_err(told)?.into_inner();
        issued.extend(page.targets);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if is_json() {
        let issued: Vec<_> = issued.iter().map(json).collect::<Result<_, _>>()?;
        print_json(&serde_json::json!({ "organisation": json(issuer)?, "issued": issued }));
        return Ok(());
    }
    line(&issuer.name);
    let mut last = String::new();
    for one in &issued {
        let Some(target) = &one.target else { continue };
        let heading = of(target);
        if heading != last {
            line(&heading);
            last = heading;
        }
        let attainment = one.attainment.as_ref();
        let reached = match attainment {
            Some(attainment) if attainment.out_of_scope => {
                tell!("ngoài phạm vi được xem", "outside what you may see")
            }
            Some(attainment) => attainment.text.clone(),
            None => String::new(),
        };
        let name = if one.name.is_empty() { &target.organisation_id } else { &one.name };
        line(&format!("   {name}  {reached}"));
    }
    let count = i64::try_from(issued.len())?;
    let met = issued.iter().filter(|one| one.attainment.as_ref().is_some_and(|of| of.met));
    let met = i64::try_from(met.count())?;
    let all = counted(count, "target", "targets");
    line(&tell!("{count} chỉ tiêu đã giao, {met} đạt", "{all} set, {met} met"));
    Ok(())
}

/// The names of the organisations that set targets; of one outside the caller's scope, none.
async fn issuers(client: &Client, targets: &[&Target]) -> anyhow::Result<BTreeMap<String, String>> {
    let ids = targets.iter().map(|target| target.issuer_id.clone());
    let ids: BTreeSet<String> = ids.filter(|id| !id.is_empty()).collect();
    let mut issuers = BTreeMap::new();
    for some in Vec::from_iter(ids).chunks(ORGANISATIONS_AT_ONCE) {
        let request = BatchGetOrganisationsRequest {
            organisation_ids: some.to_vec(),
            ..BatchGetOrganisationsRequest::default()
        };
        let found = client.organisations().batch_get_organisations(request).await;
        let found = found.map_err(told)?.into_inner().organisations;
        issuers.extend(found.into_iter().map(|found| (found.organisation_id, found.name)));
    }
    Ok(issuers)
}

/// As [`of`], also by whom it was set.
fn by(target: &Target, issuers: &BTreeMap<String, String>) -> String {
    match issuers.get(&target.issuer_id) {
        Some(issuer) => format!("{}, {issuer}", of(target)),
        None => of(target),
    }
}

/// Targets of the organisation, and of those whom it continues, as they came to whoever continues
/// them.
async fn apportioned(
    client: &Client,
    targets: &Targets,
    organisation_id: &str,
) -> anyhow::Result<Vec<ApportionedTarget>> {
    let mut request = ListApportionedTargetsRequest {
        organisation_id: organisation_id.to_owned(),
        as_of: targets.through.map(civil),
        page_size: PAGE,
        ..ListApportionedTargetsRequest::default()
    };
    let mut apportioned = Vec::new();
    loop {
        let page = client.targets().list_apportioned_targets(request.clone()).await;
        let page = page.map_err(told)?.into_inner();
        apportioned.extend(page.targets);
        if page.next_page_token.is_empty() {
            return Ok(apportioned);
        }
        request.page_token = page.next_page_token;
    }
}

/// What each has of a target whose unit others continue.
fn parts(apportioned: &ApportionedTarget) {
    let Some(target) = &apportioned.target else { return };
    let (value, name) = (target.value, &apportioned.name);
    let of = of(target);
    line(&tell!("{of}  {value} của {name}, phân bổ:", "{of}  {value} of {name}, apportioned:"));
    for (n, part) in apportioned.parts.iter().enumerate() {
        let branch = if n + 1 == apportioned.parts.len() { "└─" } else { "├─" };
        let shares: Vec<String> =
            part.steps.iter().map(|step| format!("{}/{}", step.share, step.share_whole)).collect();
        let why = match part.unapportioned() {
            Unapportioned::Unspecified => shares.join(", "),
            Unapportioned::SharesNotStated => {
                tell!("chưa phân bổ: không nêu tỷ lệ", "not apportioned: no shares were stated")
            }
            Unapportioned::NoSuccessor => {
                tell!(
                    "chưa phân bổ: không có đơn vị kế thừa",
                    "not apportioned: nobody continues it"
                )
            }
            Unapportioned::NotDivisible => {
                tell!("chưa phân bổ: không chia được", "not apportioned: it cannot be divided")
            }
        };
        line(&format!("{branch} {:>8}  {}  {why}", part.value, part.name));
    }
}

async fn measured(
    client: &Client,
    targets: &Targets,
    organisation_id: &str,
) -> anyhow::Result<Vec<MeasuredTarget>> {
    let mut request = MeasureTargetsRequest {
        organisation_id: organisation_id.to_owned(),
        period: Some(period(&targets.question)),
        tree: Some(tree(&targets.question)),
        page_size: PAGE,
        as_of: targets.through.map(civil),
        known_at: targets.known_at.map(instant),
        ..MeasureTargetsRequest::default()
    };
    let mut measured = Vec::new();
    loop {
        let page = client.targets().measure_targets(request.clone()).await.map_err(told)?;
        let page = page.into_inner();
        measured.extend(page.targets);
        if page.next_page_token.is_empty() {
            return Ok(measured);
        }
        request.page_token = page.next_page_token;
    }
}

/// `ORG_FOUNDED 2021-01-01 – 2021-12-31, Huyện ủy Thanh Trì`
fn of(target: &Target) -> String {
    let mut text = target.indicator.clone();
    if let Some(period) = &target.period {
        let day = |date: Option<proto::google::r#type::Date>| {
            let date = date.unwrap_or_default();
            format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
        };
        text.push_str(&format!(" {} – {}", day(period.from_on), day(period.through_on)));
    }
    if !target.sector_group.is_empty() {
        text.push_str(&format!(", {}", target.sector_group));
    }
    if !target.issuer_name.is_empty() {
        text.push_str(&format!(", {}", target.issuer_name));
    }
    text
}

fn cascade(answer: &GetTargetCascadeResponse) {
    for (target, reached) in answer.assigned.iter().zip(&answer.assigned_attainment) {
        line(&format!("{}  {}", of(target), reached.text));
    }
    nodes(&answer.children, "");
    if !answer.children.is_empty() {
        line(&handed_down(answer));
    }
    if answer.left_off > 0 {
        let count = answer.left_off;
        let more = counted(count, "more target", "more targets");
        line(&tell!("… và {count} chỉ tiêu nữa", "… and {more}"));
    }
}

/// How much was handed down, and how that compares with what was asked; of whom nothing was asked,
/// there is nothing to compare with.
fn handed_down(answer: &GetTargetCascadeResponse) -> String {
    let sum = answer.children_sum;
    let apart = answer.difference.unsigned_abs();
    match answer.difference.signum() {
        _ if answer.assigned.is_empty() => tell!("giao xuống {sum}", "{sum} handed down"),
        0 => tell!("giao xuống {sum}, bằng số được giao", "{sum} handed down, as much as asked"),
        1 => tell!(
            "giao xuống {sum}, nhiều hơn số được giao {apart}",
            "{sum} handed down, {apart} more than asked"
        ),
        _ => tell!(
            "giao xuống {sum}, ít hơn số được giao {apart}",
            "{sum} handed down, {apart} less than asked"
        ),
    }
}

fn nodes(of: &[CascadeNode], stem: &str) {
    for (n, node) in of.iter().enumerate() {
        let last = n + 1 == of.len();
        let (whole, part) = (node.share_basis_points / 100, node.share_basis_points % 100);
        let share = tell!("{whole},{part:02}%", "{whole}.{part:02}%");
        let reached = node.attainment.as_ref().map(|reached| reached.text.as_str());
        line(&format!(
            "{stem}{} {share:>7}  {}  {}",
            if last { "└─" } else { "├─" },
            node.name,
            reached.unwrap_or_default(),
        ));
        nodes(&node.children, &format!("{stem}{}", if last { "   " } else { "│  " }));
    }
}
