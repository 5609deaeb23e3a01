//! What is asked of a desk's district, and an audit of its figures.

use std::time::Duration;

use proto::reporting::v1::{AssignTargetRequest, AuditState, BeginAuditRequest, GetAuditRequest};
use stage::made_up::{period, request_id};
use system::Client;
use tests::world::Unit;
use time::macros::date;

/// Targets that the district set for itself.
pub struct Quotas {
    pub to_withdraw: String,
    pub to_hand_down: String,
    /// Of the district's figures.
    pub audit: String,
}

impl Quotas {
    /// All ids, to look for them in answers.
    pub fn ids(&self) -> Vec<&str> {
        vec![&self.to_withdraw, &self.to_hand_down, &self.audit]
    }
}

/// Assigns them, as the administrator.
pub async fn quotas(client: &Client, district: &Unit) -> Quotas {
    Quotas {
        to_withdraw: assigned(client, district, "MBR_READMITTED").await,
        to_hand_down: assigned(client, district, "MBR_RECOGNISED").await,
        audit: audited(client, district).await,
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

async fn audited(client: &Client, district: &Unit) -> String {
    let audit = BeginAuditRequest {
        request_id: request_id(),
        organisation_id: district.id.clone(),
        period: period(date!(2020 - 05 - 01), date!(2020 - 05 - 31)),
        ..BeginAuditRequest::default()
    };
    let audit_id = client.audits().begin_audit(audit).await.expect("begun").into_inner().audit_id;
    // It is counted beside the calls: what it writes down is nothing that a refused call has changed.
    loop {
        let asked = GetAuditRequest { audit_id: audit_id.clone() };
        let audit = client.audits().get_audit(asked).await.expect("known").into_inner().audit;
        match audit.expect("an audit").state() {
            AuditState::Waiting | AuditState::Counting => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            _ => return audit_id,
        }
    }
}
