//! `TrainingService`, answered: parse, act or read, reply.

use chassis::call::Call;
use chassis::parse;
use proto::membership::v1 as pb;
use tonic::{Request, Response, Status};

use crate::ground::api::{Api, known_at};
use crate::training::{courses, wire};

#[tonic::async_trait]
impl pb::training_service_server::TrainingService for Api {
    async fn hold_training_course(
        &self,
        request: Request<pb::HoldTrainingCourseRequest>,
    ) -> Result<Response<pb::HoldTrainingCourseResponse>, Status> {
        let (call, asked) = Call::write(request)?;
        let act = wire::hold_training_course(asked)?;
        Ok(self.database.act(call, act).await?.reply(wire::held))
    }

    async fn get_training_course(
        &self,
        request: Request<pb::GetTrainingCourseRequest>,
    ) -> Result<Response<pb::GetTrainingCourseResponse>, Status> {
        let (call, asked) = Call::read(request)?;
        let course_id = parse::id("course_id", &asked.course_id)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let (course, attendances) = courses::get(&mut reading, course_id, known_at).await?;
        Ok(reading.reply(pb::GetTrainingCourseResponse {
            course: Some(wire::course(course)),
            attendances: attendances.into_iter().map(wire::attendance).collect(),
        }))
    }

    async fn list_training_courses(
        &self,
        request: Request<pb::ListTrainingCoursesRequest>,
    ) -> Result<Response<pb::ListTrainingCoursesResponse>, Status> {
        let (call, asked, page) = Call::list(request, self.database.keys())?;
        let organisation_id = parse::id("organisation_id", &asked.organisation_id)?;
        let known_at = known_at(asked.known_at)?;
        let mut reading = self.database.read(&call).await?;
        let found = courses::list(&mut reading, organisation_id, known_at, &page).await?;
        Ok(reading.reply(pb::ListTrainingCoursesResponse {
            courses: found.rows.into_iter().map(wire::course).collect(),
            next_page_token: found.next_page_token,
        }))
    }
}
