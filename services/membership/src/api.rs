//! The contract, answered: parse, act or read, reply.

use std::sync::Arc;

use chassis::call::Call;
use chassis::database::{Act, Acted, Database, today};
use chassis::parse;
use chassis::refusal::Refusal;
use proto::membership::v1 as pb;
use time::Date;
use tonic::{Request, Response, Status};

use crate::keys::Keys;
use crate::quota::{self, Quota};
use crate::reads;
use crate::wire::{answers, requests};

/// Answers every service of the contract.
#[derive(Clone)]
pub struct Api {
    /// Acts and reads.
    pub database: Database,
    /// Seals and finds personal data.
    pub keys: Arc<Keys>,
    /// How many identity numbers somebody may ask about.
    pub quota: Quota,
}

impl Api {
    /// Performs an act on a roll that has so many identity numbers. Where it writes nothing, in
    /// a dry run or because it is refused, its answer tells which of them are known: they count
    /// as asked about.
    async fn act_on_numbers<A: Act>(
        &self,
        call: Call,
        numbers: usize,
        act: A,
    ) -> Result<Acted<A::Answer>, Status> {
        if call.validate_only {
            self.quota.count(&call, numbers).await?;
            return self.database.act(call, act).await;
        }
        let acted = self.database.act(call.clone(), act).await;
        if acted.as_ref().is_err_and(quota::tells) {
            self.quota.count(&call, numbers).await?;
        }
        acted
    }
}

/// The day asked for, or today.
fn as_of(date: Option<proto::google::r#type::Date>) -> Result<Date, Refusal> {
    Ok(parse::optional_date("as_of", date)?.unwrap_or_else(today))
}

#[tonic::async_trait]
impl pb::application_service_server::ApplicationService for Api {
    async fn record_applicants(
        &self,
        request: Request<pb::RecordApplicantsRequest>,
    ) -> Result<Response<pb::RecordApplicantsResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = requests::record_applicants(asked, &self.keys)?;
        let numbers = act.applicants.numbers();
        Ok(self.act_on_numbers(call, numbers, act).await?.reply(answers::recorded))
    }

    async fn get_application(
        &self,
        request: Request<pb::GetApplicationRequest>,
    ) -> Result<Response<pb::GetApplicationResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let application_id = parse::id("application_id", &asked.application_id)?;
        let as_of = as_of(asked.as_of)?;
        let mut reading = self.database.read(&call).await?;
        let application = reads::applications::get(&mut reading, application_id, as_of).await?;
        Ok(reading.reply(pb::GetApplicationResponse {
            application: Some(answers::application(application)),
        }))
    }

    async fn list_applications(
        &self,
        request: Request<pb::ListApplicationsRequest>,
    ) -> Result<Response<pb::ListApplicationsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let (as_of, open_only) = (as_of(asked.as_of)?, asked.open_only);
        let mut reading = self.database.read(&call).await?;
        let found =
            reads::applications::list(&mut reading, organisation_id, as_of, open_only, &page)
                .await?;
        Ok(reading.reply(pb::ListApplicationsResponse {
            applications: found.rows.into_iter().map(answers::application).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}

#[tonic::async_trait]
impl pb::membership_service_server::MembershipService for Api {
    async fn admit_members(
        &self,
        request: Request<pb::AdmitMembersRequest>,
    ) -> Result<Response<pb::AdmitMembersResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = requests::admit_members(asked, &self.keys)?;
        let numbers = act.roll.numbers();
        Ok(self.act_on_numbers(call, numbers, act).await?.reply(answers::admitted))
    }

    async fn transfer_members(
        &self,
        request: Request<pb::TransferMembersRequest>,
    ) -> Result<Response<pb::TransferMembersResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = requests::transfer_members(asked)?;
        Ok(self.database.act(call, act).await?.reply(answers::transferred))
    }

    async fn exit_members(
        &self,
        request: Request<pb::ExitMembersRequest>,
    ) -> Result<Response<pb::ExitMembersResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = requests::exit_members(asked)?;
        Ok(self.database.act(call, act).await?.reply(answers::exited))
    }

    async fn get_member(
        &self,
        request: Request<pb::GetMemberRequest>,
    ) -> Result<Response<pb::GetMemberResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let person_id = parse::id("person_id", &asked.person_id)?;
        let mut reading = self.database.read(&call).await?;
        let (person, memberships, identifying) =
            reads::members::get(&mut reading, &self.keys, person_id).await?;
        let identity_roles = identifying.held_by.iter().map(ToString::to_string).collect();
        Ok(reading.reply(pb::GetMemberResponse {
            identity_roles,
            person: Some(answers::person(person, identifying)),
            memberships: memberships.into_iter().map(answers::membership).collect(),
        }))
    }

    async fn list_members(
        &self,
        request: Request<pb::ListMembersRequest>,
    ) -> Result<Response<pb::ListMembersResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let as_of = as_of(asked.as_of)?;
        let mut reading = self.database.read(&call).await?;
        let found = reads::members::list(&mut reading, organisation_id, as_of, &page).await?;
        Ok(reading.reply(pb::ListMembersResponse {
            members: found.rows.into_iter().map(answers::listed).collect(),
            next_page_token: found.next_page_token,
        }))
    }

    async fn find_person(
        &self,
        request: Request<pb::FindPersonRequest>,
    ) -> Result<Response<pb::FindPersonResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let identity = requests::find_person(&asked)?;
        let mut reading = self.database.read(&call).await?;
        let found = reads::members::find(&mut reading, &self.keys, &identity, today()).await?;
        Ok(reading.reply(answers::found(found)))
    }

    async fn count_members(
        &self,
        request: Request<pb::CountMembersRequest>,
    ) -> Result<Response<pb::CountMembersResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let organisation_ids = requests::ids("organisation_ids", &asked.organisation_ids)?;
        let as_of = as_of(asked.as_of)?;
        let mut reading = self.database.read(&call).await?;
        let counts = reads::members::count(&mut reading, &organisation_ids, as_of).await?;
        Ok(reading.reply(pb::CountMembersResponse {
            counts: counts.into_iter().map(answers::count).collect(),
        }))
    }
}

#[tonic::async_trait]
impl pb::training_service_server::TrainingService for Api {
    async fn hold_training_course(
        &self,
        request: Request<pb::HoldTrainingCourseRequest>,
    ) -> Result<Response<pb::HoldTrainingCourseResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = requests::hold_training_course(asked)?;
        Ok(self.database.act(call, act).await?.reply(answers::held))
    }

    async fn get_training_course(
        &self,
        request: Request<pb::GetTrainingCourseRequest>,
    ) -> Result<Response<pb::GetTrainingCourseResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let course_id = parse::id("course_id", &asked.course_id)?;
        let mut reading = self.database.read(&call).await?;
        let (course, attendances) = reads::courses::get(&mut reading, course_id).await?;
        Ok(reading.reply(pb::GetTrainingCourseResponse {
            course: Some(answers::course(course)),
            attendances: attendances.into_iter().map(answers::attendance).collect(),
        }))
    }

    async fn list_training_courses(
        &self,
        request: Request<pb::ListTrainingCoursesRequest>,
    ) -> Result<Response<pb::ListTrainingCoursesResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let mut reading = self.database.read(&call).await?;
        let found = reads::courses::list(&mut reading, organisation_id, &page).await?;
        Ok(reading.reply(pb::ListTrainingCoursesResponse {
            courses: found.rows.into_iter().map(answers::course).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}

#[tonic::async_trait]
impl pb::party_service_server::PartyService for Api {
    async fn refer_to_party(
        &self,
        request: Request<pb::ReferToPartyRequest>,
    ) -> Result<Response<pb::ReferToPartyResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = requests::refer_to_party(asked, &self.keys)?;
        let numbers = act.roll.numbers();
        Ok(self.act_on_numbers(call, numbers, act).await?.reply(answers::referred))
    }

    async fn admit_to_party(
        &self,
        request: Request<pb::AdmitToPartyRequest>,
    ) -> Result<Response<pb::AdmitToPartyResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = requests::admit_to_party(asked)?;
        Ok(self.database.act(call, act).await?.reply(answers::admitted_to_party))
    }

    async fn list_party_referrals(
        &self,
        request: Request<pb::ListPartyReferralsRequest>,
    ) -> Result<Response<pb::ListPartyReferralsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let mut reading = self.database.read(&call).await?;
        let found = reads::party_referrals::list(&mut reading, organisation_id, &page).await?;
        Ok(reading.reply(pb::ListPartyReferralsResponse {
            referrals: found.rows.into_iter().map(answers::party_referral).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}

#[tonic::async_trait]
impl pb::cadre_service_server::CadreService for Api {
    async fn recommend_cadre(
        &self,
        request: Request<pb::RecommendCadreRequest>,
    ) -> Result<Response<pb::RecommendCadreResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = requests::recommend_cadre(asked, &self.keys)?;
        Ok(self.database.act(call, act).await?.reply(answers::recommended))
    }

    async fn list_cadre_recommendations(
        &self,
        request: Request<pb::ListCadreRecommendationsRequest>,
    ) -> Result<Response<pb::ListCadreRecommendationsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let mut reading = self.database.read(&call).await?;
        let found = reads::recommendations::list(&mut reading, organisation_id, &page).await?;
        Ok(reading.reply(pb::ListCadreRecommendationsResponse {
            recommendations: found.rows.into_iter().map(answers::recommendation).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}

#[tonic::async_trait]
impl pb::delegation_service_server::DelegationService for Api {
    async fn send_delegation(
        &self,
        request: Request<pb::SendDelegationRequest>,
    ) -> Result<Response<pb::SendDelegationResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = requests::send_delegation(asked)?;
        Ok(self.database.act(call, act).await?.reply(answers::sent))
    }

    async fn get_delegation(
        &self,
        request: Request<pb::GetDelegationRequest>,
    ) -> Result<Response<pb::GetDelegationResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let delegation_id = parse::id("delegation_id", &asked.delegation_id)?;
        let mut reading = self.database.read(&call).await?;
        let found = reads::delegations::get(&mut reading, delegation_id).await?;
        Ok(reading.reply(answers::delegation(found)))
    }
}

#[tonic::async_trait]
impl pb::consequence_service_server::ConsequenceService for Api {
    async fn list_consequences(
        &self,
        request: Request<pb::ListConsequencesRequest>,
    ) -> Result<Response<pb::ListConsequencesResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let mut act_ids = Vec::with_capacity(asked.registry_act_ids.len() + 1);
        act_ids.extend(parse::optional_id("registry_act_id", &asked.registry_act_id)?);
        for (n, act_id) in asked.registry_act_ids.iter().enumerate() {
            act_ids.push(parse::id(&format!("registry_act_ids[{n}]"), act_id)?);
        }
        let of_acts = (!act_ids.is_empty()).then_some(act_ids.as_slice());
        let mut organisation_ids = Vec::with_capacity(asked.organisation_ids.len());
        for (n, id) in asked.organisation_ids.iter().enumerate() {
            organisation_ids.push(parse::id(&format!("organisation_ids[{n}]"), id)?);
        }
        let of = (!organisation_ids.is_empty()).then_some(organisation_ids.as_slice());
        let mut reading = self.database.read(&call).await?;
        let (found, passed_over) =
            reads::consequences::list(&mut reading, asked.include_finished, of_acts, of, &page)
                .await?;
        Ok(reading.reply(pb::ListConsequencesResponse {
            consequences: found
                .rows
                .into_iter()
                .map(|row| answers::consequence(row, &passed_over))
                .collect(),
            next_page_token: found.next_page_token,
        }))
    }

    async fn list_passed_over(
        &self,
        request: Request<pb::ListPassedOverRequest>,
    ) -> Result<Response<pb::ListPassedOverResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let act = parse::id("registry_act_id", &asked.registry_act_id)?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let exclude_mended = asked.exclude_mended;
        let mut reading = self.database.read(&call).await?;
        let found =
            reads::passed_over::list(&mut reading, act, organisation_id, exclude_mended, &page)
                .await?;
        Ok(reading.reply(pb::ListPassedOverResponse {
            passed_over: found.rows.iter().map(answers::passed_over).collect(),
            next_page_token: found.next_page_token,
        }))
    }

    async fn mend_consequence(
        &self,
        request: Request<pb::MendConsequenceRequest>,
    ) -> Result<Response<pb::MendConsequenceResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = requests::mend_consequence(asked)?;
        Ok(self.database.act(call, act).await?.reply(answers::mended))
    }

    async fn list_later_movements(
        &self,
        request: Request<pb::ListLaterMovementsRequest>,
    ) -> Result<Response<pb::ListLaterMovementsResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let about = requests::list_later_movements(&asked)?;
        let mut reading = self.database.read(&call).await?;
        let (found, counts) = reads::later_movements::list(&mut reading, &about, &page).await?;
        Ok(reading.reply(pb::ListLaterMovementsResponse {
            movements: found.rows.into_iter().map(answers::later_movement).collect(),
            counts: counts.into_iter().map(answers::later_movements).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}
