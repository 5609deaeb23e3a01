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
use crate::office::wire::office;

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
        let offices = rows.into_iter().map(office).collect();
        Ok(reading.reply(ListOfficesOfPeopleWhoLeftResponse { offices, next_page_token }))
    }
}
