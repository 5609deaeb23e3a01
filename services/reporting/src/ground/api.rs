//! The contracts, answered: parse, act or read, reply.

use std::sync::Arc;

use chassis::database::Database;
use chassis::signing::SigningKeys;
use proto::reporting::v1::activity_service_server::ActivityServiceServer;
use proto::reporting::v1::audit_service_server::AuditServiceServer;
use proto::reporting::v1::closing_service_server::ClosingServiceServer;
use proto::reporting::v1::figure_service_server::FigureServiceServer;
use proto::reporting::v1::indicator_service_server::IndicatorServiceServer;
use proto::reporting::v1::office_service_server::OfficeServiceServer;
use proto::reporting::v1::periodic_report_service_server::PeriodicReportServiceServer;
use proto::reporting::v1::rating_service_server::RatingServiceServer;
use proto::reporting::v1::report_service_server::ReportServiceServer;
use proto::reporting::v1::target_service_server::TargetServiceServer;
use tokio::sync::{Notify, Semaphore};
use tonic::service::Routes;

use crate::ground::auditing::Auditing;
use crate::ground::columns::Columns;
use crate::ground::reference::Reference;

/// All services of reporting.
#[derive(Clone)]
pub struct Api {
    pub(crate) database: Database,
    pub(crate) columns: Columns,
    pub(crate) reference: &'static Reference,
    pub(crate) auditing: Auditing,
    /// What signs closings.
    pub(crate) closing_keys: Arc<SigningKeys>,
    /// A printing was asked for.
    pub(crate) printings: Arc<Notify>,
    /// Places for figures that are explained whole: each holds a connection while it is read.
    pub(crate) explaining: Arc<Semaphore>,
}

/// Figures that are explained whole at once, at most.
pub(crate) const EXPLAINING_MAX: usize = 4;

impl Api {
    /// The routes of all services.
    pub fn routes(self) -> Routes {
        Routes::new(FigureServiceServer::new(self.clone()))
            .add_service(TargetServiceServer::new(self.clone()))
            .add_service(RatingServiceServer::new(self.clone()))
            .add_service(ActivityServiceServer::new(self.clone()))
            .add_service(AuditServiceServer::new(self.clone()))
            .add_service(IndicatorServiceServer::new(self.clone()))
            .add_service(OfficeServiceServer::new(self.clone()))
            .add_service(ReportServiceServer::new(self.clone()))
            .add_service(ClosingServiceServer::new(self.clone()))
            .add_service(PeriodicReportServiceServer::new(self))
    }
}
