//! The contracts, answered: parse, act or read, reply.

use std::sync::Arc;

use chassis::database::Database;
use proto::reporting::v1::activity_service_server::ActivityServiceServer;
use proto::reporting::v1::figure_service_server::FigureServiceServer;
use proto::reporting::v1::office_service_server::OfficeServiceServer;
use proto::reporting::v1::periodic_report_service_server::PeriodicReportServiceServer;
use proto::reporting::v1::rating_service_server::RatingServiceServer;
use proto::reporting::v1::report_service_server::ReportServiceServer;
use proto::reporting::v1::target_service_server::TargetServiceServer;
use tokio::sync::Notify;
use tonic::service::Routes;

use crate::ground::columns::Columns;
use crate::ground::reference::Reference;

/// All services of reporting.
#[derive(Clone)]
pub struct Api {
    pub(crate) database: Database,
    pub(crate) columns: Columns,
    pub(crate) reference: &'static Reference,
    /// A printing was asked for.
    pub(crate) printings: Arc<Notify>,
}

impl Api {
    /// On this database, and what is in memory of it.
    pub fn new(database: Database, columns: Columns, reference: &'static Reference) -> Self {
        Self { database, columns, reference, printings: Arc::default() }
    }

    /// What rings when a printing is asked for.
    pub fn printings(&self) -> Arc<Notify> {
        self.printings.clone()
    }

    /// The routes of all services.
    pub fn routes(self) -> Routes {
        Routes::new(FigureServiceServer::new(self.clone()))
            .add_service(TargetServiceServer::new(self.clone()))
            .add_service(RatingServiceServer::new(self.clone()))
            .add_service(ActivityServiceServer::new(self.clone()))
            .add_service(OfficeServiceServer::new(self.clone()))
            .add_service(ReportServiceServer::new(self.clone()))
            .add_service(PeriodicReportServiceServer::new(self))
    }
}
