//! `employer.proto`.

use chassis::parse::{self, civil};
use chassis::refusal::Refusal;
use proto::registry::v1 as pb;
use time::Date;
use uuid::Uuid;

use super::{NAME_MAX, REASON_MAX, count, ids, reference_code, text, texts};
use crate::acts::reach_campaign_stage::{ReachCampaignStage, StageReached};
use crate::acts::survey_employers::{SurveyEmployers, Surveyed, SurveyedEmployer};
use crate::error::Refused;
use crate::reads::Page;
use crate::reads::employers::{Employer, FunnelStage};

/// Employers of one survey request, at most.
const EMPLOYERS_MAX: usize = 1_000;
/// Unions of one employer, at most.
const UNIONS_MAX: usize = 100;
const TAX_CODE_MAX: usize = 20;
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
    Ok(SurveyEmployers {
        organisation_id: parse::id("organisation_id", &request.organisation_id)?,
        surveyed_on: parse::date("surveyed_on", request.surveyed_on)?,
        employers: request
            .employers
            .into_iter()
            .enumerate()
            .map(|(n, employer)| surveyed_employer(&format!("employers[{n}]"), employer))
            .collect::<Result<_, _>>()?,
    })
}

fn surveyed_employer(
    field: &str,
    employer: pb::SurveyedEmployer,
) -> Result<SurveyedEmployer, Refusal> {
    let part = |part: &str| format!("{field}.{part}");
    let (workforce, women) = (employer.workforce, employer.workforce_female);
    if !(0..=WORKFORCE_MAX).contains(&workforce) || !(0..=workforce).contains(&women) {
        return Err(Refused::WorkforceInvalid { workforce }.refusal().field(part("workforce")));
    }
    parse::at_most(&part("union_ids"), employer.union_ids.len(), UNIONS_MAX)?;
    let sector = match employer.sector.as_str() {
        "" => None,
        given => Some(reference_code(&part("sector"), given)?),
    };
    Ok(SurveyedEmployer {
        employer_id: parse::optional_id(&part("employer_id"), &employer.employer_id)?,
        tax_code: parse::optional_text(&part("tax_code"), &employer.tax_code, TAX_CODE_MAX)?,
        name: parse::text(&part("name"), &employer.name, NAME_MAX)?,
        sector,
        workforce,
        workforce_female: women,
        union_ids: ids(&part("union_ids"), &employer.union_ids)?,
    })
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

/// Whose employers without a union, how large at least, as of when.
pub fn without_union(
    request: &pb::ListEmployersWithoutUnionRequest,
    today: Date,
) -> Result<(Uuid, i32, Date), Refusal> {
    Ok((
        parse::id("organisation_id", &request.organisation_id)?,
        request.min_workforce,
        parse::optional_date("as_of", request.as_of)?.unwrap_or(today),
    ))
}

/// A page of employers.
pub fn employers_page(page: Page<Employer>) -> pb::ListEmployersWithoutUnionResponse {
    pb::ListEmployersWithoutUnionResponse {
        employers: page
            .rows
            .into_iter()
            .map(|employer| pb::Employer {
                employer_id: employer.employer_id.to_string(),
                tax_code: employer.tax_code.unwrap_or_default(),
                name: employer.name,
                sector: employer.sector.unwrap_or_default(),
                workforce: employer.workforce,
                workforce_female: employer.workforce_female,
                surveyed_on: Some(civil(employer.surveyed_on)),
                surveyor_id: text(Some(employer.surveyor_id)),
                stage: employer.stage.unwrap_or_default(),
            })
            .collect(),
        next_page_token: page.next_page_token,
    }
}

/// Whose funnel, over how large employers, as of when.
pub fn funnel(
    request: &pb::GetCampaignFunnelRequest,
    today: Date,
) -> Result<(Uuid, i32, Date), Refusal> {
    Ok((
        parse::id("organisation_id", &request.organisation_id)?,
        request.min_workforce,
        parse::optional_date("as_of", request.as_of)?.unwrap_or(today),
    ))
}

/// A funnel that was counted.
pub fn funnel_counted(stages: Vec<FunnelStage>) -> pb::GetCampaignFunnelResponse {
    let number = |n: i64| count(usize::try_from(n).unwrap_or_default());
    pb::GetCampaignFunnelResponse {
        stages: stages
            .into_iter()
            .map(|stage| pb::get_campaign_funnel_response::Stage {
                stage: stage.stage,
                standing: number(stage.standing),
                reached: number(stage.reached),
            })
            .collect(),
    }
}
