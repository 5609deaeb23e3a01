//! OfficeService.

use chassis::call::Call;
use chassis::database::today;
use chassis::page::Page;
use chassis::parse;
use proto::reporting::v1::office_service_server::OfficeService;
use proto::reporting::v1::*;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::ground::api::Api;
use crate::ground::reading as reads;
use crate::office::offices_of_people_who_left::offices_of_people_who_left;

#[tonic::async_trait]
impl OfficeService for Api {
    async fn list_offices_of_people_who_left(
        &self,
        request: Request<ListOfficesOfPeopleWhoLeftRequest>,
    ) -> Result<Response<ListOfficesOfPeopleWhoLeftResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let on = parse::optional_date("as_of", asked.as_of)?.unwrap_or_else(today);

        let mut reading = self.database.read(&call).await?;
        reads::organisation(&mut reading, organisation_id).await?;
        let of = (organisation_id, on);
        let after: Option<Uuid> = page.after()?;
        let rows = offices_of_people_who_left(&mut reading, of, after, page.limit()).await?;
        let Page { rows, next_page_token } = page.page(rows, |last| last.office_id)?;
        let offices = rows
            .into_iter()
            .map(|office| OfficeOfPersonWhoLeft {
                office_id: office.office_id.to_string(),
                organisation_id: office.organisation_id.to_string(),
                body: office.body,
                position: office.position,
                person_id: office.person_id.to_string(),
                departure: match office.member_of_id {
                    None => Departure::MembershipEnded.into(),
                    Some(_) => Departure::MemberElsewhere.into(),
                },
                left_on: Some(parse::civil(office.left_on)),
                member_of_id: office.member_of_id.map(|id| id.to_string()).unwrap_or_default(),
            })
            .collect();
        Ok(reading.reply(ListOfficesOfPeopleWhoLeftResponse { offices, next_page_token }))
    }
}
