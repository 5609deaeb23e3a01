//! `employer.proto`.

use chassis::parse::{self, civil, id_or_empty};
use chassis::refusal::Refusal;
use proto::registry::v1 as pb;
use time::Date;
use uuid::Uuid;

use crate::employer::employers::{
    Campaign, Employer, EmployerHistory, EmployersAsked, FunnelAsked, FunnelStage,
};
use crate::employer::reach_campaign_stage::{ReachCampaignStage, StageReached};
use crate::employer::survey_employers::{
    BadEmployers, SurveyEmployers, Surveyed, SurveyedEmployer,
};
use crate::ground::reading::Page;
use crate::ground::refused::Refused;
use crate::ground::wire::{NAME_MAX, REASON_MAX, count, ids, in_order, reference_code, texts};

/// Employers of one survey request, at most.
const EMPLOYERS_MAX: usize = 1_000;
/// Unions of one employer, at most.
const UNIONS_MAX: usize = 100;
const WORKFORCE_MAX: i32 = 1_000_000;

/// What a survey found.
pub fn survey(request: pb::SurveyEmployersRequest) -> Result<SurveyEmployers, Refusal> {
    let employers = request.employers.len();
    if employers == 0 {
        return Err(Refused::EmployersEmpty.refusal().field("employers"));
    }
    if employers > EMPLOYERS_MAX {
        let refused = Refused::TooManyEmployers { employers, limit: EMPLOYERS_MAX };
        return Err(refused.refusal().field("employers"));
    }
    let organisation_id = parse::id("organisation_id", &request.organisation_id)?;
    let surveyed_on = parse::date("surveyed_on", request.surveyed_on)?;
    let mut bad = BadEmployers::default();
    let mut employers = Vec::with_capacity(request.employers.len());
    for (n, employer) in request.employers.into_iter().enumerate() {
        match surveyed_employer(&format!("employers[{n}]"), employer) {
            Ok(employer) => employers.push(employer),
            Err(refusal) => bad.add(n, refusal),
        }
    }
    bad.none()?;
    Ok(SurveyEmployers { organisation_id, surveyed_on, employers })
}

fn surveyed_employer(
    field: &str,
    employer: pb::SurveyedEmployer,
) -> Result<SurveyedEmployer, Refusal> {
    let part = |part: &str| format!("{field}.{part}");
    let (workforce, women) = (employer.workforce, employer.workforce_female);
    if !(0..=WORKFORCE_MAX).contains(&workforce) {
        return Err(Refused::WorkforceInvalid { workforce }.refusal().field(part("workforce")));
    }
    if !(0..=workforce).contains(&women) {
        let refused = Refused::WorkforceInvalid { workforce };
        return Err(refused.refusal().field(part("workforce_female")));
    }
    parse::at_most(&part("union_ids"), employer.union_ids.len(), UNIONS_MAX)?;
    let sector = match employer.sector.as_str() {
        "" => None,
        given => Some(reference_code(&part("sector"), given)?),
    };
    Ok(SurveyedEmployer {
        employer_id: parse::optional_id(&part("employer_id"), &employer.employer_id)?,
        tax_code: tax_code(&part("tax_code"), &employer.tax_code)?,
        name: parse::text(&part("name"), &employer.name, NAME_MAX)?,
        sector,
        enterprise_type: enterprise_type(&part("enterprise_type"), &employer.enterprise_type)?,
        workforce,
        workforce_female: women,
        union_ids: ids(&part("union_ids"), &employer.union_ids)?,
    })
}

/// A tax code as it is printed: ten digits, and three of a branch after a hyphen. Branches
/// written without the hyphen are understood.
fn tax_code(field: &str, given: &str) -> Result<Option<String>, Refusal> {
    let (code, branch) = match given.split_once('-') {
        Some((code, branch)) => (code, Some(branch)),
        None if given.len() == 13 && given.is_ascii() => (&given[..10], Some(&given[10..])),
        None => (given, None),
    };
    let digits =
        |text: &str, count| text.len() == count && text.bytes().all(|c| c.is_ascii_digit());
    match branch {
        None if given.is_empty() => Ok(None),
        None if digits(code, 10) => Ok(Some(code.to_string())),
        Some(branch) if digits(code, 10) && digits(branch, 3) => {
            Ok(Some(format!("{code}-{branch}")))
        }
        _ => Err(Refused::TaxCodeInvalid.refusal().field(field)),
    }
}

/// A kind of employer, where it is given; whether it exists is for the act to say.
fn enterprise_type(field: &str, given: &str) -> Result<Option<String>, Refusal> {
    match given {
        "" => Ok(None),
        given => Ok(Some(reference_code(field, given)?)),
    }
}

/// The answer of [`survey`].
pub fn surveyed(surveyed: Surveyed) -> pb::SurveyEmployersResponse {
    pb::SurveyEmployersResponse { employer_ids: texts(&surveyed.employer_ids) }
}

/// A stage that was reached.
pub fn reach_stage(request: pb::ReachCampaignStageRequest) -> Result<ReachCampaignStage, Refusal> {
    Ok(ReachCampaignStage {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        employer_id: parse::id("employer_id", &request.employer_id)?,
        stage: reference_code("stage", &request.stage)?,
        reached_on: parse::date("reached_on", request.reached_on)?,
        union_id: parse::optional_id("union_id", &request.union_id)?,
        block_reason: parse::optional_text("block_reason", &request.block_reason, REASON_MAX)?,
    })
}

/// The answer of [`reach_stage`].
pub fn stage_reached(reached: StageReached) -> pb::ReachCampaignStageResponse {
    pb::ReachCampaignStageResponse { campaign_id: reached.campaign_id.to_string() }
}

/// From how many to how many workers; zero means any number.
fn bounds(min: i32, max: i32) -> Result<(Option<i32>, Option<i32>), Refusal> {
    let bound = |field: &str, workforce: i32| match workforce {
        0 => Ok(None),
        ..0 => Err(Refused::WorkforceInvalid { workforce }.refusal().field(field)),
        _ => Ok(Some(workforce)),
    };
    let (min, max) = (bound("min_workforce", min)?, bound("max_workforce", max)?);
    if let (Some(min), Some(workforce)) = (min, max)
        && workforce < min
    {
        return Err(Refused::WorkforceInvalid { workforce }.refusal().field("max_workforce"));
    }
    Ok((min, max))
}

/// Whose employers, how large, as of when.
pub fn employers(
    request: &pb::ListEmployersRequest,
    today: Date,
) -> Result<EmployersAsked, Refusal> {
    let (min_workforce, max_workforce) = bounds(request.min_workforce, request.max_workforce)?;
    Ok(EmployersAsked {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        min_workforce,
        max_workforce,
        enterprise_type: enterprise_type("enterprise_type", &request.enterprise_type)?,
        without_union: false,
        on: parse::optional_date("as_of", request.as_of)?.unwrap_or(today),
    })
}

/// Whose employers without a union, how large, as of when.
pub fn without_union(
    request: &pb::ListEmployersWithoutUnionRequest,
    today: Date,
) -> Result<EmployersAsked, Refusal> {
    let (min_workforce, max_workforce) = bounds(request.min_workforce, request.max_workforce)?;
    Ok(EmployersAsked {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        min_workforce,
        max_workforce,
        enterprise_type: enterprise_type("enterprise_type", &request.enterprise_type)?,
        without_union: true,
        on: parse::optional_date("as_of", request.as_of)?.unwrap_or(today),
    })
}

/// A page of employers.
pub fn employers_page(page: Page<Employer>) -> pb::ListEmployersResponse {
    pb::ListEmployersResponse {
        employers: page.rows.into_iter().map(employer).collect(),
        next_page_token: page.next_page_token,
    }
}

/// A page of employers without a union.
pub fn without_union_page(page: Page<Employer>) -> pb::ListEmployersWithoutUnionResponse {
    pb::ListEmployersWithoutUnionResponse {
        employers: page.rows.into_iter().map(employer).collect(),
        next_page_token: page.next_page_token,
    }
}

fn employer(employer: Employer) -> pb::Employer {
    pb::Employer {
        employer_id: employer.employer_id.to_string(),
        tax_code: employer.tax_code.unwrap_or_default(),
        name: employer.name,
        sector: employer.sector.unwrap_or_default(),
        workforce: employer.workforce,
        workforce_female: employer.workforce_female,
        surveyed_on: Some(civil(employer.surveyed_on)),
        surveyor_id: employer.surveyor_id.to_string(),
        stage: employer.stage.unwrap_or_default(),
        enterprise_type: employer.enterprise_type.unwrap_or_default(),
        union_ids: texts(&employer.union_ids),
    }
}

/// Which employer.
pub fn get(request: &pb::GetEmployerRequest) -> Result<Uuid, Refusal> {
    parse::id("employer_id", &request.employer_id)
}

/// All that is known of an employer.
pub fn history(history: EmployerHistory) -> pb::GetEmployerResponse {
    pb::GetEmployerResponse {
        employer_id: history.employer_id.to_string(),
        tax_code: history.tax_code.unwrap_or_default(),
        surveys: history
            .surveys
            .into_iter()
            .map(|survey| pb::get_employer_response::Survey {
                surveyed_on: Some(civil(survey.surveyed_on)),
                surveyor_id: survey.surveyor_id.to_string(),
                name: survey.name,
                sector: survey.sector.unwrap_or_default(),
                enterprise_type: survey.enterprise_type.unwrap_or_default(),
                workforce: survey.workforce,
                workforce_female: survey.workforce_female,
            })
            .collect(),
        unions: history
            .unions
            .into_iter()
            .map(|union| pb::get_employer_response::Union {
                union_id: union.union_id.to_string(),
                from_on: Some(civil(union.from_on)),
                until_on: union.until_on.map(civil),
            })
            .collect(),
    }
}

/// Whose campaigns, as of when, at which stage.
pub fn campaigns(
    request: &pb::ListCampaignsRequest,
    today: Date,
) -> Result<(Uuid, Date, Option<String>), Refusal> {
    Ok((
        parse::id("organisation_id", &request.organisation_id)?,
        parse::optional_date("as_of", request.as_of)?.unwrap_or(today),
        match request.stage.as_str() {
            "" => None,
            given => Some(reference_code("stage", given)?),
        },
    ))
}

/// A page of campaigns.
pub fn campaigns_page(page: Page<Campaign>) -> pb::ListCampaignsResponse {
    pb::ListCampaignsResponse {
        campaigns: page
            .rows
            .into_iter()
            .map(|campaign| pb::Campaign {
                campaign_id: campaign.campaign_id.to_string(),
                organisation_id: campaign.organisation_id.to_string(),
                employer_id: campaign.employer_id.to_string(),
                opened_on: Some(civil(campaign.opened_on)),
                stage: campaign.stage,
                reached_on: Some(civil(campaign.reached_on)),
                block_reason: campaign.block_reason,
                union_id: id_or_empty(campaign.union_id),
            })
            .collect(),
        next_page_token: page.next_page_token,
    }
}

/// Whose funnel, over how large employers, when.
pub fn funnel(request: &pb::GetCampaignFunnelRequest, today: Date) -> Result<FunnelAsked, Refusal> {
    let (min_workforce, _) = bounds(request.min_workforce, 0)?;
    let on = parse::optional_date("as_of", request.as_of)?.unwrap_or(today);
    let from_on = parse::optional_date("from_on", request.from_on)?;
    in_order("from_on", from_on, Some(on))?;
    Ok(FunnelAsked {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        min_workforce: min_workforce.unwrap_or_default(),
        on,
        from_on,
        by_unit: request.by_unit,
    })
}

/// A funnel that was counted: the whole, then unit by unit.
pub fn funnel_counted(counted: Vec<FunnelStage>) -> pb::GetCampaignFunnelResponse {
    use pb::get_campaign_funnel_response::{Stage, Unit};
    let number = |n: i64| count(usize::try_from(n).unwrap_or_default());
    let mut stages = Vec::new();
    let mut units: Vec<Unit> = Vec::new();
    for one in counted {
        let stage = Stage {
            stage: one.stage,
            standing: number(one.standing),
            reached: number(one.reached),
        };
        let Some(unit_id) = one.unit_id else {
            stages.push(stage);
            continue;
        };
        let organisation_id = unit_id.to_string();
        match units.last_mut().filter(|unit| unit.organisation_id == organisation_id) {
            Some(unit) => unit.stages.push(stage),
            None => units.push(Unit { organisation_id, stages: vec![stage] }),
        }
    }
    pb::GetCampaignFunnelResponse { stages, units }
}

#[cfg(test)]
mod tests {
    use super::tax_code;

    #[test]
    fn a_tax_code_is_ten_digits_and_three_of_a_branch() {
        let read = |given| tax_code("tax_code", given).ok();
        assert_eq!(read(""), Some(None));
        assert_eq!(read("0999000111"), Some(Some("0999000111".to_string())));
        let branch = Some(Some("0999000111-001".to_string()));
        assert_eq!(read("0999000111-001"), branch);
        assert_eq!(read("0999000111001"), branch);
        for wrong in ["0100", "09990001112", "0999000111-01", "099900011X", "-001", "0999000111-"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
