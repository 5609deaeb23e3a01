//! What is asked of a desk's district.

use proto::reporting::v1::AssignTargetRequest;
use stage::made_up::{period, request_id};
use system::Client;
use tests::world::Unit;
use time::macros::date;

/// Targets that the district set for itself.
pub struct Quotas {
    pub to_withdraw: String,
    pub to_hand_down: String,
}

impl Quotas {
    /// All ids, to look for them in answers.
    pub fn ids(&self) -> Vec<&str> {
        vec![&self.to_withdraw, &self.to_hand_down]
    }
}

/// Assigns them, as the administrator.
pub async fn quotas(client: &Client, district: &Unit) -> Quotas {
    Quotas {
        to_withdraw: assigned(client, district, "MBR_READMITTED").await,
        to_hand_down: assigned(client, district, "MBR_RECOGNISED").await,
    }
}

async fn assigned(client: &Client, district: &Unit, indicator: &str) -> String {
    let target = AssignTargetRequest {
        request_id: request_id(),
        indicator: indicator.to_owned(),
        organisation_id: district.id.clone(),
        period: period(date!(2020 - 01 - 01), date!(2020 - 12 - 31)),
        issuer_id: district.id.clone(),
        value: Some(70),
        ..AssignTargetRequest::default()
    };
    client.targets().assign_target(target).await.expect("assigned").into_inner().target_id
}
