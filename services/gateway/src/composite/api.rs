//! The contract of the gateway's own service, answered: parse, act, reply.

use std::sync::Arc;
use std::time::Duration;

use proto::gateway::v1 as pb;
use proto::gateway::v1::gateway_service_server::GatewayService;
use serde::Deserialize;
use tonic::{Request, Response, Status};

use crate::composite::found_grassroots_union::{self, Founding};
use crate::composite::organisation_profile::{self, Asked};
use crate::composite::{decision_profile, review_plan};
use crate::contract::Contract;
use crate::error::Refused;
use crate::pass::forward::{Forwarder, Inbound, Inward};
use crate::pass::newest::Newest;

/// How long the gateway waits for parts of an answer that it can do without.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patience {
    /// For each part of a profile, in milliseconds; a slower one is absent.
    pub part_ms: u64,
    /// For membership to admit the applicants of a founding, in milliseconds; what is not
    /// done by then is told to be under way.
    pub consequence_ms: u64,
}

/// The methods that need more than one service.
#[derive(Clone)]
pub struct Composites {
    /// To the services.
    pub forwarder: Arc<Forwarder>,
    /// Their methods.
    pub contract: Arc<Contract>,
    /// Joins what their answers have seen.
    pub newest: Arc<Newest>,
    /// How long parts may take.
    pub patience: Patience,
}

impl Composites {
    /// The services behind, in the name of this call.
    fn inward<T>(&self, request: &Request<T>) -> Result<Inward, Status> {
        let inbound = request
            .extensions()
            .get::<Arc<Inbound>>()
            .ok_or(Refused::AccessTokenInvalid { cause: "absent" })?;
        Ok(Inward {
            forwarder: self.forwarder.clone(),
            contract: self.contract.clone(),
            inbound: inbound.clone(),
        })
    }
}

#[tonic::async_trait]
impl GatewayService for Composites {
    async fn get_organisation_profile(
        &self,
        request: Request<pb::GetOrganisationProfileRequest>,
    ) -> Result<Response<pb::GetOrganisationProfileResponse>, Status> {
        let inward = self.inward(&request)?;
        let asked = Asked::parse(request.into_inner())?;
        let patience = Duration::from_millis(self.patience.part_ms);
        organisation_profile::get(&inward, asked, patience, &self.newest).await
    }

    async fn get_decision_profile(
        &self,
        request: Request<pb::GetDecisionProfileRequest>,
    ) -> Result<Response<pb::GetDecisionProfileResponse>, Status> {
        let inward = self.inward(&request)?;
        let asked = decision_profile::Asked::parse(request.into_inner())?;
        let patience = Duration::from_millis(self.patience.part_ms);
        decision_profile::get(&inward, asked, patience, &self.newest).await
    }

    async fn review_plan(
        &self,
        request: Request<pb::ReviewPlanRequest>,
    ) -> Result<Response<pb::ReviewPlanResponse>, Status> {
        let inward = self.inward(&request)?;
        let asked = review_plan::Asked::parse(request.into_inner())?;
        let patience = Duration::from_millis(self.patience.part_ms);
        review_plan::get(&inward, asked, patience, &self.newest).await
    }

    async fn found_grassroots_union(
        &self,
        request: Request<pb::FoundGrassrootsUnionRequest>,
    ) -> Result<Response<pb::FoundGrassrootsUnionResponse>, Status> {
        let inward = self.inward(&request)?;
        let founding = Founding::parse(request.into_inner())?;
        let patience = Duration::from_millis(self.patience.consequence_ms);
        found_grassroots_union::found(&inward, founding, patience, &self.newest).await
    }
}
