//! The contracts, answered: parse, act or read, reply.

use chassis::database::Database;
use proto::registry::v1 as pb;
use tonic::service::Routes;

use crate::ground::bell::Bell;
use crate::ground::search_index::SearchIndex;
use crate::ground::tax_codes;

/// All of registry's gRPC services.
#[derive(Clone)]
pub struct Api {
    pub(crate) database: Database,
    pub(crate) names: SearchIndex,
    /// Rings for operations.
    pub(crate) bell: Bell,
    /// How many tax codes somebody may ask about.
    pub(crate) employers: tax_codes::Config,
}

impl Api {
    /// Answers from this database, whose names are in this index; the bell wakes the worker of
    /// operations.
    pub(crate) fn new(
        database: Database,
        names: SearchIndex,
        bell: Bell,
        employers: tax_codes::Config,
    ) -> Self {
        Self { database, names, bell, employers }
    }

    /// The services, to be served.
    pub fn routes(self) -> Routes {
        Routes::new(pb::organisation_service_server::OrganisationServiceServer::new(self.clone()))
            .add_service(pb::life_cycle_service_server::LifeCycleServiceServer::new(self.clone()))
            .add_service(pb::attribute_service_server::AttributeServiceServer::new(self.clone()))
            .add_service(pb::history_service_server::HistoryServiceServer::new(self.clone()))
            .add_service(pb::decision_service_server::DecisionServiceServer::new(self.clone()))
            .add_service(pb::congress_service_server::CongressServiceServer::new(self.clone()))
            .add_service(pb::body_service_server::BodyServiceServer::new(self.clone()))
            .add_service(pb::succession_service_server::SuccessionServiceServer::new(self.clone()))
            .add_service(pb::secondment_service_server::SecondmentServiceServer::new(self.clone()))
            .add_service(pb::correction_service_server::CorrectionServiceServer::new(self.clone()))
            .add_service(pb::ceremony_service_server::CeremonyServiceServer::new(self.clone()))
            .add_service(pb::employer_service_server::EmployerServiceServer::new(self.clone()))
            .add_service(pb::steering_service_server::SteeringServiceServer::new(self.clone()))
            .add_service(pb::reference_service_server::ReferenceServiceServer::new(self.clone()))
            .add_service(pb::plan_service_server::PlanServiceServer::new(self.clone()))
            .add_service(pb::operation_service_server::OperationServiceServer::new(self.clone()))
            .add_service(pb::grant_service_server::GrantServiceServer::new(self))
    }
}
