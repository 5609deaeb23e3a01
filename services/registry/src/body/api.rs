//! `BodyService`, answered.

use chassis::call::Call;
use chassis::database::today;
use proto::registry::v1 as pb;
use proto::registry::v1::body_service_server::BodyService;
use tonic::{Request, Response, Status};

use crate::body::{lists as body_lists, wire};
use crate::ground::api::Api;

#[tonic::async_trait]
impl BodyService for Api {
    async fn list_terms_ending(
        &self,
        request: Request<pb::ListTermsEndingRequest>,
    ) -> Result<Response<pb::ListTermsEndingResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let of = wire::terms_ending(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = body_lists::terms_ending(&mut reading, of, &asked).await?;
        Ok(reading.reply(wire::terms_page(page)))
    }

    async fn list_vacancies(
        &self,
        request: Request<pb::ListVacanciesRequest>,
    ) -> Result<Response<pb::ListVacanciesResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let of = wire::vacancies(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = body_lists::vacancies(&mut reading, of, &asked).await?;
        Ok(reading.reply(wire::vacancies_page(page)))
    }

    async fn list_bodies_off_size(
        &self,
        request: Request<pb::ListBodiesOffSizeRequest>,
    ) -> Result<Response<pb::ListBodiesOffSizeResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let of = wire::bodies_off_size(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = body_lists::bodies_off_size(&mut reading, of, &asked).await?;
        Ok(reading.reply(wire::bodies_page(page)))
    }

    async fn list_late_congresses(
        &self,
        request: Request<pb::ListLateCongressesRequest>,
    ) -> Result<Response<pb::ListLateCongressesResponse>, Status> {
        let (call, request, asked) = Call::list(request, self.database.keys())?;
        let of = wire::late_congresses(&request, today())?;
        let mut reading = self.database.read(&call).await?;
        let page = body_lists::late_congresses(&mut reading, of, &asked).await?;
        Ok(reading.reply(wire::congresses_page(page)))
    }
}
