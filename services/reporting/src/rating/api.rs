//! RatingService.

use chassis::call::Call;
use chassis::database::today;
use chassis::parse;
use proto::reporting::v1::rating_service_server::RatingService;
use proto::reporting::v1::*;
use tonic::{Request, Response, Status};

use crate::ground::api::Api;
use crate::ground::period;
use crate::ground::refused::Refused;
use crate::rating::record_ratings::RecordRatings;
use crate::rating::wire::scheme;

const LINES_MAX: usize = 1_000;
const FIRST_YEAR: i32 = 1990;

#[tonic::async_trait]
impl RatingService for Api {
    async fn record_ratings(
        &self,
        request: Request<RecordRatingsRequest>,
    ) -> Result<Response<RecordRatingsResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = self.ratings_to_record(&asked)?;
        let acted = self.database.act(call, act).await?;
        Ok(acted.reply(|recorded| RecordRatingsResponse {
            rated: recorded.rated,
            rerated: recorded.rerated,
            not_counted: recorded.not_counted.clone(),
        }))
    }

    async fn list_schemes(
        &self,
        _: Request<ListSchemesRequest>,
    ) -> Result<Response<ListSchemesResponse>, Status> {
        let schemes = self.reference.schemes().iter().map(scheme).collect();
        Ok(Response::new(ListSchemesResponse { schemes }))
    }
}

impl Api {
    fn ratings_to_record(&self, asked: &RecordRatingsRequest) -> Result<RecordRatings, Status> {
        if asked.lines.is_empty() {
            return Err(Refused::ListEmpty { field: "lines" }.into());
        }
        if asked.lines.len() > LINES_MAX {
            return Err(Refused::ListTooLong {
                field: "lines",
                entries: asked.lines.len(),
                limit: LINES_MAX,
            }
            .into());
        }
        let year = asked.year;
        let counts_on = period::year(year)
            .filter(|_| (FIRST_YEAR..=today().year()).contains(&year))
            .map(|year| year.through)
            .ok_or(Refused::RatingYearOutOfRange { year })?;
        let schemes = self.reference.schemes();
        let in_force = schemes
            .iter()
            .find(|scheme| scheme.in_force(year))
            .ok_or(Refused::RatingYearOutOfRange { year })?;
        if !asked.scheme.is_empty() && asked.scheme != in_force.code {
            return Err(if schemes.iter().any(|known| known.code == asked.scheme) {
                Refused::RatingSchemeNotOfYear {
                    scheme: asked.scheme.clone(),
                    year,
                    in_force: in_force.code.clone(),
                }
            } else {
                Refused::RatingSchemeUnknown { scheme: asked.scheme.clone() }
            }
            .into());
        }
        let lines = asked
            .lines
            .iter()
            .enumerate()
            .map(|(number, line)| {
                let field = format!("lines[{number}].organisation_id");
                Ok((parse::id(&field, &line.organisation_id)?, line.grade.clone()))
            })
            .collect::<Result<_, Status>>()?;
        Ok(RecordRatings {
            scheme: in_force,
            year,
            counts_on,
            lines,
            decision_id: parse::optional_id("decision_id", &asked.decision_id)?,
        })
    }
}
