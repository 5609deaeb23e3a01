//! `ProfileService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::database::Reading;
use chassis::parse::{self, Timestamp};
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::ground::api::{Api, as_of, known_at};
use crate::ground::attribute::Attribute;
use crate::profile::{get_profile, values, wire};

impl Api {
    /// What was said of one attribute of a person.
    async fn said_of(
        &self,
        call: &Call,
        person_id: &str,
        attribute: Attribute,
        at: Option<Timestamp>,
    ) -> Result<(Reading, Vec<pb::AttributeValue>), Status> {
        let person_id = parse::id("person_id", person_id)?;
        let known_at = known_at(at)?;
        let mut reading = self.database.read(call).await?;
        let said = values::list(&mut reading, &self.keys, person_id, attribute, known_at).await?;
        let values = said.into_iter().map(|said| wire::value((attribute, said))).collect();
        Ok((reading, values))
    }
}

#[tonic::async_trait]
impl pb::profile_service_server::ProfileService for Api {
    async fn set_attribute(
        &self,
        request: Request<pb::SetAttributeRequest>,
    ) -> Result<Response<pb::SetAttributeResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let attribute = wire::attribute(asked.attribute)?;
        let act = wire::set(&asked.person_id, attribute, asked.said, &self.keys)?;
        let done = self.database.act(call, act).await?;
        Ok(done.reply(|_| pb::SetAttributeResponse::default()))
    }

    async fn set_ethnicity(
        &self,
        request: Request<pb::SetEthnicityRequest>,
    ) -> Result<Response<pb::SetEthnicityResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::set(&asked.person_id, Attribute::Ethnicity, asked.said, &self.keys)?;
        let done = self.database.act(call, act).await?;
        Ok(done.reply(|_| pb::SetEthnicityResponse::default()))
    }

    async fn set_religion(
        &self,
        request: Request<pb::SetReligionRequest>,
    ) -> Result<Response<pb::SetReligionResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::set(&asked.person_id, Attribute::Religion, asked.said, &self.keys)?;
        let done = self.database.act(call, act).await?;
        Ok(done.reply(|_| pb::SetReligionResponse::default()))
    }

    async fn set_party_membership(
        &self,
        request: Request<pb::SetPartyMembershipRequest>,
    ) -> Result<Response<pb::SetPartyMembershipResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::set(&asked.person_id, Attribute::PartyMembership, asked.said, &self.keys)?;
        let done = self.database.act(call, act).await?;
        Ok(done.reply(|_| pb::SetPartyMembershipResponse::default()))
    }

    async fn set_contact(
        &self,
        request: Request<pb::SetContactRequest>,
    ) -> Result<Response<pb::SetContactResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::set_contact(asked, &self.keys)?;
        Ok(self.database.act(call, act).await?.reply(|_| pb::SetContactResponse::default()))
    }

    async fn get_profile(
        &self,
        request: Request<pb::GetProfileRequest>,
    ) -> Result<Response<pb::GetProfileResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let person_id = parse::id("person_id", &asked.person_id)?;
        let (as_of, known_at) = (as_of(asked.as_of)?, known_at(asked.known_at)?);
        let mut reading = self.database.read(&call).await?;
        let found = get_profile::get(&mut reading, &self.keys, person_id, as_of, known_at).await?;
        Ok(reading.reply(wire::profile(found)))
    }

    async fn list_attribute_values(
        &self,
        request: Request<pb::ListAttributeValuesRequest>,
    ) -> Result<Response<pb::ListAttributeValuesResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let attribute = wire::attribute(asked.attribute)?;
        let said = self.said_of(&call, &asked.person_id, attribute, asked.known_at).await;
        let (reading, values) = said?;
        Ok(reading.reply(pb::ListAttributeValuesResponse { values }))
    }

    async fn list_ethnicity_values(
        &self,
        request: Request<pb::ListEthnicityValuesRequest>,
    ) -> Result<Response<pb::ListEthnicityValuesResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let attribute = Attribute::Ethnicity;
        let said = self.said_of(&call, &asked.person_id, attribute, asked.known_at).await;
        let (reading, values) = said?;
        Ok(reading.reply(pb::ListEthnicityValuesResponse { values }))
    }

    async fn list_religion_values(
        &self,
        request: Request<pb::ListReligionValuesRequest>,
    ) -> Result<Response<pb::ListReligionValuesResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let attribute = Attribute::Religion;
        let said = self.said_of(&call, &asked.person_id, attribute, asked.known_at).await;
        let (reading, values) = said?;
        Ok(reading.reply(pb::ListReligionValuesResponse { values }))
    }

    async fn list_party_membership_values(
        &self,
        request: Request<pb::ListPartyMembershipValuesRequest>,
    ) -> Result<Response<pb::ListPartyMembershipValuesResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let attribute = Attribute::PartyMembership;
        let said = self.said_of(&call, &asked.person_id, attribute, asked.known_at).await;
        let (reading, values) = said?;
        Ok(reading.reply(pb::ListPartyMembershipValuesResponse { values }))
    }
}
