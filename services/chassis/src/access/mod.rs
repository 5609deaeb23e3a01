//! Who speaks, for whom, and which permission each method needs.
//!
//! A service believes an internal token ([`token`]) that says who the end user is, and asks
//! the contract which permission the method needs ([`layer`]). Whether the end user holds it,
//! and where, is decided in SQL by `access.covers(organisation_id)`, on this service's own
//! copy of tree and grants, which the crate `feeds` keeps, and on what each role may do
//! ([`roles`]).
//!
//! **Invariant:** no token carries rights, and no decision is kept for the next call.

pub mod layer;
pub mod remembered;
pub mod roles;
pub mod token;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use anyhow::Context;
use prost_reflect::DescriptorPool;
use proto::refusal::v1::Reason;
use sqlx::PgConnection;

use crate::call::Method;
use crate::refusal::{Failure, Refusal};

/// The permission of methods that need no role: whoever the gateway knows may call them.
pub const PUBLIC: &str = "public";

/// The permission of following a feed: for services that speak for themselves.
pub const FEED_WATCH: &str = "feed.watch";

/// A method as its contract declares it.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Its full name and its permission.
    pub method: Method,
    /// `congdoan.registry.v1.OrganisationService`.
    pub service: Arc<str>,
    /// Its question or its answer is a stream, which takes longer than a message.
    pub streams: bool,
    /// Its question is a stream.
    pub asks_on: bool,
}

static DECLARED: LazyLock<HashMap<String, Declared>> = LazyLock::new(|| {
    declared_in(proto::DESCRIPTORS).expect("the contracts compiled into this program are whole")
});

/// Every method of every contract, by its path, `/congdoan.registry.v1.…Service/Method`.
pub fn declared() -> &'static HashMap<String, Declared> {
    &DECLARED
}

fn declared_in(descriptors: &[u8]) -> anyhow::Result<HashMap<String, Declared>> {
    let pool = DescriptorPool::decode(descriptors).context("read the descriptors")?;
    let permission = pool
        .get_extension_by_name("congdoan.access.v1.permission")
        .context("the contracts declare no option for permissions")?;
    let mut declared = HashMap::new();
    for service in pool.services() {
        if !service.full_name().starts_with("congdoan.") {
            continue;
        }
        let name: Arc<str> = service.full_name().into();
        for method in service.methods() {
            let path = format!("/{name}/{}", method.name());
            let options = method.options();
            let needed = options.get_extension(&permission);
            let needed = needed.as_str().unwrap_or_default();
            declared.insert(
                path.clone(),
                Declared {
                    method: Method { rpc: path.into(), permission: needed.into() },
                    service: name.clone(),
                    streams: method.is_server_streaming() || method.is_client_streaming(),
                    asks_on: method.is_client_streaming(),
                },
            );
        }
    }
    Ok(declared)
}

/// What to refuse with when a statement found nothing under `access.covers`: that the end
/// user may do this nowhere, or else that there is no such thing, or none in scope.
pub async fn unknown_or_denied(
    connection: &mut PgConnection,
    unknown: impl Into<Failure>,
) -> Failure {
    match refuse_unless_held(connection).await {
        Ok(()) => unknown.into(),
        Err(refused) => refused,
    }
}

/// Refuses an end user who may do nowhere what is asked.
pub async fn refuse_unless_held(connection: &mut PgConnection) -> Result<(), Failure> {
    let held = sqlx::query!(
        r#"select access.holds() as "holds!",
                  coalesce(current_setting('congdoan.permission', true), '') as "permission!""#
    )
    .fetch_one(connection)
    .await?;
    if held.holds { Ok(()) } else { Err(permission_denied(&held.permission).into()) }
}

/// The refusal of an end user who holds the permission on no organisation.
pub fn permission_denied(permission: &str) -> Refusal {
    Refusal::of(Reason::PermissionDenied).with("permission", permission)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_declares_the_permission_that_it_needs() {
        assert!(declared().len() >= 3);
        for declared in declared().values() {
            let Method { rpc, permission } = &declared.method;
            let written_well = permission.split('.').count() == 3
                && permission.chars().all(|c| c.is_ascii_lowercase() || c == '.' || c == '_');
            assert!(
                written_well || [PUBLIC, FEED_WATCH].contains(&&**permission),
                "{rpc} declares the permission {permission:?}, not <service>.<noun>.<verb>"
            );
        }
    }

    #[test]
    fn only_feeds_are_followed_with_the_permission_of_services() {
        for declared in declared().values() {
            assert_eq!(
                &*declared.method.permission == FEED_WATCH,
                &*declared.method.rpc == "/congdoan.feed.v1.FeedService/Watch",
            );
        }
    }
}
